"""Who is next: mornings of arrivals and calls in which every rule of the order must hold, in memory and in the rows.

P1 to P10 are the properties that the queue was chosen for. They are judged at each call, over the turns that the
calling window serves. A child who asks in person comes before everybody by law (Decreto-ley 19 de 2012, art. 12),
so passing others is a child's right and never counts as an inversion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import strategies as st

from core.turns.policy import DAY, GENERAL, MINUTE, Order, Rules, Waiting, line_up, next_turn, order_key, run_after
from core.turns.waits import Counter, InLine, forward
from tests.core.conftest import town_on
from tests.core.turns.mornings import (
    CHILD,
    FIFO,
    GROUPS,
    PREFERRED,
    SERVICES,
    STRICT,
    Arrival,
    Calling,
    InDatabase,
    InMemory,
    Morning,
    Office,
    calls,
    decisions,
    drain,
    every_order,
    for_all,
    head_starts,
    later,
    morning_of,
    mornings,
    one_head_start,
    ratios,
    static_orders,
    waiting,
)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """The rules alone, and the actions of the product on each database."""
    if request.param == "memory":
        yield InMemory()
        return
    with town_on(request.param, request) as session:
        yield InDatabase(session)


def test_two_turns_of_the_same_group_and_service_are_never_inverted(office: Office) -> None:
    """P1"""

    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        service = morning.arrivals(rules)
        for call, chosen in decisions(office, rules, morning):
            alike = [t for t in call.eligible if (t.group, service[t]) == (chosen.group, service[chosen])]
            assert not [t for t in alike if later(chosen, t)]


def test_a_general_turn_is_never_called_while_a_priority_turn_issued_before_it_waits(office: Office) -> None:
    """P2"""

    @for_all(office, mornings, st.one_of(head_starts, st.just(STRICT)))
    def check(morning: Morning, rules: Rules) -> None:
        for call, chosen in decisions(office, rules, morning):
            if not chosen.priority:
                assert not [t for t in call.eligible if t.priority and later(chosen, t)]


def test_nobody_is_passed_by_a_turn_issued_a_head_start_or_more_after_except_by_a_child(office: Office) -> None:
    """P3"""

    @for_all(office, mornings, head_starts)
    def check(morning: Morning, rules: Rules) -> None:
        for call, chosen in decisions(office, rules, morning):
            if not chosen.first_of_all:
                advance = rules.head_start.get(chosen.group, 0) * MINUTE
                assert not [t for t in call.eligible if later(chosen, t) and chosen.issued - t.issued >= advance]


def test_no_window_stays_idle_while_somebody_waits_whom_it_can_attend(office: Office) -> None:
    """P4"""

    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        for call in calls(office, rules, morning):
            assert (call.chosen is None) == (not call.eligible)


def test_those_who_pass_a_general_turn_are_priority_turns_issued_within_the_head_start(office: Office) -> None:
    """P5: and so they are never more than came in that time."""

    @for_all(office, mornings, one_head_start)
    def check(morning: Morning, rules: Rules) -> None:
        advance = rules.head_start["older"] * MINUTE
        everybody, called = morning.arrivals(rules), decisions(office, rules, morning)
        for general in (turn for turn in everybody if not turn.priority):
            passers = {
                chosen
                for call, chosen in called
                if general in call.eligible and later(chosen, general) and not chosen.first_of_all
            }
            came = {t for t in everybody if t.priority and later(t, general) and t.issued < general.issued + advance}
            assert passers <= came


def test_once_a_head_start_has_passed_those_ahead_of_a_turn_only_become_fewer_children_apart(office: Office) -> None:
    """P6: and so the wait is bounded by the time to attend them."""

    @for_all(office, mornings, one_head_start)
    def check(morning: Morning, rules: Rules) -> None:
        advance = rules.head_start["older"] * MINUTE
        called = calls(office, rules, morning)
        for general in (turn for turn in morning.arrivals(rules) if not turn.priority):
            ahead: dict[frozenset[int], set[Waiting]] = {}
            for call in called:
                if general not in call.eligible or call.at < general.issued + advance:
                    continue
                now = {t for t in call.eligible if t.place < general.place and not t.first_of_all}
                assert now <= ahead.get(call.services, now)
                ahead[call.services] = now


def test_the_order_of_two_waiting_turns_never_changes_whoever_comes_or_goes(office: Office) -> None:
    """P7"""

    @for_all(office, mornings, static_orders, st.data())
    def check(morning: Morning, rules: Rules, data: st.DataObject) -> None:
        everybody = list(morning.arrivals(rules))
        stay = data.draw(st.sets(st.sampled_from(everybody))) if everybody else set()
        kept = [turn_id for turn_id in drain(office, rules, everybody) if turn_id in {turn.id for turn in stay}]
        assert drain(office, rules, stay) == kept


def test_a_head_start_of_nothing_is_first_come_first_served(office: Office) -> None:
    """P8"""

    @for_all(office, mornings)
    def check(morning: Morning) -> None:
        for rules in (Rules(Order.HEAD_START, dict.fromkeys(PREFERRED, 0)), FIFO):
            line = [turn for turn in morning.arrivals(rules) if not turn.first_of_all]
            assert drain(office, rules, line) == [t.id for t in sorted(line, key=lambda t: (t.issued, t.id))]


def test_a_head_start_as_long_as_a_turn_can_wait_is_strict_priority(office: Office) -> None:
    """P8: within the twelve hours in which a turn is called."""

    @for_all(office, morning_of(longest_gap=12 * 60 * MINUTE // 45))
    def check(morning: Morning) -> None:
        for rules in (Rules(Order.HEAD_START, dict.fromkeys(PREFERRED, 12 * 60)), STRICT):
            line = [turn for turn in morning.arrivals(rules) if not turn.first_of_all]
            strictly = sorted(line, key=lambda t: (not t.priority, t.issued, t.id))
            assert drain(office, rules, line) == [t.id for t in strictly]


def test_if_everybody_is_in_one_group_the_order_is_first_come_first_served(office: Office) -> None:
    """P9"""

    @for_all(office, st.sampled_from(GROUPS).flatmap(lambda group: morning_of([group])), every_order)
    def check(morning: Morning, rules: Rules) -> None:
        line = list(morning.arrivals(rules))
        assert drain(office, rules, line) == [t.id for t in sorted(line, key=lambda t: (t.issued, t.id))]


def test_moving_every_clock_by_the_same_time_changes_nothing(office: Office) -> None:
    """P10"""

    @for_all(office, mornings, every_order, st.integers(-DAY, 60 * 365 * DAY))
    def check(morning: Morning, rules: Rules, offset: int) -> None:
        first, *rest = morning.steps
        moved = Morning([replace(first, gap=first.gap + offset), *rest], morning.windows)
        here, there = (decisions(office, rules, each) for each in (morning, moved))
        assert [chosen.id for _, chosen in there] == [chosen.id for _, chosen in here]


def test_the_actions_the_rules_and_the_estimator_call_in_one_order(office: Office) -> None:
    """P11"""

    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        assert calls(office, rules, morning) == calls(InMemory(), rules, morning)
        line = list(morning.arrivals(rules))
        waits = forward([InLine(turn, 0) for turn in line], [Counter(1, frozenset({0}))], {0: 1}, rules).waits
        assert list(waits) == drain(office, rules, line)


def test_a_child_who_asks_in_person_is_called_before_anybody_else_under_every_order(office: Office) -> None:
    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        for call, chosen in decisions(office, rules, morning):
            children = [turn for turn in call.eligible if turn.first_of_all]
            if children:
                assert (chosen, call.rule) == (min(children, key=lambda t: (t.issued, t.id)), "first of all")


def test_the_ratio_is_exact_for_the_whole_site_whichever_windows_call(office: Office) -> None:
    """B5: with both kinds always waiting, n priority calls and one general, again and again."""

    @for_all(
        office,
        st.integers(1, 5),
        st.lists(st.integers(0, 2), min_size=1, max_size=60),
        st.lists(st.sampled_from(PREFERRED), min_size=1),
    )
    def check(ratio: int, windows: list[int], groups: list[str]) -> None:
        steps: list[Arrival | Calling] = []
        for number, window in enumerate(windows):
            steps += [Arrival(1, groups[number % len(groups)], 0), Arrival(1, GENERAL, 0), Calling(1, window)]
        morning = Morning(steps, [frozenset({0}), frozenset({0, 1}), frozenset({0, 2})])
        called = decisions(office, Rules(Order.RATIO, {}, ratio), morning)
        assert [chosen.priority for _, chosen in called] == [n % (ratio + 1) < ratio for n in range(len(windows))]


def test_under_the_ratio_no_general_is_passed_by_more_priority_calls_in_a_row_than_the_ratio(office: Office) -> None:
    """B5: counted over the calls of all the windows, children apart."""

    @for_all(office, mornings, ratios)
    def check(morning: Morning, rules: Rules) -> None:
        row = 0
        for call, chosen in decisions(office, rules, morning):
            if chosen.first_of_all:
                continue
            kinds = {turn.priority for turn in call.eligible}
            if kinds == {True, False}:
                assert chosen.priority == (row < rules.ratio)
            row = row + 1 if chosen.priority else 0


def test_under_the_ratio_a_general_is_called_within_a_bounded_number_of_calls_that_could_call_it(
    office: Office,
) -> None:
    """B5: of those in front of it, each costs at most the ratio's priority calls and its own."""

    @for_all(office, mornings, ratios)
    def check(morning: Morning, rules: Rules) -> None:
        one_window = Morning(morning.steps, [frozenset(range(len(SERVICES)))])
        called = [d for d in decisions(office, rules, one_window) if not d[1].first_of_all]
        for general in (turn for turn in morning.arrivals(rules) if not turn.priority):
            seen = [call for call, _chosen in called if general in call.eligible]
            if seen:
                in_front = [t for t in seen[0].eligible if not t.priority and t.place <= general.place]
                assert len(seen) <= len(in_front) * (rules.ratio + 1)


def test_who_was_passed_over_is_exactly_who_came_before_and_still_waits(office: Office) -> None:
    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        for call, chosen in decisions(office, rules, morning):
            before = sorted((t for t in call.eligible if later(chosen, t)), key=lambda t: (t.issued, t.id))
            assert call.passed == [t.id for t in before]


def test_who_waits_is_lined_up_as_one_window_would_call_them(office: Office) -> None:
    @for_all(office, mornings, every_order)
    def check(morning: Morning, rules: Rules) -> None:
        line = list(morning.arrivals(rules))
        assert [turn.id for turn in line_up(rules, line)] == drain(office, rules, line)


def test_an_equal_key_goes_to_the_earlier_issue_and_then_to_the_lower_id(office: Office) -> None:
    rules = Rules(Order.HEAD_START, {"older": 60})
    general = waiting(rules, 7, GENERAL, 8 * 60 * MINUTE)
    older = waiting(rules, 3, "older", 9 * 60 * MINUTE)
    assert older.key == general.key
    assert drain(office, rules, [older, general]) == [7, 3]
    twin = waiting(rules, 2, GENERAL, 8 * 60 * MINUTE)
    assert drain(office, rules, [general, twin]) == [2, 7]


def test_the_key_is_the_issue_less_what_the_order_grants_the_group() -> None:
    nine = 9 * 60 * MINUTE
    head_start = Rules(Order.HEAD_START, {"older": 60, "disability": 45})
    assert order_key(head_start, "older", nine) == nine - 60 * MINUTE
    assert order_key(head_start, "disability", nine) == nine - 45 * MINUTE
    assert order_key(head_start, "a group without a head start", nine) == nine
    assert order_key(head_start, GENERAL, nine) == nine
    assert order_key(FIFO, "older", nine) == order_key(Rules(Order.RATIO), "older", nine) == nine
    assert order_key(STRICT, "older", nine) == nine - DAY


def test_a_child_who_asked_last_comes_before_a_priority_turn_that_waited_the_longest_that_one_can(
    office: Office,
) -> None:
    longest = Rules(Order.HEAD_START, {"older": 12 * 60})
    for rules in (longest, STRICT, FIFO, Rules(Order.RATIO, {}, 1)):
        old = waiting(rules, 1, "older", 0)
        child = waiting(rules, 2, CHILD, 12 * 60 * MINUTE - 1)
        assert drain(office, rules, [old, child]) == [2, 1]


def test_a_child_neither_uses_nor_restarts_the_run_of_the_ratio() -> None:
    rules = Rules(Order.RATIO, {}, 2)
    line = [waiting(rules, n, group, n) for n, group in enumerate([GENERAL, "older", "older", GENERAL, "older"])]
    choices = []
    run = 0
    for n in range(3):
        with_child = [*line, waiting(rules, 90 + n, CHILD, 90 + n)]
        child = next_turn(rules, with_child, run)
        assert child is not None
        assert child.turn.id == 90 + n
        run = run_after(rules, child.turn, run)
        choice = next_turn(rules, line, run)
        assert choice is not None
        run = run_after(rules, choice.turn, run)
        line.remove(choice.turn)
        choices.append(choice.turn.priority)
    assert choices == [True, True, False]


def test_the_ratio_survives_a_stretch_without_one_of_the_two_kinds() -> None:
    """A window without generals goes on with priority turns, and the first general that comes is next."""
    rules = Rules(Order.RATIO, {}, 2)
    kinds = ["older"] * 4 + [GENERAL, "older", GENERAL]
    line = [waiting(rules, n, kind, n) for n, kind in enumerate(kinds)]
    alone, run = line[:4], 0
    for _ in range(3):
        choice = next_turn(rules, alone, run)
        assert choice is not None
        alone.remove(choice.turn)
        run = run_after(rules, choice.turn, run)
    assert run == 3
    order = []
    left = line[3:]
    while (choice := next_turn(rules, left, run)) is not None:
        run = run_after(rules, choice.turn, run)
        left.remove(choice.turn)
        order.append(choice.turn.group)
    assert [group for group, _ in groupby(order)] == [GENERAL, "older", GENERAL]
