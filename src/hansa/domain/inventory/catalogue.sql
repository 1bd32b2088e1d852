-- What is written into the catalogue moves the stock: merchants' files and staff's forms say how many
-- pieces there are, and the default warehouse follows by the DIFFERENCE, so that what was sold since the
-- file was made, and is not published yet, stays sold. What the inventory itself publishes
-- (hansa.publishing is on) moves nothing. See also services/publish_availability.py.

CREATE OR REPLACE FUNCTION inventory_follow_new_variants() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner CONSTANT uuid := (SELECT f.tenant_id FROM fresh f LIMIT 1);
    warehouse uuid;
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    warehouse := inventory_default_warehouse(owner);
    WITH made AS (
        INSERT INTO inventory_stockitem (tenant_id, id, variant_id, warehouse_id, on_hand, reserved, backorder_limit, changed_at)
        SELECT owner, inventory_uuid7(), f.id, warehouse,
            CASE WHEN f.sells_when_out_of_stock THEN f.stock_quantity ELSE greatest(f.stock_quantity, 0) END,
            0,
            CASE WHEN f.sells_when_out_of_stock THEN 1000000000 ELSE 0 END,
            f.updated_at
        FROM fresh f
        WHERE f.is_stock_tracked OR f.stock_quantity <> 0
        ORDER BY f.id
        RETURNING id, variant_id, on_hand, changed_at
    ),
    written AS (
        INSERT INTO inventory_stockmovement
            (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, actor, reason, created_at)
        SELECT owner, inventory_uuid7(), m.id, 'receive', m.on_hand, 0, 'catalogue', 'new in the catalogue', m.changed_at
        FROM made m WHERE m.on_hand <> 0
    )
    INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
    SELECT owner, inventory_uuid7(), m.id, m.changed_at
    FROM made m
    WHERE m.variant_id = ANY (ARRAY(
        SELECT f.id FROM fresh f WHERE f.stock_quantity < 0 AND NOT f.sells_when_out_of_stock
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION inventory_follow_changed_variants() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner CONSTANT uuid := (SELECT f.tenant_id FROM fresh f LIMIT 1);
    warehouse uuid;
    variants uuid[];
    deltas bigint[];
    numbers bigint[];
    counted boolean[];
    sells boolean[];
    moment timestamptz;
BEGIN
    -- Grouped and not joined: the plan is kept, and one made for a single row must also do for a whole file's.
    SELECT array_agg(u.id), array_agg(u.delta), array_agg(u.number), array_agg(u.counted_now), array_agg(u.sells_now),
        max(u.moment)
    INTO variants, deltas, numbers, counted, sells, moment
    FROM (
        SELECT v.id, sum(v.quantity) AS delta, sum(v.quantity) FILTER (WHERE v.is_new) AS number,
            bool_or(v.is_stock_tracked) FILTER (WHERE v.is_new) AS counted_now,
            bool_or(v.sells_when_out_of_stock) FILTER (WHERE v.is_new) AS sells_now,
            max(v.updated_at) AS moment
        FROM (
            SELECT n.id, n.stock_quantity AS quantity, n.is_stock_tracked, n.sells_when_out_of_stock, n.updated_at, true AS is_new
            FROM fresh n
            UNION ALL
            SELECT o.id, -o.stock_quantity, o.is_stock_tracked, o.sells_when_out_of_stock, o.updated_at, false FROM stale o
        ) v
        GROUP BY v.id
        HAVING sum(v.quantity) <> 0
            OR bool_or(v.is_stock_tracked) <> bool_and(v.is_stock_tracked)
            OR bool_or(v.sells_when_out_of_stock) <> bool_and(v.sells_when_out_of_stock)
        ORDER BY v.id
    ) u
    -- A bundle has the stock of its parts and none of its own.
    WHERE u.id NOT IN (SELECT c.bundle_id FROM inventory_bundlecomponent c WHERE c.tenant_id = owner);
    IF variants IS NULL THEN
        RETURN NULL;
    END IF;
    warehouse := inventory_default_warehouse(owner);
    -- What was not counted so far begins at nothing and gets the whole number, not the difference.
    WITH made AS (
        INSERT INTO inventory_stockitem
            (tenant_id, id, variant_id, warehouse_id, on_hand, reserved, backorder_limit, backorder_maximum, changed_at)
        SELECT owner, inventory_uuid7(), c.id, warehouse,
            CASE WHEN c.sells THEN c.number ELSE greatest(c.number, 0) END, 0,
            CASE WHEN NOT c.sells THEN 0 WHEN e.maximum IS NULL THEN 1000000000 ELSE greatest(0, -c.number) END,
            e.maximum, moment
        FROM unnest(variants, numbers, counted, sells) WITH ORDINALITY AS c (id, number, counted, sells, place)
        -- Where the merchant has said for another warehouse how far it sells, this one adds nothing to it.
        CROSS JOIN LATERAL (
            SELECT min(0) AS maximum FROM inventory_stockitem s
            WHERE s.tenant_id = owner AND s.variant_id = c.id AND s.backorder_maximum IS NOT NULL
            OFFSET 0
        ) e
        WHERE c.counted OR c.number <> 0
        ORDER BY c.place
        ON CONFLICT (tenant_id, variant_id, warehouse_id) DO NOTHING
        RETURNING id, variant_id, on_hand
    ),
    written AS (
        INSERT INTO inventory_stockmovement
            (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, actor, reason, created_at)
        SELECT owner, inventory_uuid7(), m.id, 'receive', m.on_hand, 0, 'catalogue', 'counted from now on', moment
        FROM made m WHERE m.on_hand <> 0
    ),
    -- Elsewhere it may have been counted before; then what the shop shows is not this number.
    queued AS (
        INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
        SELECT owner, inventory_uuid7(), m.id, moment FROM made m
    )
    SELECT array_agg(c.id), array_agg(c.delta), array_agg(c.number), array_agg(c.sells)
    INTO variants, deltas, numbers, sells
    FROM unnest(variants, deltas, numbers, sells) AS c (id, delta, number, sells)
    WHERE c.id NOT IN (SELECT m.variant_id FROM made m);
    IF variants IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM inventory_stockitem s
    WHERE s.tenant_id = owner AND s.variant_id = ANY (variants) ORDER BY s.id FOR NO KEY UPDATE;
    WITH wish AS MATERIALIZED (
        SELECT s.id, c.number, s.on_hand, s.reserved, s.warehouse_id = warehouse AS is_default,
            CASE WHEN c.sells THEN coalesce(s.backorder_maximum, 1000000000) ELSE 0 END AS agreed,
            CASE WHEN s.warehouse_id <> warehouse THEN s.on_hand
                WHEN c.sells OR c.delta > 0 THEN s.on_hand + c.delta
                -- Never less than is promised (or than there was, where that is less already).
                ELSE greatest(s.on_hand + c.delta, least(s.on_hand, s.reserved))
            END AS on_hand_now
        FROM unnest(variants, deltas, numbers, sells) AS c (id, delta, number, sells)
        CROSS JOIN LATERAL (
            SELECT s.id, s.on_hand, s.reserved, s.warehouse_id, s.backorder_maximum FROM inventory_stockitem s
            WHERE s.tenant_id = owner AND s.variant_id = c.id
            OFFSET 0
        ) s
    ),
    moved AS (
        UPDATE inventory_stockitem s SET
            on_hand = w.on_hand_now,
            backorder_limit = greatest(w.agreed, w.reserved - w.on_hand_now),
            changed_at = moment
        FROM wish w WHERE s.tenant_id = owner AND s.id = w.id
    ),
    written AS (
        INSERT INTO inventory_stockmovement
            (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, actor, reason, created_at)
        SELECT owner, inventory_uuid7(), w.id, 'adjust', w.on_hand_now - w.on_hand, 0, 'catalogue', 'changed in the catalogue', moment
        FROM wish w WHERE w.on_hand_now <> w.on_hand
    )
    INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
    SELECT owner, inventory_uuid7(), w.id, moment
    FROM wish w WHERE w.is_default AND w.on_hand_now - w.reserved <> w.number;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER inventory_new_variants AFTER INSERT ON catalog_variant
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
WHEN (current_setting('hansa.publishing', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION inventory_follow_new_variants();

CREATE OR REPLACE TRIGGER inventory_changed_variants AFTER UPDATE ON catalog_variant
REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
WHEN (current_setting('hansa.publishing', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION inventory_follow_changed_variants();
