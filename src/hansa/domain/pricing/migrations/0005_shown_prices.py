from django.db import migrations

from hansa.domain.catalog.operations import note_changes_sql
from hansa.domain.catalog.types import Shown

TABLES = (
    "pricing_pricelist",
    "pricing_pricelistitem",
    "pricing_pricechange",
    "pricing_taxclass",
    "pricing_producttaxclass",
)


class Migration(migrations.Migration):
    """Count the changes of prices on products' pages: Note [Version of the catalogue], catalog/changes.sql."""

    dependencies = [("pricing", "0004_pricelistchange"), ("catalog", "0010_cataloguechange")]
    operations = [
        migrations.RunSQL([statement for table in TABLES for statement in note_changes_sql(table, Shown.PRODUCTS)])
    ]
