from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off import runs by tenant."""

    dependencies = [("imports", "0001_initial"), ("tenants", "0001_initial")]
    operations = [IsolateTenant("ImportRun"), IsolateTenant("ImportFailure")]
