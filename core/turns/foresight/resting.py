"""The planned breaks of a day to come: when they fall, which of them a plan does not cover, and where they fit; pure.

A plan that keeps its targets with its breaks covers them. Of one that does not, each break is taken away to see
what is its doing, and moved to see where it would cost nothing. A service that is left alone is said in any case.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from core.breaks.planned import Break
from core.calendar import Stretch
from core.turns.foresight.crews import HALF, Office, Plan, Proof, Targets, try_out
from core.turns.policy import GENERAL, MINUTE
from core.turns.recorded import Day, Pause

FARTHEST = 4 * HALF
"""Nobody is told to rest so much earlier or later, or more."""


def rests_on(day: date, breaks: Iterable[Break]) -> tuple[Pause, ...]:
    """Those of a day, in order; each ends on the hour, however late it begins."""
    spans = sorted((_since_midnight(one.starts), _since_midnight(one.ends)) for one in breaks if _falls(one, day))
    return tuple(_rest(starts, ends - starts) for starts, ends in spans)


def touches(starts: int, ends: int, rests: Iterable[Pause]) -> bool:
    """Whether an absence was one of these breaks, taken early or late."""
    return any(starts < rest.ends and rest.starts < ends for rest in rests)


def _falls(one: Break, day: date) -> bool:
    return day.isoweekday() in one.weekdays


def _since_midnight(at: time) -> int:
    return (at.hour * 60 + at.minute) * MINUTE


def _rest(starts: int, length: int) -> Pause:
    return Pause(starts, length, planned=True, by_the_clock=True)


# ---------------------------------------------------------------- what a plan does not cover


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan, what it gave on the days on which it was tried, and when the doors are open."""

    plan: Plan
    proof: Proof
    office: Office
    days: Sequence[Day]
    doors: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class Cover:
    """A break of a window that the plan opens around it, and what it costs; of one that fits, nothing.

    `late`: the half hours in which too many wait longer than the target, and fewer would without it. `alone`: the
    services that nobody attends for longer than any target allows; `only`: those of them that no other window attends
    at any hour. `beside`: the windows that rest at the same time. `open`: the closed ones that would attend what is
    alone. `fits_at`: the nearest start at which it costs nothing but what is `only` its own.
    """

    window: str
    rest: Pause
    late: Sequence[int] = ()
    alone: Sequence[str] = ()
    only: Sequence[str] = ()
    beside: Sequence[str] = ()
    open: Sequence[str] = ()
    fits_at: int | None = None

    @property
    def fits(self) -> bool:
        return not (self.late or self.alone)


def covers_of(tried: Tried) -> list[Cover]:
    """Every break of the windows that the plan opens, in the order of the day."""
    found = [
        _cover(name, rest, tried)
        for name, rests in tried.office.breaks.items()
        for rest in rests
        if _matters(name, rest, tried.plan)
    ]
    return sorted(found, key=lambda one: (one.rest.starts, one.window))


def _matters(name: str, rest: Pause, plan: Plan) -> bool:
    """Whether the plan opens the window in a half hour of the break, before it or after it."""
    return any(name in plan.open.get(half, ()) for half in range(rest.starts // HALF - 1, -(-rest.ends // HALF) + 1))


def _cover(name: str, rest: Pause, tried: Tried) -> Cover:
    breaks, proof = tried.office.breaks, tried.proof
    least = _proof({**breaks, name: _but(breaks[name], rest)}, tried) if proof.over else proof
    late = [half for half in sorted(proof.over) if proof.excess_in(half) > least.excess_in(half) + _slight(tried)]
    alone = _alone(name, rest, tried.plan, tried.office)
    if not (late or alone):
        return Cover(name, rest)
    beside = [other for other in sorted(breaks) if other != name and touches(rest.starts, rest.ends, breaks[other])]
    would = [other for other in sorted(tried.office.windows) if alone and _would(other, rest, alone, tried)]
    only = [service for service in alone if service in _own(name, tried.office)]
    times = _elsewhere(name, rest, tried) if late or alone != only else []
    fitting = (one.starts for one in times if _fits(name, rest, one, least, tried))
    return Cover(name, rest, late, alone, only, beside, would, next(fitting, None))


def _slight(tried: Tried) -> float:
    """One too many in ten days who waits longer is nothing."""
    return len(tried.days) / 10


def _but(rests: Sequence[Pause], rest: Pause) -> list[Pause]:
    return [one for one in rests if one != rest]


def _otherwise(breaks: Mapping[str, Sequence[Pause]], tried: Tried) -> tuple[Plan, Office]:
    """Plan and office with other breaks: who rests no more is open, and who rests now is not."""
    office = replace(tried.office, breaks=breaks)
    opened = {
        half: (windows | office.able(half) - tried.office.able(half)) & office.able(half)
        for half, windows in tried.plan.open.items()
    }
    return Plan(opened), office


def _proof(breaks: Mapping[str, Sequence[Pause]], tried: Tried) -> Proof:
    return try_out(*_otherwise(breaks, tried), tried.days)


def _fits(name: str, rest: Pause, moved: Pause, least: Proof, tried: Tried) -> bool:
    """Whether the break costs nothing at another time, but for services that no other window attends at all."""
    breaks = {**tried.office.breaks, name: [*_but(tried.office.breaks[name], rest), moved]}
    free = set(_alone(name, moved, *_otherwise(breaks, tried))) <= _own(name, tried.office)
    return free and _proof(breaks, tried).excess <= least.excess + _slight(tried)


def _own(name: str, office: Office) -> frozenset[str]:
    """The services that only one window attends."""
    return office.windows[name].difference(*(office.windows[other] for other in office.windows if other != name))


def _elsewhere(name: str, rest: Pause, tried: Tried) -> list[Pause]:
    """Each start on a half hour, while the doors are open, that leaves its other breaks alone; the nearest first."""
    others = _but(tried.office.breaks[name], rest)
    found = [
        _rest(starts, rest.length)
        for opens, closes in tried.doors
        for starts in range(-(-_since_midnight(opens) // HALF) * HALF, _since_midnight(closes) - rest.length + 1, HALF)
        if 0 < abs(starts - rest.starts) < FARTHEST and not touches(starts, starts + rest.length, others)
    ]
    return sorted(found, key=lambda one: (abs(one.starts - rest.starts), one.starts))


def _alone(name: str, rest: Pause, plan: Plan, office: Office) -> list[str]:
    """The services of a window that nobody attends in its break, while the doors are open, for longer than a target."""
    missed = Tally[str]()
    moments = {rest.starts, rest.ends, *range(-(-rest.starts // HALF) * HALF, rest.ends, HALF)}
    ends = (end for rests in office.breaks.values() for one in rests for end in (one.starts, one.ends))
    moments |= {end for end in ends if rest.starts < end < rest.ends}
    for at, until in pairwise(sorted(moments)):
        if at // HALF in plan.open:
            there = (other for other in plan.open[at // HALF] if not touches(at, until, office.breaks.get(other, ())))
            for service in office.windows[name].difference(*(office.windows[other] for other in there)):
                missed[service] += until - at
    return sorted(service for service, length in missed.items() if length > _shortest(service, office.targets))


def _shortest(service: str, targets: Targets) -> float:
    """The shortest wait that a service promises anybody, who has priority or not, in milliseconds."""
    return min(targets.of(group, service) for group in (GENERAL, "")) * MINUTE


def _would(other: str, rest: Pause, alone: Sequence[str], tried: Tried) -> bool:
    """Whether a window that is closed for some of the break, and never rests then, attends what nobody does."""
    halves = [half for half in range(rest.starts // HALF, -(-rest.ends // HALF)) if half in tried.plan.open]
    closed = not all(other in tried.plan.open[half] for half in halves)
    free = not touches(rest.starts, rest.ends, tried.office.breaks.get(other, ()))
    return closed and free and tried.office.windows[other].issuperset(alone)
