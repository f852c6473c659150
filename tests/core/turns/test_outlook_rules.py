"""What is drawn besides the waits and how it is shown: newcomers, ranges that do not tremble, promises, hints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.turns import chances, waits
from core.turns.chances import Hall, Held, Newcomer, Place
from core.turns.estimates import Told, certain, forward_run
from core.turns.learning import Learned
from core.turns.outlook import hints, risk
from core.turns.outlook.hints import Closed
from core.turns.outlook.row import Content, Hint, NewcomerTold, ServiceOutlook, Standing, read
from core.turns.outlook.shown import STEADY, Shown, show
from core.turns.policy import GENERAL, Order, Rules, order_key
from tests.core.turns.test_estimates import AT, exact, held

GROUPS = (GENERAL, "older", "pregnant")
NOBODY_KNOWS_YET = Learned.of({"a": 5, "b": 9})
PLACES = (Place(frozenset("a")), Place(frozenset("ab"), in_hand="a", elapsed=100), Place(frozenset("b"), opens=900))


def newcomer(n: int, service: str, group: str, rules: Rules, first: bool = False) -> Newcomer:
    now = int(AT * 1000)
    return Newcomer(900 + n, service, group, order_key(rules, group, now, first), now, first)


def standing(one: Newcomer) -> Held:
    """The same person, who takes a turn instead of asking how long it would be."""
    return Held(one.id, one.service, one.group, one.key, one.issued, first_of_all=one.first_of_all)


def busy(learned: Learned) -> Learned:
    """Every half hour of the day somebody comes with priority."""
    for day in range(3):
        for n in range(60):
            learned.saw_arrival(AT + 60 * n + day, "ab"[n % 2], GROUPS[1 + n % 2])
        learned.close_day()
    return learned


in_line = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(GROUPS), st.integers(0, 7200), st.booleans()), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(Order)), in_line, st.integers(0, 3))
def test_who_might_come_changes_nobodys_wait_and_waits_what_they_would_if_they_came(
    order: Order, asked: list[tuple[str, str, int, bool]], run: int
) -> None:
    """Bit by bit on the same seed; and in a forward run the newcomer's wait is that of one more turn in line."""
    rules = Rules(order, {"older": 60, "pregnant": 30})
    line = []
    for n, (service, group, ago, first) in enumerate(asked, start=1):
        issued = int((AT - ago) * 1000)
        key = order_key(rules, group, issued, first and group != GENERAL)
        line.append(Held(n, service, group, key, issued, ago, first_of_all=first and group != GENERAL))
    hall = Hall(AT, line, PLACES, rules, priority_run=run)
    came = [newcomer(n, "ab"[n % 2], GROUPS[n // 2 % 3], rules, first=n > 5) for n in range(2, 8)]
    learned, with_newcomers = busy(Learned.of({"a": 5, "b": 9})), replace(hall, newcomers=came)
    alone, asked_besides = (chances.draw(each, learned, seed=3).drawn for each in (hall, with_newcomers))
    for turn in line:
        assert (alone[turn.id] == asked_besides[turn.id]).all()
    told = forward_run(with_newcomers, NOBODY_KNOWS_YET)
    for one in came:
        with_them = forward_run(replace(hall, waiting=[*line, standing(one)]), NOBODY_KNOWS_YET)
        assert told[one.id] == with_them[one.id], one


@pytest.mark.parametrize("order", list(Order))
def test_the_chances_of_who_might_come_are_those_of_who_comes(order: Order) -> None:
    rules = Rules(order, {"older": 60, "pregnant": 30}, ratio=1)
    line = [held(n, "ab"[n % 2], GROUPS[n % 3], 300 + 20 * n, rules) for n in range(1, 20)]
    hall, learned = Hall(AT, line, PLACES, rules), exact("a", "b")
    for n, (service, group) in enumerate((service, group) for service in "ab" for group in GROUPS):
        one = newcomer(n, service, group, rules, first=group == "pregnant")
        asking = chances.draw(replace(hall, newcomers=[one]), learned, seed=1)
        coming = chances.draw(replace(hall, waiting=[*line, standing(one)]), learned, seed=1)
        for share in (0.2, 0.5, 0.8):
            expected = coming.level(one.id, share)
            assert asking.level(one.id, share) == pytest.approx(expected, rel=0.12, abs=60), (one, share)
    nobody = chances.draw(Hall(AT, [], (), rules, newcomers=[newcomer(1, "a", GENERAL, rules)]), learned, seed=1)
    assert nobody.level(901, 0.5) == float("inf"), "no window, no number"


def told(point: float, low: float = 600, high: float = 1500) -> Told:
    return Told(1, False, point, low, high, point, None)


def test_a_range_stays_while_the_point_moves_less_than_three_minutes_since_it_was_set() -> None:
    first = show(told(1000), None)
    assert first == Shown(10, 25, 1000)
    moved = [1000 + STEADY - 1, 1000 - STEADY + 1, 1000]
    for point in moved:
        assert show(told(point, 300, 1200), first) == first, point
    creeping = first
    for point in (1100, 1170, 1240):
        creeping = show(told(point, 900, 1800), creeping)
    assert creeping == Shown(15, 30, 1240), "small steps add up"
    assert show(told(1000 - STEADY, 300, 1200), first) == Shown(5, 20, 820)
    closed = show(told(float("inf"), float("inf"), float("inf")), first)
    assert closed == Shown(None, None, None)
    assert show(told(1000), closed) == first, "a window has opened: that is told at once"
    assert first.wait == waits.Wait(10, 25)


def test_the_row_is_read_as_it_was_written() -> None:
    content = Content(
        by="chances",
        worse=True,
        turns={7: Shown(10, 25, 1000), 8: Shown(None, None, None)},
        newcomers=[NewcomerTold(Shown(0, 5, 100), 90, 120, [0, 60, 300])],
        stands_for={3: {GENERAL: 0}, 4: {}},
        services={3: ServiceOutlook(2, 600, 10.5, None, 45, Standing.OVER, 300.0, fails=True)},
        hints=[Hint(5, 3, None, 27.5)],
    )
    assert (content.services[3].half, content.services[3].ninth, content.hints[0].brings) == (11, None, (None, 28))
    assert read(content.written()) == content
    assert read(read({}).written()) == read({}), "of a row that was never drawn"
    assert content.newcomer(3, GENERAL) == content.newcomers[0]
    assert content.newcomer(4, GENERAL) is content.newcomer(9, GENERAL) is None


def test_a_promise_is_kept_at_risk_or_broken_by_each_turn_against_its_own_target() -> None:
    rules = Rules(Order.HEAD_START, {"older": 60})
    cases = [
        ("nobody waits", [], Standing.ON_TARGET),
        ("the first waits a little", [held(1, ago=60)], Standing.ON_TARGET),
        ("the last of six will wait for long", [held(n, ago=60) for n in range(1, 7)], Standing.AT_RISK),
        ("one has waited more than was promised", [held(1, ago=31 * 60)], Standing.OVER),
        ("one with priority has", [held(1, group="older", ago=11 * 60)], Standing.OVER),
        ("no window attends", [held(1, "b")], Standing.AT_RISK),
    ]
    learned = exact("a", "b")
    for name, line, expected in cases:
        hall = Hall(AT, line, (Place(frozenset("a")),), rules)
        drawn = chances.draw(hall, learned, seed=1)
        seen = risk.outlooks(hall, learned, drawn, lambda _service, priority: 10 if priority else 30)
        service = line[0].service if line else "a"
        assert seen[service].standing is expected, name
        assert seen[service].waiting == len(line), name
        assert (service in risk.pressed(seen)) == (expected is not Standing.ON_TARGET), name
        if name == "no window attends":
            assert (seen["b"].p90, seen["b"].fails) == (None, True)


def test_one_rule_grades_a_service_by_the_class_that_stands_worse_and_its_figures_are_of_that_class() -> None:
    """Forward runs, so that a pencil follows: attentions of ten minutes, one window, targets of 30 and of 10."""
    rules, learned = Rules(Order.FIFO), exact("a")
    general, older = ([held(n, group=group, ago=60) for n in range(20, 24)] for group in (GENERAL, "older"))
    waits = {20: 0.0, 21: 600.0, 22: 1200.0, 23: 1800.0}
    later = [replace(turn, ready=60.0, waited=40 * 60) for turn in general[:1]]
    only = [replace(turn, only=7, waited=60) for turn in general[3:]]
    for name, line, p50, p90, target, priority, expected in [
        ("general", general, 11.0, 31.0, 30, False, Standing.AT_RISK),
        ("three of them", general[:3], 11.0, 21.0, 30, False, Standing.ON_TARGET),
        ("priority", older[:3], 11.0, 21.0, 10, True, Standing.AT_RISK),
        ("priority stands worse", [*general[2:], *older[:2]], 1.0, 11.0, 10, True, Standing.AT_RISK),
        ("who lets others pass is late for nobody", later, None, None, 30, False, Standing.ON_TARGET),
        ("who waits for one official alone is foreseen for nobody", only, None, None, 30, False, Standing.ON_TARGET),
        ("seven tenths of the target", [replace(general[0], waited=21 * 60)], 21.0, 21.0, 30, False, Standing.AT_RISK),
        ("all of it", [replace(general[0], waited=30 * 60)], 30.0, 30.0, 30, False, Standing.OVER),
    ]:
        hall = Hall(AT, line, (Place(frozenset("a")),), rules)
        sure = chances.one_run({turn.id: waits[turn.id] for turn in line})
        one = risk.outlooks(hall, learned, sure, lambda _service, priority: 10 if priority else 30)["a"]
        found = (one.p50, one.p90, one.target, one.priority, one.standing)
        assert found == (p50, p90, target, priority, expected), name
        assert one.fails == (p90 is not None and p90 > target), name


def test_a_hint_says_what_one_more_window_brings_and_none_that_brings_nothing() -> None:
    rates, licences = "1", "2"
    line = [held(n, rates, ago=600 - n) for n in range(1, 11)]
    hall, learned = Hall(AT, line, (Place(frozenset({rates})),), Rules(Order.FIFO)), exact(rates, licences)
    closed = [
        Closed(3, frozenset({licences})),
        Closed(4, frozenset({rates, licences})),
        Closed(5, frozenset({rates, licences})),
        Closed(6, frozenset()),
    ]

    def drawn(hall: Hall) -> chances.Chances:
        return chances.draw(hall, learned, 1)

    def told(hall: Hall, foresee: Callable[[Hall], chances.Chances], *services: str) -> list[Hint]:
        seen = risk.outlooks(hall, learned, foresee(hall), lambda _service, _priority: 30)
        return hints.hints(hall, foresee, closed, {service: seen[service] for service in services})

    for foresee in (drawn, partial(certain, learned=learned)):
        (hint,) = told(hall, foresee, rates)
        assert (hint.window, hint.service) == (4, 1), "of two that serve the same, the first"
        assert hint.before == pytest.approx(100, abs=15)
        assert hint.after == pytest.approx(hint.before / 2, abs=12)
        assert told(hall, foresee, licences) == [], "nobody who waits is helped"
        nobody = told(replace(hall, places=()), foresee, rates)[0]
        assert (nobody.window, nobody.before) == (4, None)
        assert told(replace(hall, waiting=line[:1]), foresee, rates) == []
        other = [held(n, licences, ago=900) for n in range(11, 14)]
        both = told(replace(hall, waiting=[*line, *other]), foresee, rates, licences)
        assert {(each.window, each.service) for each in both} == {(3, 2), (4, 1), (4, 2)}, "each service by itself"
