-- Note [Version of the catalogue]: who keeps a finished page asks before it is shown again whether anything that
-- it shows has changed. The answer is a number that grows with every transaction that changed something:
-- triggers insert a row into catalog_cataloguechange for each statement that touched a row, and the version is
-- the sum of `changes` over the rows one can see.
--   * Nobody waits for anybody: rows are only inserted. A counter in a row of the tenant would let every sale of
--     a shop wait for the one before it.
--   * Whatever the order of commits, each of them makes the sum larger in the moment in which its data become
--     visible, because the row is one of its data. A transaction that is rolled back takes its rows along.
--     What is visible only ever grows, so whoever sees the same sum twice sees the same transactions.
--   * The worker replaces many rows by one with their sum, in one statement (services/fold_changes.py).
-- Each row has a kind, because not every page shows everything: see `Shown` in types.py.

-- Arguments of the trigger: the kind; columns that no page of this kind shows (updates of only these do not
-- count), and the kind that they are of instead, or ''. Columns that come later count, until somebody says otherwise.
-- EXCEPT and no join: a join's plan depends on how many rows there were when it was made.

CREATE OR REPLACE FUNCTION catalog_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := tg_argv[0];
    shown text;
    is_shown boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM touched) THEN
        RETURN NULL;
    END IF;
    IF tg_op = 'UPDATE' AND tg_argv[1] <> '{}' THEN
        SELECT string_agg(quote_ident(a.attname), ', ') INTO shown FROM pg_attribute a
        WHERE a.attrelid = tg_relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (tg_argv[1]::text[]);
        EXECUTE format('SELECT EXISTS (SELECT %1$s FROM touched EXCEPT SELECT %1$s FROM former)', shown) INTO is_shown;
        IF NOT is_shown THEN
            noted := tg_argv[2];
        END IF;
    END IF;
    IF noted <> '' THEN
        -- The rows say whose they are, also where somebody writes who is above the wall.
        INSERT INTO catalog_cataloguechange (tenant_id, id, kind)
        SELECT t.tenant_id, gen_random_uuid(), noted FROM (SELECT DISTINCT tenant_id FROM touched) t;
    END IF;
    RETURN NULL;
END
$$;
