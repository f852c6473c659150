"""What the database itself refuses on the rows that only grow, and whether that is still as the migrations made it."""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

KEYS = {"audit": ("seq",), "events": ("site_id", "seq")}
"""The tables whose rows only grow, with their keys."""

WATCHED = (*KEYS, "audit_head")
"""Where a trigger that the product did not make could swallow or change what is written."""

REFUSAL = "these rows only grow"
_ON_SQLITE = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) IN :tables"
).bindparams(bindparam("tables", expanding=True))
_ON_POSTGRESQL = text(
    "SELECT tgname, concat_ws(' ', relname, tgenabled, tgtype, proname, prosrc) FROM pg_trigger "
    "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND relname IN :tables"
).bindparams(bindparam("tables", expanding=True))
_CHANGE, _TRUNCATE = 1 + 2 + 8 + 16, 2 + 32
"""pg_trigger.tgtype: for each row 1, before 2, delete 8, update 16, truncate 32."""


def changed(session: Session) -> list[str]:
    """The names of the triggers that are missing, are not as they were made, or are not the product's."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement, made = (_ON_SQLITE, _made_on_sqlite()) if sqlite else (_ON_POSTGRESQL, _made_on_postgresql())
    found = {name: " ".join(sql.split()) for name, sql in session.execute(statement, {"tables": WATCHED})}
    return sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))


def _made_on_sqlite() -> dict[str, str]:
    made = {}
    for table, key in KEYS.items():
        there = " AND ".join(f"{column} = NEW.{column}" for column in key)
        for what, when in (
            ("update", f"BEFORE UPDATE ON {table}"),
            ("delete", f"BEFORE DELETE ON {table}"),
            ("replace", f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {there})"),
        ):
            refused = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            made[f"{table}_no_{what}"] = f"CREATE TRIGGER {table}_no_{what} {when} {refused}"
    return made


def _made_on_postgresql() -> dict[str, str]:
    body = f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
    kinds = (("change", _CHANGE), ("truncate", _TRUNCATE))
    return {f"{table}_no_{what}": f"{table} A {kind} only_grows {body}" for table in KEYS for what, kind in kinds}
