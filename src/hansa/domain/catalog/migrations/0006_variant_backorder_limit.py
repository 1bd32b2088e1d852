from pathlib import Path

from django.db import migrations, models

LISTING = (Path(__file__).resolve().parent.parent / "listing.sql").read_text()
FUNCTIONS = LISTING[LISTING.index("CREATE OR REPLACE FUNCTION") :]


class Migration(migrations.Migration):
    """Publish how many pieces a variant sells beyond its stock."""

    dependencies = [("catalog", "0005_audit")]
    operations = [
        migrations.AddField(
            model_name="variant", name="backorder_limit", field=models.BigIntegerField(editable=False, null=True)
        ),
        migrations.RunSQL([FUNCTIONS]),
    ]
