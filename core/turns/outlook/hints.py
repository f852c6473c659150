"""What opening a window would bring: the same foresight with one more place, so that nothing else differs; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.turns.chances import Chances, Hall, Place
from core.turns.outlook.risk import in_minutes, of_class, share_of, whole_waits
from core.turns.outlook.row import Hint, ServiceOutlook

WORTH = 3.0
"""A hint that brings fewer minutes than these is none."""
MOST_DRAWN, MOST_TOLD = 6, 3
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Closed:
    """A window where nobody sits, what it serves, and the breaks planned for it: from when on and how long."""

    window: int
    services: frozenset[str]
    pauses: Sequence[tuple[float, float]] = ()


def hints(
    hall: Hall,
    foresee: Callable[[Hall], Chances],
    closed: Iterable[Closed],
    pressed: Mapping[str, ServiceOutlook],
) -> list[Hint]:
    """What each window would bring to the `pressed` services that it serves; of the best windows, the best first.

    Of several that serve the same, the first. What is foreseen without it stands in the outlook of the service.
    """
    found = []
    for one, *_alike in alike(closed, pressed.keys())[:MOST_DRAWN]:
        then = foresee(opened(hall, one))
        found += [_hint(one.window, int(name), hall, pressed[name], then) for name in one.services & pressed.keys()]
    worth = sorted((hint for hint in found if hint is not None), key=_falls)
    best = list(dict.fromkeys(hint.window for hint in worth))[:MOST_TOLD]
    return [hint for hint in worth if hint.window in best]


def alike(closed: Iterable[Closed], wanted: Collection[str]) -> list[list[Closed]]:
    """The windows that serve something `wanted`, those that serve the same together."""
    found: dict[frozenset[str], list[Closed]] = {}
    for one in closed:
        if not one.services.isdisjoint(wanted):
            found.setdefault(one.services, []).append(one)
    return list(found.values())


def opened(hall: Hall, one: Closed) -> Hall:
    """The hall with this window open besides; last, so that the luck of the others stays theirs."""
    return replace(hall, newcomers=(), places=[*hall.places, Place(one.services, pauses=one.pauses)])


def minutes_of(hall: Hall, service: str, told: Chances, *, priority: bool) -> float | None:
    """The p90 of what those of a service will have waited, with priority or without; None of a wait without end."""
    turns = of_class((turn for turn in hall.waiting if turn.service == service), priority)
    return in_minutes(share_of(whole_waits(turns, told), 0.9))


def _hint(window: int, service: int, hall: Hall, now: ServiceOutlook, then: Chances) -> Hint | None:
    after = minutes_of(hall, str(service), then, priority=now.priority)
    if after is None or (now.p90 is not None and now.p90 - after < WORTH):
        return None
    return Hint(window, service, now.p90, after)


def _falls(hint: Hint) -> tuple[float, int, int]:
    """The greatest fall first."""
    return hint.after - (NEVER if hint.before is None else hint.before), hint.window, hint.service
