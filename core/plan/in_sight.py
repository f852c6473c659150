"""What everybody may be told of the year that runs, measure by measure, so that no day gives anybody away; pure.

A figure that moves each day is subtracted from the one of the day before. So what says something of people is told by
whole quarters that are over, and the year is what its quarters tell; and nothing is told of what, beside the public
register of filings, would say how many of them are reserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.reports.periods import Period, year_of
from core.reports.small_cells import LEAST


class Telling(StrEnum):
    """How often a measure is told of a year that is not over."""

    DAILY = "daily"
    QUARTERLY = "quarterly"
    NEVER = "never"


_REGISTER = "register_"
_DAILY = frozenset(
    {
        *("turns_attended", "turns_abandoned", "turn_wait_mean", "turn_wait_p90", "channels_in_use"),
        "turn_attention_mean",
        *("services_listed", "services_complete", "services_with_legal_basis", "information_in_sight"),
        *("protocols_in_force", "protocols_read", "commitments_met", "audit_findings_included"),
        *("improvements_opened", "improvements_met", "improvements_effective", "plan_publications", "plan_reports"),
        *("risk_maps", "risks_with_causes", "risks_described", "risk_controls", "risks_valued"),
        *("risk_treatments_done", "risk_reviews"),
    }
)
_FEWEST = {"priority_turns": LEAST, "priority_on_time": LEAST}
"""How many there must be in a quarter for it to be told."""
_QUARTERLY = frozenset({"survey_answers", "needs_answers", "satisfaction", "survey_response_rate", *_FEWEST})
"""Those of surveys keep back by themselves what few people say."""
NAMED = _DAILY | _QUARTERLY
_BOUNDS = ("at_least", "at_most")
"""Of a stretch that says at most so much, nothing is sure beside one that says at least: it adds nothing there."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a measure says of a stretch: its value, out of how many if it is a share, and whether it is a bound."""

    value: Fraction | None
    base: int | None = None
    bound: str = ""
    count: int = 0


def telling(name: str) -> Telling:
    """How often a measure is told; one that nobody thought of, never."""
    if name in _DAILY or name.startswith(_REGISTER):
        return Telling.DAILY
    return Telling.QUARTERLY if name in _QUARTERLY else Telling.NEVER


def stretches(name: str, day: date) -> tuple[Period, ...]:
    """What is asked of a measure to tell of the year until a day: all of it, its quarters that are over, or nothing."""
    year = year_of(day)
    if telling(name) is Telling.DAILY:
        return (Period(year.first, day),)
    return tuple(each for each in year.quarters if each.last <= day) if telling(name) is Telling.QUARTERLY else ()


def together(name: str, parts: Sequence[Part]) -> Part:
    """What the stretches of a measure say together, made of nothing but what each of them tells by itself."""
    if telling(name) is Telling.DAILY:
        return parts[0]
    told = [part for part in parts if part.value is not None and part.count >= _FEWEST.get(name, 0)]
    if len(told) < 2:
        return told[0] if told else Part(None)
    count, base = sum(part.count for part in told), sum(part.base or 0 for part in told)
    if told[0].base is None:
        return Part(sum((part.value or Fraction(0) for part in told), Fraction(0)), count=count)
    bounds = {part.bound for part in told}
    bound = next((one for one in _BOUNDS if one in bounds), "")
    sure = [part for part in told if part.bound in ("", bound)]
    whole = sum((part.value or Fraction(0)) * (part.base or 0) for part in sure)
    return Part(Fraction(whole, base), base, bound, count)
