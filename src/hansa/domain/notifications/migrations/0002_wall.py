from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off notifications by tenant."""

    dependencies = [("notifications", "0001_initial"), ("tenants", "0001_initial")]
    operations = [IsolateTenant("Notification")]
