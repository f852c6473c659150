"""The hall as the rows tell it: who waits, which windows call and when they are free, who might come now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from core.breaks.actions import to_come
from core.calendar import stretches_on
from core.catalogue.hours import times_of
from core.catalogue.model import PriorityGroup, Service, Window, window_services
from core.clock import milliseconds
from core.desks import Away, Sitting, sitting_now
from core.people.model import official_services
from core.prepared import run
from core.turns.actions.call import CALLABLE_FOR, SEEN_BY_THE_RULES, priority_run
from core.turns.actions.change import rules_of
from core.turns.chances import Hall, Held, Newcomer, Place
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import Turn, in_state
from core.turns.outlook.hints import Closed
from core.turns.policy import GENERAL, Rules, order_key

PAUSE = 360.0
"""Seconds that a pause is still expected to last, whenever it began, before any was seen."""
LARGEST_ID = 2**31 - 1
_WAITING = select(
    *SEEN_BY_THE_RULES, Turn.service_id, Turn.reserved_for, type_coerce(Turn.not_before, BigInteger)
).where(Turn.site_id == bindparam("site"), in_state(State.WAITING), Turn.issued_at > bindparam("issued_after"))
_SERVICES = select(Service.id, Service.minutes, Service.active).where(Service.site_id == bindparam("site"))
_GROUPS = select(PriorityGroup.code, PriorityGroup.first_of_all).where(
    PriorityGroup.site_id == bindparam("site"), PriorityGroup.active
)
_IN_HAND = select(
    Turn.official_id, Turn.service_id, type_coerce(Turn.last_called_at, BigInteger), Turn.state_since
).where(Turn.site_id == bindparam("site"), in_state(*IN_HAND))


@dataclass(frozen=True, slots=True)
class Seen:
    """A hall, and who of its newcomers stands for a service and a group; nobody where no window serves it.

    `minutes`: what an attention of each service was expected to take when the office was set up.
    """

    hall: Hall
    newcomers: Mapping[tuple[int, str], int]
    minutes: Mapping[str, float]
    windows: Sequence[int]


def see(session: Session, site_id: int, at: datetime, *, pause: float = PAUSE) -> Seen:
    """The site at an instant; its services go by their id. One in a pause comes back after `pause` seconds.

    Who does other work is not at the window: nobody knows when they come back.
    """
    midnight = milliseconds(at.replace(hour=0, minute=0, second=0, microsecond=0))
    now, rules = milliseconds(at), rules_of(session, site_id)
    offered = list(run(session, _SERVICES, site=site_id))
    windows, places = _places(session, site_id, at, pause)
    hall = Hall(
        at=(now - midnight) / 1000,
        waiting=_waiting(session, site_id, at, midnight),
        places=places,
        rules=rules,
        priority_run=priority_run(session, site_id),
    )
    groups = [(GENERAL, False), *run(session, _GROUPS, site=site_id)]
    came = _newcomers(hall, rules, [service for service, _minutes, active in offered if active], groups, now - midnight)
    found = tuple({one.id: one for one in came.values()}.values())
    return Seen(
        hall=Hall(hall.at, hall.waiting, hall.places, rules, hall.priority_run, newcomers=found),
        newcomers={key: one.id for key, one in came.items()},
        minutes={str(service): float(minutes) for service, minutes, _active in offered},
        windows=windows,
    )


def _waiting(session: Session, site_id: int, at: datetime, midnight: int) -> list[Held]:
    now = milliseconds(at)
    return [
        Held(
            id=turn_id,
            service=str(service_id),
            group=group,
            key=key - midnight,
            issued=issued - midnight,
            waited=(now - issued) / 1000,
            ready=max(0, not_before - now) / 1000 if not_before else 0.0,
            only=only,
            first_of_all=first_of_all,
        )
        for turn_id, group, issued, key, first_of_all, service_id, only, not_before in run(
            session, _WAITING, site=site_id, issued_after=at - CALLABLE_FOR
        )
    ]


def _newcomers(
    hall: Hall, rules: Rules, services: Sequence[int], groups: Sequence[Sequence[Any]], now: int
) -> dict[tuple[int, str], Newcomer]:
    """One for all who would wait alike: served by the same windows, with the same place in the order."""
    alike: dict[Any, Newcomer] = {}
    found: dict[tuple[int, str], Newcomer] = {}
    for service in services:
        serving = hall.serving(str(service))
        for group, first in groups if serving else ():
            key = order_key(rules, group, now, first)
            who = Newcomer(LARGEST_ID - len(alike), str(service), group, key, now, first)
            found[service, group] = alike.setdefault((serving, key, group != GENERAL), who)
    return found


def _places(session: Session, site_id: int, at: datetime, pause: float) -> tuple[list[int], list[Place]]:
    """The windows where somebody sits, and how each stands."""
    sitting = session.execute(
        select(Sitting.window_id, Sitting.official_id, Away.id, Away.expected_until)
        .join(Window, Window.id == Sitting.window_id)
        .outerjoin(Away, (Away.official_id == Sitting.official_id) & Away.ended_at.is_(None))
        .where(Window.site_id == site_id, sitting_now(at), Away.id.is_(None) | (Away.kind == "pause"))
        .order_by(Sitting.window_id)
    ).all()
    allowed = pairs(session, window_services.c.window_id, window_services.c.service_id)
    skills = pairs(session, official_services.c.official_id, official_services.c.service_id)
    hands = {official: rest for official, *rest in run(session, _IN_HAND, site=site_id)}
    opens = _opens_in(session, site_id, at) if sitting else 0.0
    planned = _planned(session, site_id, at, pause) if sitting else {}
    return [row.window_id for row in sitting], [
        Place(
            services=served(allowed, skills, row.window_id, row.official_id),
            official=row.official_id,
            pauses=planned.get(row.window_id, ()),
            **_doing(row, hands.get(row.official_id), opens, at, pause),
        )
        for row in sitting
    ]


def closed_windows(session: Session, site_id: int, at: datetime) -> list[Closed]:
    """The windows of the site where nobody sits, in the order of their labels."""
    allowed = pairs(session, window_services.c.window_id, window_services.c.service_id)
    taken = select(Sitting.window_id).where(sitting_now(at))
    free = select(Window.id).where(Window.site_id == site_id, Window.active, Window.id.not_in(taken))
    planned = _planned(session, site_id, at)
    return [
        Closed(window, allowed.get(window, frozenset()), planned.get(window, ()))
        for window in session.scalars(free.order_by(Window.label))
    ]


def _doing(row: Any, hand: list[Any] | None, opens: float, at: datetime, pause: float) -> dict[str, Any]:
    """What is in hand and for how long; or for how long yet they are away, as they said or as such take; or nothing."""
    if hand is not None:
        service_id, called_ms, since = hand
        elapsed = (milliseconds(at) - (called_ms or milliseconds(since))) / 1000
        return {"in_hand": str(service_id), "elapsed": max(elapsed, 0.0)}
    if row.id is None:
        return {"opens": opens}
    if row.expected_until is not None and row.expected_until > at:
        return {"away": (row.expected_until - at).total_seconds(), "said": True}
    return {"away": pause}


def _planned(session: Session, site_id: int, at: datetime, pause: float = 0.0) -> dict[int, list[tuple[float, float]]]:
    """The breaks of today that each window has not taken, in how many seconds and for how many; one is begun late."""
    return {
        window: [
            ((max(starts, at) - at).total_seconds(), (ends - max(starts, at)).total_seconds())
            for starts, ends in planned
        ]
        for window, planned in to_come(session, site_id, at, timedelta(seconds=pause)).items()
    }


def _opens_in(session: Session, site_id: int, at: datetime) -> float:
    """How many seconds before the first opening of the day; later windows call at any hour."""
    times = times_of(session, site_id, at.date())
    first = next(iter(stretches_on(at.date(), times.hours, times.calendar)), None)
    if first is None:
        return 0.0
    return max(datetime.combine(at.date(), first[0], tzinfo=at.tzinfo) - at, timedelta()).total_seconds()


def served(
    allowed: Mapping[int, frozenset[str]], skills: Mapping[int, frozenset[str]], window: int, official: int
) -> frozenset[str]:
    """What an official attends at a window: what it serves and they can; who has nothing written can all."""
    services = allowed.get(window, frozenset())
    return services & skills.get(official, services)


def pairs(session: Session, key: Any, value: Any) -> dict[int, frozenset[str]]:
    """The services of each window, or of each official."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for owner, service in session.execute(select(key, value)):
        found[owner].add(str(service))
    return {owner: frozenset(services) for owner, services in found.items()}
