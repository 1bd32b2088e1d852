-- An order's status changes only along models.TRANSITIONS, whoever writes it. The migration fills in
-- the pairs from there; tests/domain/orders/test_states.py tries every pair.

CREATE TABLE orders_transition (
    from_status text NOT NULL,
    to_status text NOT NULL,
    PRIMARY KEY (from_status, to_status)
);

CREATE FUNCTION orders_hold_states() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'pending_payment' THEN
            RAISE EXCEPTION 'an order begins as pending_payment, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_transition';
        END IF;
    ELSIF NEW.status <> OLD.status AND NOT EXISTS (
        SELECT FROM orders_transition t WHERE t.from_status = OLD.status AND t.to_status = NEW.status
    ) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_transition';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER orders_order_transition BEFORE INSERT OR UPDATE OF status ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_hold_states();

-- Lines and the timeline are written once.
CREATE FUNCTION orders_refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% is written once and never changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER orders_orderline_unchanged BEFORE UPDATE ON orders_orderline
    FOR EACH ROW EXECUTE FUNCTION orders_refuse_change();
CREATE TRIGGER orders_timelineentry_unchanged BEFORE UPDATE ON orders_timelineentry
    FOR EACH ROW EXECUTE FUNCTION orders_refuse_change();
