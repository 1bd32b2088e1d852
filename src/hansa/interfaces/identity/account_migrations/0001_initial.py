import allauth.account.models
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from hansa.kernel.isolation import isolation_sql

# Ids are drawn, not counted: a merchant's customers must not learn how many people log in elsewhere.
TABLES = """
    CREATE TABLE account_emailaddress (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        user_id uuid NOT NULL,
        email varchar(254) NOT NULL,
        verified boolean NOT NULL,
        "primary" boolean NOT NULL,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT account_emailaddress_user_id_tenant_fk FOREIGN KEY (tenant_id, user_id)
            REFERENCES accounts_user (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX account_emailaddress_once ON account_emailaddress (tenant_id, user_id, email);
    CREATE UNIQUE INDEX account_emailaddress_primary ON account_emailaddress (tenant_id, user_id) WHERE "primary";
    CREATE UNIQUE INDEX account_emailaddress_verified ON account_emailaddress (tenant_id, email) WHERE verified;
    CREATE INDEX account_emailaddress_email ON account_emailaddress (tenant_id, email);
    CREATE TABLE account_emailconfirmation (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        email_address_id bigint NOT NULL,
        created timestamptz NOT NULL,
        sent timestamptz,
        key varchar(64) NOT NULL,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT account_emailconfirmation_email_address_id_tenant_fk FOREIGN KEY (tenant_id, email_address_id)
            REFERENCES account_emailaddress (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX account_emailconfirmation_key ON account_emailconfirmation (tenant_id, key);
    CREATE INDEX account_emailconfirmation_of ON account_emailconfirmation (tenant_id, email_address_id);
"""
WALLED = (
    "account_emailaddress",
    "account_emailconfirmation",
)


class Migration(migrations.Migration):
    """Create what allauth keeps of e-mail addresses inside the wall: Django knows its models, the tables have a tenant."""

    initial = True
    dependencies = [("accounts", "0002_wall")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([TABLES, *(statement for table in WALLED for statement in isolation_sql(table))])
            ],
            state_operations=[
                migrations.CreateModel(
                    name="EmailAddress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(db_index=True, max_length=254, verbose_name="email address")),
                        ("verified", models.BooleanField(default=False, verbose_name="verified")),
                        ("primary", models.BooleanField(default=False, verbose_name="primary")),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "email address",
                        "verbose_name_plural": "email addresses",
                    },
                ),
                migrations.CreateModel(
                    name="EmailConfirmation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                        ("sent", models.DateTimeField(null=True, verbose_name="sent")),
                        ("key", models.CharField(max_length=64, unique=True, verbose_name="key")),
                        (
                            "email_address",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to="account.emailaddress",
                                verbose_name="email address",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "email confirmation",
                        "verbose_name_plural": "email confirmations",
                    },
                    bases=(allauth.account.models.EmailConfirmationMixin, models.Model),
                ),
                migrations.AddConstraint(
                    model_name="emailaddress",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("primary", True)), fields=("user", "primary"), name="unique_primary_email"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="emailaddress",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("verified", True)), fields=("email",), name="unique_verified_email"
                    ),
                ),
                migrations.AlterUniqueTogether(
                    name="emailaddress",
                    unique_together={("user", "email")},
                ),
            ],
        )
    ]
