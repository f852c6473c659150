"""Five years of turns as an office lives them, and how long their figures take to be told, beside a bare query."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from core.catalogue.model import Site
from core.clock import milliseconds
from core.reports.periods import Period
from core.turns.model import code_of
from core.turns.statistics.exceptions import exceptions
from core.turns.statistics.model import TurnDay
from core.turns.statistics.reading import Asked, read
from core.web import turn_counting
from core.web.turn_report import Told, headline, tiles_of
from core.web.turn_report_whole import parts_of
from core.web.turn_report_words import beside, names_at
from tests.bench.figures import STATISTICS_MS, Figure, percentile, spread
from tests.bench.history import COLUMNS, Rows, opened
from tests.bench.town import BEGAN, Town
from wsgi import create_app

SEED = 20261126
GROUPS = ("general",) * 7 + ("older", "older", "disability")
BARE = "SELECT count(*), sum(length(facts)) FROM turn_days"
SECOND = 1_000
Log = list[tuple[int, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many working days there are, today besides, how many turns each has, and how often they are told."""

    days: int
    turns: int
    repeats: int


WHOLE, QUICK = Plan(1_250, 400, 30), Plan(1_250, 80, 10)


@dataclass
class Office:
    """The rows that the days refer to, and how far the numbers of turns and of the log have come."""

    site_id: int
    services: Rows
    windows: Rows
    officials: Rows
    kiosk: int | None
    chance: Random
    turn_id: int = 0
    seq: int = 0

    def day(self, day_id: int, opens: datetime, count: int) -> dict[str, Rows]:
        """The rows of a day with so many turns, by table."""
        kept: dict[str, Rows] = {table: [] for table in COLUMNS}
        kept["service_days"].append((day_id, self.site_id, opens.date().isoformat(), milliseconds(opens)))
        given: Counter[str] = Counter()
        log: Log = []
        for issued in sorted(milliseconds(opens) + self._arrival() for _n in range(count)):
            service, series = self.chance.choices(self.services, range(len(self.services) + 1, 1, -1))[0]
            given[series] += 1
            self._turn(kept, log, day_id, issued, service, series, given[series])
        for _at, row in sorted(log, key=lambda each: each[0]):
            self.seq += 1
            kept["events"].append((self.site_id, self.seq, *row))
        kept["series_counters"] += [(day_id, series, number) for series, number in given.items()]
        return kept

    def _arrival(self) -> int:
        """Mostly in the middle of the morning and of the afternoon."""
        hour = self.chance.choices((self.chance.gauss(2.2, 0.9), self.chance.gauss(6.7, 0.9)), (3, 2))[0]
        return int(min(max(hour, 0), 9.5) * 3_600 * SECOND)

    def _turn(
        self, kept: dict[str, Rows], log: Log, day_id: int, at: int, service: int, series: str, number: int
    ) -> None:
        chance, self.turn_id = self.chance, self.turn_id + 1
        group, nth = chance.choice(GROUPS), chance.randrange(min(len(self.windows), len(self.officials)))
        window, official = self.windows[nth][0], self.officials[nth][0]
        public = {"code": code_of(series, number), "service_id": service}
        giver = ("device", self.kiosk) if self.kiosk and chance.random() < 0.8 else ("official", official)
        hard = 1.6 if datetime.fromtimestamp(at / SECOND, clock.BOGOTA).weekday() == 0 else 1.0
        called = at + int(chance.gammavariate(1.6, (380 if group == "general" else 170) * hard) * SECOND)
        steps: list[tuple[str, int, str | None]] = []
        state, fate = "finished", chance.random()
        if fate < 0.05:
            state, steps = "left", [("left", called, None)]
        elif fate < 0.13:
            state, steps = "absent", [("called", called, None), ("absent", called + 90 * SECOND, None)]
        else:
            start = called + int(chance.uniform(8, 95) * SECOND)
            end = start + int(chance.gammavariate(2.2, 170 + 40 * (service % 5)) * SECOND)
            call = ("picked", called, "pick-back") if chance.random() < 0.03 else ("called", called, None)
            steps = [call, ("started", start, None), ("finished", end, None)]
            if chance.random() < 0.02:
                steps.insert(0, ("regrouped", (at + called) // 2, "group-told"))
        last = steps[-1][1]
        kept["turns"].append(
            (
                *(self.turn_id, secrets.token_urlsafe(16), self.site_id, day_id, series, number, service, group, False),
                *("es", at, at, at, state, last, window, official, 1, called, called, False, 0, self.kiosk),
            )
        )
        told = json.dumps(public)
        log.append((at, ("issued", at, *giver, self.turn_id, None, None, told, "{}")))
        here = ("official", official, self.turn_id, window)
        log += [(when, (kind, when, *here, why, told, "{}")) for kind, when, why in steps]


def write(database_url: str, days: int, turns: int, before: datetime) -> None:
    """Keep so many working days before an instant, and that day itself, on a database without turns."""
    with opened(database_url, COLUMNS, ("service_days", "turns", "asked_services")) as (connection, keep):

        def ask(query: str) -> Rows:
            return connection.execute(query).fetchall()

        kiosks = ask("SELECT id FROM devices WHERE kind = 'kiosk' ORDER BY id LIMIT 1")
        office = Office(
            ask("SELECT id FROM sites ORDER BY id")[0][0],
            ask("SELECT s.id, t.series FROM services s JOIN topics t ON t.id = s.topic_id ORDER BY s.id LIMIT 12"),
            ask("SELECT id FROM windows ORDER BY id LIMIT 6"),
            ask("SELECT id FROM officials WHERE username LIKE 'ventanilla%' ORDER BY id LIMIT 6"),
            kiosks[0][0] if kiosks else None,
            Random(SEED),
        )
        opens = before.replace(hour=7, minute=30, second=0, microsecond=0)
        past = (opens - timedelta(days=n) for n in range(3 * days + 7))
        for n, day in enumerate(reversed(list(islice((one for one in past if one.isoweekday() <= 5), days + 1))), 1):
            for table, rows in office.day(n, day, turns).items():
                keep(table, rows)
        connection.execute(f"UPDATE streams SET last_seq = {office.seq}")


def measure(town: Town, where: str, plan: Plan) -> Iterator[Figure]:
    """Five years told whole and by one service, with today from its log; and what counting a day takes."""
    app, engine = create_app(town.settings()), town.engine()
    with app.app_context(), clock.reading(lambda: BEGAN):
        began = perf_counter()
        counted = turn_counting.count(again=True)
        each = 1000 * (perf_counter() - began) / counted
        yield Figure(f"contar un día de {plan.turns} turnos, ms, {where}", spread([each]))
    with app.test_request_context(), Session(engine) as session:
        site = session.scalars(select(Site.id).order_by(Site.id)).first() or 0
        first = session.scalars(select(TurnDay.day).order_by(TurnDay.day)).first()
        whole = Asked((site,), Period(first or BEGAN.date(), BEGAN.date()))
        service = int(session.scalar(text("SELECT min(service_id) FROM turns")) or 0)
        for name, asked in (("todo", whole), ("un servicio", Asked(whole.sites, whole.period, service=(service,)))):
            taken = []
            _tell(session, asked)
            for _n in range(plan.repeats):
                session.expunge_all()
                floor = _milliseconds(lambda: session.execute(text(BARE)).all())
                taken.append((_milliseconds(lambda: _tell(session, asked)), floor))  # noqa: B023
            ours, floors = (spread([percentile(each, 0.95)]) for each in zip(*taken, strict=True))
            yield Figure(f"cinco años de turnos, {name}, p95 ms, {where}", ours, STATISTICS_MS, floors)
            half = spread([percentile([each for each, _floor in taken], 0.5)])
            yield Figure(f"cinco años de turnos, {name}, mediana ms, {where}", half)
    engine.dispose()


def _tell(session: Session, asked: Asked) -> Mapping[str, object]:
    """What the page does: read both periods, and make the sentence, the tiles and every part."""
    before = beside(asked.period, "")
    told = Told(
        asked.period,
        before,
        read(session, asked),
        read(session, Asked(asked.sites, before, service=asked.service)),
        names_at(session, asked.sites),
        exceptions(session, asked.sites, asked.period),
        names_officials=True,
    )
    return {"says": headline(told), "tiles": tiles_of(told), "parts": parts_of(told, None)}


def _milliseconds(work: Any) -> float:
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)
