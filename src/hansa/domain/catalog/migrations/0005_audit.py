from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff change of the catalogue."""

    dependencies = [("catalog", "0004_listing_without_cascades"), ("audit", "0002_chain")]
    operations = [
        AuditModel("Category", label="name"),
        AuditModel("Product", label="name", ignore=["search_text", "popularity"]),
        AuditModel("ProductImage", label="url", parent="product_id"),
        AuditModel("Variant", label="sku", parent="product_id", ignore=["stock_quantity"]),
        AuditModel("Attribute", label="label"),
        AuditModel("ProductAttribute", label="value", parent="product_id"),
    ]
