from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff change of prices, taxes and promotions."""

    dependencies = [("pricing", "0002_wall"), ("audit", "0002_chain")]
    operations = [
        AuditModel("PriceList", label="name"),
        AuditModel("PriceListItem", parent="price_list_id"),
        AuditModel("TaxClass", label="name"),
        AuditModel("ProductTaxClass", parent="product_id"),
        AuditModel("TaxRate", label="name", parent="tax_class_id"),
        AuditModel("Market", label="name"),
        AuditModel("Promotion", label="name", ignore=["uses"]),
    ]
