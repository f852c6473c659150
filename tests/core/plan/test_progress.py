"""Advance, what was to be expected, bands and cut-offs: tables worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from core.calendar import Calendar
from core.catalogue.days import holidays_on
from core.plan.cutoffs import Rhythm, cutoffs
from core.plan.progress import (
    Accumulation,
    Band,
    Goal,
    Whole,
    WrongGoal,
    advance,
    band,
    check,
    expected,
    together,
    value_of,
    weights_add_up,
)

F = Fraction
FLOW, STOCK, ACCUMULATED, REDUCTION = Accumulation


@pytest.mark.parametrize(
    ("reported", "goal", "value", "hundredths"),
    [
        ([F(1), F(1), F(1)], Goal(F(3)), F(3), F(100)),
        ([F(1), None, F(1)], Goal(F(3)), F(2), F(200, 3)),
        ([F(2), F(2)], Goal(F(3)), F(4), F(400, 3)),
        ([None, None], Goal(F(3)), None, None),
        ([F(0)], Goal(F(3)), F(0), F(0)),
        ([F(4), F(7)], Goal(F(10), STOCK, F(2)), F(7), F(125, 2)),
        ([F(4), F(7)], Goal(F(10), ACCUMULATED), F(7), F(70)),
        ([F(30), F(15)], Goal(F(10), REDUCTION, F(30)), F(15), F(75)),
        ([F(40)], Goal(F(10), REDUCTION, F(30)), F(40), F(0)),
        ([F(5)], None, F(5), None),
    ],
)
def test_an_advance_is_the_part_of_the_way_that_was_gone(
    reported: list[Fraction | None], goal: Goal | None, value: Fraction | None, hundredths: Fraction | None
) -> None:
    found = value_of(reported, goal.accumulation if goal else FLOW)
    assert (found, advance(found, goal)) == (value, hundredths)


@pytest.mark.parametrize("goal", [Goal(F(0)), Goal(F(5), STOCK, F(5)), Goal(F(30), REDUCTION, F(30))])
def test_a_goal_that_is_reached_before_beginning_is_none(goal: Goal) -> None:
    with pytest.raises(WrongGoal):
        check(goal)


@pytest.mark.parametrize(
    ("months", "on", "hundredths"),
    [
        ([5, 6], date(2026, 4, 30), F(0)),
        ([5, 6], date(2026, 5, 31), F(50)),
        ([5, 6], date(2026, 6, 29), F(50)),
        ([5, 6], date(2026, 8, 31), F(100)),
        (range(1, 13), date(2026, 4, 30), F(100, 3)),
        ([], date(2026, 8, 31), F(200, 3)),
        ([7], date(2025, 12, 31), F(0)),
        ([7], date(2027, 1, 1), F(100)),
    ],
)
def test_what_is_to_be_expected_is_the_part_of_the_schedule_that_is_over(
    months: list[int], on: date, hundredths: Fraction
) -> None:
    assert expected(months, on, 2026) == hundredths


@pytest.mark.parametrize(
    ("hundredths", "found"),
    [(None, None), (F(0), Band.LOW), (F(5999, 100), Band.LOW), (F(60), Band.MIDDLE), (F(7999, 100), Band.MIDDLE),
     (F(80), Band.HIGH), (F(130), Band.HIGH)],
)  # fmt: skip
def test_bands_are_of_the_value_as_it_is(hundredths: Fraction | None, found: Band | None) -> None:
    assert band(hundredths, Fraction(50)) == found
    assert band(hundredths, Fraction(0)) == (found if hundredths else None)


def test_nobody_makes_up_for_another_and_silence_is_neither_nought_nor_done() -> None:
    assert together([(F(200), None), (F(0), None)]) == Whole(F(50), 2, 0)
    assert together([(F(100), None), (None, None)]) == Whole(F(50), 1, 1)
    assert together([(None, None), (None, None)]) == Whole(None, 0, 2)
    assert together([]) == Whole(None, 0, 0)
    assert together([(F(100), F(80)), (F(0), F(20))]) == Whole(F(80), 2, 0)
    assert together([(F(100), F(80)), (F(0), None)]) == Whole(F(50), 2, 0)


def test_weights_are_all_or_none_and_a_hundred() -> None:
    assert weights_add_up([None, None])
    assert weights_add_up([F(40), F(60)])
    assert not weights_add_up([F(40), None])
    assert not weights_add_up([F(40), F(50)])


def test_cutoffs_are_published_in_ten_working_days_or_thirty_days() -> None:
    found = cutoffs(2026, Rhythm.FOUR_MONTHS, Calendar(holidays_on))
    assert [(one.last, one.publish_by) for one in found] == [
        (date(2026, 4, 30), date(2026, 5, 15)),
        (date(2026, 8, 31), date(2026, 9, 14)),
        (date(2026, 12, 31), date(2027, 1, 18)),
    ]
    assert [one.first for one in found] == [date(2026, 1, 1), date(2026, 5, 1), date(2026, 9, 1)]
    half = cutoffs(2026, Rhythm.HALF_YEAR, Calendar(holidays_on))
    assert [(one.last, one.publish_by) for one in half] == [
        (date(2026, 6, 30), date(2026, 7, 30)),
        (date(2026, 12, 31), date(2027, 1, 30)),
    ]
