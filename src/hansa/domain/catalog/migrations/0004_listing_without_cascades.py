from pathlib import Path

from django.db import migrations

LISTING = (Path(__file__).resolve().parent.parent / "listing.sql").read_text()
# From the first function on; a database that is made now has all of it from 0003 already.
FUNCTIONS = LISTING[LISTING.index("CREATE OR REPLACE FUNCTION") :]
DROP_KEYS = ";".join(
    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_listing_tenant_fk"
    for table in ("catalog_placement", "catalog_listing_attribute", "catalog_search")
)


class Migration(migrations.Migration):
    """Let a trigger clear what hangs on the listing, in place of three foreign keys."""

    dependencies = [("catalog", "0003_listing")]
    operations = [migrations.RunSQL([DROP_KEYS]), migrations.RunSQL([FUNCTIONS])]
