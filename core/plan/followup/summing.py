"""The progress of many activities together: of a meta, a component, the plan; pure.

Each activity weighs in its meta what its goal says, or like the others; a meta weighs in its component, and a component
in the plan, as many as it has activities with a goal. What has no goal has no percentage and is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.plan.progress import Band, band, together


@dataclass(frozen=True, slots=True)
class Part:
    """An activity at a cut-off. `real` is None while nothing is known of it, `expected` is what its schedule says."""

    real: Fraction | None
    expected: Fraction
    weight: Fraction | None = None
    has_goal: bool = True
    reported: bool = True


@dataclass(frozen=True, slots=True)
class Sum:
    """`planned`: of how many something was due by now; `met`: how many of those are as far as they should be.

    `with_goal` are those that the percentages speak of, and `unknown` those of them of which nothing is known.
    """

    real: Fraction | None
    expected: Fraction | None
    activities: int
    with_goal: int
    unknown: int
    unreported: int
    planned: int
    met: int

    @property
    def band(self) -> Band | None:
        return band(self.real, self.expected)


def of_activities(parts: Sequence[Part]) -> Sum:
    """A meta."""
    counted = [part for part in parts if part.has_goal]
    real = together([(part.real, part.weight) for part in counted])
    expected = together([(part.expected, part.weight) for part in counted])
    planned = [part for part in parts if part.expected > 0]
    return Sum(
        real.hundredths,
        expected.hundredths,
        activities=len(parts),
        with_goal=len(counted),
        unknown=real.unknown,
        unreported=sum(not part.reported for part in parts),
        planned=len(planned),
        met=sum(part.real is not None and part.real >= part.expected for part in planned),
    )


def of_sums(sums: Sequence[Sum]) -> Sum:
    """A component of its metas, or the plan of its components."""
    counted = [one for one in sums if one.with_goal]
    return Sum(
        together([(one.real, Fraction(one.with_goal)) for one in counted]).hundredths,
        together([(one.expected, Fraction(one.with_goal)) for one in counted]).hundredths,
        activities=sum(one.activities for one in sums),
        with_goal=sum(one.with_goal for one in sums),
        unknown=sum(one.unknown for one in sums),
        unreported=sum(one.unreported for one in sums),
        planned=sum(one.planned for one in sums),
        met=sum(one.met for one in sums),
    )
