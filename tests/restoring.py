"""A PostgreSQL database that is put back as it was in milliseconds: making one anew for each test takes far longer."""

from __future__ import annotations

import psycopg

from tests import postgresql

MOST = 150
"""After so many times it is made anew, so that what was deleted does not slow down those that come after."""

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
DO $$
DECLARE steps text;
BEGIN
    SELECT string_agg(step, E'\n' ORDER BY turn, step) INTO steps FROM (
        SELECT 1 AS turn, format('ALTER TABLE public.%I DISABLE TRIGGER %I;', name, guard) AS step FROM pristine.guards
        UNION ALL SELECT 2, format('DELETE FROM public.%I;', name) FROM pristine.tables
        UNION ALL SELECT 3, format('INSERT INTO public.%1$I (%2$s) SELECT %2$s FROM pristine.%3$I;',
                                   name, columns, 'of_' || name) FROM pristine.tables WHERE filled
        UNION ALL SELECT 4, format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER %I;', name, guard) FROM pristine.guards
        UNION ALL SELECT 5, format('PERFORM setval(%L, %s, %L);', format('public.%I', name)::regclass,
                                   coalesce(last_value, 1), last_value IS NOT NULL) FROM pristine.sequences
    ) AS written;
    EXECUTE format('CREATE FUNCTION pristine.restore() RETURNS void LANGUAGE plpgsql AS %L',
                   format('BEGIN %s END', steps));
END $$;
CREATE TABLE pristine.reshaped (command text);
CREATE FUNCTION pristine.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO pristine.reshaped VALUES (tg_tag); END$$;
CREATE EVENT TRIGGER reshaped ON ddl_command_end EXECUTE FUNCTION pristine.note();
"""
"""What there is, copied; how it is put back, written out, so that PostgreSQL plans it once; and what notes that a test
changed a table, which is silent for a replica: whoever restores is one, and no rule of the tables holds it up."""

_NOT_AS_IT_WAS = """
SELECT FROM pristine.reshaped
UNION ALL SELECT FROM pg_database WHERE datname = current_database() AND NOT datallowconn
"""
_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Restorable:
    """A database made from a template; `restore` puts every row and number back as the template has them."""

    def __init__(self, address: str, name: str, template: str) -> None:
        self.address, self.name, self.template = address, name, template
        self._make()

    def restore(self) -> None:
        """Cut whoever is still connected and put it back; one whose tables a test changed is made anew."""
        self._times += 1
        if self._times < MOST and self._put_back():
            return
        self.close()
        self._make()

    def close(self) -> None:
        self._hand.close()

    def _put_back(self) -> bool:
        """Whether it is as it was: one that is gone, or lets nobody in, is not."""
        try:
            self._hand.execute(_ALONE)
            if self._hand.execute(_NOT_AS_IT_WAS).fetchone() is not None:
                return False
            self._hand.execute("SELECT pristine.restore()")
        except psycopg.Error:
            return False
        return True

    def _make(self) -> None:
        postgresql.run(self.address, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        postgresql.run(self.address, f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        self._times = 0
        self._hand = psycopg.connect(f"{self.address}/{self.name}", autocommit=True)
        """One for all the times: it has read what the tables are, and planned what it does."""
        self._hand.execute(_KEEP)
        self._hand.execute("SET session_replication_role = replica")
