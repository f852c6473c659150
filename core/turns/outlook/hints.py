"""What opening a window would bring: the same drawing with one more place, so that nothing else differs; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.turns import chances
from core.turns.chances import Hall, Held, Place
from core.turns.learning import Learned
from core.turns.outlook.risk import in_minutes, share_of, whole_waits
from core.turns.outlook.row import Hint
from core.turns.policy import GENERAL

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


def hints(hall: Hall, learned: Learned, seed: int, closed: Iterable[Closed], pressed: set[str]) -> list[Hint]:
    """What each window would bring to those without priority who wait for a `pressed` service of its; the best first.

    Of several that serve the same, the first.
    """
    alike: dict[frozenset[str], Closed] = {}
    for one in closed:
        if one.services & pressed:
            alike.setdefault(one.services, one)
    found = []
    quiet = replace(hall, newcomers=())
    told = chances.draw(quiet, learned, seed)
    for one in list(alike.values())[:MOST_DRAWN]:
        helped = [turn for turn in hall.waiting if turn.service in one.services & pressed and turn.only is None]
        waits = [turn for turn in helped if turn.group == GENERAL] or helped
        with_it = replace(quiet, places=[*hall.places, Place(one.services, pauses=one.pauses)])
        found.append(_hint(one, waits, told, chances.draw(with_it, learned, seed)))
    worth = [hint for hint in found if hint is not None]
    return sorted(worth, key=lambda hint: hint.after - (hint.before or NEVER))[:MOST_TOLD]


def _hint(one: Closed, turns: list[Held], now: chances.Chances, then: chances.Chances) -> Hint | None:
    before, after = (in_minutes(share_of(whole_waits(turns, told), 0.9)) for told in (now, then))
    if after is None or (before is not None and before - after < WORTH):
        return None
    return Hint(one.window, sorted(map(int, one.services)), before, after)
