"""Past days lived otherwise: by another order or with other windows, beside what happened and the rules of now; pure.

Three sets of waits are told of the same people: as they were, as the replay gives them by the rules of now, and as it
gives them otherwise. Who gains and who loses is between the last two, so that what a replay cannot know (a call out of
order, a window that waited for somebody) weighs on neither side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.turns.foresight.crews import Targets
from core.turns.policy import DAY, GENERAL, MINUTE, Order, Rules
from core.turns.recorded import Counter, Day, Pause
from core.turns.replay import Replayed, judge, percentile, replay

NOTICED = 5 * MINUTE
"""A wait that is so much longer or shorter is another wait."""
MOST_DAYS = 31
EXTRA = "+1"
"""The name of a window that is only imagined."""
KINDS = ("real", "now", "other")


class Pauses(StrEnum):
    """Which pauses windows make: those that were made, only the breaks that are planned now, at their hour, or none."""

    MADE = "made"
    PLANNED = "planned"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise: the order, windows that are missing, one more, when windows open, and their pauses.

    `extra`: when the window more opens and closes, in minutes of the day; it attends everything, and rests at `rest`.
    `earlier`: minutes by which all open before they did, or after. `everything`: every window attends every service.
    """

    rules: Rules
    targets: Targets
    without: frozenset[str] = frozenset()
    extra: tuple[int, int] | None = None
    earlier: int = 0
    everything: bool = False
    rest: tuple[int, int] | None = None
    pauses: Pauses = Pauses.MADE


@dataclass(frozen=True, slots=True)
class Lived:
    """A day as it was: its windows, what of it can be replayed, and the waits as they were, by ticket.

    `made`: those of its pauses that were rest, and neither other work nor an empty window; `planned`: the breaks of
    such a day as they are planned now. Both by window.
    """

    counters: tuple[Counter, ...]
    recorded: Day
    waits: Mapping[int, int]
    made: Mapping[str, Sequence[Pause]] = field(default_factory=dict)
    planned: Mapping[str, Sequence[Pause]] = field(default_factory=dict)


@dataclass(slots=True)
class Comparison:
    """The days that were compared so far. `waits`: each of them, and whether it met the target of who waited."""

    change: Change
    now: Rules
    waits: dict[tuple[str, str], dict[str, list[tuple[int, bool]]]] = field(
        default_factory=lambda: defaultdict(lambda: {kind: [] for kind in KINDS})
    )
    gains: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    replayed: dict[str, list[Replayed]] = field(default_factory=lambda: {"now": [], "other": []})
    days: int = 0
    turns: int = 0

    def add(self, day: Lived) -> None:
        """Live one more day in both ways."""
        now = _of_the_day(replay(day.counters, day.recorded, self.now))
        other = _of_the_day(replay(*otherwise(day, self.change), self.change.rules))
        self.replayed["now"].append(now)
        self.replayed["other"].append(other)
        waits = {"real": day.waits, "now": _waits(now), "other": _waits(other)}
        self.days, self.turns = self.days + 1, self.turns + len(day.recorded.arrivals)
        for arrival in day.recorded.arrivals:
            first = "general" if arrival.group == GENERAL else "priority"
            target = self.change.targets.of(arrival.group, arrival.service) * MINUTE
            for name in (("all", ""), ("class", first), ("group", arrival.group), ("service", arrival.service)):
                for kind, of_kind in waits.items():
                    if arrival.ticket in of_kind:
                        wait = of_kind[arrival.ticket]
                        self.waits[name][kind].append((wait, wait <= target))
            self._gain(arrival.group, waits["now"].get(arrival.ticket), waits["other"].get(arrival.ticket))

    def _gain(self, group: str, now: int | None, other: int | None) -> None:
        """Count who waits less, about the same and more; who is called in one way only gains or loses all."""
        if now is None and other is None:
            return
        less = (now if now is not None else DAY) - (other if other is not None else DAY)
        self.gains[group][0 if less > NOTICED else 2 if less < -NOTICED else 1] += 1

    def result(self) -> dict[str, Any]:
        """All that was found, in minutes, as it is kept."""
        bound = {"now": longest_start(self.now), "other": longest_start(self.change.rules)}
        return {
            "days": self.days,
            "turns": self.turns,
            "rows": [
                [*name, {kind: _figures(waits) for kind, waits in kinds.items()}] for name, kinds in self.waits.items()
            ],
            "gains": dict(self.gains),
            "broken": {kind: judge(days, bound[kind] * MINUTE) for kind, days in self.replayed.items()},
            "called": {kind: sum(len(day.calls) for day in days) for kind, days in self.replayed.items()},
        }


def _figures(waits: Sequence[tuple[int, bool]]) -> list[float]:
    """How many, mean, p90, p95, longest, and the share of those within the target of each; nothing of nobody."""
    if not waits:
        return []
    ordered = sorted(wait for wait, _met in waits)
    minutes = (sum(ordered) / len(ordered), percentile(ordered, 90), percentile(ordered, 95), ordered[-1])
    within = sum(met for _wait, met in waits) / len(waits)
    return [len(ordered), *(round(each / MINUTE, 1) for each in minutes), round(within, 3)]


def otherwise(day: Lived, change: Change) -> tuple[tuple[Counter, ...], Day]:
    """The windows and pauses that the day would have had."""
    services = frozenset[str]().union(*(counter.services for counter in day.counters))
    counters = [
        replace(
            counter,
            opens=max(counter.opens - change.earlier * MINUTE, 0),
            services=services if change.everything else counter.services,
        )
        for counter in day.counters
        if counter.name not in change.without
    ]
    really = {counter.name: counter.opens for counter in day.counters}
    pauses = {counter.name: _stops(counter, really[counter.name], day, change) for counter in counters}
    if change.extra is not None:
        opens, closes = (minute * MINUTE for minute in change.extra)
        counters.append(Counter(EXTRA, services, opens, Decimal(1)))
        rests = [_by_the_clock(*(minute * MINUTE for minute in change.rest))] if change.rest else []
        pauses[EXTRA] = (*rests, _by_the_clock(closes, closes + 2 * DAY))
    return tuple(counters), replace(day.recorded, pauses=pauses)


def _stops(counter: Counter, really: int, day: Lived, change: Change) -> tuple[Pause, ...]:
    """When a window stops that really opened at `really`; of the time before that, only what is planned is known."""
    stops, planned = day.recorded.pauses.get(counter.name, ()), day.planned.get(counter.name, ())
    if change.pauses is not Pauses.MADE:
        made = day.made.get(counter.name, ())
        stops = tuple(stop for stop in stops if stop not in made)
    if change.pauses is Pauses.PLANNED:
        stops = (*stops, *planned)
    elif change.pauses is Pauses.MADE and counter.opens < really:
        stops = (
            *stops,
            *(_by_the_clock(rest.starts, min(rest.ends, really)) for rest in planned if rest.starts < really),
        )
    return tuple(sorted(stops, key=lambda stop: stop.starts))


def _by_the_clock(starts: int, ends: int) -> Pause:
    return Pause(starts, ends - starts, planned=True, by_the_clock=True)


def longest_start(rules: Rules) -> int:
    """The minutes of advance that an order promises at most; those of a day, if it promises none."""
    if rules.order is Order.HEAD_START:
        return max(rules.head_start.values(), default=0)
    return 0 if rules.order is Order.FIFO else DAY // MINUTE


def _of_the_day(whole: Replayed) -> Replayed:
    """Without the calls of later days: who still waits when the windows close for the day is not called."""
    return Replayed(tuple(call for call in whole.calls if call.at < DAY), whole.lapses)


def _waits(day: Replayed) -> dict[int, int]:
    return {call.called.turn.id: call.wait for call in day.calls}
