"""A town hall at work: kiosks, officials, phones and displays at a bounded rate, from a seed; and the final read.

history = History(folder / "history.jsonl")
with at_work(hall.town(), history, seed) as crowd:
    crowd.wait_for(200)                      # so many operations, or any fault meanwhile
final = read_final(hall.town())              # everybody has stopped, displays are at rest
history.end(final)
assert violations(history.operations, final) == []
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import desks
from core.catalogue.model import Service, Window
from core.clock import milliseconds
from core.db import Event, transaction
from core.people.model import Official as OfficialRow
from core.presses import KeptPress
from core.turns import board
from core.turns.actions.send import TRANSFERRED
from core.turns.model import AskedService, QueueSettings, SeriesCounter, ServiceDay, Turn
from core.turns.policy import GENERAL
from tests import make
from tests.browser.conftest import Town
from tests.proof.history import Final, History
from tests.proof.people import Browser, Kiosk, Official, Pace, Phone
from tests.proof.screens import Display

SERVICES = ("property-tax", "petition", "sisben-survey", "older-support")
"""Each is attended at two of the town hall's windows, which so compete for the same people."""

GROUPS = (GENERAL, GENERAL, GENERAL, "older", "disability", "child")
PER_KIOSK_AND_MINUTE = 18
"""A little less than what the office takes for hammering."""

RESTS_WITHIN_S = 25.0
IDLE_S, LOOKS_EVERY_S = 0.3, 1.0


@dataclass(frozen=True)
class Size:
    """How many take part; officials beyond the four of the town hall get windows of their own."""

    kiosks: int = 3
    officials: int = 4
    phones: int = 2
    displays: int = 2
    per_second: float = 20


class Crowd:
    """Everybody in the hall, each in a thread, until they are told to stop."""

    def __init__(self, town: Town, history: History, seed: int, size: Size) -> None:
        self.town, self.history, self.seed, self.size = town, history, str(seed), size
        self.failures: list[BaseException] = []
        self._stop = threading.Event()
        self._tokens: list[str] = []
        self._pace = Pace(size.per_second, at_once=("issue", "call"))
        self._threads: list[threading.Thread] = []
        with town.session() as session:
            self._services = [make.service(session, code).id for code in SERVICES]
        self.officials = [self._official(*who) for who in furnish(town, size.officials)]
        kiosks = [self._kiosk(f"kiosk {n}") for n in range(1, size.kiosks + 1)]
        phones = [Phone(f"phone {n}", Browser(town.url), *self._with()) for n in range(1, size.phones + 1)]
        self.displays = [
            Display(f"display {n}", town.url, town.pair("display"), history, self.seed)
            for n in range(1, size.displays + 1)
        ]
        self._works: list[tuple[str, Callable[[], None]]] = [
            *((kiosk.name, self._gives(kiosk)) for kiosk in kiosks),
            *((official.name, self._attends(official)) for official in self.officials),
            *((phone.name, self._follows(phone)) for phone in phones),
        ]

    def start(self) -> None:
        """Displays first, so that they hear of everything; officials sit down before anybody comes."""
        for display in self.displays:
            display.switch_on()
        for official in self.officials:
            official.sit_down()
        for name, work in self._works:
            thread = threading.Thread(target=self._watched(work), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait_for(self, operations: int, patience_s: float = 120) -> None:
        """Until so many operations have ended, or the patience has; a client that stumbled ends it too."""
        until = monotonic() + patience_s
        while self.history.presses < operations and monotonic() < until and not self.failures:
            sleep(0.05)

    def stop(self) -> None:
        """Everybody ends what they are at; displays come to rest, if they can, and are switched off."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._come_to_rest()
        for display in self.displays:
            display.switch_off()
        if self.failures:
            raise self.failures[0]

    def _come_to_rest(self) -> None:
        with self.town.session() as session:
            last = board.last_seq(session, make.site(session).id)
        until = monotonic() + RESTS_WITHIN_S
        while monotonic() < until and not all(display.is_at(last) for display in self.displays):
            sleep(0.05)

    def _with(self) -> tuple[History, Pace, str]:
        return self.history, self._pace, self.seed

    def _kiosk(self, name: str) -> Kiosk:
        browser = Browser(self.town.url, f"kiosk={self.town.pair('kiosk')}")
        return Kiosk(name, browser, *self._with(), services=self._services, groups=list(GROUPS))

    def _official(self, username: str, official: int, window: int) -> Official:
        browser = Browser(self.town.url)
        return Official(username, browser, *self._with(), username=username, official=official, window=window)

    def _watched(self, work: Callable[[], None]) -> Callable[[], None]:
        def done() -> None:
            try:
                work()
            except BaseException as failure:
                self.failures.append(failure)
                self._stop.set()

        return done

    def _gives(self, kiosk: Kiosk) -> Callable[[], None]:
        """As fast as people can touch, and no faster than the office allows."""

        def work() -> None:
            given: list[float] = []
            while not self._stop.is_set():
                if len(given) < PER_KIOSK_AND_MINUTE or monotonic() - given[-PER_KIOSK_AND_MINUTE] > 60:
                    token = kiosk.issue()
                    given.append(monotonic())
                    self._tokens += [token] if token else []
                self._stop.wait(kiosk.chance.random() * IDLE_S)

        return work

    def _attends(self, official: Official) -> Callable[[], None]:
        def work() -> None:
            while not self._stop.is_set():
                if not official.act():
                    self._stop.wait(IDLE_S)

        return work

    def _follows(self, phone: Phone) -> Callable[[], None]:
        def work() -> None:
            while not self._stop.wait(LOOKS_EVERY_S):
                if self._tokens:
                    phone.follow(phone.chance.choice(self._tokens[-20:]))

        return work


@contextmanager
def at_work(town: Town, history: History, seed: int, size: Size = Size()) -> Iterator[Crowd]:
    """A crowd that works for as long as the context lasts, and has come to rest after it."""
    crowd = Crowd(town, history, seed, size)
    crowd.start()
    try:
        yield crowd
    finally:
        crowd.stop()


def furnish(town: Town, officials: int) -> list[tuple[str, int, int]]:
    """(username, id, window) of so many officials; those that the town hall lacks are hired, each with a window.

    Calls may be repeated at once, so that a run of seconds sees it too.
    """
    with town.session() as session, transaction(session):
        site, offered = make.site(session), session.scalars(select(Service).order_by(Service.id)).all()
        known = make.official(session).password_hash
        session.execute(update(QueueSettings).values(recall_pause_s=0))
        places = []
        for number in range(1, officials + 1):
            username = f"ventanilla{number}"
            if number > 4:
                services = Random(number).sample(list(offered), len(offered) // 2)
                window = Window(site_id=site.id, label=str(number), name=f"Ventanilla {number}", services=services)
                hired = OfficialRow(
                    site_id=site.id, username=username, name=username, password_hash=known, roles=["official"]
                )
                session.add_all([window, hired])
                session.flush()
            places.append((username, make.official(session, username).id, make.window(session, str(number)).id))
        return places


# ---------------------------------------------------------------- the final read


def read_final(town: Town) -> Final:
    """What the database holds, read at once."""
    with town.session() as session:
        site = make.site(session).id
        figures = board.figures(session, site, town.began.date())
        return Final(
            turns=[_turn(*row) for row in session.execute(select(Turn, ServiceDay.day).join(ServiceDay))],
            events=[_event(event) for event in session.scalars(select(Event).order_by(Event.seq))],
            given={
                press.key: press.answer["token"]
                for press in session.scalars(select(KeptPress))
                if press.answer.get("token")
            },
            counters={
                f"{day} {counter.series}": counter.last_number
                for counter, day in session.execute(
                    select(SeriesCounter, ServiceDay.day).join(
                        ServiceDay, ServiceDay.id == SeriesCounter.service_day_id
                    )
                )
            },
            figures={name: getattr(figures, name) for name in ("issued", "called", "finished", "absent", "left")},
            attended=_attended(session),
            serves={
                str(official): sorted(desks.desk_of(session, site, official).services)
                for official in session.scalars(
                    select(desks.Sitting.official_id).where(desks.Sitting.ended_at.is_(None))
                )
            },
        )


def _attended(session: Session) -> dict[str, int]:
    """Services that each official finished; what they sent on to another window is not theirs."""
    rows = session.execute(
        select(AskedService.attended_by, func.count())
        .where(AskedService.attended_at.is_not(None), AskedService.result != TRANSFERRED)
        .group_by(AskedService.attended_by)
    )
    return dict(Counter({str(official): count for official, count in rows}))


def _turn(turn: Turn, day: Any) -> dict[str, Any]:
    return {
        "id": turn.id,
        "token": turn.token,
        "day": str(day),
        "series": turn.series,
        "number": turn.number,
        "service": turn.service_id,
        "group": turn.group,
        "state": turn.state.value,
        "window": turn.window_id,
        "official": turn.official_id,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "kind": event.kind,
        "at": milliseconds(event.at),
        "who_kind": event.who_kind,
        "who": event.who_id,
        "turn": event.turn_id,
        "window": event.window_id,
        "public": event.public,
        "detail": event.detail,
    }
