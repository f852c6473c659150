"""P11: the order of the database, the order in memory and the order of the estimator are one order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.clock import instant, milliseconds
from core.desks import Desk
from core.events import Who, take
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.call import CALLABLE_FOR, NobodyWaiting
from core.turns.actions.change import settings_of
from core.turns.estimates import forward_run
from core.turns.learning import Learned
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn
from core.turns.outlook.hall import see
from core.turns.policy import GENERAL, MINUTE, Order, Rules, Waiting, line_up, next_turn, order_key, run_after
from core.turns.waits import InLine
from tests import make

NOW = make.at(9 * 60)
QUEUES = 2
GROUPS = (GENERAL, GENERAL, "older", "disability", "child")
SERVICES = ("property-tax", "petition", "sisben-survey", "older-support", "residence", "land-use")
HEAD_START = {"older": 60, "disability": 45, "child": 60}

pytestmark = pytest.mark.parametrize("order", list(Order))


@dataclass
class Hall:
    """A generated queue, as rows of the database and as values in memory."""

    session: Session
    rules: Rules
    line: list[InLine]

    @property
    def site_id(self) -> int:
        return make.site(self.session).id

    def eligible(self, services: frozenset[int], gone: set[int]) -> list[Waiting]:
        return [entry.turn for entry in self.line if entry.service_id in services and entry.turn.id not in gone]


def hall(session: Session, order: Order, random: Random, size: int = 16) -> Hall:
    """Rows in bulk: who waits, with instants that often coincide, and who must not be called: ended or too old."""
    site = make.site(session)
    turns.set_order(
        session,
        site.id,
        turns.QueueOrder(order=order, ratio=random.randint(1, 3), head_start=HEAD_START),
        "prueba",
        Who("system"),
        make.at(-60),
    )
    rules = settings_of(session, site.id).rules
    day = ServiceDay(site_id=site.id, day=NOW.date() - timedelta(days=400 + random.randrange(10_000)), opened_at=NOW)
    session.add(day)
    session.flush()
    services = {code: make.service(session, code).id for code in SERVICES}
    moments = [
        milliseconds(NOW) - random.randrange(int(CALLABLE_FOR / timedelta(minutes=1))) * MINUTE for _ in "12345678"
    ]
    rows, line = [], []
    first_id = random.randrange(1, 1_000_000)
    for number in range(size * 5 // 4):
        group, issued = random.choice(GROUPS), random.choice(moments)
        state = State.WAITING
        if number >= size:
            state = random.choice([State.WAITING, State.CANCELLED, State.ABSENT, State.ON_HOLD, State.FINISHED])
            issued -= milliseconds(NOW) if state is State.WAITING else 0
        entry = InLine(
            Waiting(
                first_id + number, group, issued, order_key(rules, group, issued, group == "child"), group == "child"
            ),
            services[random.choice(SERVICES)],
        )
        line += [entry] if number < size else []
        rows.append(
            {
                "id": entry.turn.id,
                "token": f"token {entry.turn.id}",
                "site_id": site.id,
                "service_day_id": day.id,
                "series": "X",
                "number": number,
                "service_id": entry.service_id,
                "group": group,
                "first_of_all": entry.turn.first_of_all,
                "issued_at": instant(issued) if issued > 0 else NOW - CALLABLE_FOR,
                "seniority": issued,
                "order_key": entry.turn.key,
                "state": state,
                "state_since": NOW,
            }
        )
    random.shuffle(rows)
    session.execute(insert(Turn), rows)
    return Hall(session, rules, line)


@pytest.fixture
def queues(session: Session, order: Order) -> Iterator[Hall]:
    """Several generated queues, one after the other: each is gone before the next."""

    def each() -> Iterator[Hall]:
        for seed in range(QUEUES):
            yield hall(session, order, Random(f"{seed} {order}"))
            session.rollback()
            take(session)

    return each()


def desks(session: Session, labels: str) -> list[Desk]:
    return [make.desk(session, label) for label in labels]


def test_who_waits_is_listed_in_the_order_of_the_rules(queues: Iterator[Hall]) -> None:
    for queue in queues:
        listed = [turn.id for turn in board.everyone_waiting(queue.session, queue.site_id, NOW)]
        assert listed == [turn.id for turn in line_up(queue.rules, (entry.turn for entry in queue.line))]


@pytest.mark.parametrize("labels", ["1", "1234"])
def test_the_windows_call_whom_the_rules_and_the_estimator_expect(queues: Iterator[Hall], labels: str) -> None:
    """Each window calls when it is free; the estimator, the rules in memory and the rows go the same way."""
    for queue in queues:
        places = {desk.window_id: desk for desk in desks(queue.session, labels)}
        seen = see(queue.session, queue.site_id, NOW)
        expected = forward_run(seen.hall, Learned.of(seen.minutes))
        called = call_everybody(queue, places, {int(service): minutes for service, minutes in seen.minutes.items()})
        assert [(turn, wait / 1000) for turn, wait in called.items()] == [
            (turn, wait) for turn, wait in expected.items() if turn in called
        ]
        served = frozenset[int]().union(*(desk.services for desk in places.values()))
        assert set(called) == {turn.id for turn in queue.eligible(served, set())}


def call_everybody(queue: Hall, places: dict[int, Desk], minutes: dict[int, float]) -> dict[int, float]:
    """Call until nobody waits, each window after its mean time; whom, and when in milliseconds, in order."""
    service_of = {entry.turn.id: entry.service_id for entry in queue.line}
    free: list[tuple[float, int]] = [(0, window_id) for window_id in sorted(places)]
    called: dict[int, float] = {}
    run = 0
    while free:
        when, window_id = heapq.heappop(free)
        desk = places[window_id]
        choice = next_turn(queue.rules, queue.eligible(desk.services, set(called)), run)
        if choice is None:
            with pytest.raises(NobodyWaiting):
                turns.call_next(queue.session, desk, NOW)
            continue
        turn = turns.call_next(queue.session, desk, NOW)
        assert turn.id == choice.turn.id
        turns.mark_absent(queue.session, desk, NOW)
        run = run_after(queue.rules, choice.turn, run)
        called[turn.id] = when
        heapq.heappush(free, (when + minutes[service_of[turn.id]] * MINUTE, window_id))
    return called


def test_the_number_ahead_is_counted_among_those_who_share_a_window_with_the_service(queues: Iterator[Hall]) -> None:
    for queue in queues:
        windows = [desk.services for desk in desks(queue.session, "1234")]
        for entry in queue.line:
            sharing = frozenset[int]().union(*(services for services in windows if entry.service_id in services))
            in_turn = line_up(queue.rules, queue.eligible(sharing | {entry.service_id}, set()))
            turn = queue.session.get_one(Turn, entry.turn.id)
            assert board.ahead(queue.session, turn, NOW) == in_turn.index(entry.turn)
