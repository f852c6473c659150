-- Two accounts, so that the services cannot undo what protects the trail (docs/security.md, 13.2):
--   townhall_owner  owns the tables and migrates them;
--   townhall        what the services are: reads and writes, but only adds to what only grows, and changes no table.
-- Run by PostgreSQL's administrator in the town hall's database, once and after each update; running it again is harmless.

DO $$
DECLARE
    thing record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'townhall_owner') THEN
        CREATE ROLE townhall_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'townhall') THEN
        CREATE ROLE townhall LOGIN;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO townhall_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO townhall', current_database());
    FOR thing IN SELECT relname, relkind FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') LOOP
        -- A sequence of a column goes with its table.
        IF thing.relkind = 'r' THEN
            EXECUTE format('ALTER TABLE public.%I OWNER TO townhall_owner', thing.relname);
        END IF;
    END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO townhall_owner', thing.name);
    END LOOP;
END $$;

ALTER SCHEMA public OWNER TO townhall_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC, townhall;
GRANT USAGE ON SCHEMA public TO townhall;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, townhall;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO townhall;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO townhall;

-- What a trigger keeps from being changed, nobody but the owner may even try to change.
DO $$
DECLARE
    thing record;
BEGIN
    FOR thing IN SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
                 WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON public.%I FROM townhall', thing.relname);
    END LOOP;
    IF to_regclass('public.alembic_version') IS NOT NULL THEN
        REVOKE INSERT, UPDATE, DELETE ON public.alembic_version FROM townhall;
    END IF;
END $$;
