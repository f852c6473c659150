"""How a wait stands against the one that was promised: of one person, and of a service, as it is foreseen; pure.

The hall, its alerts and the hints of what would help all grade by what stands here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import ceil

from core.turns.chances import Chances, Hall, Held
from core.turns.learning import Learned
from core.turns.outlook.row import ServiceOutlook, Standing

AT_RISK_FROM = 0.7
"""Share of the target from which a wait is at risk."""
Target = Callable[[str, bool], int]
"""The minutes in which a turn of a service should be called, with priority or without."""


def standing(waited: float, target: float, *, fails: bool = False) -> Standing:
    """Over from the target on; at risk from 70 % of it, or where the service is foreseen to fail."""
    if waited >= target:
        return Standing.OVER
    return Standing.AT_RISK if fails or waited >= AT_RISK_FROM * target else Standing.ON_TARGET


def worst(standings: Iterable[Standing]) -> Standing:
    """The gravest of several; of nobody, on target."""
    return max(standings, key=list(Standing).index, default=Standing.ON_TARGET)


def outlooks(hall: Hall, learned: Learned, foreseen: Chances, target: Target) -> dict[str, ServiceOutlook]:
    """Each service: who waits for it, and what they will have waited when they are called."""
    by_service = defaultdict[str, list[Held]](list)
    for turn in hall.waiting:
        by_service[turn.service].append(turn)
    return {
        service: _outlook(by_service[service], durations.mean, foreseen, partial(target, service))
        for service, durations in learned.services.items()
    }


def _outlook(turns: Sequence[Held], mean: float, foreseen: Chances, target: Callable[[bool], int]) -> ServiceOutlook:
    p90, priority = max(
        ((share_of(whole_waits(of_class(turns, priority), foreseen), 0.9), priority) for priority in (False, True)),
        key=lambda found: (found[0] or 0.0) / target(found[1]),
    )
    told, promised = in_minutes(p90), target(priority)
    fails = p90 is not None and (told is None or told > promised)
    in_line = [turn for turn in turns if not turn.ready]
    return ServiceOutlook(
        waiting=len(turns),
        oldest=round(max((turn.waited for turn in turns), default=0.0)),
        p50=in_minutes(share_of(whole_waits(of_class(turns, priority), foreseen), 0.5)),
        p90=told,
        target=promised,
        standing=worst(standing(turn.waited, target(turn.priority) * 60, fails=fails) for turn in in_line),
        mean=round(mean, 1),
        priority=priority,
        fails=fails,
    )


def of_class(turns: Iterable[Held], priority: bool) -> list[Held]:
    """Those with priority, or those without, who are in line; who lets others pass, or wants one official, is not."""
    return [turn for turn in turns if turn.priority is priority and turn.only is None and not turn.ready]


def whole_waits(turns: Iterable[Held], told: Chances) -> list[float]:
    """What these will have waited in all, in every run, from the shortest to the longest."""
    return sorted(wait for turn in turns for wait in (told.drawn[turn.id] + turn.waited).tolist())


def share_of(waits: Sequence[float], share: float) -> float | None:
    """The wait that this share of them does not exceed (nearest rank); None of none."""
    return waits[ceil(share * len(waits)) - 1] if waits else None


def in_minutes(seconds: float | None) -> float | None:
    """Minutes with a decimal; None of a wait without end."""
    return None if seconds is None or seconds == float("inf") else round(seconds / 60, 1)


def pressed(services: Mapping[str, ServiceOutlook]) -> dict[str, ServiceOutlook]:
    """The services whose promise is at risk or broken."""
    return {service: one for service, one in services.items() if one.standing is not Standing.ON_TARGET}
