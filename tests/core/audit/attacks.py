"""What somebody with the database in their hands could do to the trail: with raw statements, the triggers put aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.audit.chain import Keys, Link
from core.audit.damage import Damage
from core.db import transaction
from core.events import Who
from tests import make

FORGED = Keys.of("a key that the attacker made up and is not ours".replace(" ", "-"))


def write(session: Session, *minutes: float) -> None:
    """Rows of the product, each in its own transaction."""
    for minute in minutes:
        with transaction(session):
            who, at = Who("official", 3), make.at(minute)
            audit.record(session, Act.CHANGED, On(Thing.NOTICE, 5), who, at, site_id=1, detail={"shown": True})


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """The triggers put aside and made again as they were, so that nobody sees it by them."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(writes=True).begin() as raw:
        made = []
        if sqlite:
            made = raw.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            off = [f"DROP TRIGGER {name}" for name, _sql in made]
            on = [sql for _name, sql in made]
        else:
            names = [(table, f"{table}_no_{what}") for table in ("audit", "events") for what in ("change", "truncate")]
            off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in names]
            on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in names]
        for statement in off:
            raw.execute(text(statement))
        yield raw
        for statement in on:
            raw.exec_driver_sql(statement)


Attack = Callable[[Connection], object]


def sql(*statements: str) -> Attack:
    def attack(raw: Connection) -> None:
        for statement in statements:
            raw.execute(text(statement))

    return attack


def rows(raw: Connection, since: int) -> list[Mapping[str, Any]]:
    found = raw.execute(text(f"SELECT * FROM audit WHERE seq >= {since} ORDER BY seq"))
    return [dict(row._mapping) for row in found]


def rewrite_with_another_key(raw: Connection) -> None:
    """The body and every hash from row 5 on, in a chain that fits together."""
    last = None
    for row in rows(raw, 5):
        link = Link(**row | {"clock_right": bool(row["clock_right"])})
        link = replace(link, who_id=99 if link.seq == 5 else link.who_id, before=last or link.before)
        key_id, link = link.key_id, replace(link, key_id=FORGED.current).sealed(FORGED)
        last = link.hash
        values = {"who": link.who_id, "before": link.before, "hash": link.hash, "key": key_id, "seq": link.seq}
        raw.execute(
            text("UPDATE audit SET who_id = :who, before = :before, hash = :hash, key_id = :key WHERE seq = :seq"),
            values,
        )
    raw.execute(text("UPDATE audit_head SET hash = :hash"), {"hash": last})


def insert_between(raw: Connection) -> None:
    """A forged row as number 5, and all that follow one number later."""
    raw.execute(text("UPDATE audit SET seq = -seq WHERE seq >= 5"))
    raw.execute(text("UPDATE audit SET seq = 1 - seq WHERE seq < 0"))
    copy(raw, 6, 5, who_id=99)
    raw.execute(text("UPDATE audit_head SET seq = seq + 1"))


def copy(raw: Connection, seq: int, to: int, **changed: object) -> None:
    (row,) = [row for row in rows(raw, seq) if row["seq"] == seq]
    made = {**row, "seq": to, **changed}
    names = ", ".join(made)
    raw.execute(text(f"INSERT INTO audit ({names}) VALUES ({', '.join(f':{name}' for name in made)})"), made)


def replace_row(raw: Connection) -> None:
    columns = (
        "seq at clock_right who_kind sign_in_id site_id act thing thing_id result reason detail key_id before hash"
    )
    names = ", ".join(columns.split())
    if raw.dialect.name == "sqlite":
        raw.execute(text(f"INSERT OR REPLACE INTO audit ({names}, who_id) SELECT {names}, 99 FROM audit WHERE seq = 5"))
    else:
        raw.execute(
            text(
                f"INSERT INTO audit ({names}, who_id) SELECT {names}, 99 FROM audit WHERE seq = 5 "
                "ON CONFLICT (seq) DO UPDATE SET who_id = 99"
            )
        )


ROWS = 9
"""The rows that every attack finds: the set-up of the town hall, six acts, and two blocks of the log."""

ATTACKS: dict[str, tuple[Attack, Damage, int | None]] = {
    "edit the body": (sql("UPDATE audit SET who_id = 99 WHERE seq = 5"), Damage.ALTERED, 5),
    "edit the detail": (sql("UPDATE audit SET detail = '{}' WHERE seq = 5"), Damage.ALTERED, 5),
    "edit the hash": (sql(f"UPDATE audit SET hash = '{'0' * 64}' WHERE seq = 5"), Damage.ALTERED, 5),
    "edit both, and the rest of the chain": (rewrite_with_another_key, Damage.ALTERED, 5),
    "delete in the middle": (sql("DELETE FROM audit WHERE seq = 5"), Damage.MISSING, 5),
    "delete the first": (sql("DELETE FROM audit WHERE seq = 1"), Damage.MISSING, 1),
    "delete the tail": (sql("DELETE FROM audit WHERE seq > 6"), Damage.CUT, 7),
    "delete the tail and set the head to what is left": (
        sql(
            "DELETE FROM audit WHERE seq > 6",
            "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)",
        ),
        Damage.HEAD_CHANGED,
        7,
    ),
    "insert in the middle": (insert_between, Damage.INSERTED, 5),
    "insert at the end": (lambda raw: copy(raw, ROWS, ROWS + 1), Damage.INSERTED, ROWS + 1),
    "swap two rows": (
        sql(
            "UPDATE audit SET seq = -1 WHERE seq = 5",
            "UPDATE audit SET seq = 5 WHERE seq = 6",
            "UPDATE audit SET seq = 6 WHERE seq = -1",
        ),
        Damage.OUT_OF_ORDER,
        5,
    ),
    "reset the counter": (sql("UPDATE audit_head SET seq = 3"), Damage.HEAD_CHANGED, 4),
    "forget the head": (sql("DELETE FROM audit_head"), Damage.HEAD_CHANGED, ROWS),
    "replace": (replace_row, Damage.ALTERED, 5),
    "edit an event": (sql("UPDATE events SET reason = 'legal' WHERE seq = 2"), Damage.BLOCK, 8),
    "edit what an event tells": (sql("UPDATE events SET public = '{}' WHERE seq = 2"), Damage.BLOCK, 8),
    "delete an event": (sql("DELETE FROM events WHERE seq = 2"), Damage.BLOCK, 8),
    "move an event to another hour": (sql("UPDATE events SET at = at + 1 WHERE seq = 3"), Damage.BLOCK, 9),
    "cut the log that no block holds yet": (sql("DELETE FROM events WHERE seq = 4"), Damage.BLOCK, None),
}
"""Name → what is done, the damage that must be found, and the first row that shows it."""
