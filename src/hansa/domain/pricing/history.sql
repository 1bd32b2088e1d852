-- The price history: what a variant cost until when. A trigger, so that neither an import nor a form
-- can forget it; for whole statements, so that an import of a million rows pays for one question. The
-- former price is kept and not the new one: a variant that has never changed needs no row, and what
-- it costs now stands in catalog_variant.

CREATE OR REPLACE FUNCTION pricing_keep_former_prices() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- Grouped and not joined: the plan is kept, and one made for a single row must also do for a whole file's.
    INSERT INTO pricing_pricechange (tenant_id, id, variant_id, currency, amount, changed_at)
    SELECT v.tenant_id, gen_random_uuid(), v.id, min(v.currency) FILTER (WHERE v.was), min(v.amount) FILTER (WHERE v.was), now()
    FROM (
        SELECT o.tenant_id, o.id, o.currency, o.price_amount AS amount, true AS was FROM former o
        UNION ALL
        SELECT n.tenant_id, n.id, n.currency, n.price_amount, false FROM fresh n
    ) v
    GROUP BY v.tenant_id, v.id
    HAVING count(*) = 2 AND (min(v.amount) <> max(v.amount) OR min(v.currency) <> max(v.currency));
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER pricing_price_changed AFTER UPDATE ON catalog_variant
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_keep_former_prices();
