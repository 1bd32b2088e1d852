from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off carts by tenant, and let the worker find those that nobody touches."""

    dependencies = [("carts", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Cart"),
        IsolateTenant("CartLine"),
        ExposeDue("Cart", column="touched_at", condition="status = 'open'"),
    ]
