from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off people and sessions by tenant."""

    dependencies = [("accounts", "0001_initial"), ("tenants", "0001_initial")]
    operations = [IsolateTenant("User"), IsolateTenant("Session")]
