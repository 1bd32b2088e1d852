from django.db import migrations

from hansa.kernel.isolation import WORKER_ROLE, ExposeDue

# The worker's role reads what the condition asks, and no password.
_NO_MORE = (
    f"REVOKE SELECT ON accounts_user FROM {WORKER_ROLE}",  # noqa: S608  (our own constant)
    f"GRANT SELECT (tenant_id, created_at, is_staff, last_login) ON accounts_user TO {WORKER_ROLE}",
)


class Migration(migrations.Migration):
    """Let the worker find tenants with accounts that nobody has ever logged in to."""

    dependencies = [("accounts", "0008_session_digests")]
    operations = [
        ExposeDue("User", column="created_at", condition="NOT is_staff AND last_login IS NULL"),
        migrations.RunSQL(list(_NO_MORE)),
    ]
