"""How each service stands against the wait that was promised for it, as its waits were drawn; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import ceil

from core.turns.chances import Chances, Hall, Held
from core.turns.learning import Learned
from core.turns.outlook.row import ServiceOutlook, Standing

MAY_FAIL = 0.1
"""A target is at risk where more than this share of the waits is expected beyond it."""
Target = Callable[[str, bool], int]
"""The minutes in which a turn of a service should be called, with priority or without."""


def outlooks(hall: Hall, learned: Learned, told: Chances | None, target: Target) -> dict[str, ServiceOutlook]:
    """Each service: who waits for it, and what they will have waited when they are called."""
    by_service = defaultdict[str, list[Held]](list)
    for turn in hall.waiting:
        by_service[turn.service].append(turn)
    return {
        service: _outlook(by_service[service], durations.mean, told, partial(target, service))
        for service, durations in learned.services.items()
    }


def _outlook(turns: Sequence[Held], mean: float, told: Chances | None, target: Callable[[bool], int]) -> ServiceOutlook:
    waits = whole_waits(turns, told) if told is not None else []
    return ServiceOutlook(
        waiting=len(turns),
        oldest=round(max((turn.waited for turn in turns), default=0.0)),
        p50=in_minutes(share_of(waits, 0.5)),
        p90=in_minutes(share_of(waits, 0.9)),
        target=target(False),
        standing=_standing(turns, told, target),
        mean=round(mean, 1),
    )


def _standing(turns: Sequence[Held], told: Chances | None, target: Callable[[bool], int]) -> Standing:
    promised = {turn.id: target(turn.priority) * 60 for turn in turns}
    if any(turn.waited > promised[turn.id] for turn in turns):
        return Standing.OVER
    if not turns or told is None:
        return Standing.ON_TARGET
    late = sum(int((told.drawn[turn.id] + turn.waited > promised[turn.id]).sum()) for turn in turns)
    everybody = sum(len(told.drawn[turn.id]) for turn in turns)
    return Standing.AT_RISK if late > MAY_FAIL * everybody else Standing.ON_TARGET


def whole_waits(turns: Iterable[Held], told: Chances) -> list[float]:
    """What these will have waited in all, in every run, from the shortest to the longest."""
    return sorted(wait for turn in turns for wait in (told.drawn[turn.id] + turn.waited).tolist())


def share_of(waits: Sequence[float], share: float) -> float | None:
    """The wait that this share of them does not exceed (nearest rank); None of none."""
    return waits[ceil(share * len(waits)) - 1] if waits else None


def in_minutes(seconds: float | None) -> float | None:
    """Minutes with a decimal; None of a wait without end."""
    return None if seconds is None or seconds == float("inf") else round(seconds / 60, 1)


def pressed(services: Mapping[str, ServiceOutlook]) -> set[str]:
    """The services whose promise is at risk or broken."""
    return {service for service, outlook in services.items() if outlook.standing is not Standing.ON_TARGET}
