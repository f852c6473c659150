"""Generated mornings of arrivals and calls, and the two offices that live them: the rules alone, and the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import instant, milliseconds
from core.desks import Desk
from core.events import Who, take
from core.turns import actions as turns
from core.turns.actions.call import NobodyWaiting
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.policy import DAY, GENERAL, MINUTE, Order, Rules, Waiting, next_turn, order_key, passed_over, run_after
from tests import make

CHILD = "child"
PREFERRED = ("older", "disability")
GROUPS = (GENERAL, *PREFERRED, CHILD)
SERVICES = ("property-tax", "petition", "sisben-survey")
WINDOWS = ("1", "2", "3", "4")
EPOCH = milliseconds(make.OPENING) // DAY * DAY
"""When a generated morning begins, in milliseconds."""


@dataclass(frozen=True)
class Arrival:
    gap: int
    group: str
    service: int


@dataclass(frozen=True)
class Calling:
    gap: int
    window: int


@dataclass(frozen=True)
class Called:
    """One call of a morning: what the window could have called, whom it called by which rule, and whom it passed."""

    at: int
    services: frozenset[int]
    eligible: list[Waiting]
    chosen: Waiting | None = None
    rule: str = ""
    passed: Sequence[int] = ()


@dataclass(frozen=True)
class Morning:
    """Arrivals and calls, as they happen one after the other at windows that serve some of the services."""

    steps: Sequence[Arrival | Calling]
    windows: Sequence[frozenset[int]]

    def arrivals(self, rules: Rules) -> dict[Waiting, int]:
        """Every turn of the morning and its service, under `rules`."""
        found, at = {}, EPOCH
        for number, step in enumerate(self.steps):
            at += step.gap
            if isinstance(step, Arrival):
                found[waiting(rules, number, step.group, at)] = step.service
        return found


def waiting(rules: Rules, number: int, group: str, issued: int) -> Waiting:
    child = group == CHILD
    return Waiting(number, group, issued, order_key(rules, group, issued, child), child)


def later(turn: Waiting, than: Waiting) -> bool:
    return (turn.issued, turn.id) > (than.issued, than.id)


class Office(Protocol):
    """Who lives a morning: gives turns, and calls them by `rules`."""

    examples: int

    def begin(self, rules: Rules) -> None:
        """An empty hall."""

    def issue(self, turn: Waiting, service: int) -> None:
        """Somebody takes a turn at its instant."""

    def call(self, services: frozenset[int], window: int, at: int) -> Called:
        """A window that serves `services` calls whoever is next; whoever is called leaves the hall."""


class InMemory:
    """The pure rules over values in memory."""

    examples = 50

    def begin(self, rules: Rules) -> None:
        self._rules, self._run = rules, 0
        self._line: dict[Waiting, int] = {}

    def issue(self, turn: Waiting, service: int) -> None:
        self._line[turn] = service

    def call(self, services: frozenset[int], window: int, at: int) -> Called:
        eligible = [turn for turn, service in self._line.items() if service in services]
        choice = next_turn(self._rules, eligible, self._run)
        if choice is None:
            return Called(at, services, eligible)
        self._run = run_after(self._rules, choice.turn, self._run)
        del self._line[choice.turn]
        passed = [turn.id for turn in passed_over(choice.turn, eligible)]
        return Called(at, services, eligible, choice.turn, choice.rule, passed)


class InDatabase:
    """The actions of the product over a town hall; every morning is undone before the next."""

    examples = 5

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, rules: Rules) -> None:
        self._session.rollback()
        take(self._session)
        self._site = make.site(self._session).id
        self._services = [make.service(self._session, code).id for code in SERVICES]
        self._desks = [make.desk(self._session, label) for label in WINDOWS]
        self._numbers: dict[int, int] = {}
        wanted = turns.QueueOrder(order=rules.order, ratio=rules.ratio, head_start=rules.head_start)
        turns.set_order(self._session, self._site, wanted, "prueba", Who("system"), instant(EPOCH))

    def issue(self, turn: Waiting, service: int) -> None:
        asked = turns.Asked(self._site, self._services[service], turn.group)
        issued = turns.issue(self._session, asked, self._desks[0].who, instant(turn.issued))
        self._numbers[issued.id] = turn.id

    def call(self, services: frozenset[int], window: int, at: int) -> Called:
        desk = self._desk(services, window)
        eligible = self._eligible(desk)
        try:
            turn = turns.call_next(self._session, desk, instant(at))
        except NobodyWaiting:
            return Called(at, services, eligible)
        chosen = self._seen(turn)
        turns.mark_absent(self._session, desk, instant(at))
        called, _absent = take(self._session)[-2:]
        passed = [self._numbers[turn_id] for turn_id, _key in called.detail["passed"]]
        return Called(at, services, eligible, chosen, called.detail["rule"], passed)

    def _desk(self, services: frozenset[int], window: int) -> Desk:
        return replace(self._desks[window], services=frozenset(self._services[number] for number in services))

    def _eligible(self, desk: Desk) -> list[Waiting]:
        rows = select(Turn).where(Turn.state == State.WAITING, Turn.service_id.in_(desk.services)).order_by(Turn.id)
        return [self._seen(turn) for turn in self._session.scalars(rows)]

    def _seen(self, turn: Turn) -> Waiting:
        number, issued = self._numbers[turn.id], milliseconds(turn.issued_at)
        return Waiting(number, turn.group, issued, turn.order_key, turn.first_of_all)


def calls(office: Office, rules: Rules, morning: Morning) -> list[Called]:
    """Live the morning under `rules`, keeping every call with all that it saw."""
    office.begin(rules)
    coming = iter(morning.arrivals(rules).items())
    at, found = EPOCH, []
    for step in morning.steps:
        at += step.gap
        if isinstance(step, Arrival):
            office.issue(*next(coming))
        else:
            window = step.window % len(morning.windows)
            found.append(office.call(morning.windows[window], window, at))
    return found


def decisions(office: Office, rules: Rules, morning: Morning) -> list[tuple[Called, Waiting]]:
    """The calls of the morning that somebody answered."""
    return [(call, call.chosen) for call in calls(office, rules, morning) if call.chosen is not None]


def drain(office: Office, rules: Rules, line: Iterable[Waiting]) -> list[int]:
    """The turns of `line` in the order in which one window calls them when all have come."""
    office.begin(rules)
    last = EPOCH
    for turn in sorted(line, key=lambda turn: (turn.issued, turn.id)):
        office.issue(turn, 0)
        last = turn.issued
    order = []
    while (chosen := office.call(frozenset({0}), 0, last).chosen) is not None:
        order.append(chosen.id)
    return order


def for_all(office: Office, *generated: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], None]:
    """Judge, at once, what follows over as many examples as the office has time for."""

    def judge(check: Callable[..., None]) -> None:
        settings(max_examples=office.examples)(given(*generated)(check))()

    return judge


def morning_of(groups: Sequence[str] = GROUPS, longest_gap: int = 15 * MINUTE) -> st.SearchStrategy[Morning]:
    """Mornings of at most 45 steps and `longest_gap` milliseconds between two of them."""
    gaps = st.sampled_from((0, 0, 1, MINUTE, 5 * MINUTE, 12 * MINUTE, longest_gap))
    arrival = st.builds(Arrival, gaps, st.sampled_from(groups), st.integers(0, len(SERVICES) - 1))
    calling = st.builds(Calling, gaps, st.integers(0, len(WINDOWS) - 1))
    windows = st.lists(st.frozensets(st.integers(0, len(SERVICES) - 1), min_size=1), min_size=1, max_size=len(WINDOWS))
    return st.builds(Morning, st.lists(st.one_of(arrival, arrival, calling), min_size=4, max_size=45), windows)


mornings = morning_of()
minutes = st.sampled_from((0, 1, 5, 12, 30, 60, 180))
head_starts = st.builds(
    lambda older, disability: Rules(Order.HEAD_START, {"older": older, "disability": disability, CHILD: 60}),
    minutes,
    minutes,
)
one_head_start = st.builds(lambda d: Rules(Order.HEAD_START, dict.fromkeys((*PREFERRED, CHILD), d)), minutes)
ratios = st.builds(lambda n: Rules(Order.RATIO, {}, n), st.integers(1, 4))
STRICT, FIFO = Rules(Order.STRICT), Rules(Order.FIFO)
static_orders = st.one_of(head_starts, st.sampled_from([STRICT, FIFO]))
every_order = st.one_of(static_orders, ratios)
