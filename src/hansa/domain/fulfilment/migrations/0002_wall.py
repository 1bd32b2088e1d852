from django.db import migrations

from hansa.kernel.isolation import IsolateTenant

CHECKS = """
    ALTER TABLE fulfilment_shippingzone ADD CONSTRAINT fulfilment_shippingzone_postal_list CHECK (
        jsonb_typeof(postal_ranges) = 'array');
    ALTER TABLE fulfilment_shippingmethod ADD CONSTRAINT fulfilment_shippingmethod_tiers_list CHECK (
        jsonb_typeof(tiers) = 'array');
"""


class Migration(migrations.Migration):
    """Wall off fulfilment by tenant."""

    dependencies = [("fulfilment", "0001_initial"), ("pricing", "0002_wall"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("ShippingZone"),
        IsolateTenant("ShippingMethod"),
        IsolateTenant("PickupPoint"),
        migrations.RunSQL([CHECKS]),
    ]
