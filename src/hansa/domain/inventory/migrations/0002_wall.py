from pathlib import Path

from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant, reference_sql

INVENTORY = Path(__file__).resolve().parent.parent
BELONGS_TO_STOCK_ITEM = ("inventory_stockmovement", "inventory_reservation", "inventory_stockchange")


def _deleted_with_stock_item(table: str) -> list[str]:
    """Let the database itself delete the row with its stock item: the application must not (see models.py)."""
    reference = reference_sql(table, "stock_item_id", "inventory_stockitem", on_delete=" ON DELETE CASCADE")
    return [f"ALTER TABLE {table} DROP CONSTRAINT {table}_stock_item_id_tenant_fk", reference]


class Migration(migrations.Migration):
    """Wall off the inventory by tenant, and give it its functions and triggers."""

    dependencies = [
        ("inventory", "0001_initial"),
        ("tenants", "0001_initial"),
        ("catalog", "0002_wall"),
        ("events", "0002_wall"),
    ]
    operations = [
        IsolateTenant("Warehouse"),
        IsolateTenant("StockItem"),
        IsolateTenant("StockMovement"),
        IsolateTenant("Reservation"),
        IsolateTenant("BundleComponent"),
        IsolateTenant("StockChange"),
        migrations.RunSQL([s for table in BELONGS_TO_STOCK_ITEM for s in _deleted_with_stock_item(table)]),
        ExposeDue("Reservation", column="expires_at", condition="state = 'held'"),
        ExposeDue("StockChange", column="changed_at", condition="true"),
        # As lists: RunSQL would split a text at its semicolons, and functions have those inside.
        migrations.RunSQL([(INVENTORY / "ledger.sql").read_text()]),
        migrations.RunSQL([(INVENTORY / "reserve.sql").read_text()]),
    ]
