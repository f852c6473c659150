"""When a window rests, as it was planned: what fits beside what, and what of a day is still to come; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

Span = tuple[datetime, datetime]
"""From when to when."""


@dataclass(frozen=True, slots=True)
class Break:
    """From when to when, and on which weekdays (1 Monday … 7 Sunday)."""

    weekdays: frozenset[int]
    starts: time
    ends: time

    def crosses(self, other: Break) -> bool:
        """Whether both are at once on some day; one may begin when the other ends."""
        return bool(self.weekdays & other.weekdays) and self.starts < other.ends and other.starts < self.ends

    def fits(self, stretches: Iterable[tuple[time, time]]) -> bool:
        """Whether it lies within one of the stretches of a day."""
        return any(opens <= self.starts and self.ends <= closes for opens, closes in stretches)


def still_to_come(breaks: Iterable[Break], pauses: Sequence[Span], at: datetime) -> list[Span]:
    """Those of the day of `at` that have not ended and that no pause has touched, in order; one may have begun.

    Who goes before the hour and stays into it, or goes late, takes it so; what nobody took is over when it ends.
    """
    today = (
        (datetime.combine(at.date(), one.starts, at.tzinfo), datetime.combine(at.date(), one.ends, at.tzinfo))
        for one in breaks
        if at.isoweekday() in one.weekdays
    )
    return sorted(
        (starts, ends)
        for starts, ends in today
        if ends > at and not any(began < ends and starts < back for began, back in pauses)
    )
