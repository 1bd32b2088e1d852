-- The functions of the audit log.

-- Write an entry for the row that changed. Arguments: kind of thing, column of its label, column of its
-- parent (or ''), hidden columns, ignored columns. Runs with the rights of whoever changes the row, and
-- only where somebody acts whose changes are audited (the trigger's WHEN, in operations.py). A column
-- with the name of a secret is hidden even when nobody thought of it.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who CONSTANT jsonb := current_setting('hansa.actor')::jsonb;
    hidden CONSTANT text[] := TG_ARGV[3];
    ignored CONSTANT text[] := TG_ARGV[4]::text[] || '{tenant_id,id,created_at,updated_at}';
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    thing CONSTANT jsonb := coalesce(now_is, was);
BEGIN
    SELECT
        CASE WHEN TG_OP <> 'INSERT' THEN coalesce(jsonb_object_agg(c.name, c.was), '{}') END,
        CASE WHEN TG_OP <> 'DELETE' THEN coalesce(jsonb_object_agg(c.name, c.now_is), '{}') END
    INTO was, now_is
    FROM (
        SELECT
            k.name,
            CASE WHEN k.is_hidden AND was ->> k.name <> '' THEN '"•••"' ELSE was -> k.name END AS was,
            CASE WHEN k.is_hidden AND now_is ->> k.name <> '' THEN '"•••"' ELSE now_is -> k.name END AS now_is
        FROM (
            SELECT name, name = ANY (hidden) OR name ~ 'password|secret|token|hash|fingerprint|recovery' AS is_hidden
            FROM jsonb_object_keys(thing) name
            WHERE name <> ALL (ignored) AND coalesce(was -> name, 'null') <> coalesce(now_is -> name, 'null')
        ) k
    ) c;
    IF TG_OP = 'UPDATE' AND was = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_auditentry (
        tenant_id, id, at, actor_kind, actor_id, actor_label, address, request_id,
        action, object_type, object_id, object_label, parent_id, before, after
    ) VALUES (
        (thing ->> 'tenant_id')::uuid, gen_random_uuid(), clock_timestamp(),
        who ->> 'kind', left(who ->> 'id', 64), left(who ->> 'label', 254),
        left(who ->> 'address', 64), left(who ->> 'request_id', 64),
        TG_ARGV[0] || CASE TG_OP WHEN 'INSERT' THEN '.created' WHEN 'UPDATE' THEN '.changed' ELSE '.deleted' END,
        TG_ARGV[0], thing ->> 'id', coalesce(left(thing ->> TG_ARGV[1], 300), ''),
        coalesce(thing ->> TG_ARGV[2], ''), was, now_is
    );
    RETURN NULL;
END
$$;

-- What an entry's hash says: everything in it, its number, and the hash of the entry before it. jsonb
-- writes the same value always as the same text, and times are written in UTC.
CREATE FUNCTION audit_digest(e audit_auditentry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(e.previous_hash || convert_to(jsonb_build_array(
        e.seq, e.tenant_id, e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.actor_kind, e.actor_id, e.actor_label, e.address, e.request_id,
        e.action, e.object_type, e.object_id, e.object_label, e.parent_id, e.before, e.after
    )::text, 'UTF8'))
$$;

-- Note [The chain]: entries get their numbers and hashes when the transaction commits, by a deferred
-- trigger. So the row that all of a tenant's writers share, the head, is locked last and for the
-- commit only: nobody who holds it waits for anything else, so nobody deadlocks on it, and numbers
-- have no gaps because a transaction that fails takes its number back. The first entry's firing
-- seals all of the transaction, in the order in which they were written; the others find it done.
-- It runs with the rights of the tables' owner, who is behind the wall like everybody: STRICT fails
-- the commit where the tenant is not entered. hansa_app can write entries, but not the chain.
CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_sealed boolean;
    head audit_audithead;
    entry audit_auditentry;
BEGIN
    SELECT e.seq IS NOT NULL INTO STRICT is_sealed FROM audit_auditentry e
    WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.id;
    IF is_sealed THEN
        RETURN NULL;
    END IF;
    SELECT h.* INTO head FROM audit_audithead h WHERE h.tenant_id = NEW.tenant_id FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_audithead (tenant_id, id, seq, hash) VALUES (NEW.tenant_id, NEW.tenant_id, 0, '')
        ON CONFLICT DO NOTHING;
        SELECT h.* INTO STRICT head FROM audit_audithead h WHERE h.tenant_id = NEW.tenant_id FOR UPDATE;
    END IF;
    FOR entry IN
        SELECT e.* FROM audit_auditentry e WHERE e.tenant_id = NEW.tenant_id AND e.seq IS NULL ORDER BY e.at, e.id
    LOOP
        entry.seq := head.seq + 1;
        entry.previous_hash := head.hash;
        head.seq := entry.seq;
        head.hash := audit_digest(entry);
        UPDATE audit_auditentry e SET seq = entry.seq, previous_hash = entry.previous_hash, hash = head.hash
        WHERE e.tenant_id = NEW.tenant_id AND e.id = entry.id;
    END LOOP;
    UPDATE audit_audithead h SET seq = head.seq, hash = head.hash WHERE h.tenant_id = NEW.tenant_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER audit_auditentry_seal AFTER INSERT ON audit_auditentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal();

-- Once sealed, an entry stays as it is, for its owner too.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'The audit log is only ever added to.';
END
$$;
CREATE TRIGGER audit_auditentry_unchanged BEFORE UPDATE ON audit_auditentry
FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_auditentry_kept BEFORE DELETE ON audit_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_auditentry_not_emptied BEFORE TRUNCATE ON audit_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_audithead_kept BEFORE DELETE ON audit_audithead
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_audithead_not_emptied BEFORE TRUNCATE ON audit_audithead
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

REVOKE ALL ON audit_auditentry, audit_audithead FROM hansa_app;
GRANT SELECT ON audit_auditentry, audit_audithead TO hansa_app;
GRANT INSERT (
    tenant_id, id, at, actor_kind, actor_id, actor_label, address, request_id,
    action, object_type, object_id, object_label, parent_id, before, after
) ON audit_auditentry TO hansa_app;
REVOKE ALL ON FUNCTION audit_seal() FROM PUBLIC;
