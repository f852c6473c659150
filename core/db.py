"""The office's memory: the declarative base, the event log, and transaction(), which keeps all of it or nothing."""

from __future__ import annotations

import enum
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    Table,
    bindparam,
    event,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session
from sqlalchemy.types import TypeDecorator

from core import events
from core.clock import instant, milliseconds
from core.errors import NoSpace
from core.events import Happened
from core.prepared import run

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_WRITES = "writes"
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_DISK_FULL = "53100"
_ERASES = "erases"
BYTES = "bytes"
"""The option of a query for many bytes: PostgreSQL sends them as they are instead of as twice as many digits."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
    "secure_delete=ON",
)
"""`secure_delete`: what is erased or overwritten is zeros in the file, not only out of reach."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole milliseconds so that both databases order and subtract it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=20, values_callable=lambda kind: [m.value for m in kind]),
    }


class Stream(Base):
    """One row per site: the number and hour of its last event, and the lock behind which its queue changes.

    `lead_ms` is by how much the hours of the site lead a clock that was set back.
    """

    __tablename__ = "streams"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_at: Mapped[datetime | None]
    lead_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    priority_run: Mapped[int] = mapped_column(default=0)


class Event(Base):
    """The ordered log: what happened, when, by whom and why; written with the change it tells of."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "turn_id", "seq"),
        Index(None, "site_id", "kind", "at", "seq", "reason", "who_kind", "who_id"),
        Index(None, "who_kind", "who_id", "seq"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    who_kind: Mapped[str]
    who_id: Mapped[int | None]
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("windows.id"))
    reason: Mapped[str | None]
    public: Mapped[dict[str, Any]]
    detail: Mapped[dict[str, Any]]

    @property
    def undoes(self) -> int | None:
        """The number of the row that this one takes back."""
        return self.detail.get("undoes")


INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""How each database inserts a row unless there is one already."""


def table(model: type[Base]) -> Table:
    """The table of a model, for statements that the ORM has no part in."""
    return cast(Table, model.__table__)


_MOVE_STREAM = (
    update(table(Stream))
    .where(table(Stream).c.site_id == bindparam("site"))
    .values(last_seq=table(Stream).c.last_seq + bindparam("more"), last_at=bindparam("at"))
    .returning(table(Stream).c.last_seq)
)
_KEEP_EVENTS = table(Event).insert()


class Line:
    """A lock that serves whoever has waited longest.

    SQLite lets waiting writers retry at random, and one of them can starve for seconds; in a line
    nobody does. It is for fairness only: what is right is settled by the rows. Who holds it cannot wait
    for it: that raises RuntimeError instead of stopping everybody for ever.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._places: deque[threading.Lock] = deque()
        self._busy = False
        self._holder: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                raise RuntimeError("this thread is writing already: two sessions of one thread cannot both write")
            if not self._busy:
                self._busy, self._holder = True, me
                return
            place = threading.Lock()
            place.acquire()
            self._places.append(place)
        place.acquire()
        self._holder = me

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._holder = None
            if self._places:
                self._places.popleft().release()
            else:
                self._busy = False


_line = Line()


@contextmanager
def transaction(session: Session | scoped_session[Any]) -> Iterator[Session]:
    """Keep all that happens inside, its events included, and announce it; or undo all of it.

    What the session had read before is read again, so that every decision is made on the present; what it
    had changed or recorded outside a transaction is gone.
    Raises whatever the work raises, after undoing it, and NoSpace if the disk is full. Transactions do not nest.
    """
    work: Session = session() if isinstance(session, scoped_session) else session
    if work.info.get(_WRITES):
        raise RuntimeError("a transaction is already open: open it once, around all that must stand together")
    work.rollback()
    events.take(work)
    work.info[_WRITES] = True
    try:
        with _turn_to_write(work):
            work.connection(execution_options={_WRITES: True})
            try:
                yield work
                kept = _write_log(work)
                work.commit()
            except BaseException as error:
                work.rollback()
                if isinstance(error, OperationalError) and lacks_space(error):
                    raise NoSpace from error
                raise
        if work.info.get(_ERASES):
            _empty_the_journal(work)
    finally:
        work.info[_WRITES] = work.info[_ERASES] = False
    events.deliver(kept)


def leave_no_trace(session: Session) -> None:
    """What this transaction erases is not left in the journal of SQLite either, once it is kept."""
    session.info[_ERASES] = True


def _empty_the_journal(session: Session) -> None:
    """Unless somebody goes on reading what was before: nobody waits for that, and the next one empties it."""
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            for pragma in ("busy_timeout=250", "wal_checkpoint(TRUNCATE)", *PRAGMAS):
                connection.cursor().execute(f"PRAGMA {pragma}").close()
        finally:
            connection.close()


def lacks_space(error: OperationalError) -> bool:
    """Whether the database could not write because its disk, or its quota of it, is full."""
    cause = error.orig
    return getattr(cause, "sqlite_errorcode", None) in _FULL or getattr(cause, "sqlstate", None) == _DISK_FULL


def _turn_to_write(session: Session) -> AbstractContextManager[None]:
    return _line if session.get_bind().dialect.name == "sqlite" else nullcontext()


def _write_log(session: Session) -> list[Happened]:
    """Number the recorded events of each site in the order of the commits, without gaps."""
    recorded = sorted(events.take(session), key=lambda fact: fact.site_id)
    numbered: list[Happened] = []
    for site_id, facts in groupby(recorded, key=lambda fact: fact.site_id):
        batch = list(facts)
        (last,) = run(session, _MOVE_STREAM, site=site_id, more=len(batch), at=batch[-1].at).one()
        numbered += [replace(fact, seq=last - len(batch) + n) for n, fact in enumerate(batch, start=1)]
    if numbered:
        run(session, _KEEP_EVENTS, [_row(fact) for fact in numbered])
    return numbered


def _row(fact: Happened) -> dict[str, Any]:
    return {
        "site_id": fact.site_id,
        "seq": fact.seq,
        "kind": fact.kind,
        "at": fact.at,
        "who_kind": fact.who.kind,
        "who_id": fact.who.id,
        "turn_id": fact.turn_id,
        "window_id": fact.window_id,
        "reason": fact.reason,
        "public": dict(fact.public),
        "detail": dict(fact.detail),
    }


def prepare(engine: Engine) -> None:
    """Make every connection of `engine` durable and explicit about when it writes.

    SQLite (WAL, synchronous=FULL): a transaction that writes begins IMMEDIATE, because one that read
    first and writes later fails at once when another has committed in between. PostgreSQL: limits on
    waiting, so that a forgotten transaction cannot stop the office.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "before_cursor_execute", _ask_for_bytes)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _ask_for_bytes(
    _connection: Connection, cursor: Any, _statement: str, _parameters: object, context: Any, _many: bool
) -> None:
    if context.execution_options.get(BYTES):
        from psycopg.pq import Format  # loaded already where PostgreSQL answers, and never needed elsewhere

        cursor.format = Format.BINARY


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SET statement_timeout = '15s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '30s'")
    connection.commit()
