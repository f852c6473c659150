"""Finished turns by the hundred thousand, spread over past days as they would have been kept, with their events."""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import psycopg

from core.clock import milliseconds
from core.turns.model import code_of

PER_DAY = 1_000
CHUNK = 20_000
GAP_MS = 25_000
"""From one turn of a day to the next: a day of `PER_DAY` lasts seven hours."""

STEPS = {"issued": 0, "called": 480_000, "started": 540_000, "finished": 900_000}
"""What happened to each turn, and how long after its issue, in milliseconds."""

COLUMNS = {
    "service_days": "id, site_id, day, opened_at",
    "series_counters": "service_day_id, series, last_number",
    "turns": 'id, token, site_id, service_day_id, series, number, service_id, "group", first_of_all, language,'
    " issued_at, seniority, order_key, state, state_since, window_id, official_id, calls, last_called_at,"
    " attention_started_at, postponed, returns, device_id",
    "asked_services": "id, turn_id, service_id, quantity, result, attended_by, attended_at",
    "events": "site_id, seq, kind, at, who_kind, who_id, turn_id, window_id, reason, public, detail",
}
DETAIL = '{"before": {"state": "waiting", "window_id": null}, "after": {"state": "called", "window_id": 1}}'
Rows = list[tuple[Any, ...]]
Write = Callable[[str, Rows], None]


@dataclass(frozen=True, slots=True)
class Place:
    """The site and the rows that a history refers to; services with their series, officials with their window."""

    site_id: int
    services: Rows
    officials: Rows
    kiosks: Rows


def write(database_url: str, count: int, before: datetime) -> None:
    """Keep `count` finished turns of the working days before an instant, on a database without turns."""
    with opened(database_url, COLUMNS, ("service_days", "turns", "asked_services")) as (connection, keep):

        def ask(query: str) -> Rows:
            return connection.execute(query).fetchall()

        place = Place(
            ask("SELECT id FROM sites")[0][0],
            ask("SELECT s.id, t.series FROM services s JOIN topics t ON t.id = s.topic_id ORDER BY s.id"),
            ask("SELECT official_id, window_id FROM sittings ORDER BY id"),
            ask("SELECT id FROM devices WHERE kind = 'kiosk' ORDER BY id"),
        )
        days = _days_before(before, -(-count // PER_DAY))
        keep("service_days", [(n + 1, place.site_id, day.date().isoformat(), milliseconds(day)) for n, day in days])
        plan = list(islice(_plan(place.services), PER_DAY))
        last = {series: number for _service, series, number in plan}
        keep("series_counters", [(n + 1, series, number) for n, _day in days for series, number in last.items()])
        for start in range(0, count, CHUNK):
            turns = range(start, min(start + CHUNK, count))
            for table, rows in _rows(place, plan, [milliseconds(day) for _n, day in days], turns).items():
                keep(table, rows)
        connection.execute(f"UPDATE streams SET last_seq = {count * len(STEPS)}")


def _days_before(at: datetime, count: int) -> list[tuple[int, datetime]]:
    """So many working days before an instant, oldest first, each at its opening hour and with its place."""
    past = (at.replace(hour=8, minute=0) - timedelta(days=n) for n in range(1, 3 * count + 7))
    return list(enumerate(list(islice((day for day in past if day.isoweekday() <= 5), count))[::-1]))


def _plan(services: Rows) -> Iterator[tuple[int, str, int]]:
    """Service, series and number of each turn of a day."""
    given: Counter[str] = Counter()
    for service_id, series in cycle(services):
        given[series] += 1
        yield service_id, series, given[series]


def _rows(place: Place, plan: list[tuple[int, str, int]], opened: list[int], turns: range) -> dict[str, Rows]:
    """The rows of these turns, by table."""
    kept: dict[str, Rows] = {"turns": [], "asked_services": [], "events": []}
    steps = list(enumerate(STEPS.items(), start=1))
    for n in turns:
        day, nth = divmod(n, PER_DAY)
        service_id, series, number = plan[nth]
        official_id, window_id = place.officials[nth % len(place.officials)]
        kiosk_id = place.kiosks[nth % len(place.kiosks)][0]
        issued = opened[day] + nth * GAP_MS
        called, started, ended = (issued + STEPS[step] for step in ("called", "started", "finished"))
        turn_id = n + 1
        kept["turns"].append(
            (
                *(turn_id, secrets.token_urlsafe(16), place.site_id, day + 1, series, number, service_id, "general"),
                *(False, "es", issued, issued, issued, "finished", ended, window_id, official_id, 1, called, started),
                *(False, 0, kiosk_id),
            )
        )
        kept["asked_services"].append((turn_id, turn_id, service_id, 1, "solved", official_id, ended))
        public = (
            f'{{"code": "{code_of(series, number)}", "series": "{series}", "number": {number}, "window": "1",'
            f' "window_id": {window_id}, "call": 1, "language": "es"}}'
        )
        for nth_step, (step, after) in steps:
            who = ("device", kiosk_id) if step == "issued" else ("official", official_id)
            seq = n * len(steps) + nth_step
            kept["events"].append(
                (place.site_id, seq, step, issued + after, *who, turn_id, window_id, None, public, DETAIL)
            )
    return kept


@contextmanager
def opened(database_url: str, columns: Mapping[str, str], numbered: Sequence[str]) -> Iterator[tuple[Any, Write]]:
    """A connection, and how to keep many rows of a table at once; all or nothing.

    `columns` of each table; `numbered`: those that give ids by themselves, which go on from the last one kept.
    """
    way = _in_sqlite(database_url, columns)
    if not database_url.startswith("sqlite"):
        way = _in_postgresql(database_url, columns, numbered)
    with way as both:
        yield both


@contextmanager
def _in_sqlite(database_url: str, columns: Mapping[str, str]) -> Iterator[tuple[Any, Write]]:
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")

        def keep(table: str, rows: Rows) -> None:
            holes = ", ".join("?" * (columns[table].count(",") + 1))
            connection.executemany(f"INSERT INTO {table} ({columns[table]}) VALUES ({holes})", rows)

        yield connection, keep
        connection.commit()


@contextmanager
def _in_postgresql(
    database_url: str, columns: Mapping[str, str], numbered: Sequence[str]
) -> Iterator[tuple[Any, Write]]:
    address = database_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")

        def keep(table: str, rows: Rows) -> None:
            with connection.cursor().copy(f"COPY {table} ({columns[table]}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

        yield connection, keep
        for table in numbered:
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
