"""What opening a window would bring: the same foresight with one more place, so that nothing else differs; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    alike: dict[frozenset[str], Closed] = {}
    for one in closed:
        if one.services & pressed.keys():
            alike.setdefault(one.services, one)
    found = []
    for one in list(alike.values())[:MOST_DRAWN]:
        then = foresee(replace(hall, newcomers=(), places=[*hall.places, Place(one.services, pauses=one.pauses)]))
        found += [_hint(one.window, int(name), hall, pressed[name], then) for name in one.services & pressed.keys()]
    worth = sorted((hint for hint in found if hint is not None), key=_falls)
    best = list(dict.fromkeys(hint.window for hint in worth))[:MOST_TOLD]
    return [hint for hint in worth if hint.window in best]


def _hint(window: int, service: int, hall: Hall, now: ServiceOutlook, then: Chances) -> Hint | None:
    helped = of_class((turn for turn in hall.waiting if turn.service == str(service)), now.priority)
    after = in_minutes(share_of(whole_waits(helped, then), 0.9))
    if after is None or (now.p90 is not None and now.p90 - after < WORTH):
        return None
    return Hint(window, service, now.p90, after)


def _falls(hint: Hint) -> tuple[float, int, int]:
    """The greatest fall first."""
    return hint.after - (NEVER if hint.before is None else hint.before), hint.window, hint.service
