from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off customers by tenant."""

    dependencies = [("accounts", "0003_customers")]
    operations = [IsolateTenant("CustomerGroup"), IsolateTenant("Customer")]
