"""When a person was first called is told alike wherever it is told: on the hall, in statistics, estimates and plan."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from math import ceil
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from core.db import Event, transaction
from core.plan.measures import Figure, registered
from core.reports.periods import Period
from core.turns import board
from core.turns.lifecycle import ENDED, State
from core.turns.model import ServiceDay, Turn
from core.turns.outlook import predictions
from core.turns.outlook.model import WaitPrediction
from core.turns.policy import GENERAL
from core.turns.statistics.behind import Chosen, rows_behind
from core.turns.statistics.reading import Asked, lines, read
from tests import make
from tests.core.turns.acting import at
from tests.core.turns.lived import Office, count_all

STEPS = 80
TARGETS = {True: 15 * 60, False: 45 * 60}
"""In how many seconds a turn should be called, with and without priority, where no service promises anything."""


def by_hand(session: Session, first: date, last: date) -> dict[int, tuple[bool, int]]:
    """What a query says of each turn of these days that was called: whether it has priority, and its seconds of wait.

    A second that has begun counts whole.
    """
    call, undo = aliased(Event), aliased(Event)
    undone = exists().where(
        undo.site_id == call.site_id, undo.kind == "undone", undo.detail["undoes"].as_integer() == call.seq
    )
    query = (
        select(Turn.id, Turn.group, Turn.issued_at, func.min(call.at))
        .join(call, call.turn_id == Turn.id)
        .join(ServiceDay, ServiceDay.id == Turn.service_day_id)
        .where(ServiceDay.day.between(first, last), call.kind.in_(("called", "picked")), ~undone)
        .group_by(Turn.id, Turn.group, Turn.issued_at)
    )
    return {
        turn: (group != GENERAL, ceil((called - issued) / timedelta(seconds=1)))
        for turn, group, issued, called in session.execute(query)
    }


def foretell(session: Session, day: date) -> None:
    """Each turn of the day as if it had been told a wait when it was issued."""
    query = select(Turn).join(ServiceDay, ServiceDay.id == Turn.service_day_id).where(ServiceDay.day == day)
    with transaction(session):
        for turn in session.scalars(query):
            of = {"turn_id": turn.id, "site_id": turn.site_id, "service_id": turn.service_id, "group": turn.group}
            session.add(WaitPrediction(**of, told_at=turn.issued_at, by="chances", naive=0, levels=[]))


def judged(session: Session, day: date) -> dict[int, tuple[str | None, int | None]]:
    """What came of each prediction of a day."""
    query = select(WaitPrediction.turn_id, WaitPrediction.outcome, WaitPrediction.truth)
    query = query.join(Turn, Turn.id == WaitPrediction.turn_id)
    query = query.join(ServiceDay, ServiceDay.id == Turn.service_day_id).where(ServiceDay.day == day)
    return {turn: (outcome, truth) for turn, outcome, truth in session.execute(query)}


def behind(figure: Figure) -> dict[int | None, tuple[str, bool]]:
    """The turns behind a figure of the plan, with what is said of each."""
    return {one.id: (one.said, one.counts) for one in figure.records(0, 10_000)}


def check_a_day(session: Session, day: date, minute: float) -> None:
    waits = by_hand(session, day, day)
    seconds = {turn: wait for turn, (_priority, wait) in waits.items()}
    hall = board.figures(session, 1, day)
    within = sum(wait <= TARGETS[priority] for priority, wait in waits.values())
    assert (hall.waits, hall.called, hall.within_target) == (sorted(seconds.values()), len(waits), within)

    counted = read(session, Asked((1,), Period(day, day)))
    rows = rows_behind(counted, Chosen("called"))
    assert {one.turn_id: one.journey.wait for one in lines(session, counted, rows.tolist())} == seconds

    foretell(session, day)
    with transaction(session):
        predictions.judge(session, 1, at(minute))
    ends = dict(session.execute(select(Turn.id, Turn.state)).all())
    for turn, (outcome, truth) in judged(session, day).items():
        gone = ends[turn] in (*ENDED, State.ABSENT)
        expected: Any = ("called", seconds[turn]) if turn in seconds else (ends[turn] if gone else None, None)
        assert (outcome, truth) == expected


def check_the_plan(session: Session, first: date, last: date) -> None:
    waits = by_hand(session, first, last)
    ordered = sorted(wait for _priority, wait in waits.values())
    mean, ninth, on_time = (
        registered()[name].count(session, Period(first, last))
        for name in ("turn_wait_mean", "turn_wait_p90", "priority_on_time")
    )
    assert mean.value == (Fraction(sum(ordered), 60 * len(ordered)) if ordered else None)
    assert ninth.value == (Fraction(ordered[ceil(len(ordered) * Fraction(9, 10)) - 1], 60) if ordered else None)
    told = {turn: (f"{wait / 60:.0f} min", wait <= TARGETS[priority]) for turn, (priority, wait) in waits.items()}
    assert behind(mean) == behind(ninth) == told
    assert (mean.count, mean.base) == (len(waits), len(waits))
    first_ones = {turn: said for turn, said in told.items() if waits[turn][0]}
    assert behind(on_time) == first_ones
    part, base = sum(counts for _said, counts in first_ones.values()), len(first_ones)
    assert (on_time.value, on_time.base) == (Fraction(100 * part, base) if base else None, base)


def test_a_first_call_is_told_alike_by_hall_statistics_estimates_and_plan(town: Session) -> None:
    """Days lived by chance, one after the other; those before are counted, as the rounds do, and the last is not."""
    days = count()

    @settings(
        max_examples=4,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.integers(0, 2**32))
    def live(seed: int) -> None:
        number = next(days)
        first, day = make.OPENING.date(), make.OPENING.date() + timedelta(days=number)
        Office(town, Random(seed)).live(number, STEPS)
        after = 1440 * number + 12 * 60 - 1
        check_a_day(town, day, after)
        check_the_plan(town, first, day)
        count_all(town, today=day)
        check_the_plan(town, first, day)

    live()
    done = set(town.scalars(select(Event.kind).distinct()))
    assert done >= {"called", "recalled", "undone", "picked", "absent", "returned", "transferred", "regrouped"}
