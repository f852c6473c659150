"""Mornings of town halls that nobody has seen, from a seed: who comes, what they take, which windows attend them.

They are assumptions and no measurements: a crowd before the door, services whose minutes the administrator only
guesses, days that bring more or fewer people and go faster or slower, and windows that open late or stop suddenly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from core.turns import recorded, replay
from core.turns.policy import GENERAL, Order
from core.turns.recorded import SECOND, Arrival, Counter, Day, Outcome, Past, Pause, Recorded

OPENS, DOOR, BREAKS, LAST = 28_800, 27_900, 33_300, 43_200
SERVICES = ("RAD", "PRE", "SIS", "PLA", "SOC", "ICA")
AFTER_THE_CROWD = (0.22, 0.16, 0.20, 0.16, 0.14, 0.08, 0.04)
GROUPS = (("MAY", 0.40), ("DIS", 0.25), ("EMB", 0.20), ("NIN", 0.15))
RULES = replay.rules_for(Order.HEAD_START, 60, 2)
GUESSED, MATURE = 0.40, 0.15
"""By how much the administrator misjudges the minutes of a service, as the deviation of a logarithm."""


@dataclass(frozen=True, slots=True)
class Town:
    """What is true of a town hall and no office knows."""

    minutes: Mapping[str, float]
    variation: Mapping[str, float]
    configured: Mapping[str, float]
    shares: Mapping[str, float]
    counters: tuple[Counter, ...]
    people: float
    profile: Sequence[float]
    priority: float


def town(seed: int, guessed: float) -> Town:
    """A hall of three to five windows that attend some of the services each, between calm and too full."""
    chance = Random(seed)
    services = SERVICES[: chance.choice((4, 5, 6))]
    minutes = {service: float(chance.choice((4, 5, 6, 8, 9, 11, 12, 14))) for service in services}
    configured = {s: max(2.0, round(m * math.exp(chance.gauss(0, guessed)))) for s, m in minutes.items()}
    shares = {service: chance.uniform(0.5, 2) for service in services}
    attended = [set(chance.sample(services, chance.choice((2, 3)))) for _window in range(chance.choice((3, 4, 5)))]
    for service in services:
        if not any(service in each for each in attended):
            chance.choice(attended).add(service)
    counters = tuple(
        Counter(f"V{n}", frozenset(each), OPENS * SECOND, round(Decimal(math.exp(chance.gauss(0, 0.08))), 3))
        for n, each in enumerate(attended, start=1)
    )
    mean = sum(shares[s] * minutes[s] for s in services) / sum(shares.values())
    people = chance.choice((0.8, 0.9, 1.0, 1.05)) * len(counters) * 252 / (mean + 0.5)
    return Town(
        minutes,
        {service: chance.uniform(0.5, 0.95) for service in services},
        configured,
        shares,
        counters,
        people,
        crowded(chance.uniform(0.25, 0.55)),
        chance.uniform(0.25, 0.38),
    )


def crowded(door: float) -> list[float]:
    """The shares of the day before eight and of each half hour since: this part of the people comes with the doors."""
    return [door / 2, door / 2, *((1 - door) * share for share in AFTER_THE_CROWD)]


def days(of: Town, seed: int, count: int, first: int = 1) -> list[Day]:
    return [_day(of, n, Random(f"{seed}/{n}")) for n in range(first, first + count)]


def recording(of: Town, seed: int, seen: int, count: int) -> Recorded:
    """What `flask turns judge` would read: so many days, after `seen` others of which the office kept what it saw."""
    before = days(of, seed, seen)
    return Recorded(of.counters, tuple(days(of, seed, count, seen + 1)), of.configured, tuple(_past(of, before)))


class _Clerk(replay.Watcher):
    """Writes down what an office sees of a turn that was called."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, list[Past]()

    def left_hand(self, line: replay.Line, began: int, at: int, *, came: bool) -> None:
        turn = line.turn
        self.seen.append(Past(self.number, line.service, turn.group, turn.issued, began, at, came))


def _past(of: Town, before: Sequence[Day]) -> Iterator[Past]:
    for day in before:
        clerk = _Clerk(day.number)
        replay.replay(of.counters, day, RULES, clerk)
        yield from clerk.seen


def _day(of: Town, number: int, chance: Random) -> Day:
    pace = math.exp(chance.gauss(0, 0.08))
    coming = sorted(_arrival(of, chance) for _n in range(max(10, round(of.people * math.exp(chance.gauss(0, 0.12))))))
    arrivals = tuple(Arrival(n, at * SECOND, service, group) for n, (at, service, group) in enumerate(coming, start=1))
    outcomes = {one.ticket: _outcome(of, one, pace, chance) for one in arrivals}
    late, pauses = dict[str, int](), dict[str, tuple[Pause, ...]]()
    for n, counter in enumerate(of.counters):
        stops = [Pause((BREAKS + n * 1125) * SECOND, 900 * SECOND, planned=True)]
        if chance.random() < 0.2:
            late[counter.name] = (60 + int(chance.expovariate(1 / 1200))) * SECOND
        if chance.random() < 0.35:
            stops.append(Pause(chance.randint(30_000, 42_000) * SECOND, chance.randint(180, 540) * SECOND))
        pauses[counter.name] = tuple(sorted(stops, key=lambda stop: stop.starts))
    return Day(number, arrivals, outcomes, late, pauses)


def _arrival(of: Town, chance: Random) -> tuple[int, str, str]:
    half = chance.choices(range(len(of.profile)), of.profile)[0]
    at = OPENS + (half - 1) * 1800 + chance.random() * 1800 if half else DOOR + chance.expovariate(1 / 700)
    service = chance.choices(list(of.shares), list(of.shares.values()))[0]
    first = chance.random() < of.priority
    group = chance.choices([name for name, _share in GROUPS], [share for _name, share in GROUPS])[0]
    return min(int(at), LAST), service, group if first else GENERAL


def _outcome(of: Town, one: Arrival, pace: float, chance: Random) -> Outcome:
    shape = 1 / of.variation[one.service] ** 2
    takes = max(20.0, chance.gammavariate(shape, of.minutes[one.service] * 60 / shape) * pace)
    patience = max(600.0, chance.lognormvariate(math.log(15_000), 0.75))
    return Outcome(
        service=round(takes) * SECOND,
        walk=chance.randint(15, 45) * SECOND,
        leaves=one.issued + int(patience) * SECOND,
        noshow=chance.random() < 0.035,
        cancels=chance.random() < 0.2,
    )


def alike(windows: int, people: float, door: float) -> Town:
    """A hall whose windows attend everything, for services of five to twelve minutes: to measure a plan of windows."""
    minutes = {"RAD": 5.0, "PRE": 7.0, "SIS": 9.0, "PLA": 12.0}
    counters = tuple(Counter(f"V{n}", frozenset(minutes), OPENS * SECOND, Decimal(1)) for n in range(1, windows + 1))
    each, shares = dict.fromkeys(minutes, 0.7), dict.fromkeys(minutes, 1.0)
    return Town(minutes, each, minutes, shares, counters, people, crowded(door), 0.29)


assert set(recorded.PRIORITY_GROUPS) == {name for name, _share in GROUPS}
