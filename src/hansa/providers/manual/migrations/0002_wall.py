from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off the provider's memory by tenant."""

    dependencies = [("manual", "0001_initial"), ("tenants", "0001_initial")]
    operations = [IsolateTenant("ManualCharge"), IsolateTenant("ManualTransfer")]
