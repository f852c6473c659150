"""How many will come on a day, half hour by half hour: what the same weekday brought, drawn towards all days; pure.

Method: the mean of the last SAME days of that weekday, shrunk towards the mean of all days as if these were WORTH more
of them (with six Mondays seen, three quarters of what is told is of Mondays). A day that was marked as special teaches
nothing of plain ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from core.calendar import Stretch
from core.turns.learning import HALF_HOUR

Cell = tuple[int, str, str]
"""A half hour of the day (0 is midnight), a service and a group."""
Counts = Mapping[Cell, float]

SAME = 6
WORTH = 2.0
ALL = 30
"""The mean of all days is that of so many, the last."""
ENOUGH = 10
"""With fewer days seen nothing is foretold."""


@dataclass(frozen=True, slots=True)
class Special:
    """A day that is not as others: as `like`, if it is as another day was, and by so many times as many people."""

    factor: float = 1.0
    like: date | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who is expected on a day, and of how many days of the same weekday, and of all, that was learned."""

    day: date
    expected: Counts
    same: int
    seen: int
    special: Special | None = None

    @property
    def known(self) -> bool:
        return self.seen >= ENOUGH or (self.special is not None and self.special.like is not None and self.same > 0)

    @property
    def people(self) -> float:
        return sum(self.expected.values())

    def by_service(self) -> dict[str, dict[int, float]]:
        """Who is expected for each service, by half hour."""
        found: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for (half, service, _group), count in self.expected.items():
            found[service][half] += count  # type: ignore[assignment]
        return {service: dict(halves) for service, halves in found.items()}

    def by_half_hour(self) -> dict[int, float]:
        found = Counter[int]()
        for (half, _service, _group), count in self.expected.items():
            found[half] += count  # type: ignore[assignment]
        return dict(found)


@dataclass(frozen=True, slots=True)
class History:
    """What came on each day, and which days were special."""

    days: Mapping[date, Counts]
    special: Mapping[date, Special] = field(default_factory=dict)

    @property
    def plain(self) -> list[date]:
        """The days that teach of others, the last first."""
        return sorted((day for day in self.days if day not in self.special), reverse=True)


def foretell(day: date, history: History) -> Forecast:
    """Who is expected on a day. That the doors are closed then is for the calendar to say: see `within`."""
    plain = [seen for seen in history.plain if seen < day]
    special = history.special.get(day)
    if special and special.like and special.like in history.days:
        return Forecast(day, _times(history.days[special.like], special.factor), 1, len(plain), special)
    same = [seen for seen in plain if seen.isoweekday() == day.isoweekday()][:SAME]
    every = plain[:ALL]
    of_same, of_all = _mean(history, same), _mean(history, every)
    own = len(same) / (len(same) + WORTH)
    expected = {
        cell: own * of_same.get(cell, 0.0) + (1 - own) * of_all.get(cell, 0.0)
        for cell in sorted(of_same.keys() | of_all.keys())
    }
    return Forecast(day, _times(expected, special.factor if special else 1.0), len(same), len(plain), special)


def within(forecast: Forecast, stretches: Sequence[Stretch]) -> Forecast:
    """The same while turns are given; whoever used to come at another hour is not expected then."""
    halves = set(halves_of(stretches))
    kept = {cell: count for cell, count in forecast.expected.items() if cell[0] in halves}
    return Forecast(forecast.day, kept, forecast.same, forecast.seen, forecast.special)


def halves_of(stretches: Sequence[Stretch]) -> list[int]:
    """The half hours of a day in which its doors are open, even for a part of them."""
    return sorted({half for opens, closes in stretches for half in range(_half(opens), _half(closes, up=True))})


def half_text(half: int) -> str:
    """«08:30»"""
    return f"{half // 2:02d}:{half % 2 * 30:02d}"


def _half(at: time, *, up: bool = False) -> int:
    seconds = at.hour * 3600 + at.minute * 60 + at.second
    return -(-seconds // HALF_HOUR) if up else seconds // HALF_HOUR


def _mean(history: History, days: Sequence[date]) -> dict[Cell, float]:
    found: dict[Cell, float] = {}
    for day in days:
        for cell, count in history.days[day].items():
            found[cell] = found.get(cell, 0.0) + count / len(days)
    return found


def _times(counts: Counts, factor: float) -> dict[Cell, float]:
    return {cell: count * factor for cell, count in counts.items() if count}
