"""Figures of turns are those of their log, however they are asked for: what was undone did not happen."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from math import ceil
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import changes
from core.clock import instant
from core.db import Event, transaction
from core.reports.periods import Period
from core.turns import actions as turns
from core.turns import board
from core.turns.model import ServiceDay, Turn
from core.turns.statistics.facts import LAYOUT, Tally, Times, places, tallies, tally
from core.turns.statistics.journey import LONGEST, Outcome, Told, journey
from core.turns.statistics.journeys import journeys
from core.turns.statistics.model import TurnDay
from core.turns.statistics.reading import Asked, read
from core.turns.statistics.targets import targets_of
from tests import make
from tests.core.turns.acting import SYSTEM, act, at, ordered
from tests.core.turns.lived import Office, count_all

MINUTE = 60_000
DAY = make.OPENING.date()


# ---------------------------------------------------------------- one turn


def log(*rows: tuple[str, float] | tuple[str, float, Any]) -> list[Told]:
    """Rows of a log by kind and minute; the third is what is undone, or the reason."""
    told = []
    for seq, (kind, minute, *more) in enumerate(rows, start=1):
        undoes = more[0] if kind == "undone" else None
        reason = more[0] if more and kind != "undone" else None
        told.append(Told(seq, kind, int(minute * MINUTE), undoes, reason, official=7, window=3, service=5))
    return told


CASES: dict[str, tuple[list[Told], int | None, Outcome, list[tuple[int | None, int | None]], int, int]] = {
    "waits": (log(("issued", 0)), None, Outcome.OPEN, [], 0, 0),
    "attended": (
        log(("issued", 0), ("called", 8), ("started", 9), ("finished", 20)),
        8,
        Outcome.FINISHED,
        [(1, 11)],
        0,
        0,
    ),
    "called again": (
        log(("called", 8), ("recalled", 9), ("recalled", 10), ("started", 11), ("finished", 12)),
        8,
        Outcome.FINISHED,
        [(3, 1)],
        0,
        0,
    ),
    "call undone": (
        log(("called", 2), ("undone", 2.5, 1), ("called", 9), ("started", 10), ("finished", 15)),
        9,
        Outcome.FINISHED,
        [(1, 5)],
        0,
        0,
    ),
    "end undone": (
        log(("called", 2), ("started", 3), ("finished", 4), ("undone", 4.5, 3), ("finished", 13)),
        2,
        Outcome.FINISHED,
        [(1, 10)],
        0,
        0,
    ),
    "did not come": (log(("called", 5), ("absent", 7)), 5, Outcome.ABSENT, [(None, None)], 0, 0),
    "came back": (
        log(("called", 5), ("absent", 7), ("returned", 12), ("called", 20), ("started", 21), ("finished", 25)),
        5,
        Outcome.FINISHED,
        [(None, None), (1, 4)],
        0,
        1,
    ),
    "transferred": (
        log(("called", 5), ("started", 6), ("transferred", 9), ("called", 14), ("started", 16), ("finished", 30)),
        5,
        Outcome.FINISHED,
        [(1, 3), (2, 14)],
        1,
        0,
    ),
    "two services": (
        log(("called", 5), ("started", 6), ("passed on", 10), ("picked", 12), ("started", 12), ("finished", 15)),
        5,
        Outcome.FINISHED,
        [(1, 4), (0, 3)],
        1,
        0,
    ),
    "on hold": (
        log(("called", 5), ("started", 6), ("held", 10), ("resumed", 40), ("finished", 42)),
        5,
        Outcome.FINISHED,
        [(1, 6)],
        0,
        0,
    ),
    "held as called": (
        log(("called", 5), ("held", 6), ("resumed", 30), ("finished", 33)),
        5,
        Outcome.FINISHED,
        [(None, 3)],
        0,
        0,
    ),
    "left by its official": (
        log(("called", 5), ("started", 6), ("held", 10), ("transferred", 50)),
        5,
        Outcome.OPEN,
        [(1, 4)],
        1,
        0,
    ),
    "let others pass": (
        log(("skipped", 3, "skip-support"), ("called", 20), ("started", 21), ("finished", 22)),
        20,
        Outcome.FINISHED,
        [(1, 1)],
        0,
        0,
    ),
    "another group": (log(("regrouped", 3, "group-told"), ("called", 9)), 9, Outcome.OPEN, [(None, None)], 0, 0),
    "left": (log(("left", 30)), None, Outcome.LEFT, [], 0, 0),
    "left when missed": (log(("called", 5), ("absent", 7), ("left", 9)), 5, Outcome.ABSENT, [(None, None)], 0, 0),
    "asked to cancel": (log(("cancelled", 4, "cancel-asked")), None, Outcome.LEFT, [], 0, 0),
    "cancelled": (log(("cancelled", 4, "cancel-test")), None, Outcome.CANCELLED, [], 0, 0),
    "cancelled, undone": (log(("cancelled", 4, "cancel-test"), ("undone", 4.2, 1)), None, Outcome.OPEN, [], 0, 0),
    "left over": (log(("cancelled", 1440, "leftover-gone")), None, Outcome.LEFT_OVER, [], 0, 0),
    "left over in the hand": (
        log(("called", 5), ("started", 6), ("cancelled", 1440, "leftover-gone")),
        5,
        Outcome.UNENDED,
        [(1, None)],
        0,
        0,
    ),
    "left over as missed": (
        log(("called", 5), ("absent", 7), ("cancelled", 1440, "leftover-gone")),
        5,
        Outcome.ABSENT,
        [(None, None)],
        0,
        0,
    ),
    "not of a turn": (log(("issued", 0), ("order set", 2), ("released", 3)), None, Outcome.OPEN, [], 0, 0),
}
"""A log → minutes of wait, the end, walk and attention of each visit, how often it went on and came back."""


def test_the_journey_of_a_turn_is_what_its_log_tells_and_nobody_undid() -> None:
    for name, (rows, wait, outcome, visits, sent_on, returned) in CASES.items():
        found = journey(0, rows)
        seconds = [
            (v.walk if v.walk is None else v.walk // 60, v.attention if v.attention is None else v.attention // 60)
            for v in found.visits
        ]
        told = (found.wait if found.wait is None else found.wait // 60, found.outcome, seconds)
        assert told == (wait, outcome, visits), name
        assert (found.sent_on, found.returned) == (sent_on, returned), name


def test_a_second_that_has_begun_counts_whole_and_nothing_lasts_longer_than_half_a_day() -> None:
    def wait(ms: int) -> int | None:
        return journey(1_000, [Told(1, "called", 1_000 + ms)]).wait

    assert [wait(ms) for ms in (0, 1, 999, 1_000, 1_001)] == [0, 1, 1, 1, 2]
    assert (wait(LONGEST * 1000), wait(LONGEST * 1000 + 1), wait(-5_000)) == (LONGEST, None, 0)


# ---------------------------------------------------------------- days as an office lives them


def test_the_target_is_the_one_that_ruled_when_the_turn_was_given(town: Session) -> None:
    service = make.service(town)
    ordered(town, 100, target_general_min=30)
    with transaction(town):
        changes.apply(town, make.service(town), {"target_min": 20}, None, at(200))
    with transaction(town):
        changes.apply(town, make.service(town), {"target_min": 10}, None, at(300))
    targets = targets_of(town, 1)
    other = make.service(town, "petition").id
    told = [
        [targets.minutes(one, group, at(minute)) for minute in (50, 150, 250, 350)]
        for one, group in ((service.id, "general"), (service.id, "older"), (other, "general"))
    ]
    assert told == [[45, 30, 20, 10], [15, 15, 15, 10], [45, 30, 30, 30]]


def slowly(session: Session, first: date, last: date, service: int | None = None) -> Tally:
    """The same figures from every journey, one by one, sorted and counted as anybody would by hand."""
    days = select(ServiceDay.id).where(ServiceDay.day.between(first, last))
    targets = targets_of(session, 1)
    waits, walks, attentions, outcomes = [], [], [], [0] * len(Outcome)
    turn_count = called = within = sent_on = returned = visits = 0
    meant: set[int] = set()
    for day in session.scalars(days):
        for turn in journeys(session, Turn.service_day_id == day):
            way, now_for = turn.journey, turn.service_id
            asked = (way.visits[0].service if way.visits else None) or now_for
            each = [visit for visit in way.visits if service in (None, visit.service or now_for)]
            visits += len(each)
            walks += [visit.walk for visit in each if visit.walk is not None]
            attentions += [visit.attention for visit in each if visit.attention is not None]
            if service not in (None, asked):
                continue
            turn_count += 1
            outcomes[way.outcome] += 1
            sent_on, returned = sent_on + way.sent_on, returned + way.returned
            target = targets.minutes(asked, turn.group, instant(turn.issued))
            meant.add(target)
            if way.wait is not None:
                called += 1
                waits.append(way.wait)
                within += way.wait <= 60 * target
    timed = [by_hand(values) for values in (waits, walks, attentions)]
    whole = (turn_count, called, within, tuple(outcomes), tuple(sorted(meant)))
    return Tally(*whole, sent_on, returned, visits, *timed)


def by_hand(values: list[int]) -> Times:
    """Nearest rank: the smallest value that at least so large a share of the values does not exceed."""
    ordered = sorted(values)
    if not ordered:
        return Times()
    levels = tuple(ordered[max(0, ceil(len(ordered) * level / 100) - 1)] for level in (50, 90, 95))
    return Times(len(ordered), sum(ordered), levels)


def of_first_call(session: Session) -> Counter[int]:
    """How many turns were called for each service at their first call that stood, from the bare log."""
    rows = session.execute(select(Event.turn_id, Event.seq, Event.kind, Event.public, Event.detail).order_by(Event.seq))
    told = [row for row in rows if row.turn_id is not None]
    undone = {row.detail["undoes"] for row in told if row.kind == "undone"}
    first: dict[int, int] = {}
    for row in told:
        if row.kind in ("called", "picked") and row.seq not in undone:
            first.setdefault(row.turn_id, row.public["service_id"])
    return Counter(first.values())


def asked(first: date, last: date, **more: tuple[int, ...]) -> Asked:
    return Asked((1,), Period(first, last), **more)


def test_counted_days_tell_what_their_log_tells(town: Session) -> None:
    """Days lived by chance: fast equals slow before they are counted, after, by service, and after late corrections."""
    office = Office(town, Random(20261126))
    for day in range(3):
        office.live(day, steps=140)
    last = DAY + timedelta(days=2)
    tax, petition = (make.service(town, code).id for code in ("property-tax", "petition"))
    slow = slowly(town, DAY, last)
    assert slow.turns > 60
    assert min(slow.called, slow.sent_on, slow.returned, slow.abandoned, slow.ended(Outcome.CANCELLED)) > 0
    assert tally(read(town, asked(DAY, last)).facts) == slow

    count_all(town, today=last)
    assert set(town.scalars(select(TurnDay.day))) == {DAY, DAY + timedelta(days=1)}
    counted = read(town, asked(DAY, last))
    assert (tally(counted.facts), counted.missing) == (slow, 0)
    assert tally(read(town, asked(DAY, DAY)).facts) == slowly(town, DAY, DAY)
    for service in (tax, petition):
        assert tally(read(town, asked(DAY, last, service=(service,))).facts) == slowly(town, DAY, last, service)
    found, key = places(counted.facts["service"])
    by_service = dict(zip(found, tallies(counted.facts, key, len(found)), strict=True))
    assert by_service[tax] == slowly(town, DAY, last, tax)
    assert {service: one.called for service, one in by_service.items() if one.called} == of_first_call(town)

    hall = board.figures(town, 1, last)
    today = tally(read(town, asked(last, last)).facts)
    assert (hall.issued, hall.called, hall.within_target) == (today.turns, today.called, today.within)

    before = slow
    act(town, turns.close_leftovers, 1, "leftover-gone", SYSTEM, at(2 * 1440 + 13 * 60))
    slow = slowly(town, DAY, last)
    assert slow.ended(Outcome.LEFT_OVER) > before.ended(Outcome.LEFT_OVER)
    assert tally(read(town, asked(DAY, last)).facts) == slow
    count_all(town, today=last)
    assert tally(read(town, asked(DAY, last)).facts) == slow
    town.execute(update(TurnDay).values(layout=LAYOUT - 1, facts=b""))
    assert tally(read(town, asked(DAY, last)).facts) == slow, "days that meant something else are counted anew"
    count_all(town, today=last)
    assert set(town.scalars(select(TurnDay.layout))) == {LAYOUT}
