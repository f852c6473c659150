"""A PostgreSQL database that is put back as it was in milliseconds: making one anew for each test takes far longer."""

from __future__ import annotations

import psycopg

from tests import postgresql

MOST = 150
"""After so many times it is made anew, so that what was deleted does not slow down those that come after."""

_SHAPE = """
SELECT md5(string_agg(word, ',' ORDER BY word)) FROM (
    SELECT concat_ws(' ', relname, relkind, relnatts) AS word FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', attrelid, attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT concat_ws(' ', tgname, tgenabled, tgrelid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
) AS words
"""

_KEEP = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.tables AS
    SELECT relname AS name, false AS filled,
           (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r';
CREATE TABLE pristine.guards AS
    SELECT relname AS name, tgname AS guard FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND tgenabled = 'A' AND relnamespace = 'public'::regnamespace;
CREATE TABLE pristine.sequences AS
    SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE one record; rows boolean;
BEGIN
    FOR one IN SELECT name FROM pristine.tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', one.name) INTO rows;
        IF rows THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', 'of_' || one.name, one.name);
            UPDATE pristine.tables SET filled = true WHERE name = one.name;
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION pristine.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT * FROM pristine.guards LOOP
        EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER %I', one.name, one.guard);
    END LOOP;
    FOR one IN SELECT name FROM pristine.tables LOOP
        EXECUTE format('DELETE FROM public.%I', one.name);
    END LOOP;
    FOR one IN SELECT * FROM pristine.tables WHERE filled LOOP
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM pristine.%I',
                       one.name, one.columns, one.columns, 'of_' || one.name);
    END LOOP;
    FOR one IN SELECT * FROM pristine.guards LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER %I', one.name, one.guard);
    END LOOP;
    FOR one IN SELECT * FROM pristine.sequences LOOP
        PERFORM setval(
            format('public.%I', one.name)::regclass, coalesce(one.last_value, 1), one.last_value IS NOT NULL
        );
    END LOOP;
END $$;
"""

_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Restorable:
    """A database made from a template; `restore` puts every row and number back as the template has them."""

    def __init__(self, address: str, name: str, template: str) -> None:
        self.address, self.name, self.template = address, name, template
        self._shape, self._times = "", 0
        self._make()

    def restore(self) -> None:
        """Cut whoever is still connected and put it back; one whose tables a test changed is made anew."""
        self._times += 1
        if self._times < MOST and self._put_back():
            return
        self._make()

    def _put_back(self) -> bool:
        """Whether it is as it was: one that is gone, or lets nobody in, is not."""
        try:
            with psycopg.connect(f"{self.address}/{self.name}", autocommit=True) as connection:
                connection.execute(_ALONE)
                if connection.execute(_SHAPE).fetchone() != self._shape:  # type: ignore[call-overload]
                    return False
                connection.execute("SELECT pristine.restore()")
        except psycopg.Error:
            return False
        return True

    def _make(self) -> None:
        postgresql.run(self.address, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        postgresql.run(self.address, f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        self._times = 0
        with psycopg.connect(f"{self.address}/{self.name}", autocommit=True) as connection:
            connection.execute(_KEEP)
            self._shape = connection.execute(_SHAPE).fetchone()  # type: ignore[call-overload]
