"""Who is next, as arithmetic: mornings of arrivals and calls in which every rule of the order must hold.

P1 to P10 are the properties that the queue was chosen for. They are judged at each call, over the turns that the
calling window serves. A child who asks in person comes before everybody by law (Decreto-ley 19 de 2012, art. 12),
so passing others is a child's right and never counts as an inversion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.turns.policy import (
    DAY,
    GENERAL,
    MINUTE,
    Choice,
    Order,
    Rules,
    Waiting,
    next_turn,
    order_key,
    passed_over,
    run_after,
)

CHILD = "child"
PREFERRED = ("older", "disability")
GROUPS = (GENERAL, *PREFERRED, CHILD)
SERVICES = 3
EXAMPLES = settings(deadline=None, max_examples=80)


@dataclass(frozen=True)
class Arrival:
    gap: int
    group: str
    service: int


@dataclass(frozen=True)
class Calling:
    gap: int
    window: int


@dataclass(frozen=True)
class Called:
    """One call of a morning: what the window could have called, and what it chose."""

    at: int
    services: frozenset[int]
    eligible: list[Waiting]
    choice: Choice | None
    run: int


@dataclass(frozen=True)
class Morning:
    """Arrivals and calls, as they happen one after the other at windows that serve some of the services."""

    steps: Sequence[Arrival | Calling]
    windows: Sequence[frozenset[int]]

    def arrivals(self, rules: Rules) -> dict[Waiting, int]:
        """Every turn of the morning and its service, under `rules`."""
        turns, at = {}, 0
        for number, step in enumerate(self.steps):
            at += step.gap
            if isinstance(step, Arrival):
                turns[waiting(rules, number, step.group, at)] = step.service
        return turns

    def calls(self, rules: Rules) -> list[Called]:
        """Replay the morning under `rules`, keeping every call with all that it saw."""
        turns = self.arrivals(rules)
        line: list[Waiting] = []
        run, at, calls = 0, 0, []
        coming = iter(turns)
        for step in self.steps:
            at += step.gap
            if isinstance(step, Arrival):
                line.append(next(coming))
                continue
            services = self.windows[step.window % len(self.windows)]
            eligible = [turn for turn in line if turns[turn] in services]
            choice = next_turn(rules, eligible, run)
            calls.append(Called(at, services, eligible, choice, run))
            if choice is not None:
                run = run_after(rules, choice.turn, run)
                line.remove(choice.turn)
        return calls

    def decisions(self, rules: Rules) -> list[tuple[Called, Waiting]]:
        return [(call, call.choice.turn) for call in self.calls(rules) if call.choice is not None]


def waiting(rules: Rules, number: int, group: str, issued: int) -> Waiting:
    child = group == CHILD
    return Waiting(number, group, issued, order_key(rules, group, issued, child), child)


def drain(rules: Rules, line: Iterable[Waiting]) -> list[int]:
    """The turns of `line` in the order in which one window would call them."""
    left, run, order = list(line), 0, []
    while (choice := next_turn(rules, left, run)) is not None:
        run = run_after(rules, choice.turn, run)
        left.remove(choice.turn)
        order.append(choice.turn.id)
    return order


def later(turn: Waiting, than: Waiting) -> bool:
    return (turn.issued, turn.id) > (than.issued, than.id)


def morning_of(groups: Sequence[str] = GROUPS, longest_gap: int = 15 * MINUTE) -> st.SearchStrategy[Morning]:
    gaps = st.sampled_from((0, 0, 1, MINUTE, 5 * MINUTE, 12 * MINUTE, longest_gap))
    arrival = st.builds(Arrival, gaps, st.sampled_from(groups), st.integers(0, SERVICES - 1))
    calling = st.builds(Calling, gaps, st.integers(0, 3))
    windows = st.lists(st.frozensets(st.integers(0, SERVICES - 1), min_size=1), min_size=1, max_size=4)
    return st.builds(Morning, st.lists(st.one_of(arrival, arrival, calling), min_size=4, max_size=45), windows)


mornings = morning_of()
minutes = st.sampled_from((0, 1, 5, 12, 30, 60, 180))
head_starts = st.builds(
    lambda older, disability: Rules(Order.HEAD_START, {"older": older, "disability": disability, CHILD: 60}),
    minutes,
    minutes,
)
one_head_start = st.builds(lambda d: Rules(Order.HEAD_START, dict.fromkeys((*PREFERRED, CHILD), d)), minutes)
ratios = st.builds(lambda n: Rules(Order.RATIO, {}, n), st.integers(1, 4))
STRICT, FIFO = Rules(Order.STRICT), Rules(Order.FIFO)
static_orders = st.one_of(head_starts, st.sampled_from([STRICT, FIFO]))
every_order = st.one_of(static_orders, ratios)


@EXAMPLES
@given(mornings, every_order)
def test_two_turns_of_the_same_group_and_service_are_never_inverted(morning: Morning, rules: Rules) -> None:
    """P1"""
    service = morning.arrivals(rules)
    for call, chosen in morning.decisions(rules):
        alike = [t for t in call.eligible if (t.group, service[t]) == (chosen.group, service[chosen])]
        assert not [t for t in alike if later(chosen, t)]


@EXAMPLES
@given(mornings, st.one_of(head_starts, st.just(STRICT)))
def test_a_general_turn_is_never_called_while_a_priority_turn_issued_before_it_waits(
    morning: Morning, rules: Rules
) -> None:
    """P2"""
    for call, chosen in morning.decisions(rules):
        if not chosen.priority:
            assert not [t for t in call.eligible if t.priority and later(chosen, t)]


@EXAMPLES
@given(mornings, head_starts)
def test_nobody_is_passed_by_a_turn_issued_a_head_start_or_more_after_except_by_a_child(
    morning: Morning, rules: Rules
) -> None:
    """P3"""
    for call, chosen in morning.decisions(rules):
        if chosen.first_of_all:
            continue
        advance = rules.head_start.get(chosen.group, 0) * MINUTE
        for passed in passed_over(chosen, call.eligible):
            assert chosen.issued - passed.issued < advance


@EXAMPLES
@given(mornings, every_order)
def test_no_window_stays_idle_while_somebody_waits_whom_it_can_attend(morning: Morning, rules: Rules) -> None:
    """P4"""
    for call in morning.calls(rules):
        assert (call.choice is None) == (not call.eligible)


@EXAMPLES
@given(mornings, one_head_start)
def test_those_who_pass_a_general_turn_are_priority_turns_issued_within_the_head_start(
    morning: Morning, rules: Rules
) -> None:
    """P5: and so they are never more than came in that time."""
    advance = rules.head_start["older"] * MINUTE
    turns = morning.arrivals(rules)
    for general in (turn for turn in turns if not turn.priority):
        passers = {
            chosen
            for call, chosen in morning.decisions(rules)
            if general in call.eligible and later(chosen, general) and not chosen.first_of_all
        }
        came = {t for t in turns if t.priority and later(t, general) and t.issued < general.issued + advance}
        assert passers <= came


@EXAMPLES
@given(mornings, one_head_start)
def test_once_a_head_start_has_passed_only_a_child_can_still_come_before_a_waiting_turn(
    morning: Morning, rules: Rules
) -> None:
    """P6: who is ahead can only become fewer, so the wait is bounded by the time to attend them."""
    advance = rules.head_start["older"] * MINUTE
    turns = list(morning.arrivals(rules))
    for general in (turn for turn in turns if not turn.priority):
        for newcomer in turns:
            if newcomer.issued >= general.issued + advance and later(newcomer, general) and not newcomer.first_of_all:
                assert drain(rules, [newcomer, general]) == [general.id, newcomer.id]
    services = morning.arrivals(rules)
    for general in (turn for turn in turns if not turn.priority):
        settled = [
            (call, chosen)
            for call, chosen in morning.decisions(rules)
            if general in call.eligible and call.at >= general.issued + advance and not chosen.first_of_all
        ]
        if settled:
            then = settled[0][0].at
            ahead = [t for t in services if t.place <= general.place and t.issued <= then]
            assert len(settled) <= len(ahead)


@EXAMPLES
@given(mornings, static_orders, st.data())
def test_the_order_of_two_waiting_turns_never_changes_whoever_comes_or_goes(
    morning: Morning, rules: Rules, data: st.DataObject
) -> None:
    """P7"""
    everybody = list(morning.arrivals(rules))
    stay = data.draw(st.sets(st.sampled_from(everybody))) if everybody else set()
    kept = [turn_id for turn_id in drain(rules, everybody) if turn_id in {turn.id for turn in stay}]
    assert drain(rules, stay) == kept


@EXAMPLES
@given(mornings)
def test_a_head_start_of_nothing_is_first_come_first_served(morning: Morning) -> None:
    """P8"""
    for rules in (Rules(Order.HEAD_START, dict.fromkeys(PREFERRED, 0)), FIFO):
        line = [turn for turn in morning.arrivals(rules) if not turn.first_of_all]
        assert drain(rules, line) == [t.id for t in sorted(line, key=lambda t: (t.issued, t.id))]


@EXAMPLES
@given(morning_of(longest_gap=12 * 60 * MINUTE // 45))
def test_a_head_start_as_long_as_the_day_is_strict_priority(morning: Morning) -> None:
    """P8: within the twelve hours in which a turn is called."""
    long = Rules(Order.HEAD_START, dict.fromkeys(PREFERRED, 24 * 60))
    for rules in (long, STRICT):
        line = [turn for turn in morning.arrivals(rules) if not turn.first_of_all]
        assert drain(rules, line) == [t.id for t in sorted(line, key=lambda t: (not t.priority, t.issued, t.id))]


@EXAMPLES
@given(st.sampled_from(GROUPS).flatmap(lambda group: morning_of([group])), every_order)
def test_if_everybody_is_in_one_group_the_order_is_first_come_first_served(morning: Morning, rules: Rules) -> None:
    """P9"""
    line = list(morning.arrivals(rules))
    assert drain(rules, line) == [t.id for t in sorted(line, key=lambda t: (t.issued, t.id))]


@EXAMPLES
@given(mornings, every_order, st.integers(-DAY, 60 * 365 * DAY))
def test_moving_every_clock_by_the_same_time_changes_nothing(morning: Morning, rules: Rules, offset: int) -> None:
    """P10"""
    assume(morning.steps)
    first, *rest = morning.steps
    moved = Morning([replace(first, gap=first.gap + offset), *rest], morning.windows)
    assert [chosen.id for _, chosen in moved.decisions(rules)] == [chosen.id for _, chosen in morning.decisions(rules)]


@EXAMPLES
@given(mornings, every_order)
def test_a_child_who_asks_in_person_is_called_before_anybody_else_under_every_order(
    morning: Morning, rules: Rules
) -> None:
    for call, chosen in morning.decisions(rules):
        children = [turn for turn in call.eligible if turn.first_of_all]
        if children:
            assert chosen == min(children, key=lambda t: (t.issued, t.id))
            assert call.choice is not None
            assert call.choice.rule == "first of all"


@EXAMPLES
@given(
    st.integers(1, 5),
    st.lists(st.integers(0, 3), min_size=1, max_size=60),
    st.lists(st.sampled_from(PREFERRED), min_size=1),
)
def test_the_ratio_is_exact_for_the_whole_site_whichever_windows_call(
    ratio: int, windows: list[int], groups: list[str]
) -> None:
    """B5: with both kinds always waiting, n priority calls and one general, again and again."""
    rules = Rules(Order.RATIO, {}, ratio)
    steps: list[Arrival | Calling] = []
    for number, window in enumerate(windows):
        steps += [Arrival(1, groups[number % len(groups)], 0), Arrival(1, GENERAL, 0), Calling(1, window)]
    decisions = Morning(steps, [frozenset({0}), frozenset({0, 1}), frozenset({0, 2})]).decisions(rules)
    assert [chosen.priority for _, chosen in decisions] == [n % (ratio + 1) < ratio for n in range(len(windows))]


@EXAMPLES
@given(mornings, ratios)
def test_under_the_ratio_no_general_is_passed_by_more_priority_calls_in_a_row_than_the_ratio(
    morning: Morning, rules: Rules
) -> None:
    """B5: counted over the calls of all the windows, children apart."""
    decisions = [(call, chosen) for call, chosen in morning.decisions(rules) if not chosen.first_of_all]
    row = 0
    for call, chosen in decisions:
        general_waits = any(not turn.priority for turn in call.eligible)
        priority_waits = any(turn.priority for turn in call.eligible)
        if general_waits and priority_waits:
            assert chosen.priority == (row < rules.ratio)
        row = row + 1 if chosen.priority else 0


@EXAMPLES
@given(mornings, ratios)
def test_under_the_ratio_a_general_is_called_within_a_bounded_number_of_calls_that_could_call_it(
    morning: Morning, rules: Rules
) -> None:
    """B5: of those in front of it, each costs at most the ratio's priority calls and its own."""
    everybody = [frozenset(range(SERVICES))]
    decisions = [d for d in Morning(morning.steps, everybody).decisions(rules) if not d[1].first_of_all]
    for general in morning.arrivals(rules):
        if general.priority:
            continue
        seen = [(call, chosen) for call, chosen in decisions if general in call.eligible]
        if seen:
            in_front = [t for t in seen[0][0].eligible if not t.priority and t.place <= general.place]
            assert len(seen) <= len(in_front) * (rules.ratio + 1)


@EXAMPLES
@given(mornings, every_order)
def test_who_was_passed_over_is_exactly_who_came_before_and_still_waits(morning: Morning, rules: Rules) -> None:
    for call, chosen in morning.decisions(rules):
        passed = passed_over(chosen, call.eligible)
        assert passed == sorted((t for t in call.eligible if later(chosen, t)), key=lambda t: (t.issued, t.id))


def test_an_equal_key_goes_to_the_earlier_issue_and_then_to_the_lower_id() -> None:
    rules = Rules(Order.HEAD_START, {"older": 60})
    general = waiting(rules, 7, GENERAL, 8 * 60 * MINUTE)
    older = waiting(rules, 3, "older", 9 * 60 * MINUTE)
    assert older.key == general.key
    assert drain(rules, [older, general]) == [7, 3]
    twin = waiting(rules, 2, GENERAL, 8 * 60 * MINUTE)
    assert drain(rules, [general, twin]) == [2, 7]


def test_the_key_is_the_issue_less_what_the_order_grants_the_group() -> None:
    nine = 9 * 60 * MINUTE
    head_start = Rules(Order.HEAD_START, {"older": 60, "disability": 45})
    assert order_key(head_start, "older", nine) == nine - 60 * MINUTE
    assert order_key(head_start, "disability", nine) == nine - 45 * MINUTE
    assert order_key(head_start, "a group without a head start", nine) == nine
    assert order_key(head_start, GENERAL, nine) == nine
    assert order_key(FIFO, "older", nine) == order_key(Rules(Order.RATIO), "older", nine) == nine
    assert order_key(STRICT, "older", nine) == nine - DAY


def test_a_child_who_asked_last_comes_before_a_priority_turn_that_waited_the_longest_that_one_can() -> None:
    longest = Rules(Order.HEAD_START, {"older": 12 * 60})
    for rules in (longest, STRICT, FIFO, Rules(Order.RATIO, {}, 1)):
        old = waiting(rules, 1, "older", 0)
        child = waiting(rules, 2, CHILD, 12 * 60 * MINUTE)
        assert drain(rules, [old, child]) == [2, 1]


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
