-- One unit of one stock item, sold by everybody at once, with the least SQL that does it; the stock row last.
BEGIN;
SELECT set_config('hansa.tenant', :tenant, true);
INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    VALUES (gen_random_uuid(), 'order.placed', gen_random_uuid(), '{}', now(), 'infinity');
UPDATE inventory_stockitem SET reserved = reserved + 1
    WHERE variant_id = (SELECT id FROM bench_variant WHERE n = 1) AND on_hand - reserved >= 1 RETURNING id AS item \gset
INSERT INTO inventory_stockmovement (id, stock_item_id, kind, on_hand_delta, reserved_delta, actor, reason, created_at)
    VALUES (gen_random_uuid(), :item::uuid, 'reserve', 0, 1, '', '', now());
COMMIT;
