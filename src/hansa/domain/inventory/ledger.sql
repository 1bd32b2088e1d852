-- The inventory's functions that keep counters, reservations and ledger together, and the triggers of
-- its own tables. Lock order: Note [Locks of the inventory] in __init__.py.

-- PostgreSQL has uuidv7() only from 18 on: 48 bits of milliseconds, then chance.
CREATE OR REPLACE FUNCTION inventory_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(
        set_bit(set_bit(overlay(
            uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
        ), 52, 1), 53, 1),
        'hex')::uuid
$$;

-- The default warehouse of the tenant, made when it is not there.
CREATE OR REPLACE FUNCTION inventory_default_warehouse(owner uuid) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    found_id uuid;
BEGIN
    SELECT w.id INTO found_id FROM inventory_warehouse w WHERE w.tenant_id = owner AND w.is_default;
    IF found_id IS NULL THEN
        INSERT INTO inventory_warehouse (tenant_id, id, name, code, priority, is_default, is_active)
        VALUES (owner, inventory_uuid7(), 'Main warehouse', 'main', 0, true, true)
        ON CONFLICT DO NOTHING;
        SELECT w.id INTO STRICT found_id FROM inventory_warehouse w WHERE w.tenant_id = owner AND w.is_default;
    END IF;
    RETURN found_id;
END
$$;

-- Give back what these reservations hold; the caller has locked them. Answers how many they were.
CREATE OR REPLACE FUNCTION inventory_put_back(reservations uuid[], moment timestamptz, who text, why text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('hansa.tenant', true), '')::uuid;
    freed bigint;
BEGIN
    PERFORM FROM inventory_stockitem s
    WHERE s.tenant_id = (SELECT tenant) AND s.id = ANY (ARRAY(
        SELECT r.stock_item_id FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.id = ANY (reservations)
    ))
    ORDER BY s.id
    FOR NO KEY UPDATE;
    WITH released AS (
        UPDATE inventory_reservation r SET state = 'released'
        WHERE r.tenant_id = (SELECT tenant) AND r.id = ANY (reservations) AND r.state IN ('held', 'allocated')
        RETURNING r.id, r.reference, r.stock_item_id, r.quantity - r.shipped_quantity AS quantity
    ),
    moved AS (
        UPDATE inventory_stockitem s SET reserved = s.reserved - f.quantity, changed_at = moment
        FROM (SELECT stock_item_id, sum(quantity)::bigint AS quantity FROM released GROUP BY stock_item_id) f
        WHERE s.tenant_id = (SELECT tenant) AND s.id = f.stock_item_id
        RETURNING s.id
    ),
    written AS (
        INSERT INTO inventory_stockmovement
            (tenant_id, id, stock_item_id, kind, on_hand_delta, reserved_delta, reference, actor, reason, created_at)
        SELECT tenant, inventory_uuid7(), r.stock_item_id, 'release', 0, -r.quantity, r.reference, who, why, moment
        FROM released r
    ),
    queued AS (
        INSERT INTO inventory_stockchange (tenant_id, id, stock_item_id, changed_at)
        SELECT tenant, inventory_uuid7(), m.id, moment FROM moved m
    )
    SELECT count(*) INTO freed FROM released;
    RETURN freed;
END
$$;

-- Release what is held or allocated for the reference. Answers how many reservations that were.
CREATE OR REPLACE FUNCTION inventory_release(wanted uuid, moment timestamptz, who text, why text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('hansa.tenant', true), '')::uuid;
    live uuid[];
BEGIN
    SELECT array_agg(l.id) INTO live FROM (
        SELECT r.id FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.reference = wanted AND r.state IN ('held', 'allocated')
        ORDER BY r.id
        FOR NO KEY UPDATE
    ) l;
    RETURN CASE WHEN live IS NULL THEN 0 ELSE inventory_put_back(live, moment, who, why) END;
END
$$;

-- Release reservations whose time is over, at most so many, and answer their references. A reference
-- of which somebody else has a row at work is left to them. variants: NULL for all; a bundle stands
-- for its parts.
CREATE OR REPLACE FUNCTION inventory_release_expired(variants uuid[], moment timestamptz, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('hansa.tenant', true), '')::uuid;
    overdue uuid[];
    gone uuid[];
    free uuid[];
BEGIN
    SELECT array_agg(DISTINCT o.reference) INTO overdue FROM (
        SELECT r.reference FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.state = 'held' AND r.expires_at < moment
            AND (variants IS NULL OR r.stock_item_id IN (
                SELECT s.id FROM inventory_stockitem s
                WHERE s.tenant_id = (SELECT tenant) AND s.variant_id IN (
                    SELECT unnest(variants)
                    UNION
                    SELECT c.component_id FROM inventory_bundlecomponent c
                    WHERE c.tenant_id = (SELECT tenant) AND c.bundle_id = ANY (variants)
                )
            ))
        ORDER BY r.expires_at
        LIMIT most
    ) o;
    IF overdue IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(l.id) INTO free FROM (
        SELECT r.id FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.reference = ANY (overdue)
            AND r.state = 'held' AND r.expires_at < moment
        ORDER BY r.id
        FOR NO KEY UPDATE SKIP LOCKED
    ) l;
    -- A new statement sees what others have committed meanwhile: whole references only.
    SELECT array_agg(w.reference) INTO gone FROM (
        SELECT r.reference FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.reference = ANY (overdue) AND r.state IN ('held', 'allocated')
        GROUP BY r.reference
        HAVING bool_and(r.id = ANY (free))
    ) w;
    IF gone IS NULL THEN
        RETURN;
    END IF;
    PERFORM inventory_put_back(ARRAY(
        SELECT r.id FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT tenant) AND r.id = ANY (free) AND r.reference = ANY (gone)
    ), moment, 'inventory', 'expired');
    RETURN QUERY SELECT unnest(gone);
END
$$;

-- After the shop stopped selling a variant that is out of stock, or sells fewer of it, what was promised stays
-- promised and nothing more is: what is left of the limit shrinks with every piece that is delivered or
-- given back, down to what the merchant agreed to. It never grows here: behind it stands the CHECK.
CREATE OR REPLACE FUNCTION inventory_wind_down_backorders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owed CONSTANT bigint := greatest(0, NEW.reserved - NEW.on_hand);
    agreed bigint;
BEGIN
    IF NEW.backorder_limit > owed THEN
        SELECT CASE WHEN v.sells_when_out_of_stock THEN NEW.backorder_maximum ELSE 0 END INTO agreed
        FROM catalog_variant v WHERE v.tenant_id = NEW.tenant_id AND v.id = NEW.variant_id;
        NEW.backorder_limit := least(NEW.backorder_limit, greatest(owed, agreed));
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER inventory_stockitem_wind_down BEFORE UPDATE ON inventory_stockitem
FOR EACH ROW WHEN (NEW.backorder_limit > 0 AND NEW.backorder_limit < 1000000000)
EXECUTE FUNCTION inventory_wind_down_backorders();

-- The events of a stock item that crosses a mark, in the transaction that lets it cross, whoever does it.
-- They are written here and not by events.services.record, because a change that Python does not
-- know of (an import's, a reservation's on its way in a batch) must not go untold.
CREATE OR REPLACE FUNCTION inventory_tell_crossing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was CONSTANT bigint := OLD.on_hand - OLD.reserved;
    has CONSTANT bigint := NEW.on_hand - NEW.reserved;
    could CONSTANT boolean := was + OLD.backorder_limit > 0;
    can CONSTANT boolean := has + NEW.backorder_limit > 0;
BEGIN
    INSERT INTO events_event (tenant_id, id, name, aggregate_id, payload, occurred_at, available_at)
    SELECT
        NEW.tenant_id, inventory_uuid7(), e.name, NEW.variant_id,
        jsonb_build_object(
            'variant_id', NEW.variant_id, 'warehouse_id', NEW.warehouse_id, 'stock_item_id', NEW.id,
            'available', has, 'low_stock_threshold', NEW.low_stock_threshold),
        NEW.changed_at, NEW.changed_at
    FROM (VALUES
        ('stock.low', was > NEW.low_stock_threshold AND has <= NEW.low_stock_threshold),
        ('stock.sold_out', could AND NOT can),
        ('stock.available', can AND NOT could)
    ) e (name, is_true)
    WHERE e.is_true;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER inventory_stockitem_crossed AFTER UPDATE ON inventory_stockitem
FOR EACH ROW WHEN (
    (OLD.on_hand - OLD.reserved + OLD.backorder_limit > 0) <> (NEW.on_hand - NEW.reserved + NEW.backorder_limit > 0)
    OR (OLD.on_hand - OLD.reserved > NEW.low_stock_threshold AND NEW.on_hand - NEW.reserved <= NEW.low_stock_threshold)
)
EXECUTE FUNCTION inventory_tell_crossing();

-- The last wall around the ledger: its lines cannot be changed by those who serve requests. A deleted
-- variant takes its ledger with it, because that the database does itself, with its owner's rights.
REVOKE UPDATE, DELETE, TRUNCATE ON inventory_stockmovement FROM hansa_app;

-- Room in each page, so that a hot row's versions stay beside each other and no index is touched.
ALTER TABLE inventory_stockitem SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE inventory_reservation SET (fillfactor = 80);
ALTER TABLE inventory_stockchange SET (autovacuum_vacuum_scale_factor = 0.01);
