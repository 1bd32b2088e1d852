from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off staff's tables by tenant."""

    dependencies = [("staff", "0001_initial"), ("accounts", "0004_customers_wall")]
    operations = [
        IsolateTenant("Role"),
        IsolateTenant("Assignment"),
        IsolateTenant("Invitation"),
        IsolateTenant("InvitationRole"),
        IsolateTenant("ApiKey"),
        IsolateTenant("SupportGrant"),
        IsolateTenant("ObjectPermission"),
    ]
