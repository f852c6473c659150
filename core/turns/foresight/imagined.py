"""Days that could come: people drawn from a forecast, their attentions and the pauses from what was seen; pure.

The same seed gives the same days, so that two plans are compared on the same people. Times are milliseconds of the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.turns.foresight.forecast import Counts, Forecast
from core.turns.learning import HALF_HOUR, LONGEST, Durations
from core.turns.recorded import SECOND, Arrival, Day, Outcome, Pause
from core.turns.runs import PACE

if TYPE_CHECKING:
    from numpy.random import Generator

MORE_OR_LESS = 0.12
"""By how much a whole day brings more or fewer people, as the standard deviation of a logarithm."""
SHAPE = 2.0
"""Of the gamma from which a duration is drawn while few were seen; the square of its variation is a half."""
SPREAD_SEEN = 30
"""Of so many arrivals it is known when within a half hour people come; of fewer, any moment is as good."""
NEVER = 48 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Habits:
    """What a day is drawn from, besides who is expected.

    `within`: by half hour, the seconds of it at which people came. `misses`: the chance that who is called does not
    come. `away`: pauses that a window makes in an hour, and the seconds of those that were seen; planned breaks are
    none of them. `first_of_all`: the groups that come before any other.
    """

    durations: Mapping[str, Durations]
    misses: float = 0.0
    within: Mapping[int, Sequence[float]] = field(default_factory=dict)
    away_an_hour: float = 0.0
    away: Sequence[float] = ()
    first_of_all: frozenset[str] = frozenset()


def imagine(forecast: Forecast, habits: Habits, windows: Sequence[str], seed: int, days: int) -> list[Day]:
    """So many days as the one that is expected."""
    from numpy.random import PCG64, Generator  # only where days are imagined is it paid for

    return [_day(n, forecast.expected, habits, windows, Generator(PCG64([abs(seed), n]))) for n in range(1, days + 1)]


def _day(number: int, expected: Counts, habits: Habits, windows: Sequence[str], chance: Generator) -> Day:
    more, slow = chance.lognormal(0, MORE_OR_LESS), chance.lognormal(0, PACE)
    coming = sorted(
        (_moment(half, habits, chance), service, group)
        for (half, service, group), count in expected.items()
        for _one in range(chance.poisson(count * more))
    )
    arrivals = [
        Arrival(n, at, service, group, group in habits.first_of_all)
        for n, (at, service, group) in enumerate(coming, start=1)
    ]
    outcomes = {
        arrival.ticket: Outcome(
            service=round(_duration(habits.durations[arrival.service], chance) * slow * SECOND),
            walk=0,
            leaves=NEVER,
            noshow=bool(chance.random() < habits.misses),
            cancels=False,
        )
        for arrival in arrivals
    }
    pauses = {window: _pauses(expected, habits, chance) for window in windows}
    return Day(number, tuple(arrivals), outcomes, {}, pauses, last_pause=NEVER)


def _moment(half: int, habits: Habits, chance: Generator) -> int:
    seen = habits.within.get(half, ())
    seconds = _one_of(seen, chance) if len(seen) >= SPREAD_SEEN else chance.random() * HALF_HOUR
    return round((half * HALF_HOUR + seconds) * SECOND)


def _duration(service: Durations, chance: Generator) -> float:
    """Seconds: one that was seen, in proportion to how many there are, or of the gamma around the mean."""
    if service.seen and chance.random() < service.share_of_own:
        return _one_of(service.seen, chance)
    return min(chance.gamma(SHAPE, service.mean / SHAPE), LONGEST * service.configured)


def _pauses(expected: Counts, habits: Habits, chance: Generator) -> tuple[Pause, ...]:
    """Those of a window from the first half hour to the last, as many as windows usually make."""
    found = list[Pause]()
    halves = [half for half, _service, _group in expected]
    if halves and habits.away:
        start, end = min(halves) * HALF_HOUR, (max(halves) + 1) * HALF_HOUR
        many = chance.poisson(habits.away_an_hour * (end - start) / 3600)
        found += [
            Pause(round(chance.uniform(start, end) * SECOND), round(_one_of(habits.away, chance) * SECOND))
            for _one in range(many)
        ]
    return tuple(sorted(found, key=lambda pause: pause.starts))


def _one_of(seen: Sequence[float], chance: Generator) -> float:
    return seen[int(chance.integers(len(seen)))]
