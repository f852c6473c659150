"""The floor of the database: the same rows written by hand, with the same number of commits that reach the disk."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg

from core.clock import milliseconds
from core.db import PRAGMAS, Line
from tests.bench.load import Act
from tests.bench.town import BEGAN, Town

AT = milliseconds(BEGAN)
SINCE = AT - 12 * 3_600_000
writers = Line()

CAN_BE_CALLED = (
    f"site_id = 1 AND state = 'waiting' AND issued_at > {SINCE} AND (not_before IS NULL OR not_before <= {AT})"
)


class Bare:
    """One connection by hand, to either database."""

    def __init__(self, database_url: str) -> None:
        self._sqlite = database_url.startswith("sqlite")
        self._connection: Any
        if self._sqlite:
            self._connection = sqlite3.connect(
                database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
            )
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            self._connection = psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)

    def ask(self, query: str, *values: object) -> Any:
        return self._connection.execute(query if self._sqlite else query.replace("?", "%s"), values)

    def write(self, work: Callable[[], None]) -> None:
        """One transaction: in line, as the product stands in it."""
        line: AbstractContextManager[Any] = writers if self._sqlite else nullcontext()
        with line:
            self.ask("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
            work()
            self.ask("COMMIT")

    def lock(self) -> None:
        self.ask("SELECT site_id FROM streams WHERE site_id = 1" + ("" if self._sqlite else " FOR UPDATE"))

    def tell(self, kind: str, turn_id: int) -> None:
        """The press and the event that every change leaves."""
        self.ask(
            "INSERT INTO presses (actor, key, body, at, answer) VALUES (?, ?, ?, ?, '{}')",
            *("bare", secrets.token_urlsafe(16), "0" * 64, AT),
        )
        seq = self.ask("UPDATE streams SET last_seq = last_seq + 1 WHERE site_id = 1 RETURNING last_seq").fetchone()[0]
        self.ask(
            "INSERT INTO events (site_id, seq, kind, at, who_kind, turn_id, public, detail)"
            " VALUES (1, ?, ?, ?, 'system', ?, '{}', '{}')",
            *(seq, kind, AT, turn_id),
        )

    def close(self) -> None:
        self._connection.close()


def issuing(town: Town, clients: int) -> list[Act]:
    """Clients who give turns by hand."""

    def client() -> Act:
        bare = Bare(town.database_url)

        def give(_n: int) -> None:
            bare.write(lambda: _give(bare, town))

        return give

    return [client() for _ in range(clients)]


def _give(bare: Bare, town: Town) -> None:
    bare.lock()
    day, series = bare.ask(
        "SELECT d.id, t.series FROM service_days d, services s JOIN topics t ON t.id = s.topic_id"
        " WHERE d.site_id = 1 AND d.day = ? AND s.id = ?",
        *(BEGAN.date().isoformat(), town.service_id),
    ).fetchone()
    number = bare.ask(
        "INSERT INTO series_counters VALUES (?, ?, 1) ON CONFLICT (service_day_id, series)"
        " DO UPDATE SET last_number = series_counters.last_number + 1 RETURNING last_number",
        *(day, series),
    ).fetchone()[0]
    turn_id = bare.ask(
        'INSERT INTO turns (token, site_id, service_day_id, series, number, service_id, "group", first_of_all,'
        " language, issued_at, seniority, order_key, state, state_since, calls, postponed, returns)"
        " VALUES (?, 1, ?, ?, ?, ?, 'general', false, 'es', ?, ?, ?, 'waiting', ?, 0, false, 0) RETURNING id",
        *(secrets.token_urlsafe(16), day, series, number, town.service_id, AT, AT, AT, AT),
    ).fetchone()[0]
    bare.ask("INSERT INTO asked_services (turn_id, service_id) VALUES (?, ?)", turn_id, town.service_id)
    bare.tell("issued", turn_id)


def calling(town: Town, clients: int) -> list[Act]:
    """Clients who call by hand, each time for another official."""
    first = Bare(town.database_url)
    desks = first.ask("SELECT official_id, window_id FROM sittings ORDER BY id").fetchall()
    first.close()

    def client() -> Act:
        bare = Bare(town.database_url)

        def call(n: int) -> None:
            bare.write(lambda: _call(bare, *desks[n]))

        return call

    return [client() for _ in range(clients)]


def _call(bare: Bare, official_id: int, window_id: int) -> None:
    bare.lock()
    turn_id = bare.ask(
        f"SELECT id FROM turns WHERE {CAN_BE_CALLED} ORDER BY order_key, issued_at, id LIMIT 1"
    ).fetchone()[0]
    bare.ask(
        "UPDATE turns SET state = 'called', state_since = ?, official_id = ?, window_id = ?, calls = 1,"
        " last_called_at = ? WHERE id = ?",
        *(AT, official_id, window_id, AT, turn_id),
    )
    bare.tell("called", turn_id)


def counting(town: Town, turn_id: int) -> Act:
    """How many come before a turn, asked by hand."""
    bare = Bare(town.database_url)
    query = (
        f"SELECT count(*) FROM turns WHERE {CAN_BE_CALLED} AND service_id IN"
        " (SELECT b.service_id FROM window_services a JOIN window_services b ON b.window_id = a.window_id"
        " WHERE a.service_id = ?) AND reserved_for IS NULL AND (order_key, issued_at, id) < (?, ?, ?)"
    )
    values = bare.ask("SELECT service_id, order_key, issued_at, id FROM turns WHERE id = ?", turn_id).fetchone()
    return lambda _n: bare.ask(query, *values).fetchone()
