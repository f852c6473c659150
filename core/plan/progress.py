"""How far an activity has come: what was done against its goal, what was to be expected by now, and its band; pure.

Without a goal there is no percentage, only what was counted. Nothing reported is neither nought nor done. What goes
over the goal is shown, and never makes up for another activity.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

LOW_UNTIL, MIDDLE_UNTIL = 60, 80
"""Bands on the value as it is, not as it is rounded: under 60 low, under 80 middle, from there on high."""


class Accumulation(StrEnum):
    """How the values of the stretches of a year make the value of the year.

    FLOW: each stretch adds what was done in it. STOCK: the last one says how much there is. ACCUMULATED: each says all
    that was done since the year began. REDUCTION: the value has to fall from its baseline to its goal.
    """

    FLOW = "flow"
    STOCK = "stock"
    ACCUMULATED = "accumulated"
    REDUCTION = "reduction"


class Band(StrEnum):
    """How an advance is judged."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class WrongGoal(ValueError):
    """A goal that cannot be advanced to."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What has to be reached; `baseline` is where it began."""

    value: Fraction
    accumulation: Accumulation = Accumulation.FLOW
    baseline: Fraction = Fraction(0)
    weight: Fraction | None = None


def check(goal: Goal) -> None:
    """Raises WrongGoal for one that is reached before beginning."""
    falls = goal.accumulation is Accumulation.REDUCTION
    if (falls and goal.value >= goal.baseline) or (not falls and goal.value <= goal.baseline * _counts_from(goal)):
        raise WrongGoal


def value_of(reported: Sequence[Fraction | None], accumulation: Accumulation) -> Fraction | None:
    """The value by now, from what each stretch reported in order; None if none reported anything."""
    told = [value for value in reported if value is not None]
    if not told:
        return None
    return sum(told, Fraction(0)) if accumulation is Accumulation.FLOW else told[-1]


def advance(value: Fraction | None, goal: Goal | None) -> Fraction | None:
    """How far it has come, in hundredths of the way from the baseline to the goal; over 100 if it went further.

    None without a goal, and while nothing was reported.
    """
    if value is None or goal is None:
        return None
    start = goal.baseline * _counts_from(goal)
    return max(Fraction(0), 100 * (value - start) / (goal.value - start))


def expected(months: Collection[int], on: date, year: int) -> Fraction:
    """How far it should have come by a day: the share of the months of its schedule that are over, in hundredths.

    A month counts whole once its last day has come; an activity without months is to be done by the end of the year.
    """
    planned = sorted(months) or list(range(1, 13))
    if on.year != year:
        return Fraction(100 if on.year > year else 0)
    over = sum(month < on.month or (month == on.month and _is_last(on)) for month in planned)
    return Fraction(100 * over, len(planned))


def band(hundredths: Fraction | None, expected: Fraction | None) -> Band | None:
    """The band of an advance; none of one that is not known, nor where nothing was done and nothing was due yet."""
    if hundredths is None or not (hundredths or expected):
        return None
    return Band.LOW if hundredths < LOW_UNTIL else Band.MIDDLE if hundredths < MIDDLE_UNTIL else Band.HIGH


@dataclass(frozen=True, slots=True)
class Whole:
    """The advance of many together: over those that are known, and how many of them are not."""

    hundredths: Fraction | None
    known: int
    unknown: int


def together(parts: Sequence[tuple[Fraction | None, Fraction | None]]) -> Whole:
    """The advance of (advance, weight) pairs: by weight if all have one, else alike.

    What is over 100 counts as 100; one of which nothing is known counts as not advanced, and is told besides.
    """
    if not parts:
        return Whole(None, 0, 0)
    known = [advance for advance, _weight in parts if advance is not None]
    if not known:
        return Whole(None, 0, len(parts))
    given = [weight for _advance, weight in parts]
    weights = [Fraction(1)] * len(parts) if None in given else [weight for weight in given if weight is not None]
    total = sum(weights, Fraction(0))
    reached = sum(
        (min(advance or Fraction(0), Fraction(100)) * weight)
        for (advance, _given), weight in zip(parts, weights, strict=True)
    )
    return Whole(Fraction(reached) / total, len(known), len(parts) - len(known))


def weights_add_up(weights: Sequence[Fraction | None]) -> bool:
    """Whether the weights of the activities of one meta are none at all, or all of them and 100 together."""
    given = [weight for weight in weights if weight is not None]
    return not given or (len(given) == len(weights) and sum(given) == 100)


def _counts_from(goal: Goal) -> int:
    """Whether the baseline is where the way begins: what is counted anew each year begins at nothing."""
    return 0 if goal.accumulation is Accumulation.FLOW else 1


def _is_last(on: date) -> bool:
    return (date.fromordinal(on.toordinal() + 1)).month != on.month
