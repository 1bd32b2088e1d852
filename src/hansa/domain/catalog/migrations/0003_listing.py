from pathlib import Path

from django.db import migrations

from hansa.kernel.isolation import isolation_sql

CATALOG = Path(__file__).resolve().parent.parent
DERIVED_TABLES = ("catalog_listing", "catalog_placement", "catalog_listing_attribute", "catalog_search")


class Migration(migrations.Migration):
    """Create the listing and the search: tables, the function that derives them, the wall around them."""

    dependencies = [("catalog", "0002_wall")]
    operations = [
        migrations.RunSQL([(CATALOG / "listing.sql").read_text()]),
        migrations.RunSQL([statement for table in DERIVED_TABLES for statement in isolation_sql(table)]),
        migrations.RunSQL([(CATALOG / "search.sql").read_text()]),
    ]
