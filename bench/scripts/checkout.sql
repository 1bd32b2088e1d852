-- What a checkout writes and reads, with the least SQL that does it: to compare with, by pgbench.
\set first random(1, :variants)
\set second random(1, :variants)
BEGIN;
SELECT set_config('hansa.tenant', :tenant, true);
INSERT INTO checkout_idempotencykey (id, key, fingerprint, status, order_id, claimed_at, expires_at)
    VALUES (gen_random_uuid(), gen_random_uuid()::text, 'f', 'in_progress', gen_random_uuid(), now(), now());
SELECT id, version, status, email, shipping_address FROM carts_cart
    WHERE id = (SELECT id FROM bench_cart WHERE n = :first) FOR NO KEY UPDATE;
SELECT variant_id, quantity FROM carts_cartline WHERE cart_id = (SELECT id FROM bench_cart WHERE n = :first);
SELECT v.price_amount, v.sku, p.name FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
    WHERE v.id IN (SELECT id FROM bench_variant WHERE n IN (:first, :second));
SELECT rate_ppm FROM pricing_taxrate WHERE country = 'DE';
SELECT name, amount FROM fulfilment_shippingmethod;
INSERT INTO orders_order (id, number, cart_id, status, currency, email, email_key, subtotal, discount, shipping, tax, total,
        prices_include_tax, explanation, placed_at, shipping_address)
    VALUES (gen_random_uuid(), (random() * 1e15)::bigint, gen_random_uuid(), 'pending_payment', 'EUR', 'a@example.com', 'a@example.com',
        200, 0, 0, 0, 200, true, '[]', now(), '{"country": "DE"}') RETURNING id AS order_id \gset
INSERT INTO orders_timelineentry (id, order_id, kind, actor, message, status, data, created_at)
    VALUES (gen_random_uuid(), :order_id::uuid, 'placed', 'customer', '', '', '{}', now());
INSERT INTO orders_orderline (id, order_id, position, variant_id, product_id, name, slug, sku, options, quantity, unit_price,
        subtotal, discount, tax, total, taxes)
    SELECT gen_random_uuid(), :order_id::uuid, n, gen_random_uuid(), gen_random_uuid(), 'A product', 'p', '', '{}', 1, 100, 100, 0, 0,
        100, '[]' FROM generate_series(1, 2) n;
INSERT INTO payments_payment (id, reference, provider, amount, currency, created_at, updated_at)
    VALUES (gen_random_uuid(), :order_id::uuid, 'manual', 200, 'EUR', now(), now()) RETURNING id AS payment_id \gset
INSERT INTO payments_ledgerentry (id, reference, debit, credit, amount, currency, kind, source)
    VALUES (gen_random_uuid(), :order_id::uuid, 'customer', 'sales', 200, 'EUR', 'charge', 'placed');
INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    VALUES (gen_random_uuid(), 'order.placed', :order_id::uuid, '{}', now(), 'infinity');
UPDATE carts_cart SET updated_at = now() WHERE id = (SELECT id FROM bench_cart WHERE n = :first);
WITH locked AS (
    SELECT id FROM inventory_stockitem WHERE variant_id IN (SELECT id FROM bench_variant WHERE n IN (:first, :second))
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE inventory_stockitem s SET reserved = reserved + 1 FROM locked
    WHERE s.id = locked.id AND s.on_hand - s.reserved >= 1 RETURNING s.id
), booked AS (
    INSERT INTO inventory_reservation (id, reference, stock_item_id, quantity, shipped_quantity, state, expires_at, is_extended)
    SELECT gen_random_uuid(), :order_id::uuid, id, 1, 0, 'held', now() + interval '10 minutes', false FROM moved
)
INSERT INTO inventory_stockmovement (id, stock_item_id, kind, on_hand_delta, reserved_delta, reference, actor, reason, created_at)
    SELECT gen_random_uuid(), id, 'reserve', 0, 1, :order_id::uuid, '', '', now() FROM moved;
INSERT INTO orders_ordercounter AS c (id, last_number) VALUES (gen_random_uuid(), 1)
    ON CONFLICT (tenant_id) DO UPDATE SET last_number = c.last_number + 1;
COMMIT;
BEGIN;
SELECT set_config('hansa.tenant', :tenant, true);
UPDATE payments_payment SET status = 'captured' WHERE id = :payment_id::uuid;
INSERT INTO payments_ledgerentry (id, reference, payment_id, debit, credit, amount, currency, kind, source)
    VALUES (gen_random_uuid(), :order_id::uuid, :payment_id::uuid, 'provider', 'customer', 200, 'EUR', 'capture', 'c');
UPDATE orders_order SET status = 'paid' WHERE id = :order_id::uuid;
INSERT INTO orders_timelineentry (id, order_id, kind, actor, message, status, data, created_at)
    VALUES (gen_random_uuid(), :order_id::uuid, 'paid', 'provider', '', 'paid', '{}', now());
UPDATE inventory_reservation SET state = 'allocated' WHERE reference = :order_id::uuid;
INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    VALUES (gen_random_uuid(), 'order.paid', :order_id::uuid, '{}', now(), 'infinity');
UPDATE checkout_idempotencykey SET status = 'done', response = 'x' WHERE order_id = :order_id::uuid;
COMMIT;
