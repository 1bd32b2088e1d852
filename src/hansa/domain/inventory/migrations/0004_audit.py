from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff set up for stock; its movements have a ledger of their own."""

    dependencies = [("inventory", "0003_follow_catalogue"), ("audit", "0002_chain")]
    operations = [
        AuditModel("Warehouse", label="name"),
        AuditModel("StockItem", parent="variant_id", ignore=["on_hand", "reserved", "changed_at"]),
        AuditModel("BundleComponent", parent="bundle_id"),
    ]
