"""Which windows are open in each half hour, and how long people would wait with them on days that could come; pure."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from core.turns.foresight.forecast import Forecast
from core.turns.foresight.imagined import Habits
from core.turns.foresight.staffing import LATE_SHARE, Demand
from core.turns.learning import HALF_HOUR
from core.turns.policy import GENERAL, MINUTE, Rules
from core.turns.recorded import SECOND, Counter, Day, Pause
from core.turns.replay import replay

HALF = HALF_HOUR * SECOND
REST_OF_DAY = 48 * 2 * HALF
FEW = 20
"""Of fewer than so many of a half hour, in all the days together, nothing is judged by itself."""
DIP, PEAK = 1, 2


@dataclass(frozen=True, slots=True)
class Targets:
    """The minutes that nine of ten wait at most, without priority and with it.

    `promised`: those of a service that promises its own; who has priority never waits longer than that.
    """

    general: float = 30
    priority: float = 15
    promised: Mapping[str, float] = field(default_factory=dict)

    def of(self, group: str, service: str) -> float:
        own = self.promised.get(service)
        if group == GENERAL:
            return self.general if own is None else own
        return self.priority if own is None else min(self.priority, own)


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows open in each half hour of a day; between two of its stretches the half hours are not in it."""

    open: Mapping[int, frozenset[str]]

    @property
    def hours(self) -> float:
        """Window-hours."""
        return sum(map(len, self.open.values())) / 2

    def counts(self) -> dict[int, int]:
        return {half: len(windows) for half, windows in sorted(self.open.items())}

    @property
    def jolts(self) -> int:
        """By how many windows it goes down and up again, or up and down, from one half hour to the next but one.

        One down and two up are what a day asks; more is a plan that nobody can live by.
        """
        counts = [len(self.open[half]) for half in sorted(self.open)]
        found = 0
        for before, here, after in zip(counts, counts[1:], counts[2:], strict=False):
            found += max(0, min(before, after) - here - DIP) + max(0, here - max(before, after) - PEAK)
        return found

    def with_one(self, half: int, window: str) -> Plan:
        return Plan({**self.open, half: self.open[half] | {window}})

    def without(self, half: int, window: str) -> Plan:
        return Plan({**self.open, half: self.open[half] - {window}})


@dataclass(frozen=True, slots=True)
class Proof:
    """What a plan gave on the days on which it was tried: of each half hour and class, who came and who waited longer.

    A class is whether they have priority. Who was never called waited longer.
    """

    came: Mapping[tuple[int, bool], int]
    late: Mapping[tuple[int, bool], int]

    def share(self, priority: bool) -> float:
        """Who waited longer than the target, of all of the class."""
        came = sum(count for (_half, first), count in self.came.items() if first is priority)
        late = sum(count for (_half, first), count in self.late.items() if first is priority)
        return late / came if came else 0.0

    @property
    def over(self) -> frozenset[int]:
        """The half hours in which more than one of ten waited longer, of either class."""
        return frozenset(
            half
            for (half, priority), came in self.came.items()
            if came >= FEW and self.late.get((half, priority), 0) > LATE_SHARE * came
        )

    @property
    def failing(self) -> list[int]:
        """The same; if it is only the whole of a class that waited longer, those in which anybody did."""
        found = self.over
        if not found and max(self.share(False), self.share(True)) > LATE_SHARE:
            return sorted({half for half, _priority in self.late})
        return sorted(found)

    @property
    def excess(self) -> float:
        """How many too many waited longer; less is better."""
        return sum(map(self._excess, self.came))

    def excess_in(self, half: int) -> float:
        """The same, of a half hour."""
        return sum(self._excess(key) for key in ((half, False), (half, True)))

    def _excess(self, key: tuple[int, bool]) -> float:
        return max(0.0, self.late.get(key, 0) - LATE_SHARE * self.came.get(key, 0))

    @property
    def meets(self) -> bool:
        return not self.failing


@dataclass(frozen=True, slots=True)
class Office:
    """What a plan is for: the windows that there are, when each rests as planned, their order and what was promised."""

    windows: Mapping[str, frozenset[str]]
    rules: Rules
    targets: Targets
    breaks: Mapping[str, Sequence[Pause]] = field(default_factory=dict)

    def rests(self, name: str, half: int) -> float:
        """The share of a half hour in which a window is at its planned breaks."""
        starts, ends = half * HALF, (half + 1) * HALF
        shared = (min(rest.ends, ends) - max(rest.starts, starts) for rest in self.breaks.get(name, ()))
        return sum(max(0, share) for share in shared) / HALF

    def able(self, half: int) -> frozenset[str]:
        """The windows that can be open: not those that rest for the whole half hour."""
        return frozenset(name for name in self.windows if self.rests(name, half) < 1)

    def alike(self, name: str, other: str, half: int) -> bool:
        """Whether two windows are as good as each other then: they serve the same, and both rest or none."""
        return self._kind(name, half) == self._kind(other, half)

    def kinds(self, names: Iterable[str], half: int) -> list[str]:
        """One window of each kind, those that do not rest before the others. The first names come first."""
        found: dict[tuple[bool, frozenset[str]], str] = {}
        for name in sorted(names, key=lambda name: (self.rests(name, half), name)):
            found.setdefault(self._kind(name, half), name)
        return list(found.values())

    def _kind(self, name: str, half: int) -> tuple[bool, frozenset[str]]:
        return self.rests(name, half) > 0, self.windows[name]

    def covers(self, names: Iterable[str], of: Iterable[str]) -> bool:
        """Whether somebody attends each service that any window of these attends."""
        served = frozenset[str]().union(*(self.windows[name] for name in of))
        return served == frozenset[str]().union(*(self.windows[name] for name in names))


def try_out(plan: Plan, office: Office, days: Sequence[Day]) -> Proof:
    """Replay the days with the windows that the plan opens."""
    came, late = Tally[tuple[int, bool]](), Tally[tuple[int, bool]]()
    counters, closed = _counters(plan, office)
    for day in days:
        pauses = {counter.name: _stops(plan, office, day, counter.name, closed[counter.name]) for counter in counters}
        waits = {
            call.called.turn.id: call.wait
            for call in replay(counters, replace(day, pauses=pauses, late={}), office.rules).calls
        }
        for arrival in day.arrivals:
            key = arrival.issued // HALF, arrival.group != GENERAL
            came[key] += 1
            target = office.targets.of(arrival.group, arrival.service) * MINUTE
            late[key] += waits.get(arrival.ticket, REST_OF_DAY) > target
    return Proof(came, late)


def _counters(plan: Plan, office: Office) -> tuple[list[Counter], dict[str, list[Pause]]]:
    """The windows as the replay wants them, and when they are closed after their first opening."""
    last, counters = max(plan.open), list[Counter]()
    closed = defaultdict[str, list[Pause]](list)
    for name in sorted(frozenset[str]().union(*plan.open.values())):
        mine = sorted(half for half, windows in plan.open.items() if name in windows)
        counters.append(Counter(name, office.windows[name], mine[0] * HALF, Decimal(1)))
        for before, after in pairwise(mine):
            if after > before + 1 and any(half in plan.open for half in range(before + 1, after)):
                start = (before + 1) * HALF
                closed[name].append(Pause(start, after * HALF - start, planned=True, by_the_clock=True))
        if mine[-1] < last:
            closed[name].append(Pause((mine[-1] + 1) * HALF, REST_OF_DAY, planned=True, by_the_clock=True))
    return counters, closed


def _stops(plan: Plan, office: Office, day: Day, name: str, closed: Iterable[Pause]) -> tuple[Pause, ...]:
    """When a window stops: while it is closed, at its breaks, and in the pauses of the day that fall while it is open.

    A pause that would begin within a break is the break.
    """
    breaks = office.breaks.get(name, ())
    mine = (
        pause
        for pause in day.pauses.get(name, ())
        if name in plan.open.get(pause.starts // HALF, ())
        and not any(rest.starts <= pause.starts < rest.ends for rest in breaks)
    )
    return tuple(sorted((*mine, *closed, *breaks), key=lambda pause: pause.starts))


def demands_of(forecast: Forecast, halves: Sequence[int], habits: Habits) -> list[Demand]:
    """What each half hour asks, as the formulas want it."""
    found = []
    for half in halves:
        cells = [(service, group, count) for (when, service, group), count in forecast.expected.items() if when == half]
        people = sum(count for _service, _group, count in cells)
        work = sum(habits.durations[service].mean / 60 * count for service, _group, count in cells)
        first = sum(count for _service, group, count in cells if group != GENERAL)
        found.append(Demand(people, work / people if people else 0.0, priority=first / people if people else 0.0))
    return found
