from pathlib import Path

from django.db import migrations

from hansa.kernel.isolation import IsolateTenant

PRICING = Path(__file__).resolve().parent.parent
# COLLATE "C": ranges of postal codes are compared byte by byte, whatever the database's language.
CHECKS = """
    ALTER TABLE pricing_taxrate ADD CONSTRAINT pricing_taxrate_country CHECK (country ~ '^[A-Z]{2}$');
    ALTER TABLE pricing_taxrate ADD CONSTRAINT pricing_taxrate_postal CHECK (
        length(postal_from) = length(postal_until) AND postal_from COLLATE "C" <= postal_until COLLATE "C");
    ALTER TABLE pricing_promotion ADD CONSTRAINT pricing_promotion_code_form CHECK (
        code = '' OR code ~ '^[A-Z0-9][A-Z0-9_-]*$');
    ALTER TABLE pricing_promotion ADD CONSTRAINT pricing_promotion_tiers_list CHECK (jsonb_typeof(tiers) = 'array');
"""


class Migration(migrations.Migration):
    """Wall off pricing by tenant, and keep the history of prices."""

    dependencies = [
        ("pricing", "0001_initial"),
        ("accounts", "0004_customers_wall"),
        ("catalog", "0003_listing"),
        ("tenants", "0001_initial"),
    ]
    operations = [
        IsolateTenant("PriceList"),
        IsolateTenant("PriceListItem"),
        IsolateTenant("PriceChange"),
        IsolateTenant("TaxClass"),
        IsolateTenant("ProductTaxClass"),
        IsolateTenant("TaxRate"),
        IsolateTenant("Market"),
        IsolateTenant("Promotion"),
        IsolateTenant("PromotionUse"),
        IsolateTenant("PromotionCustomer"),
        migrations.RunSQL([CHECKS]),
        migrations.RunSQL([(PRICING / "history.sql").read_text()]),
    ]
