"""Impact, zones and controls of both methods, box by box."""

from __future__ import annotations

import pytest

from core.plan.names import ELEMENTS, QUESTIONS
from core.plan.risk import (
    METHODS,
    OF_2015,
    OF_2018,
    Aim,
    Control,
    Impact,
    Method,
    Probability,
    Residual,
    UnknownQuestion,
    Zone,
    impact,
    points,
    residual,
    zone,
)

M, H, E, L = Zone.MODERATE, Zone.HIGH, Zone.EXTREME, Zone.LOW
MODERATE, MAJOR, CATASTROPHIC = Impact
ALL = frozenset({"documented", "responsible", "automatic", "frequent", "evidence", "effective"})


@pytest.mark.parametrize(
    ("answers", "found"),
    [(1, MODERATE), (5, MODERATE), (6, MAJOR), (11, MAJOR), (12, CATASTROPHIC), (18, CATASTROPHIC)],
)
@pytest.mark.parametrize("method", METHODS.values())
def test_so_many_answers_make_an_impact(answers: int, found: Impact, method: Method) -> None:
    numbers = [number for number in range(1, 20) if number != 16][:answers]
    if method is OF_2015:
        numbers = list(range(1, answers + 1))
    assert impact(numbers, method) is found


def test_lives_alone_are_catastrophic_since_2018() -> None:
    assert (len(QUESTIONS), len(ELEMENTS)) == (OF_2018.questions, 4)
    assert impact({16}) is CATASTROPHIC
    assert impact({16}, OF_2015) is MODERATE
    for wrong in ({0}, {20}):
        with pytest.raises(UnknownQuestion):
            impact(wrong)
    with pytest.raises(UnknownQuestion):
        impact({19}, OF_2015)
    with pytest.raises(ValueError, match="no question"):
        impact(())


@pytest.mark.parametrize(
    ("method", "row", "zones"),
    [
        (OF_2018, MODERATE, [M, M, H, H, E]),
        (OF_2018, MAJOR, [H, H, E, E, E]),
        (OF_2018, CATASTROPHIC, [E, E, E, E, E]),
        (OF_2015, MODERATE, [L, L, M, M, M]),
        (OF_2015, MAJOR, [L, M, H, H, H]),
        (OF_2015, CATASTROPHIC, [M, H, E, E, E]),
    ],
)
def test_each_box_has_its_zone(method: Method, row: Impact, zones: list[Zone]) -> None:
    assert [zone(probability, row, method) for probability in Probability] == zones


def test_points_are_of_2015_only() -> None:
    assert [points(Probability.ALMOST_CERTAIN, each, OF_2015) for each in Impact] == [25, 50, 100]
    assert points(Probability.RARE, MODERATE, OF_2018) is None


@pytest.mark.parametrize(
    ("has", "score", "boxes"),
    [
        (frozenset(), 0, 0),
        (ALL, 90, 2),
        (ALL | {"manual"}, 90, 2),
        (frozenset({"documented", "manual", "frequent", "evidence"}), 50, 0),
        (frozenset({"documented", "responsible", "manual", "frequent", "evidence"}), 55, 1),
        (frozenset({"documented", "automatic", "frequent", "effective"}), 75, 1),
        (frozenset({"documented", "responsible", "automatic", "frequent", "effective"}), 80, 2),
    ],
)
def test_a_control_is_worth_what_it_has(has: frozenset[str], score: int, boxes: int) -> None:
    control = Control(Aim.PROBABILITY, has)
    assert (control.score, control.boxes) == (score, boxes)


def test_controls_move_a_risk_by_their_mean_and_never_out_of_the_map() -> None:
    good, none = Control(Aim.PROBABILITY, ALL), Control(Aim.PROBABILITY, frozenset())
    assert residual(Probability.LIKELY, MAJOR, [good]) == Residual(Probability.UNLIKELY, MAJOR, H)
    assert residual(Probability.LIKELY, MAJOR, [good, none]) == Residual(Probability.LIKELY, MAJOR, E)
    assert residual(Probability.RARE, MODERATE, [good]) == Residual(Probability.RARE, MODERATE, M)
    on_impact = Control(Aim.IMPACT, ALL)
    assert residual(Probability.POSSIBLE, CATASTROPHIC, [on_impact]) == Residual(Probability.POSSIBLE, MODERATE, H)
    assert residual(Probability.POSSIBLE, CATASTROPHIC, []).zone is E
