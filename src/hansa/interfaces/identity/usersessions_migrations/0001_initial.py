import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from hansa.kernel.isolation import isolation_sql

# Ids are drawn, not counted: a merchant's customers must not learn how many people log in elsewhere.
TABLES = """
    CREATE TABLE usersessions_usersession (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        user_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        ip inet NOT NULL,
        last_seen_at timestamptz NOT NULL,
        session_key varchar(40) NOT NULL,
        user_agent varchar(200) NOT NULL,
        data jsonb NOT NULL,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT usersessions_usersession_user_id_tenant_fk FOREIGN KEY (tenant_id, user_id)
            REFERENCES accounts_user (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX usersessions_usersession_key ON usersessions_usersession (tenant_id, session_key);
    CREATE INDEX usersessions_usersession_of ON usersessions_usersession (tenant_id, user_id);
"""
WALLED = ("usersessions_usersession",)


class Migration(migrations.Migration):
    """Create what allauth keeps of who is logged in where inside the wall: Django knows its models, the tables have a tenant."""

    initial = True
    dependencies = [("accounts", "0002_wall")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([TABLES, *(statement for table in WALLED for statement in isolation_sql(table))])
            ],
            state_operations=[
                migrations.CreateModel(
                    name="UserSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ip", models.GenericIPAddressField()),
                        ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "session_key",
                            models.CharField(editable=False, max_length=40, unique=True, verbose_name="session key"),
                        ),
                        ("user_agent", models.CharField(max_length=200)),
                        ("data", models.JSONField(default=dict)),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                ),
            ],
        )
    ]
