"""What one window more or one less would bring to everybody who waits: the hall foreseen again for each; pure.

A window that leaves finishes what it has in hand and calls no more; the luck of all others stays theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from core.turns.chances import Chances, Hall, Place
from core.turns.outlook.hints import MOST_DRAWN, NEVER, WORTH, Closed, alike, minutes_of, opened
from core.turns.outlook.row import ServiceOutlook, Standing

MOST_FORESEEN = 12
"""Halls foreseen besides the one that there is: more would keep who asks waiting."""
_GRAVITY = list(Standing)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What is foreseen `now`, how any hall is, and how its services then stand."""

    now: Chances
    foresee: Callable[[Hall], Chances]
    judge: Callable[[Hall, Chances], Mapping[str, ServiceOutlook]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of those who wait for a service: the p90 of their whole wait in minutes, None where nobody attends.

    Both are of the same people: with priority or without, whoever stands worse where there is a window fewer.
    """

    service: int
    waiting: int
    priority: bool
    before: float | None
    after: float | None
    target: int
    was: Standing
    becomes: Standing

    @property
    def minutes(self) -> tuple[int | None, int | None]:
        """Whole minutes within which nine of ten are called, now and then."""
        before, after = (None if told is None else ceil(told) for told in (self.before, self.after))
        return before, after

    @property
    def rises(self) -> float:
        """By how many minutes it grows; without end where nobody would attend them any more."""
        if self.before == self.after:
            return 0.0
        return (NEVER if self.after is None else self.after) - (NEVER if self.before is None else self.before)

    @property
    def matters(self) -> bool:
        """Whether it is worth a word; fewer minutes than those of a hint are none."""
        return abs(self.rises) >= WORTH or self.worsens != 0

    @property
    def worsens(self) -> int:
        """By how many steps it stands worse against its target."""
        return _GRAVITY.index(self.becomes) - _GRAVITY.index(self.was)


@dataclass(frozen=True, slots=True)
class Change:
    """A window that leaves or opens: what that brings to each service with people, the first the most changed.

    `same`: other windows of which the same can be said. `alone`: services that nobody would attend any more;
    `kept`: turns that only who sits there calls.
    """

    window: int
    same: Sequence[int]
    effects: Sequence[Effect]
    alone: frozenset[int] = frozenset()
    kept: int = 0

    @property
    def weighs(self) -> tuple[bool, int, float, int]:
        """How much it hurts: people left to nobody, services that stand worse, the minutes, services left alone."""
        worse = sum(effect.worsens for effect in self.effects)
        return self.abandons, worse, sum(effect.rises for effect in self.effects), len(self.alone)

    @property
    def abandons(self) -> bool:
        """Whether somebody who waits would be called by nobody any more."""
        return self.kept > 0 or any(effect.rises == NEVER for effect in self.effects)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What each window that leaves brings, the one that hurts least first, and each that opens, the best first.

    `untold`: windows for which there was no time.
    """

    leaving: Sequence[Change]
    opening: Sequence[Change]
    untold: Sequence[int] = ()


def alternatives(hall: Hall, windows: Sequence[int], closed: Iterable[Closed], by: Foresight) -> Alternatives:
    """Foresee the hall without each of its `windows`, which are those of its places, and with each closed one."""
    waited_for = {turn.service for turn in hall.waiting}
    kinds, places = alike(closed, waited_for), _alike_places(hall)
    opening = kinds[:MOST_DRAWN]
    leaving = places[: MOST_FORESEEN - len(opening)]
    now = by.judge(hall, by.now)
    beyond = [windows[n] for group in places[len(leaving) :] for n in group]
    return Alternatives(
        leaving=sorted((_leaving(hall, windows, group, now, by) for group in leaving), key=lambda one: one.weighs),
        opening=sorted((_opening(hall, group, now, by) for group in opening), key=lambda one: one.weighs),
        untold=[*beyond, *(one.window for group in kinds[len(opening) :] for one in group)],
    )


def without(hall: Hall, number: int) -> Hall:
    """The hall in which the place of this number calls nobody more; it stays, and with it the luck of the others."""
    places = list(hall.places)
    places[number] = replace(places[number], services=frozenset())
    return replace(hall, newcomers=(), places=places)


def _alike_places(hall: Hall) -> list[list[int]]:
    """The numbers of the places, together where nothing tells one from the other but who sits there."""
    reserved = {turn.only for turn in hall.waiting}
    found: list[tuple[Place, list[int]]] = []
    for number, place in enumerate(hall.places):
        plain = place if place.official in reserved else replace(place, official=None)
        group = next((numbers for other, numbers in found if other == plain), None)
        if group is None:
            found.append((plain, [number]))
        else:
            group.append(number)
    return [numbers for _place, numbers in found]


def _leaving(
    hall: Hall, windows: Sequence[int], group: Sequence[int], now: Mapping[str, ServiceOutlook], by: Foresight
) -> Change:
    number, place = group[0], hall.places[group[0]]
    then = without(hall, number)
    told = by.foresee(then)
    judged = by.judge(then, told)
    alone = frozenset(int(service) for service in place.services if not then.serving(service))
    kept = sum(1 for turn in hall.waiting if turn.only is not None and turn.only == place.official)
    effects = _effects(hall, (by.now, told), now, judged, worse=judged)
    return Change(windows[number], [windows[n] for n in group[1:]], effects, alone, kept)


def _opening(hall: Hall, group: Sequence[Closed], now: Mapping[str, ServiceOutlook], by: Foresight) -> Change:
    then = opened(hall, group[0])
    told = by.foresee(then)
    effects = _effects(hall, (by.now, told), now, by.judge(then, told), worse=now)
    return Change(group[0].window, [one.window for one in group[1:]], effects)


def _effects(
    hall: Hall,
    told: tuple[Chances, Chances],
    now: Mapping[str, ServiceOutlook],
    then: Mapping[str, ServiceOutlook],
    worse: Mapping[str, ServiceOutlook],
) -> list[Effect]:
    found = []
    for service in sorted({turn.service for turn in hall.waiting} & now.keys(), key=int):
        whose = worse[service]
        before, after = (minutes_of(hall, service, chances, priority=whose.priority) for chances in told)
        standings = now[service].standing, then[service].standing
        found.append(Effect(int(service), whose.waiting, whose.priority, before, after, whose.target, *standings))
    return sorted(found, key=lambda effect: (-abs(effect.rises), effect.service))
