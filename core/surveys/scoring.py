"""What answers say in figures: shares, satisfaction, ease, recommendation, and how sure they are of it; pure.

CSAT and CES are the share of 4 and 5 among answers from 1 to 5; where ease is asked for, 5 is very easy. NPS is the
share of 9 and 10 less that of 0 to 6; it says little where people have nowhere else to go, and stands second.
«No sabe / no aplica» and what was left blank are no opinions: they are in no base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, inf, sqrt

from core.reports.small_cells import LEAST
from core.surveys.questionnaire import FACES, SCALE, Kind, Measure, Question

ENOUGH = 10
"""Of fewer answers no percentage is told: one person more or less would move it by more than ten points."""
GOOD = frozenset({"4", "5"})
PROMOTERS, DETRACTORS = frozenset({"9", "10"}), frozenset(SCALE[:7])
Z = 1.959964
"""Ninety-five of a hundred samples lie within so many standard errors."""


class Bound(StrEnum):
    """Whether a share is told as it is, or only from where or up to where it lies."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a hundred."""

    percent: float
    bound: Bound = Bound.EXACT


def is_small(count: int) -> bool:
    """Whether a count of opinions is so low that it is not told. None at all is told."""
    return 0 < count < LEAST


def share(part: int, base: int) -> Share | None:
    """The share of `part`; None of too few answers. Where it would give a small count away, only its bound is told."""
    if base < ENOUGH:
        return None
    if is_small(base - part):
        return Share(floor(100 * (base - LEAST + 1) / base), Bound.AT_LEAST)
    if is_small(part):
        return Share(ceil(100 * (LEAST - 1) / base), Bound.AT_MOST)
    return Share(100 * part / base)


def groups_of(question: Question) -> tuple[tuple[str, ...], ...]:
    """The values of a question as its figure adds them up: 1–3 and 4–5; 0–6, 7–8 and 9–10; or all together."""
    if question.kind in (Kind.FACES, Kind.MATRIX):
        return FACES[:3], FACES[3:]
    if question.measure == Measure.NPS:
        return SCALE[:7], SCALE[7:9], SCALE[9:]
    return (question.values,)


def good(counts: Mapping[str, int]) -> tuple[int, int]:
    """How many answered 4 or 5, and how many 1, 2 or 3."""
    return sum(counts.get(value, 0) for value in FACES[3:]), sum(counts.get(value, 0) for value in FACES[:3])


def nps(counts: Mapping[str, int]) -> int | None:
    """From -100 to 100, rounded; None of too few answers or where one of its three groups is small."""
    groups = [sum(counts.get(value, 0) for value in group) for group in (SCALE[:7], SCALE[7:9], SCALE[9:])]
    base = sum(groups)
    if base < ENOUGH or any(map(is_small, groups)):
        return None
    return round(100 * (groups[2] - groups[0]) / base)


def median(told: Sequence[int | None], base: int) -> float | None:
    """The place of the middle answer among ordered values; None of no answers, or if it hangs on what is not told."""
    if not base:
        return None
    unsaid = base - sum(count or 0 for count in told)
    places = [n for n, count in enumerate(told) if count is None]
    if not places:
        return _middle([count or 0 for count in told])
    ends = []
    for place in (places[0], places[-1]):
        ends.append(_middle([unsaid if n == place else count or 0 for n, count in enumerate(told)]))
    return ends[0] if ends[0] == ends[1] else None


def _middle(counts: Sequence[int]) -> float:
    """Of an even number of answers, half way between the two in the middle."""
    total, seen, found = sum(counts), 0, []
    for wanted in ((total + 1) // 2, total // 2 + 1):
        seen = 0
        for place, count in enumerate(counts):
            seen += count
            if seen >= wanted:
                found.append(place)
                break
    return sum(found) / 2


def wilson(part: int, base: int, population: int | None = None) -> tuple[float, float]:
    """Between which percentages the share of the whole population lies, if who answered was drawn at random (95 %).

    Wilson's score interval; of a finite population, `base` answers are worth base·(N-1)/(N-base) of them (Cochran).
    """
    p, n = part / base, float(base)
    if population is not None:
        n = base * (population - 1) / (population - base) if population > base else inf
    if n == inf:
        return 100 * p, 100 * p
    centre, room = (p + Z * Z / (2 * n)), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max(0.0, 100 * (centre - room) / whole), min(100.0, 100 * (centre + room) / whole)


def rate(answers: int, wanted: int | None) -> float | None:
    """Of a hundred attentions, of how many an opinion was given; None if there are too few of either to say."""
    if wanted is None or wanted < ENOUGH or is_small(answers):
        return None
    return min(100.0, 100 * answers / wanted)


@dataclass(frozen=True, slots=True)
class Change:
    """From the period before to this one, in points."""

    points: float


def change(now: Share | None, before: Share | None) -> Change | None:
    """How much a share moved; None unless both are told as they are."""
    if now is None or before is None or {now.bound, before.bound} != {Bound.EXACT}:
        return None
    return Change(now.percent - before.percent)


def ranked(told: Mapping[str, int | None]) -> list[str]:
    """Themes from the most named to the least; those that are not told before those that nobody named."""
    return sorted(told, key=lambda value: -1 if told[value] is None else -2 * (told[value] or 0))
