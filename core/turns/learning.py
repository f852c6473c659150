"""What an office has learned of its own work: how long services take, who does not come, who arrives when; pure.

All times are seconds. Nothing here looks ahead: it holds what was seen, and says what is to be expected of it.
Method: gamma prior of the configured mean worth PRIOR attentions, and an own past duration in proportion to how many
there are (queue facts, sections 3.1 and 3.3 of the simulation study; see docs/decisions).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

PRIOR = 5.0
"""How many attentions the configured mean of a service is worth."""
KEPT = 300
LONGEST = 5
"""A duration longer than so many configured means was forgotten open, and counts as that."""
HALF_HOUR = 1800
DAYS_KEPT = 20
BINS = (600.0, 1800.0, 3600.0)
"""Whether somebody comes depends on how long they waited: to ten minutes, half an hour, an hour, and longer."""
CALLS_PRIOR, MISSED_PRIOR = 30.0, 1.0


@dataclass(slots=True)
class Durations:
    """How long a service takes, from the call to its end: the last ones seen, and the mean that was configured."""

    configured: float
    seen: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        seconds = min(max(seconds, 1.0), LONGEST * self.configured)
        if len(self.seen) == KEPT:
            self.total -= self.seen[0]
        self.seen.append(seconds)
        self.total += seconds

    @property
    def mean(self) -> float:
        return (PRIOR * self.configured + self.total) / (PRIOR + len(self.seen))

    @property
    def share_of_own(self) -> float:
        """How much of what is drawn is drawn from what was seen."""
        return len(self.seen) / (len(self.seen) + PRIOR)

    @property
    def doubt(self) -> float:
        """Standard deviation of the logarithm of the mean."""
        return 0.4 * float((PRIOR / (PRIOR + len(self.seen))) ** 0.5)


@dataclass(slots=True)
class Learned:
    """All that was seen: `past` counts who came by half hour, service and group of each finished day.

    `today`: when each came of the day that runs, for which service and of which group.
    """

    services: dict[str, Durations]
    calls: list[float] = field(default_factory=lambda: [0.0] * (len(BINS) + 1))
    missed: list[float] = field(default_factory=lambda: [0.0] * (len(BINS) + 1))
    past: deque[Counter[tuple[int, str, str]]] = field(default_factory=lambda: deque(maxlen=DAYS_KEPT))
    today: list[tuple[float, str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, configured_minutes: Mapping[str, float]) -> Learned:
        """Nothing seen yet, only what the office was told of each service."""
        return cls({service: Durations(minutes * 60) for service, minutes in configured_minutes.items()})

    # ------------------------------------------------------------ seeing

    def saw_arrival(self, at: float, service: str, group: str) -> None:
        self.today.append((at, service, group))

    def saw_call(self, waited: float, *, came: bool) -> None:
        n = self._bin(waited)
        self.calls[n] += 1
        self.missed[n] += not came

    def saw_attention(self, service: str, seconds: float) -> None:
        self.services[service].add(seconds)

    def close_day(self) -> None:
        """The day is over: the next one begins with nobody."""
        self.past.append(Counter((int(at // HALF_HOUR), service, group) for at, service, group in self.today))
        self.today = []

    # ------------------------------------------------------------ expecting

    def misses(self) -> list[float]:
        """The chance that who is called does not come, for each of the bins of how long they waited."""
        share = (MISSED_PRIOR + sum(self.missed)) / (CALLS_PRIOR + sum(self.calls))
        return [(self.missed[n] + share * CALLS_PRIOR) / (self.calls[n] + CALLS_PRIOR) for n in range(len(self.calls))]

    def groups(self) -> set[str]:
        """The groups of whoever has come."""
        return {group for day in (*self.past, self.today) for _when, _service, group in day}

    def rates(self, at: float, until: float, groups: Sequence[str]) -> list[Segment]:
        """Who is expected of these groups between two instants, half hour by half hour.

        The mean of the days that were seen; while there are few, what today has brought lately counts besides.
        """
        found, lately = [], self._lately(at)
        for half in range(int(at // HALF_HOUR), int(until // HALF_HOUR) + 1):
            first, last = max(at, half * HALF_HOUR), min(until, (half + 1) * HALF_HOUR)
            if last <= first:
                continue
            for (service, group), rate in self._rates_in(half, lately).items():
                if group in groups and rate > 0:
                    found.append(Segment(first - at, last - at, service, group, rate))
        return found

    def _lately(self, at: float) -> Mapping[tuple[str, str], float]:
        """By service and group, how many have come for each second of late; none of them lasts.

        Who waited for the doors to open came at once, and tells little of the hour that follows.
        """
        rates = defaultdict[tuple[str, str], float](float)
        for came, service, group in self.today:
            rates[service, group] += exp((came - at) / FADES) / FADES
        return rates

    def _rates_in(self, half: int, lately: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        """By service and group, arrivals for each second of a half hour."""
        every = len(self.past) + TODAY_WORTH
        rates = defaultdict[tuple[str, str], float](float)
        for day in self.past:
            for (when, service, group), count in day.items():
                if when == half:
                    rates[service, group] += count / HALF_HOUR / every
        for asked, rate in lately.items():
            rates[asked] += rate * TODAY_WORTH / every
        return rates

    @staticmethod
    def _bin(waited: float) -> int:
        return sum(waited > edge for edge in BINS)


TODAY_WORTH = 1.0
"""What has come today tells as much of the next half hour as so many days before."""
FADES = 1800.0
"""In so many seconds what an arrival tells of those to come falls to a third (to 1/e)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """So many arrivals for each second are expected of a service and a group, from one second from now to another."""

    first: float
    last: float
    service: str
    group: str
    rate: float

    @property
    def expected(self) -> float:
        return self.rate * (self.last - self.first)
