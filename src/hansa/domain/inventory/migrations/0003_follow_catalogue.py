from pathlib import Path

from django.db import migrations

INVENTORY = Path(__file__).resolve().parent.parent

# The role that migrates sees one tenant at a time, as everybody does: the wall is forced.
OPENING_STOCK = """
DO $$
DECLARE
    owner uuid;
    warehouse uuid;
BEGIN
    FOR owner IN SELECT t.id FROM tenants_tenant t ORDER BY t.id LOOP
        PERFORM set_config('hansa.tenant', owner::text, true);
        IF NOT EXISTS (SELECT FROM catalog_variant v WHERE v.tenant_id = owner) THEN
            CONTINUE;
        END IF;
        warehouse := inventory_default_warehouse(owner);
        WITH made AS (
            INSERT INTO inventory_stockitem (tenant_id, id, variant_id, warehouse_id, on_hand, reserved, backorder_limit, changed_at)
            SELECT owner, inventory_uuid7(), v.id, warehouse,
                CASE WHEN v.sells_when_out_of_stock THEN v.stock_quantity ELSE greatest(v.stock_quantity, 0) END,
                0, CASE WHEN v.sells_when_out_of_stock THEN 1000000000 ELSE 0 END, now()
            FROM catalog_variant v
            WHERE v.tenant_id = owner AND (v.is_stock_tracked OR v.stock_quantity <> 0)
            RETURNING id, variant_id, on_hand
        ),
        written AS (
            INSERT INTO inventory_stockmovement
                (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, actor, reason, created_at)
            SELECT owner, inventory_uuid7(), m.id, 'receive', m.on_hand, 0, 'migration', 'opening stock', now()
            FROM made m WHERE m.on_hand <> 0
        )
        -- Published numbers below nothing, without backorders, are put right by the publisher.
        INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
        SELECT owner, inventory_uuid7(), m.id, now()
        FROM made m JOIN catalog_variant v ON v.tenant_id = owner AND v.id = m.variant_id
        WHERE v.stock_quantity <> m.on_hand;
    END LOOP;
    PERFORM set_config('hansa.tenant', '', true);
END
$$;
"""


class Migration(migrations.Migration):
    """Let the stock follow the catalogue, and give the variants that are there their opening stock."""

    dependencies = [("inventory", "0002_wall"), ("catalog", "0003_listing")]
    operations = [
        migrations.RunSQL([OPENING_STOCK]),
        migrations.RunSQL([(INVENTORY / "catalogue.sql").read_text()]),
    ]
