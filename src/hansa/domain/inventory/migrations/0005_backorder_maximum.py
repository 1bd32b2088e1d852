from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

INVENTORY = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Let the merchant say how many pieces are sold beyond the stock, and let the triggers keep to it."""

    dependencies = [("catalog", "0006_variant_backorder_limit"), ("inventory", "0004_audit")]
    operations = [
        migrations.AddField(
            model_name="stockitem", name="backorder_maximum", field=models.BigIntegerField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=Q(backorder_maximum=None) | Q(backorder_maximum__gte=0),
                name="inventory_stockitem_backorder_maximum",
            ),
        ),
        migrations.RunSQL([(INVENTORY / "ledger.sql").read_text()]),
        migrations.RunSQL([(INVENTORY / "catalogue.sql").read_text()]),
    ]
