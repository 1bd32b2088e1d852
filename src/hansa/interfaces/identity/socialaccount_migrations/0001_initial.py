import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hansa.kernel.isolation import isolation_sql

# Ids are drawn, not counted: a merchant's customers must not learn how many people log in elsewhere.
TABLES = """
    CREATE TABLE socialaccount_socialapp (
        tenant_id uuid NOT NULL REFERENCES tenants_tenant (id),
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        provider varchar(30) NOT NULL,
        provider_id varchar(200) NOT NULL,
        name varchar(40) NOT NULL,
        client_id varchar(191) NOT NULL,
        secret varchar(191) NOT NULL,
        key varchar(191) NOT NULL,
        settings jsonb NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    CREATE UNIQUE INDEX socialaccount_socialapp_provider ON socialaccount_socialapp (tenant_id, provider, provider_id);
    CREATE TABLE socialaccount_socialaccount (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        user_id uuid NOT NULL,
        provider varchar(200) NOT NULL,
        uid varchar(191) NOT NULL,
        last_login timestamptz NOT NULL,
        date_joined timestamptz NOT NULL,
        extra_data jsonb NOT NULL,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT socialaccount_socialaccount_user_id_tenant_fk FOREIGN KEY (tenant_id, user_id)
            REFERENCES accounts_user (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX socialaccount_socialaccount_uid ON socialaccount_socialaccount (tenant_id, provider, uid);
    CREATE INDEX socialaccount_socialaccount_of ON socialaccount_socialaccount (tenant_id, user_id);
    CREATE TABLE socialaccount_socialtoken (
        tenant_id uuid NOT NULL,
        id bigint NOT NULL DEFAULT floor(random() * 9007199254740991)::bigint,
        app_id bigint,
        account_id bigint NOT NULL,
        token text NOT NULL,
        token_secret text NOT NULL,
        expires_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT socialaccount_socialtoken_account_id_tenant_fk FOREIGN KEY (tenant_id, account_id)
            REFERENCES socialaccount_socialaccount (tenant_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
        CONSTRAINT socialaccount_socialtoken_app_id_tenant_fk FOREIGN KEY (tenant_id, app_id)
            REFERENCES socialaccount_socialapp (tenant_id, id) ON DELETE SET NULL (app_id)
            DEFERRABLE INITIALLY IMMEDIATE
    );
    CREATE UNIQUE INDEX socialaccount_socialtoken_once ON socialaccount_socialtoken (tenant_id, app_id, account_id);
    CREATE INDEX socialaccount_socialtoken_of ON socialaccount_socialtoken (tenant_id, account_id);
"""
WALLED = (
    "socialaccount_socialapp",
    "socialaccount_socialaccount",
    "socialaccount_socialtoken",
)


class Migration(migrations.Migration):
    """Create what allauth keeps of single sign-on inside the wall: Django knows its models, the tables have a tenant."""

    initial = True
    dependencies = [("accounts", "0002_wall")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([TABLES, *(statement for table in WALLED for statement in isolation_sql(table))])
            ],
            state_operations=[
                migrations.CreateModel(
                    name="SocialApp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("provider", models.CharField(max_length=30, verbose_name="provider")),
                        ("provider_id", models.CharField(blank=True, max_length=200, verbose_name="provider ID")),
                        ("name", models.CharField(max_length=40, verbose_name="name")),
                        (
                            "client_id",
                            models.CharField(
                                help_text="App ID, or consumer key", max_length=191, verbose_name="client id"
                            ),
                        ),
                        (
                            "secret",
                            models.CharField(
                                blank=True,
                                help_text="API secret, client secret, or consumer secret",
                                max_length=191,
                                verbose_name="secret key",
                            ),
                        ),
                        ("key", models.CharField(blank=True, help_text="Key", max_length=191, verbose_name="key")),
                        ("settings", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "verbose_name": "social application",
                        "verbose_name_plural": "social applications",
                    },
                ),
                migrations.CreateModel(
                    name="SocialAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("provider", models.CharField(max_length=200, verbose_name="provider")),
                        ("uid", models.CharField(max_length=191, verbose_name="uid")),
                        ("last_login", models.DateTimeField(auto_now=True, verbose_name="last login")),
                        ("date_joined", models.DateTimeField(auto_now_add=True, verbose_name="date joined")),
                        ("extra_data", models.JSONField(default=dict, verbose_name="extra data")),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "social account",
                        "verbose_name_plural": "social accounts",
                        "unique_together": {("provider", "uid")},
                    },
                ),
                migrations.CreateModel(
                    name="SocialToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "token",
                            models.TextField(
                                help_text='"oauth_token" (OAuth1) or access token (OAuth2)', verbose_name="token"
                            ),
                        ),
                        (
                            "token_secret",
                            models.TextField(
                                blank=True,
                                help_text='"oauth_token_secret" (OAuth1) or refresh token (OAuth2)',
                                verbose_name="token secret",
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires at")),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="socialaccount.socialaccount"
                            ),
                        ),
                        (
                            "app",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="socialaccount.socialapp",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "social application token",
                        "verbose_name_plural": "social application tokens",
                        "unique_together": {("app", "account")},
                    },
                ),
            ],
        )
    ]
