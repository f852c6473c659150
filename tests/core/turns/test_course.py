"""The course of the day: who came and who was done with, what is usual, and what each window did."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy.orm import Session

from core import desks
from core.db import transaction
from core.turns import actions as turns
from core.turns.board.course import LEAST, course_of, usual_arrivals, usual_of
from core.turns.board.strips import Doing, Stretch, laid_over, strips_of
from tests import make

EIGHT = 32
"""The quarter hour that begins at eight."""


def test_each_quarter_hour_says_who_came_and_who_was_done_with_until_now(town: Session) -> None:
    for minute in (0, 1, 16, 42):
        make.finished(town, minute)
    make.turn(town, 45)
    seen = course_of(town, make.site(town).id, make.at(46))
    assert (seen.quarters, seen.came, seen.done) == (
        (EIGHT, EIGHT + 1, EIGHT + 2, EIGHT + 3),
        (2, 1, 1, 1),
        (2, 1, 0, 1),
    )
    assert course_of(town, make.site(town).id, make.at(-600)).quarters == ()


def test_what_is_usual_is_the_middle_half_of_past_days_of_the_same_weekday(town: Session) -> None:
    for weeks, count in enumerate((1, 2, 3, 4), start=1):
        for _each in range(count):
            make.turn(town, 24 * 60 * (1 - 7 * weeks))
    make.turn(town, -24 * 60 * 5)
    usual = usual_arrivals(town, make.site(town).id, date(2026, 11, 24))
    assert (usual.days, usual.known, usual.low, usual.high, usual.so_far) == (
        4,
        True,
        {EIGHT: 1},
        {EIGHT: 4},
        {EIGHT: 3},
    )
    assert usual_arrivals(town, make.site(town).id, date(2026, 11, 26)).days == 0
    assert not usual_of([Counter({EIGHT: 1})] * (LEAST - 1)).known
    many = usual_of([Counter({EIGHT: n, EIGHT + 2: 1}) for n in range(8)])
    assert (many.low[EIGHT], many.high[EIGHT], many.so_far[EIGHT + 2]) == (1, 6, 5)
    assert (many.low[EIGHT + 1], many.high[EIGHT + 1]) == (0, 0)


def test_a_window_is_free_while_somebody_sits_there_and_does_nothing_else() -> None:
    over = [(Doing.PAUSE, (20.0, 40.0)), (Doing.BUSY, (10.0, 25.0)), (Doing.BUSY, (25.0, 30.0))]
    assert laid_over([(0.0, 50.0), (60.0, 70.0)], over) == [
        Stretch(Doing.FREE, 0, 10),
        Stretch(Doing.BUSY, 10, 30),
        Stretch(Doing.PAUSE, 30, 40),
        Stretch(Doing.FREE, 40, 50),
        Stretch(Doing.FREE, 60, 70),
    ]


def test_the_strip_of_a_window_is_what_the_log_says_also_of_what_was_undone(town: Session) -> None:
    site = make.site(town).id
    with transaction(town):
        first, _second = make.turn(town, 0), make.turn(town, 0)
        desk = make.desk(town, "1", minute=0)
        called = turns.call_next(town, desk, make.at(5))
    with transaction(town):
        turns.undo_last(town, desk, make.at(5.5))
        assert turns.call_next(town, desk, make.at(10)).id == called.id
        turns.start(town, desk, make.at(11))
        desks.go_away(town, desk, "pause", "pause-break", make.at(12))
        turns.finish(town, desk, [turns.Outcome(first.service_id, "solved")], make.at(20))
        desks.come_back(town, site, desk.official_id, make.at(30))
        turns.call_next(town, desk, make.at(40))
    (strip,) = strips_of(town, site, make.at(45))
    eight = 8 * 60
    assert [(one.doing, one.first - eight, one.last - eight) for one in strip.stretches] == [
        (Doing.FREE, 0, 5),
        (Doing.BUSY, 5, 5.5),
        (Doing.FREE, 5.5, 10),
        (Doing.BUSY, 10, 20),
        (Doing.PAUSE, 20, 30),
        (Doing.FREE, 30, 40),
        (Doing.BUSY, 40, 45),
    ]
    assert (strip.label, strip.minutes(Doing.BUSY)) == ("1", 15.5)
    assert strips_of(town, site, make.at() + timedelta(days=2)) == []
