-- When what the listing shows may change: as soon as somebody writes a price list or its prices, and when a
-- list's time begins or ends. Triggers, so that nobody who writes them can forget it; the worker takes the
-- rows away as their time comes (services/publish_prices.py).

CREATE OR REPLACE FUNCTION pricing_note_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pricing_pricelistchange (tenant_id, id, due_at)
    SELECT DISTINCT l.tenant_id, gen_random_uuid(), d.due_at
    FROM touched l
    CROSS JOIN LATERAL (VALUES (now()), (l.valid_from), (l.valid_until)) AS d (due_at)
    WHERE d.due_at >= now();
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION pricing_note_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pricing_pricelistchange (tenant_id, id, due_at)
    SELECT i.tenant_id, gen_random_uuid(), now() FROM touched i LIMIT 1;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER pricing_list_made AFTER INSERT ON pricing_pricelist
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_list();
CREATE OR REPLACE TRIGGER pricing_list_changed AFTER UPDATE ON pricing_pricelist
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_list();
CREATE OR REPLACE TRIGGER pricing_items_made AFTER INSERT ON pricing_pricelistitem
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_items();
CREATE OR REPLACE TRIGGER pricing_items_changed AFTER UPDATE ON pricing_pricelistitem
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_items();
-- Of a deleted list the prices go too.
CREATE OR REPLACE TRIGGER pricing_items_deleted AFTER DELETE ON pricing_pricelistitem
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_items();
