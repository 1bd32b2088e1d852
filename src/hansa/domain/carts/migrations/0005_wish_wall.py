from django.db import migrations

from hansa.kernel.isolation import IsolateTenant


class Migration(migrations.Migration):
    """Wall off wishlists by tenant."""

    dependencies = [("carts", "0004_wish")]
    operations = [IsolateTenant("Wish")]
