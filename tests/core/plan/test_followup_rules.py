"""The pure rules of the follow-up: tables worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from core.calendar import Calendar
from core.catalogue.days import holidays_on
from core.plan.cutoffs import Rhythm, cutoffs
from core.plan.followup.marks import Mark, mark_on
from core.plan.followup.standing import Stage, days_of, may_judge, stage_of, unchanged
from core.plan.followup.summing import Part, of_activities, of_sums
from core.plan.progress import Accumulation, Band

F = Fraction
FLOW, STOCK, ACCUMULATED, REDUCTION = Accumulation
CALENDAR = Calendar(holidays_on)
APRIL, AUGUST, DECEMBER = cutoffs(2026, Rhythm.FOUR_MONTHS, CALENDAR)


def test_a_cut_off_opens_once_its_last_day_is_over_and_is_late_after_its_day_to_publish() -> None:
    cases = [
        (date(2026, 4, 30), 0, 0, Stage.COMING),
        (date(2026, 5, 1), 0, 0, Stage.OPEN),
        (date(2026, 5, 15), 0, 0, Stage.OPEN),
        (date(2026, 5, 16), 0, 0, Stage.LATE),
        (date(2026, 5, 16), 1, 0, Stage.PUBLISHED),
        (date(2026, 9, 16), 1, 1, Stage.REOPENED),
        (date(2026, 9, 16), 2, 1, Stage.PUBLISHED),
    ]
    for today, editions, reopenings, stage in cases:
        assert stage_of(APRIL, editions, reopenings, today) is stage, today


def test_people_are_told_fifteen_and_five_days_before_on_the_day_and_before_the_day_to_publish() -> None:
    days = [date(2026, 4, 1) + timedelta(days=n) for n in range(60)]

    def told(stage_at: dict[date, Stage]) -> list[tuple[int, int, Mark]]:
        found = []
        for day in days:
            stage = stage_at.get(day) or stage_of(APRIL, 0, 0, day)
            if (mark := mark_on(day, APRIL, stage, CALENDAR)) and mark is not Mark.LATE:
                found.append((day.month, day.day, mark))
        return found

    expected = [(4, 15, Mark.CUTOFF), (4, 24, Mark.CUTOFF), (4, 30, Mark.CUTOFF)]
    expected += [(5, 8, Mark.PUBLISHING), (5, 14, Mark.PUBLISHING), (5, 15, Mark.PUBLISHING)]
    assert told({}) == expected
    assert told(dict.fromkeys(days, Stage.PUBLISHED)) == []
    late = [mark_on(date(2026, 5, day), APRIL, Stage.LATE, CALENDAR) for day in (18, 19, 20, 25)]
    assert late == [None, Mark.LATE, None, Mark.LATE], "the eighteenth is a holiday"
    assert mark_on(date(2026, 7, 6), APRIL, Stage.REOPENED, CALENDAR) is Mark.LATE


def test_what_accumulates_is_taken_since_the_year_began_and_nothing_new_leaves_what_there_was() -> None:
    assert days_of(FLOW, AUGUST) == (date(2026, 5, 1), date(2026, 8, 31))
    assert days_of(STOCK, AUGUST) == (date(2026, 5, 1), date(2026, 8, 31))
    assert days_of(ACCUMULATED, AUGUST) == (date(2026, 1, 1), date(2026, 8, 31))
    assert [unchanged(kind, F(4)) for kind in (FLOW, STOCK, ACCUMULATED, REDUCTION)] == [0, 4, 4, 4]
    assert unchanged(STOCK, None) is None
    assert may_judge(3, {1, 2})
    assert not may_judge(2, {1, 2})


def test_a_whole_counts_each_activity_with_a_goal_once_and_over_a_hundred_makes_up_for_nothing() -> None:
    heavy = of_activities([Part(F(150), F(50), F(70)), Part(F(0), F(50), F(30))])
    assert (heavy.real, heavy.expected, heavy.band, heavy.met) == (70, 50, Band.MIDDLE, 1)
    light = of_activities([Part(F(90), F(100)), Part(None, F(100), reported=False), Part(None, F(0), has_goal=False)])
    assert (light.real, light.expected, light.with_goal, light.unknown) == (45, 100, 2, 1)
    assert (light.activities, light.planned, light.met, light.unreported) == (3, 2, 0, 1)
    both = of_sums([heavy, light])
    assert (both.real, both.expected, both.activities, both.with_goal) == (F(115, 2), 75, 5, 4)
    assert both.band is Band.LOW
    nothing = of_activities([Part(None, F(100), has_goal=False, reported=False)])
    assert (nothing.real, nothing.expected, nothing.band, nothing.unknown) == (None, None, None, 0)
    assert of_sums([nothing, heavy]).real == 70
    alone = of_activities([Part(None, F(100), reported=False)])
    assert (alone.real, alone.unknown) == (None, 1)
    assert of_sums([alone, heavy]).real == F(140, 3)
