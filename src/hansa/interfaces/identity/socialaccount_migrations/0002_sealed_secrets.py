from django.apps.registry import Apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from hansa.domain.accounts.providers import seal_secret
from hansa.kernel.tenancy import TenantContext, tenant_scope


def seal_what_is_there(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal the secrets of all shops, each for its shop; the installation's secret key must be the one that serves."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, slug, name, currency FROM tenants_tenant")
        for tenant in [TenantContext(*row) for row in cursor.fetchall()]:
            cursor.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant.id)])
            cursor.execute(
                "SELECT id, secret FROM socialaccount_socialapp WHERE tenant_id = %s AND secret <> ''", [tenant.id]
            )
            for identifier, secret in cursor.fetchall():
                _check_key()
                with tenant_scope(tenant):
                    sealed = seal_secret(secret)
                cursor.execute(
                    "UPDATE socialaccount_socialapp SET secret = %s WHERE tenant_id = %s AND id = %s",
                    [sealed, tenant.id, identifier],
                )
        cursor.execute("SELECT set_config('hansa.tenant', '', true)")


def _check_key() -> None:
    """Raise ImproperlyConfigured where the key is one that was made up here: who serves could open nothing with it."""
    if not settings.SECRET_KEY_IS_SHARED:
        message = "Set HANSA_SECRET_KEY for `migrate`, too: secrets of identity providers are sealed with it now."
        raise ImproperlyConfigured(message)


class Migration(migrations.Migration):
    """Let the secrets of identity providers lie in the database sealed: `domain/accounts/providers.py`."""

    dependencies = [("socialaccount", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE socialaccount_socialapp ALTER COLUMN secret TYPE text"),
        migrations.RunPython(seal_what_is_there),
    ]
