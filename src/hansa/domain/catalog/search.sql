-- Full-text search. Under a policy the planner cannot use a GIN index for `tsvector @@ query` (the
-- operator is not leakproof) and reads the whole tenant instead. So the index is read by one
-- function that runs as hansa_search, a role that owns nothing else and can read only
-- catalog_search, and that applies the tenant itself: as a word of the document, so that the index
-- narrows to the tenant, and as a comparison, so that it is certain.

GRANT SELECT ON catalog_search TO hansa_search;
CREATE POLICY search_reads_all ON catalog_search FOR SELECT TO hansa_search USING (true);

CREATE FUNCTION catalog_find(query tsquery, most integer)
RETURNS TABLE (product_id uuid, relevance real)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
    SELECT s.product_id, ts_rank(s.words, query)
    FROM catalog_search s
    WHERE s.words @@ (quote_literal('tenant:' || nullif(current_setting('hansa.tenant', true), ''))::tsquery && query)
        -- A query without words (only signs were typed) finds nothing rather than everything.
        AND numnode(query) > 0
        AND s.tenant_id = nullif(current_setting('hansa.tenant', true), '')::uuid
    ORDER BY 2 DESC, 1
    LIMIT least(most, 10000)
$$;
ALTER FUNCTION catalog_find(tsquery, integer) OWNER TO hansa_search;
REVOKE ALL ON FUNCTION catalog_find(tsquery, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION catalog_find(tsquery, integer) TO hansa_app;
