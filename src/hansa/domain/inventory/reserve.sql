-- Reserve all of it or nothing, in one statement: what the checkout calls with the shelves' locks last.
--
-- demands: {"variant id": quantity}. Bundles become their parts, demand is summed per variant, what is
-- not counted is left out. The stock items of these variants are locked in the order of their ids, in
-- every active warehouse, and only then is it decided: so there is no plan that a race could spoil.
-- A variant comes from one warehouse when one has enough (the lowest priority number first), else from
-- several; what nobody has is backordered where that is allowed.
--
-- Answers how many reservations it made. When something is short it raises a check violation of the
-- "constraint" inventory_insufficient_stock, whose detail is [{"variant": id as asked for, "left": n}].
CREATE FUNCTION inventory_reserve(wanted uuid, demands jsonb, moment timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('hansa.tenant', true), '')::uuid;
    missing jsonb;
    planned bigint;
    done bigint;
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT d.key::uuid AS variant_id, d.value::bigint AS quantity FROM jsonb_each_text(demands) d
    ),
    bundled AS MATERIALIZED (
        SELECT a.variant_id AS asked_id, c.component_id AS variant_id, a.quantity * c.quantity AS quantity, c.quantity AS each_takes
        FROM asked a
        CROSS JOIN LATERAL (
            SELECT c.component_id, c.quantity FROM inventory_bundlecomponent c
            WHERE c.tenant_id = (SELECT tenant) AND c.bundle_id = a.variant_id
            OFFSET 0
        ) c
    ),
    part AS MATERIALIZED (
        SELECT b.asked_id, b.variant_id, b.quantity, b.each_takes FROM bundled b
        UNION ALL
        SELECT a.variant_id, a.variant_id, a.quantity, 1 FROM asked a
        WHERE a.variant_id NOT IN (SELECT b.asked_id FROM bundled b)
    ),
    need AS MATERIALIZED (
        SELECT p.variant_id, sum(p.quantity)::bigint AS quantity
        FROM part p
        LEFT JOIN LATERAL (
            SELECT v.is_stock_tracked FROM catalog_variant v
            WHERE v.tenant_id = (SELECT tenant) AND v.id = p.variant_id
            OFFSET 0
        ) v ON true
        -- A variant that is not there (any more) counts too: nothing of it is left.
        WHERE v.is_stock_tracked IS NOT FALSE
        GROUP BY p.variant_id
    ),
    house AS MATERIALIZED (
        SELECT w.id, w.priority FROM inventory_warehouse w WHERE w.tenant_id = (SELECT tenant) AND w.is_active
    ),
    locked AS MATERIALIZED (
        SELECT s.id, s.variant_id, s.warehouse_id,
            greatest(s.on_hand - s.reserved, 0) AS here,
            greatest(s.on_hand - s.reserved + s.backorder_limit, 0) AS room
        FROM inventory_stockitem s
        WHERE s.tenant_id = (SELECT tenant)
            AND s.variant_id = ANY (ARRAY(SELECT n.variant_id FROM need n))
            AND s.warehouse_id = ANY (ARRAY(SELECT h.id FROM house h))
        ORDER BY s.id
        FOR NO KEY UPDATE
    ),
    held AS MATERIALIZED (
        SELECT l.variant_id, sum(l.here) AS here, sum(l.room) AS room FROM locked l GROUP BY l.variant_id
    ),
    short AS MATERIALIZED (
        SELECT n.variant_id FROM need n LEFT JOIN held h ON h.variant_id = n.variant_id
        WHERE coalesce(h.room, 0) < n.quantity
    ),
    refused AS MATERIALIZED (
        SELECT p.asked_id, min(div(coalesce(h.room, 0), p.each_takes)) AS remaining
        FROM part p
        JOIN need n ON n.variant_id IS NOT DISTINCT FROM p.variant_id
        LEFT JOIN held h ON h.variant_id = p.variant_id
        WHERE p.asked_id IN (
            SELECT q.asked_id FROM part q JOIN short s ON s.variant_id IS NOT DISTINCT FROM q.variant_id
        )
        GROUP BY p.asked_id
    ),
    ranked AS (
        SELECT l.id, n.quantity AS wish, l.here, l.room - l.here AS later, h.here AS here_in_all,
            coalesce(sum(l.here) OVER (
                PARTITION BY l.variant_id ORDER BY (l.here >= n.quantity) DESC, w.priority, l.id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS here_before,
            coalesce(sum(l.room - l.here) OVER (
                PARTITION BY l.variant_id ORDER BY w.priority, l.id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS later_before
        FROM locked l
        JOIN need n ON n.variant_id = l.variant_id
        JOIN held h ON h.variant_id = l.variant_id
        JOIN house w ON w.id = l.warehouse_id
        WHERE NOT EXISTS (SELECT FROM short)
    ),
    chosen AS MATERIALIZED (
        SELECT r.id, (
            least(r.here, greatest(r.wish - r.here_before, 0))
            + least(r.later, greatest(r.wish - r.here_in_all - r.later_before, 0))
        )::bigint AS quantity
        FROM ranked r
    ),
    moved AS (
        UPDATE inventory_stockitem s SET reserved = s.reserved + c.quantity, changed_at = moment
        FROM chosen c
        -- No word about the counters here: PostgreSQL would ask it of the row as it was before we waited for
        -- its lock. What we hold locked has been decided on; the CHECK of the table is the last wall.
        WHERE s.tenant_id = (SELECT tenant) AND s.id = c.id AND c.quantity > 0
        RETURNING s.id, c.quantity
    ),
    booked AS (
        INSERT INTO inventory_reservation
            (tenant_id, id, reference, stock_item_id, quantity, shipped_quantity, state, expires_at, is_extended)
        SELECT tenant, inventory_uuid7(), wanted, m.id, m.quantity, 0, 'held', until, false FROM moved m
    ),
    written AS (
        INSERT INTO inventory_stockmovement
            (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, reference, actor, reason, created_at)
        SELECT tenant, inventory_uuid7(), m.id, 'reserve', 0, m.quantity, wanted, '', '', moment FROM moved m
    ),
    queued AS (
        INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
        SELECT tenant, inventory_uuid7(), m.id, moment FROM moved m
    )
    SELECT
        (SELECT jsonb_agg(jsonb_build_object('variant', r.asked_id, 'left', r.remaining)) FROM refused r),
        (SELECT count(*) FROM chosen c WHERE c.quantity > 0),
        (SELECT count(*) FROM moved)
    INTO missing, planned, done;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'less is left than was asked for' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'inventory_insufficient_stock', DETAIL = missing::text;
    END IF;
    IF done <> planned THEN
        RAISE EXCEPTION 'locked stock has moved: % of % items reserved', done, planned;
    END IF;
    RETURN done;
END
$$;
