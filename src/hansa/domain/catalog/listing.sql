-- The listing: what shoppers read, finished, derived from the catalogue's tables.
--
-- catalog_listing     one row per visible product: its JSON document as text, passed on untouched
-- catalog_placement   one row per product and shelf it stands on (every ancestor category, and the
--                     nil category, which is the whole shop), with the sort keys in the indexes
-- catalog_listing_attribute   one row per product and filterable value
-- catalog_search      the full-text index
--
-- Under row-level security only leakproof comparisons can be index conditions: uuid, text, integers,
-- booleans and timestamps are, arrays, jsonb, numeric and full-text search are not. That is why a
-- category is a row here and not an array, why a price is a bigint, and why search goes through one
-- function (search.sql).
--
-- Note [What hangs on the listing]: only catalog_listing has a foreign key, to its product. The other
-- three tables are written by one function, together with the listing's row, by whoever holds the
-- product's row (Note [Locks of the catalogue]); nine foreign-key checks for each product, to find the
-- row that the same statement has written, were a fifth of an import's time in the listing. Deletes
-- do follow: a trigger clears the three tables when the row of the listing goes, as a cascade would.

CREATE TABLE catalog_listing (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    document text NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    CONSTRAINT catalog_listing_product_tenant_fk FOREIGN KEY (tenant_id, product_id)
        REFERENCES catalog_product (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE catalog_placement (
    tenant_id uuid NOT NULL,
    category_id uuid NOT NULL,
    product_id uuid NOT NULL,
    published_at timestamptz NOT NULL,
    price_amount bigint NOT NULL,
    name_key text NOT NULL,
    popularity integer NOT NULL,
    in_stock boolean NOT NULL,
    PRIMARY KEY (tenant_id, product_id, category_id)
);
CREATE INDEX catalog_placement_newest ON catalog_placement (tenant_id, category_id, published_at, product_id);
CREATE INDEX catalog_placement_price ON catalog_placement (tenant_id, category_id, price_amount, product_id);
CREATE INDEX catalog_placement_name ON catalog_placement (tenant_id, category_id, name_key, product_id);
CREATE INDEX catalog_placement_popular ON catalog_placement (tenant_id, category_id, popularity, product_id);

CREATE TABLE catalog_listing_attribute (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (tenant_id, product_id, name, value)
);
CREATE INDEX catalog_listing_attribute_value ON catalog_listing_attribute (tenant_id, name, value, product_id);

CREATE TABLE catalog_search (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (tenant_id, product_id)
);
CREATE INDEX catalog_search_words ON catalog_search USING gin (words);

-- Clears what hangs on the listing: see Note [What hangs on the listing].

CREATE OR REPLACE FUNCTION catalog_clear_listing() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog_placement o WHERE o.tenant_id = old.tenant_id AND o.product_id = old.product_id;
    DELETE FROM catalog_listing_attribute o WHERE o.tenant_id = old.tenant_id AND o.product_id = old.product_id;
    DELETE FROM catalog_search s WHERE s.tenant_id = old.tenant_id AND s.product_id = old.product_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER catalog_listing_clear AFTER DELETE ON catalog_listing
    FOR EACH ROW EXECUTE FUNCTION catalog_clear_listing();

-- The one function that makes the listing say what the tables say; the service that writes a
-- product calls it in the same transaction. products: the ids to look at; NULL means the whole
-- tenant. Rows that are right already are not touched. Answers how many documents it wrote.
-- One statement: the parts see the same snapshot, and each touches rows of its own.
--
-- The plan must not depend on statistics: a new tenant has none, also in a table that has, and a plan
-- that reads the whole tenant for each chunk makes an import quadratic. So every table is looked up by
-- key for each wanted product (LATERAL … OFFSET 0 cannot be turned into a join), the tenant is hidden
-- in a sub-select (of a tenant it knows to be absent from the statistics the planner expects one row,
-- and then any index that begins with tenant_id is as good as the right one), sets made here are
-- compared with NOT IN, which is always hashed, and not with NOT EXISTS, and what has to go is deleted
-- by its place in the table (ctid), found in the same snapshot. A category is the first one not below
-- the id we want, in the order of the primary key, and then compared: only the order says which index.

CREATE OR REPLACE FUNCTION catalog_refresh_listing(products uuid[]) RETURNS bigint
LANGUAGE plpgsql
-- The full-text index takes what is new from its pending list in portions of work_mem; with the usual
-- 4 MB each word is visited again and again, and that was half of an import's time.
SET work_mem = '64MB'
-- No SET plan_cache_mode = force_custom_plan here: it would hold for the foreign-key checks of our
-- inserts too, and plan every one of them anew.
AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('hansa.tenant', true), '')::uuid;
    whole_shop CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    written bigint;
BEGIN
    WITH RECURSIVE wanted AS MATERIALIZED (
        SELECT DISTINCT u.id FROM unnest(products) AS u (id)
        UNION ALL
        SELECT p.id FROM catalog_product p WHERE products IS NULL AND p.tenant_id = (SELECT tenant)
    ),
    fresh AS MATERIALIZED (
        SELECT
            p.id AS product_id, p.category_id, p.published_at, o.price_amount,
            left(lower(p.name), 100) AS name_key, p.popularity, o.in_stock, p.option_names,
            json_build_object(
                'id', p.id,
                'slug', p.slug,
                'name', p.name,
                'vendor', p.vendor,
                'price', json_build_object('amount', o.price_amount, 'currency', o.currency),
                'compare_at_price', CASE WHEN o.compare_at_amount > o.price_amount THEN
                    json_build_object('amount', o.compare_at_amount, 'currency', o.currency) END,
                'price_varies', o.price_varies,
                'image', CASE WHEN i.url IS NOT NULL THEN
                    json_build_object('url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height) END,
                'in_stock', o.in_stock,
                'category', CASE WHEN c.id IS NOT NULL THEN
                    json_build_object('slug', c.slug, 'name', c.name, 'path', c.path) END,
                'published_at', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            )::text AS document,
            -- What stands first in the text (name, vendor, tags) counts more; every word is parsed once.
            array_to_tsvector(ARRAY['tenant:' || tenant])
                || setweight(to_tsvector('simple', left(p.search_text, p.head)), 'A')
                || to_tsvector('simple', substr(p.search_text, p.head + 1)) AS words
        FROM wanted w
        CROSS JOIN LATERAL (
            SELECT
                p.id, p.category_id, p.published_at, p.slug, p.name, p.vendor, p.popularity, p.option_names,
                p.search_text, p.status, p.archived_at,
                -- The last space of the first 400 characters: a word belongs to one part.
                CASE WHEN length(p.search_text) <= 400 THEN 400
                    ELSE 400 - position(' ' IN reverse(left(p.search_text, 400))) END AS head
            FROM catalog_product p
            WHERE p.tenant_id = (SELECT tenant) AND p.id = w.id
            OFFSET 0
        ) p
        CROSS JOIN LATERAL (
            -- What a product costs "from", and whether any of its variants can be bought.
            SELECT
                min(least(v.price_amount, v.listed_amount)) AS price_amount,
                min(least(v.price_amount, v.listed_amount)) <> max(least(v.price_amount, v.listed_amount)) AS price_varies,
                -- Beside a price list's price stands the former price, or else the catalogue's.
                (array_agg(CASE
                    WHEN v.compare_at_amount > v.price_amount THEN v.compare_at_amount
                    WHEN v.listed_amount < v.price_amount THEN v.price_amount
                END ORDER BY least(v.price_amount, v.listed_amount), v.position, v.id))[1] AS compare_at_amount,
                min(v.currency) AS currency,
                bool_or(NOT v.is_stock_tracked OR v.stock_quantity > 0
                    OR v.sells_when_out_of_stock AND coalesce(v.stock_quantity + v.backorder_limit > 0, true)) AS in_stock
            FROM catalog_variant v
            WHERE v.tenant_id = (SELECT tenant) AND v.product_id = w.id
            HAVING count(*) > 0
        ) o
        LEFT JOIN LATERAL (
            SELECT i.url, i.alt, i.width, i.height
            FROM catalog_productimage i
            WHERE i.tenant_id = (SELECT tenant) AND i.product_id = w.id
            ORDER BY i.position, i.id
            LIMIT 1
        ) i ON true
        LEFT JOIN LATERAL (
            SELECT c.id, c.slug, c.name, c.path
            FROM catalog_category c
            WHERE c.tenant_id = (SELECT tenant) AND c.id >= p.category_id
            ORDER BY c.id
            LIMIT 1
        ) c ON c.id = p.category_id
        -- Not inside the look-up: of a table without statistics the planner believes that hardly a row
        -- is not archived, and would take any partial index for as good as the primary key.
        WHERE p.status = 'published' AND p.archived_at IS NULL
    ),
    shelf (category_id, ancestor_id, parent_id) AS (
        SELECT c.id, c.id, c.parent_id
        FROM (SELECT DISTINCT f.category_id FROM fresh f) used
        CROSS JOIN LATERAL (
            SELECT c.id, c.parent_id
            FROM catalog_category c
            WHERE c.tenant_id = (SELECT tenant) AND c.id >= used.category_id
            ORDER BY c.id
            LIMIT 1
        ) c
        WHERE c.id = used.category_id
        UNION ALL
        SELECT s.category_id, c.id, c.parent_id
        FROM shelf s
        CROSS JOIN LATERAL (
            SELECT c.id, c.parent_id
            FROM catalog_category c
            WHERE c.tenant_id = (SELECT tenant) AND c.id >= s.parent_id
            ORDER BY c.id
            LIMIT 1
        ) c
        WHERE c.id = s.parent_id
    ),
    place AS MATERIALIZED (
        SELECT
            f.product_id, s.ancestor_id AS category_id,
            f.published_at, f.price_amount, f.name_key, f.popularity, f.in_stock
        FROM shelf s JOIN fresh f ON f.category_id = s.category_id
        UNION ALL
        SELECT f.product_id, whole_shop, f.published_at, f.price_amount, f.name_key, f.popularity, f.in_stock
        FROM fresh f
    ),
    fact AS MATERIALIZED (
        SELECT f.product_id, a.name::text, pa.value::text
        FROM fresh f
        CROSS JOIN LATERAL (
            SELECT pa.attribute_id, pa.value
            FROM catalog_productattribute pa
            WHERE pa.tenant_id = (SELECT tenant) AND pa.product_id = f.product_id
            OFFSET 0
        ) pa
        JOIN catalog_attribute a ON a.tenant_id = (SELECT tenant) AND a.id = pa.attribute_id AND a.is_filterable
        UNION
        -- Options are facts too: shoppers filter by size and colour.
        SELECT f.product_id, left(lower(regexp_replace(o.name, '\s+', '-', 'g')), 100), o.value
        FROM fresh f
        CROSS JOIN LATERAL (
            SELECT DISTINCT named.name, named.value
            FROM catalog_variant v
            CROSS JOIN LATERAL unnest(f.option_names, v.option_values) AS named (name, value)
            WHERE v.tenant_id = (SELECT tenant) AND v.product_id = f.product_id AND named.name <> '' AND named.value <> ''
        ) o
    ),
    absent AS MATERIALIZED (
        SELECT l.place
        FROM wanted w
        CROSS JOIN LATERAL (
            SELECT l.ctid AS place, l.product_id FROM catalog_listing l
            WHERE l.tenant_id = (SELECT tenant) AND l.product_id = w.id OFFSET 0
        ) l
        WHERE l.product_id NOT IN (SELECT f.product_id FROM fresh f)
    ),
    unlisted AS (
        DELETE FROM catalog_listing l WHERE l.tenant_id = (SELECT tenant) AND l.ctid = ANY (ARRAY(SELECT a.place FROM absent a))
    ),
    listed AS (
        INSERT INTO catalog_listing AS l (tenant_id, product_id, document)
        SELECT tenant, f.product_id, f.document FROM fresh f
        ON CONFLICT (tenant_id, product_id) DO UPDATE SET document = excluded.document
        WHERE l.document <> excluded.document
        RETURNING 1
    ),
    searched AS (
        INSERT INTO catalog_search AS s (tenant_id, product_id, words)
        SELECT tenant, f.product_id, f.words FROM fresh f
        ON CONFLICT (tenant_id, product_id) DO UPDATE SET words = excluded.words
        WHERE s.words <> excluded.words
    ),
    stray AS MATERIALIZED (
        SELECT o.place
        FROM fresh f
        CROSS JOIN LATERAL (
            SELECT o.ctid AS place, o.product_id, o.category_id
            FROM catalog_placement o
            WHERE o.tenant_id = (SELECT tenant) AND o.product_id = f.product_id
            OFFSET 0
        ) o
        WHERE (o.product_id, o.category_id) NOT IN (SELECT n.product_id, n.category_id FROM place n)
    ),
    displaced AS (
        DELETE FROM catalog_placement o WHERE o.tenant_id = (SELECT tenant) AND o.ctid = ANY (ARRAY(SELECT s.place FROM stray s))
    ),
    placed AS (
        INSERT INTO catalog_placement AS o
            (tenant_id, category_id, product_id, published_at, price_amount, name_key, popularity, in_stock)
        SELECT tenant, n.category_id, n.product_id, n.published_at, n.price_amount, n.name_key, n.popularity, n.in_stock
        FROM place n
        ON CONFLICT (tenant_id, product_id, category_id) DO UPDATE SET
            published_at = excluded.published_at, price_amount = excluded.price_amount,
            name_key = excluded.name_key, popularity = excluded.popularity, in_stock = excluded.in_stock
        WHERE (o.published_at, o.price_amount, o.name_key, o.popularity, o.in_stock) IS DISTINCT FROM
            (excluded.published_at, excluded.price_amount, excluded.name_key, excluded.popularity, excluded.in_stock)
    ),
    outdated AS MATERIALIZED (
        SELECT o.place
        FROM fresh f
        CROSS JOIN LATERAL (
            SELECT o.ctid AS place, o.product_id, o.name, o.value
            FROM catalog_listing_attribute o
            WHERE o.tenant_id = (SELECT tenant) AND o.product_id = f.product_id
            OFFSET 0
        ) o
        WHERE (o.product_id, o.name, o.value) NOT IN (SELECT n.product_id, n.name, n.value FROM fact n)
    ),
    forgotten AS (
        DELETE FROM catalog_listing_attribute o
        WHERE o.tenant_id = (SELECT tenant) AND o.ctid = ANY (ARRAY(SELECT d.place FROM outdated d))
    ),
    known AS (
        INSERT INTO catalog_listing_attribute (tenant_id, product_id, name, value)
        SELECT tenant, n.product_id, n.name, n.value FROM fact n
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO written FROM listed;
    RETURN written;
END
$$;
