"""What the benchmark says of numbers that are known."""

from __future__ import annotations

import pytest

from tests.bench.figures import AIM_MET, MET, NOT_MET, Goal, Spread, as_table, percentile, short, spread


def test_the_middle_of_repeats_is_told_with_its_ends() -> None:
    assert spread([5, 1, 3]) == Spread(3, 1, 5)
    assert str(spread([0.5, 0.25, 1])) == "0,500 (0,250–1,00)"
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


@pytest.mark.parametrize(
    ("level", "value"),
    [(0.01, 1), (0.5, 50), (0.505, 51), (0.95, 95), (0.99, 99), (1, 100)],
)
def test_a_percentile_is_a_value_that_was_measured(level: float, value: float) -> None:
    assert percentile([*range(100, 0, -1)], level) == value


def test_of_one_measure_every_percentile_is_that_one() -> None:
    assert {percentile([7], level) for level in (0.5, 0.95, 0.99)} == {7}


@pytest.mark.parametrize(
    ("goal", "value", "said"),
    [
        (Goal(0.2, 0.5, at_least=True), 0.19, NOT_MET),
        (Goal(0.2, 0.5, at_least=True), 0.2, MET),
        (Goal(0.2, 0.5, at_least=True), 0.5, AIM_MET),
        (Goal(8, 3), 8.1, NOT_MET),
        (Goal(8, 3), 8, MET),
        (Goal(8, 3), 3, AIM_MET),
    ],
)
def test_a_goal_says_whether_it_is_met(goal: Goal, value: float, said: str) -> None:
    assert goal.verdict(value) == said


def test_numbers_have_the_figures_that_matter_and_a_decimal_comma() -> None:
    assert [short(number) for number in (1320.4, 45.23, 4.567, 0.2144)] == ["1 320", "45,2", "4,57", "0,214"]


def test_a_table_lines_up() -> None:
    assert as_table(("qué", "n"), [("uno", "1"), ("dos mil", "2 000")]) == (
        "qué          n\n-------  -----\nuno          1\ndos mil  2 000"
    )
