from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off idempotency keys by tenant, and let the worker find those that nobody needs any more."""

    dependencies = [("checkout", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("IdempotencyKey"),
        ExposeDue("IdempotencyKey", column="expires_at", condition="true"),
    ]
