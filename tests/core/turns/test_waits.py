"""Waits expected from one forward run, against runs done by hand."""

import pytest

from core.turns.policy import MINUTE, Order, Rules, Waiting, order_key
from core.turns.waits import Counter, InLine, Wait, as_range, forward, whole_range

RATES, LICENCES = 1, 2
MINUTES = {RATES: 6.0, LICENCES: 10.0}
RULES = Rules(Order.HEAD_START, {"older": 60})


def waiting(turn_id: int, minute: int, service: int = RATES, group: str = "general") -> InLine:
    issued = minute * MINUTE
    return InLine(Waiting(turn_id, group, issued, order_key(RULES, group, issued)), service)


def window(counter_id: int, *services: int, free_in: float = 0) -> Counter:
    return Counter(counter_id, frozenset(services), free_in * MINUTE)


def test_one_window_takes_the_queue_one_mean_after_the_other() -> None:
    run = forward([waiting(1, 0), waiting(2, 1), waiting(3, 2)], [window(1, RATES)], MINUTES, RULES)
    assert run.waits == {1: 0, 2: 6 * MINUTE, 3: 12 * MINUTE}


def test_a_busy_window_begins_when_it_is_free() -> None:
    run = forward([waiting(1, 0)], [window(1, RATES, free_in=4)], MINUTES, RULES)
    assert run.waits == {1: 4 * MINUTE}


def test_a_priority_turn_is_expected_before_the_general_ones_that_it_will_pass() -> None:
    run = forward([waiting(1, 0), waiting(2, 5, group="older")], [window(1, RATES)], MINUTES, RULES)
    assert run.waits == {2: 0, 1: 6 * MINUTE}


def test_windows_share_the_queue_only_for_the_services_that_they_attend() -> None:
    queue = [waiting(1, 0, LICENCES), waiting(2, 1, LICENCES), waiting(3, 2)]
    run = forward(queue, [window(1, LICENCES), window(2, RATES)], MINUTES, RULES)
    assert run.waits == {1: 0, 2: 10 * MINUTE, 3: 0}


def test_a_turn_kept_for_an_official_waits_for_their_window_and_nobody_waits_behind_it_elsewhere() -> None:
    kept = InLine(waiting(1, 0).turn, RATES, reserved_for=7)
    mine, other = Counter(1, frozenset({RATES}), 20 * MINUTE, official_id=7), Counter(2, frozenset({RATES}), 0, 8)
    run = forward([kept, waiting(2, 1)], [mine, other], MINUTES, RULES)
    assert run.waits == {1: 20 * MINUTE, 2: 0}
    assert forward([kept], [other], MINUTES, RULES).waits == {}


def test_who_lets_others_pass_is_expected_once_the_time_is_over_and_delays_nobody_before() -> None:
    passing = InLine(waiting(1, 0, group="older").turn, RATES, ready_in=10 * MINUTE)
    run = forward([passing, waiting(2, 1)], [window(1, RATES)], MINUTES, RULES, newcomers=[waiting(9, 2)])
    assert run.waits == {2: 0, 1: 10 * MINUTE}
    assert run.newcomers == {9: 6 * MINUTE}, "somebody who came now would be called then"


def test_a_turn_that_no_open_window_serves_has_no_expected_wait() -> None:
    assert forward([waiting(1, 0, LICENCES)], [window(1, RATES)], MINUTES, RULES).waits == {}


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, (0, 5)), (3, (0, 5)), (10, (5, 20)), (30, (15, 50)), (60, (35, 100)), (None, (None, None))],
)
def test_a_range_is_rounded_outward_to_five_minutes(minutes: int | None, shown: tuple[int | None, int | None]) -> None:
    assert as_range(None if minutes is None else minutes * MINUTE) == Wait(*shown)


def test_the_range_of_several_services_spans_those_that_somebody_attends() -> None:
    assert whole_range([Wait(5, 15), Wait(None, None), Wait(10, 40)]) == Wait(5, 40)
    assert whole_range([Wait(None, None)]) == Wait(None, None)
