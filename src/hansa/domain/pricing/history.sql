-- The price history: what a variant cost until when. A trigger, so that neither an import nor a form
-- can forget it; for whole statements, so that an import of a million rows pays for one join. The
-- former price is kept and not the new one: a variant that has never changed needs no row, and what
-- it costs now stands in catalog_variant.

CREATE FUNCTION pricing_keep_former_prices() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO pricing_pricechange (tenant_id, id, variant_id, currency, amount, changed_at)
    SELECT o.tenant_id, gen_random_uuid(), o.id, o.currency, o.price_amount, now()
    FROM former o JOIN fresh n ON n.tenant_id = o.tenant_id AND n.id = o.id
    WHERE n.price_amount <> o.price_amount OR n.currency <> o.currency;
    RETURN NULL;
END
$$;

CREATE TRIGGER pricing_price_changed AFTER UPDATE ON catalog_variant
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_keep_former_prices();
