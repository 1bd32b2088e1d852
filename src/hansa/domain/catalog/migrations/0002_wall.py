from django.db import migrations

from hansa.kernel.isolation import IsolateTenant

# octet_length, not a Django lookup: the limit is in bytes as they would be sent.
METADATA_LIMIT = """
    ALTER TABLE {table} ADD CONSTRAINT {table}_metadata_size CHECK (octet_length(metadata::text) <= 16384);
    ALTER TABLE {table} ADD CONSTRAINT {table}_metadata_object CHECK (jsonb_typeof(metadata) = 'object');
"""


class Migration(migrations.Migration):
    """Wall off the catalogue by tenant."""

    dependencies = [("catalog", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Category"),
        IsolateTenant("Product"),
        IsolateTenant("ProductImage"),
        IsolateTenant("Variant"),
        IsolateTenant("Attribute"),
        IsolateTenant("ProductAttribute"),
        migrations.RunSQL([METADATA_LIMIT.format(table=table) for table in ("catalog_product", "catalog_variant")]),
    ]
