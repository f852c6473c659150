"""Windows rest as it was planned: no plan counts on them then, and what no plan can cover is said with a way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from core.breaks.planned import Break
from core.turns.foresight.crews import HALF, Office, Plan, Targets, demands_of, try_out
from core.turns.foresight.imagined import imagine
from core.turns.foresight.resting import Cover, Tried, covers_of, rests_on
from core.turns.foresight.search import fixed_crew, search
from core.turns.policy import MINUTE
from core.turns.recorded import Day, Pause
from tests.core.turns.test_foresight import DOORS, MONDAY, rest, town

ALIKE = dict.fromkeys(range(16, 24), 1 / 8)
MORNING = [(time(8), time(12))]
Breaks = dict[str, tuple[Pause, ...]]


def proposed(people: float, kinds: tuple[str, ...], breaks: Breaks, doors: dict[int, float] = ALIKE) -> Tried:
    """What the search proposes for a morning, tried on fifteen imagined days."""
    told, habits, office = town(people, kinds, doors)
    office, halves = replace(office, breaks=breaks), sorted(doors)
    days = imagine(told, habits, list(office.windows), seed=1, days=15)
    plan, proof = search(halves, demands_of(told, halves, habits), office, days)
    return Tried(plan, proof, office, days, MORNING)


def test_a_break_of_a_weekday_is_a_pause_of_that_day_that_ends_on_the_hour() -> None:
    coffee = Break(frozenset({1, 3}), time(10), time(10, 15))
    lunch = Break(frozenset({1}), time(12, 30), time(13))
    monday = rests_on(MONDAY, [lunch, coffee])
    assert monday == (rest("10:00", 15), rest("12:30", 30))
    assert monday[0].back(monday[0].starts + 14 * MINUTE) == monday[0].ends
    assert rests_on(date(2026, 12, 2), [lunch, coffee]) == (rest("10:00", 15),)
    assert rests_on(date(2026, 12, 1), [lunch, coffee]) == ()


def test_with_no_break_planned_while_the_doors_are_open_the_proposal_is_what_it_was_without_breaks() -> None:
    """The windows that were proposed, and who waited longer, before breaks were known."""
    before = (
        (45, ("ABC",) * 5, ["123", "1234", "123", "12", "12", "1234", "1", "1"], 10, 16.0),
        (30, ("A", "BC", "ABC"), ["3", "123", "3", "23", "3", "3", "3", "3"], 31, 12.0),
    )
    for people, kinds, windows, late, crew in before:
        for breaks in ({}, {"V1": (rest("07:00", 60),), "V3": (rest("15:00", 60),)}):
            tried = proposed(people, kinds, breaks, DOORS)
            found = ["".join(sorted(name[1:] for name in tried.plan.open[half])) for half in sorted(DOORS)]
            assert found == windows
            assert sum(tried.proof.late.values()) == late
            assert fixed_crew(sorted(DOORS), tried.office, tried.days)[0].hours == crew
            assert all(one.fits for one in covers_of(tried))


def test_a_window_at_its_break_is_as_closed_as_one_that_a_plan_closes() -> None:
    told, habits, office = town(30, ("ABC", "ABC"), ALIKE)
    days = imagine(told, habits, list(office.windows), seed=3, days=4)
    both, one = frozenset({"V1", "V2"}), frozenset({"V1"})
    always = dict.fromkeys(ALIKE, both)

    def late(open_windows: dict[int, frozenset[str]], *rests: Pause) -> object:
        return try_out(Plan(open_windows), replace(office, breaks={"V2": rests}), days)

    ten = late({**always, 20: one, 21: one})
    assert late(always, rest("10:00", 60)) == ten != late(always)
    assert late({**always, 20: one}, rest("10:30", 30)) == ten, "half by the plan and half by the break"
    assert late({**always, 20: one, 21: one}, rest("10:00", 45)) == ten, "closed by the plan while it would rest"
    assert late({**always, 19: one, 20: one}, rest("10:00", 60)) == late({**always, 19: one, 20: one, 21: one})


def test_a_pause_that_would_begin_within_a_break_is_the_break() -> None:
    own = (Pause(10 * 60 * MINUTE + 5 * MINUTE, 20 * MINUTE), Pause(11 * 60 * MINUTE, 5 * MINUTE))
    told, habits, office = town(30, ("ABC",), ALIKE)
    [day] = imagine(told, habits, ["V1"], seed=1, days=1)
    plan, breaks = Plan(dict.fromkeys(ALIKE, frozenset({"V1"}))), {"V1": (rest("10:00", 15),)}

    def waits(*pauses: Pause) -> object:
        return try_out(plan, replace(office, breaks=breaks), [replace(day, pauses={"V1": pauses})])

    assert waits(*own) == waits(own[1])
    assert waits(Pause(9 * 60 * MINUTE, 50 * MINUTE)) != waits()


def test_no_plan_opens_a_window_that_rests_for_the_whole_half_hour_and_none_counts_on_it_for_a_service() -> None:
    for people, kinds, breaks in (
        (45, ("ABC",) * 5, {"V1": (rest("10:00", 30),), "V2": (rest("10:15", 45),)}),
        (30, ("A", "BC", "ABC"), {"V3": (rest("09:00", 60),)}),
        (3, ("ABC", "AB", "C"), {"V1": (rest("09:00", 30),)}),
    ):
        tried = proposed(people, kinds, breaks)
        assert tried.proof.meets
        assert all(one.fits for one in covers_of(tried))
        for half, windows in tried.plan.open.items():
            assert all(tried.office.rests(name, half) < 1 for name in windows), half
            assert tried.office.covers(windows, tried.office.windows), half
        crew, _proof = fixed_crew(sorted(ALIKE), tried.office, tried.days)
        assert tried.plan.hours <= crew.hours


def told_of(tried: Tried) -> dict[str, Cover]:
    return {one.window: one for one in covers_of(tried)}


def test_a_break_that_no_plan_covers_says_what_it_costs_and_where_it_would_cost_nothing() -> None:
    """Window, half hours in which too many wait, services left alone, who rests beside, who may open, where it fits."""
    ten, nine = {"V1": (rest("10:00", 60),)}, {f"V{n}": (rest("09:00", 60),) for n in (1, 2, 3)}
    cases = (
        ("enough windows", 45, ("ABC",) * 5, ten, {"V1": ([], "", [], None)}),
        ("one too few", 70, ("ABC",) * 3, ten, {"V1": ([19, 21], "", [], 21)}),
        (
            "three of four at once",
            *(60, ("ABC",) * 4, nine),
            {
                name: ([18, 19, 20], "", [one for one in nine if one != name], at)
                for name, at in zip(nine, (20, 20, 21), strict=True)
            },
        ),
        ("alone with a service", 30, ("AB", "C", "AB"), {"V2": (rest("10:00", 30),)}, {"V2": ([], "C", [], None)}),
    )
    for why, people, kinds, breaks, expected in cases:
        found = told_of(proposed(people, kinds, breaks))
        got = {
            name: (list(one.late), "".join(one.alone), list(one.beside), one.fits_at and one.fits_at // HALF)
            for name, one in found.items()
        }
        assert got == expected, why
        assert all(one.fits == (not expected[name][0] and not expected[name][1]) for name, one in found.items()), why


def test_two_that_rest_at_the_same_moment_leave_a_service_alone_and_who_could_open_is_named() -> None:
    """Of four windows for two services, three are open; from a quarter past ten to half past, both that serve C rest.

    Who comes then waits longer than ten minutes, which is the shortest target.
    """
    _told, _habits, office = town(1, ("AB", "AC", "AC", "AC"), ALIKE)
    office = replace(office, targets=Targets(30, 10))
    breaks: Breaks = {"V2": (rest("10:00", 30),), "V3": (rest("10:15", 30),)}
    plan, days = Plan(dict.fromkeys(ALIKE, frozenset({"V1", "V2", "V3"}))), list[Day]()

    def found(windows: Breaks) -> dict[str, tuple[str, list[str], int | None]]:
        tried_office: Office = replace(office, breaks=windows)
        tried = Tried(plan, try_out(plan, tried_office, days), tried_office, days, MORNING)
        return {one.window: ("".join(one.alone), list(one.open), one.fits_at) for one in covers_of(tried)}

    assert found(breaks) == {"V2": ("C", ["V4"], 19 * HALF), "V3": ("C", ["V4"], 21 * HALF)}
    assert found({**breaks, "V3": (rest("10:20", 30),)}) == {"V2": ("", [], None), "V3": ("", [], None)}
    assert found({**breaks, "V4": (rest("10:00", 60),)})["V2"] == ("C", [], 19 * HALF), "that one rests too"
    office = replace(office, targets=Targets(30, 20, {"C": 10}))
    assert found(breaks)["V2"][0] == "C", "that service promises ten minutes"
    office = replace(office, targets=Targets(30, 20))
    assert found(breaks)["V2"] == ("", [], None)
    assert "V4" not in found({"V4": (rest("10:00", 15),)}), "nobody misses who is not open"
