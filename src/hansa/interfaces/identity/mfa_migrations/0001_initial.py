import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from hansa.kernel.isolation import isolation_sql

# Ids are drawn, not counted: a merchant's customers must not learn how many people log in elsewhere.
TABLES = """
    CREATE TABLE mfa_authenticator (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        user_id uuid NOT NULL,
        type varchar(20) NOT NULL,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT mfa_authenticator_user_id_tenant_fk FOREIGN KEY (tenant_id, user_id)
            REFERENCES accounts_user (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX mfa_authenticator_one ON mfa_authenticator (tenant_id, user_id, type)
        WHERE type IN ('totp', 'recovery_codes');
    CREATE INDEX mfa_authenticator_of ON mfa_authenticator (tenant_id, user_id);
"""
WALLED = ("mfa_authenticator",)


class Migration(migrations.Migration):
    """Create what allauth keeps of second factors inside the wall: Django knows its models, the tables have a tenant."""

    initial = True
    dependencies = [("accounts", "0002_wall")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([TABLES, *(statement for table in WALLED for statement in isolation_sql(table))])
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Authenticator",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("recovery_codes", "Recovery codes"),
                                    ("totp", "TOTP Authenticator"),
                                    ("webauthn", "WebAuthn"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("data", models.JSONField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_used_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("type__in", ("totp", "recovery_codes"))),
                                fields=("user", "type"),
                                name="unique_authenticator_type",
                            )
                        ],
                    },
                ),
            ],
        )
    ]
