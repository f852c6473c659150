"""The days on which the plan is looked at in a year, and by when what was seen is published; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.calendar import Calendar, nth_working_day

PUBLISHED_IN = 10
"""Working days after a four-monthly cut-off (Decreto 124 de 2016)."""
PUBLISHED_IN_DAYS = 30
"""Calendar days after a half-yearly one."""


class Rhythm(StrEnum):
    """How often the plan is followed up."""

    FOUR_MONTHS = "cuatrimestral"
    HALF_YEAR = "semestral"


_ENDS = {Rhythm.FOUR_MONTHS: ((4, 30), (8, 31), (12, 31)), Rhythm.HALF_YEAR: ((6, 30), (12, 31))}


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The nth stretch of a year: its first and last day, and the last day to publish what was seen."""

    number: int
    first: date
    last: date
    publish_by: date


def stretches(year: int, rhythm: Rhythm) -> list[tuple[int, date, date]]:
    """The number, the first and the last day of each stretch of a year, in order."""
    found, first = [], date(year, 1, 1)
    for number, (month, day) in enumerate(_ENDS[rhythm], start=1):
        last = date(year, month, day)
        found.append((number, first, last))
        first = last + timedelta(days=1)
    return found


def cutoffs(year: int, rhythm: Rhythm, calendar: Calendar) -> list[Cutoff]:
    """Those of a year, in order."""
    found = []
    for number, first, last in stretches(year, rhythm):
        if rhythm is Rhythm.FOUR_MONTHS:
            by = nth_working_day(last, PUBLISHED_IN, calendar)
        else:
            by = last + timedelta(days=PUBLISHED_IN_DAYS)
        found.append(Cutoff(number, first, last, by))
    return found
