"""What a valuation comes to by the method that it was made with, and why; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.plan import risk
from core.plan.risk import HARM_TO_LIFE, METHODS, Control, Impact, Method, Probability, Residual, Zone

DEFAULT = "2018"
"""The method of a town hall that has not chosen another."""


@dataclass(frozen=True, slots=True)
class Value:
    """A risk before its controls and after them; `yes`: how many questions were answered so."""

    method: Method
    probability: Probability
    impact: Impact
    zone: Zone
    points: int | None
    yes: int
    by_life: bool
    residual: Residual


def value(code: str, probability: int, yes: Collection[int], controls: Sequence[Control]) -> Value:
    """Raises KeyError for no method, UnknownQuestion, ValueError for a scale that ends before or no answer yes."""
    method, often = METHODS[code], Probability(probability)
    grave = risk.impact(yes, method)
    return Value(
        method=method,
        probability=often,
        impact=grave,
        zone=risk.zone(often, grave, method),
        points=risk.points(often, grave, method),
        yes=len(set(yes)),
        by_life=method.life_is_catastrophic and HARM_TO_LIFE in yes,
        residual=risk.residual(often, grave, controls, method),
    )
