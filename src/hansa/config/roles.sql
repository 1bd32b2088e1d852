-- The four database roles. Run once, as a superuser, in the database that Hansa will use.
-- hansa_owner owns the tables and migrates; hansa_app serves requests and can bypass nothing;
-- hansa_search owns the one function that reads the full-text index (docs/adr/0001);
-- hansa_worker owns the functions that name the tenants with work waiting.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hansa_owner') THEN
        CREATE ROLE hansa_owner LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hansa_app') THEN
        CREATE ROLE hansa_app LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hansa_search') THEN
        CREATE ROLE hansa_search NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hansa_worker') THEN
        CREATE ROLE hansa_worker NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END
$$;
GRANT hansa_search, hansa_worker TO hansa_owner;
GRANT CREATE, USAGE ON SCHEMA public TO hansa_owner;
GRANT CREATE, USAGE ON SCHEMA public TO hansa_search, hansa_worker;
GRANT USAGE ON SCHEMA public TO hansa_app;
ALTER DEFAULT PRIVILEGES FOR ROLE hansa_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hansa_app;
ALTER DEFAULT PRIVILEGES FOR ROLE hansa_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO hansa_app;
