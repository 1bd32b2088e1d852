from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff change of delivery."""

    dependencies = [("fulfilment", "0002_wall"), ("audit", "0002_chain")]
    operations = [
        AuditModel("ShippingZone", label="name"),
        AuditModel("ShippingMethod", label="name", parent="zone_id"),
        AuditModel("PickupPoint", label="name", parent="method_id"),
    ]
