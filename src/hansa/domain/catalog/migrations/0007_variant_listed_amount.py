from pathlib import Path

from django.db import migrations, models

LISTING = (Path(__file__).resolve().parent.parent / "listing.sql").read_text()
FUNCTIONS = LISTING[LISTING.index("CREATE OR REPLACE FUNCTION") :]


class Migration(migrations.Migration):
    """Let the listing show the prices of price lists that are for everybody."""

    dependencies = [("catalog", "0006_variant_backorder_limit")]
    operations = [
        migrations.AddField(
            model_name="variant", name="listed_amount", field=models.BigIntegerField(editable=False, null=True)
        ),
        migrations.AddIndex(
            model_name="variant",
            index=models.Index(
                fields=["tenant_id", "id"],
                condition=models.Q(("listed_amount__isnull", False)),
                name="catalog_variant_listed",
            ),
        ),
        migrations.RunSQL([FUNCTIONS]),
    ]
