"""How long the wait will be: one forward run of the real calling order over expected times; pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.turns.policy import MINUTE, Rules, Waiting, choose, run_after

LOWEST, HIGHEST = 0.6, 1.6
"""The range around the forward run, as shares of it; its error is about a third either way."""

STEP = 5
"""Ranges are rounded outward to this many minutes."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A range in whole minutes; both None when no open window serves the service."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Counter:
    """An open window: what it serves and in how many milliseconds it is expected to be free."""

    id: int
    services: frozenset[int]
    free_in: float = 0


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting turn and the service that it waits for."""

    turn: Waiting
    service_id: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Milliseconds from now: until each waiting turn is called, and until each counter has nobody left to call."""

    waits: dict[int, float]
    idle: dict[int, float]


def forward(
    waiting: Sequence[InLine],
    counters: Iterable[Counter],
    minutes: Mapping[int, float],
    rules: Rules,
    priority_run: int = 0,
) -> Forecast:
    """Run the queue forward with expected times; a turn that no counter serves has no wait.

    Each counter, when it is free, takes the next turn it serves by `rules` and keeps it for the service's mean
    (`minutes`, by service). Queue facts: such a run errs about half of what «position times average» does.
    """
    lines: dict[bool, dict[int, list[tuple[tuple[int, int, int], int]]]] = {True: {}, False: {}}
    turns = {entry.turn.id: entry for entry in waiting}
    for entry in waiting:
        line = lines[entry.turn.priority].setdefault(entry.service_id, [])
        line.append((entry.turn.place, entry.turn.id))
    for by_service in lines.values():
        for line in by_service.values():
            line.sort(reverse=True)
    free = [(counter.free_in, counter.id, counter.services) for counter in counters]
    heapq.heapify(free)
    forecast = Forecast({}, {})
    while free:
        when, counter_id, services = heapq.heappop(free)
        heads = [_head(lines[priority], services) for priority in (True, False)]
        choice = choose(
            rules,
            turns[heads[0]].turn if heads[0] is not None else None,
            turns[heads[1]].turn if heads[1] is not None else None,
            priority_run,
        )
        if choice is None:
            forecast.idle[counter_id] = when
            continue
        priority_run = run_after(rules, choice.turn, priority_run)
        entry = turns[choice.turn.id]
        lines[choice.turn.priority][entry.service_id].pop()
        forecast.waits[choice.turn.id] = when
        heapq.heappush(free, (when + minutes[entry.service_id] * MINUTE, counter_id, services))
    return forecast


def _head(lines: Mapping[int, list[tuple[tuple[int, int, int], int]]], services: frozenset[int]) -> int | None:
    heads = [lines[service][-1] for service in services if lines.get(service)]
    return min(heads)[1] if heads else None


def as_range(milliseconds: float | None) -> Wait:
    """The range shown for an expected wait, rounded outward to five minutes; None: nobody serves it."""
    if milliseconds is None:
        return Wait(None, None)
    minutes = milliseconds / MINUTE
    low = int(minutes * LOWEST // STEP * STEP)
    high = int(-(-minutes * HIGHEST // STEP) * STEP)
    return Wait(low, max(high, STEP))


def whole_range(waits: Iterable[Wait]) -> Wait:
    """From the least to the most of several ranges; of those that nobody attends, nothing."""
    attended = [(wait.low, wait.high) for wait in waits if wait.low is not None and wait.high is not None]
    if not attended:
        return Wait(None, None)
    return Wait(min(low for low, _high in attended), max(high for _low, high in attended))
