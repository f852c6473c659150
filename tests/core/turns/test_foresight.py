"""What is foretold of a day, the windows that it needs by formula, and the windows that the search opens for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from core.turns.foresight.crews import HALF, Office, Plan, Targets, demands_of, try_out
from core.turns.foresight.forecast import ENOUGH, Forecast, History, Special, foretell, half_text, halves_of, within
from core.turns.foresight.imagined import Habits, imagine
from core.turns.foresight.search import fixed_crew, search
from core.turns.foresight.staffing import Demand, carried, erlang_c, late_share, needed, square_root
from core.turns.learning import Durations
from core.turns.policy import GENERAL, MINUTE, Order, Rules
from core.turns.recorded import Pause

MONDAY = date(2026, 11, 30)
EIGHT, NINE = 16, 18
DOORS = {16: 0.30, 17: 0.16, 18: 0.11, 19: 0.10, 20: 0.14, 21: 0.10, 22: 0.06, 23: 0.03}
"""A morning with a crowd before the door and a second peak at ten."""


# ---------------------------------------------------------------- who will come


def day_of(count: float, half: int = EIGHT) -> dict[tuple[int, str, str], float]:
    return {(half, "tax", GENERAL): count}


def test_a_day_is_foretold_by_its_weekday_drawn_towards_all_days() -> None:
    """Six Mondays of 40 and 24 other days of 10: all days are 16, and (6·40 + 2·16) / 8 = 34."""
    past = {MONDAY - timedelta(days=n): day_of(10) for n in range(1, 43) if (MONDAY - timedelta(n)).isoweekday() < 6}
    mondays = [day for day in past if day.isoweekday() == 1]
    history = History({day: day_of(40) if day in mondays else count for day, count in past.items()})
    assert len(mondays) == 6
    assert len(past) == 30
    told = foretell(MONDAY, history)
    assert told.people == pytest.approx(34)
    assert (told.same, told.seen, told.known) == (6, 30, True)
    assert foretell(MONDAY + timedelta(days=5), history).people == pytest.approx(16), "no Saturday was seen"
    older = {day: day_of(900) for day in (MONDAY - timedelta(days=7 * n) for n in range(7, 20))}
    assert foretell(MONDAY, History({**history.days, **older})).people == pytest.approx(34)
    few = History(dict(list(past.items())[: ENOUGH - 1]))
    assert not foretell(MONDAY, few).known


def test_a_special_day_is_as_it_was_said_and_teaches_nothing_of_plain_ones() -> None:
    past = {MONDAY - timedelta(days=n): day_of(10) for n in range(1, 15)}
    deadline = MONDAY - timedelta(days=7)
    past[deadline] = day_of(100)
    cases = [
        ({}, (55 + 230 / 14) / 2, "the crowd of one of two Mondays, drawn towards all"),
        ({deadline: Special(3)}, 10, "who came that day came for it"),
        ({deadline: Special(3), MONDAY: Special(2)}, 20, "twice what is usual"),
        ({deadline: Special(3), MONDAY: Special(1, like=deadline)}, 100, "as that day"),
        ({MONDAY: Special(0.5, like=deadline)}, 50, "half of that day"),
        ({deadline: Special(3), MONDAY: Special(2, like=date(2020, 1, 1))}, 20, "that day was never seen: as usual"),
    ]
    for special, people, why in cases:
        found = foretell(MONDAY, History(past, special)).people
        assert found == pytest.approx(people), why


def test_nobody_is_expected_while_the_doors_are_closed() -> None:
    told = Forecast(MONDAY, {(15, "tax", GENERAL): 5.0, (16, "tax", GENERAL): 7.0, (24, "tax", GENERAL): 3.0}, 6, 30)
    open_hours = [(time(8), time(11, 40)), (time(14), time(14, 30))]
    assert halves_of(open_hours) == [16, 17, 18, 19, 20, 21, 22, 23, 28]
    assert within(told, open_hours).by_half_hour() == {16: 7.0}
    assert within(told, []).people == 0
    assert half_text(17) == "08:30"


# ---------------------------------------------------------------- the formulas


def test_erlang_c_is_what_a_pencil_gives() -> None:
    """M/M/1: C = a. M/M/2 with a = 1: B = 1/5, C = (1/5) / (1 - ½·⅘) = 1/3. M/M/3 with a = 2: B = 4/19, C = 4/9."""
    cases = [
        (1, 0.5, 0.5),
        (1, 0.9, 0.9),
        (2, 1.0, 1 / 3),
        (3, 2.0, 4 / 9),
        (4, 3.0, 0.5094),
        (10, 8.0, 0.4092),
        (2, 0.0, 0.0),
        (2, 2.0, 1.0),
        (2, 3.0, 1.0),
    ]
    for windows, load, chance in cases:
        assert erlang_c(windows, load) == pytest.approx(chance, abs=0.0001), (windows, load)


def test_who_has_priority_leaves_less_to_who_has_not() -> None:
    """One of two windows' work: C = 1/3, and exp(-(2 - 1)·τ' / (10·1.5/2)) with τ' = 10·(1 - 1·p/2)."""
    plain = Demand(people=3, minutes=10)
    assert plain.load == pytest.approx(1)
    assert late_share(2, plain, 10) == pytest.approx(0.0879, abs=0.0001)
    assert late_share(2, replace(plain, priority=0.5), 10) == pytest.approx(0.1226, abs=0.0001)
    assert late_share(1, plain, 10) == 1
    assert late_share(1, Demand(0, 0), 10) == 0
    assert square_root(Demand(people=12, minutes=10)) == 5


def test_what_a_half_hour_leaves_is_work_of_the_next() -> None:
    """20 people of 6 minutes before 3 windows: 120 - 90 = 30 minutes are left; with 2 people more, 12."""
    crowd, calm = Demand(20, 6), Demand(2, 6)
    assert carried(0, crowd, 3) == 30
    assert carried(30, calm, 1) == 12
    assert carried(30, calm, 2) == 0
    assert needed([calm], 30) == [1]
    assert needed([crowd, calm], 30, most=3) == [3, 1], "12 minutes are worked off in half of the target"
    assert needed([crowd, calm], 10, most=3) == [3, 2], "and not in half of a shorter one"
    assert needed([crowd], 30) == [5]
    assert needed([Demand(0, 0)], 30) == [1]


# ---------------------------------------------------------------- the search


def rest(starts: str, minutes: int) -> Pause:
    at = time.fromisoformat(starts)
    return Pause((at.hour * 60 + at.minute) * MINUTE, minutes * MINUTE, planned=True, by_the_clock=True)


def town(people: float, kinds: tuple[str, ...], doors: dict[int, float]) -> tuple[Forecast, Habits, Office]:
    """A morning of so many people, three services and a window of each kind («AB»: it serves A and B)."""
    expected = {
        (half, service, group): people * share * part * first
        for half, share in doors.items()
        for service, part in (("A", 0.4), ("B", 0.35), ("C", 0.25))
        for group, first in ((GENERAL, 0.7), ("older", 0.3))
    }
    windows = {f"V{n}": frozenset(kind) for n, kind in enumerate(kinds, start=1)}
    habits = Habits({service: Durations(m * 60) for service, m in zip("ABC", (5, 8, 12), strict=True)}, 0.04, {})
    office = Office(windows, Rules(Order.HEAD_START, {"older": 60}), Targets(), {"V1": (rest("09:30", 15),)})
    return Forecast(MONDAY, expected, 6, 30), habits, office


def test_the_search_never_gives_a_plan_that_fails_where_one_does_not() -> None:
    """Judged on the days it saw; and never more than the fewest windows open all day, nor a service left alone."""
    halves = sorted(DOORS)
    for people, kinds in ((45, ("ABC",) * 5), (30, ("A", "BC", "ABC"))):
        told, habits, office = town(people, kinds, DOORS)
        days = imagine(told, habits, list(office.windows), seed=1, days=15)
        plan, proof = search(halves, demands_of(told, halves, habits), office, days)
        crew, of_crew = fixed_crew(halves, office, days)
        assert of_crew.meets
        assert proof.meets
        assert proof == try_out(plan, office, days)
        assert plan.hours < crew.hours
        assert all(office.covers(windows, office.windows) for windows in plan.open.values())


def test_where_no_plan_is_enough_all_windows_are_opened_and_it_is_said() -> None:
    told, habits, office = town(120, ("ABC", "ABC"), DOORS)
    halves = sorted(DOORS)
    days = imagine(told, habits, list(office.windows), seed=1, days=5)
    plan, proof = search(halves, demands_of(told, halves, habits), office, days)
    assert not proof.meets
    assert set(plan.counts().values()) == {2}
    assert not fixed_crew(halves, office, days)[1].meets


def test_a_closed_window_calls_nobody_and_opens_again_by_the_clock() -> None:
    told, habits, office = town(30, ("ABC", "ABC"), dict.fromkeys(range(16, 20), 0.25))
    always, second = frozenset({"V1"}), frozenset({"V1", "V2"})
    [day] = imagine(told, habits, list(office.windows), seed=3, days=1)
    more = try_out(Plan(dict.fromkeys(range(16, 20), second)), office, [day])
    less = try_out(Plan({16: second, 17: always, 18: always, 19: second}), office, [day])
    only = try_out(Plan(dict.fromkeys(range(16, 20), always)), office, [day])
    assert sum(more.late.values()) < sum(less.late.values()) < sum(only.late.values())
    assert Pause(9 * HALF, HALF, by_the_clock=True).back(9 * HALF + 5 * MINUTE) == 10 * HALF
    assert Pause(9 * HALF, HALF).back(9 * HALF + 5 * MINUTE) == 10 * HALF + 5 * MINUTE


def test_the_same_seed_imagines_the_same_days_and_as_many_people_as_are_expected() -> None:
    told, habits, _office = town(60, ("ABC",), DOORS)
    days = imagine(told, habits, ["V1"], seed=7, days=60)
    assert days == imagine(told, habits, ["V1"], seed=7, days=60)
    assert days != imagine(told, habits, ["V1"], seed=8, days=60)
    assert sum(len(day.arrivals) for day in days) / 60 == pytest.approx(60, rel=0.1)
    outcomes = [outcome for day in days for outcome in day.outcomes.values()]
    assert sum(one.noshow for one in outcomes) / len(outcomes) == pytest.approx(0.04, abs=0.015)
    assert sum(one.service for one in outcomes) / len(outcomes) / MINUTE == pytest.approx(7.8, rel=0.1)
