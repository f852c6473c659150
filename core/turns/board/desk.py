"""What an official sees at a window: who waits for it, who is in the hand and who was set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, case, func, select
from sqlalchemy.orm import Session, joinedload

from core.catalogue.model import Service, Window, window_services
from core.desks import Desk, Sitting, sitting_now
from core.turns.actions.call import CALLABLE_FOR, callable_by, in_order, priority_run, seen_by_the_rules
from core.turns.actions.change import settings_of
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import Turn, in_state
from core.turns.policy import GENERAL, Order, line_up

ASIDE_LISTED = 12
"""How many who let others pass, and how many who did not come, are listed; the parked are all."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits for one service: how many, how many of them with priority, and since when the oldest of each."""

    service: Service
    waiting: int
    priority: int
    oldest: datetime
    oldest_priority: datetime | None


def lines(session: Session, desk: Desk, at: datetime) -> list[Line]:
    """The queue by service that a desk can call, in the order of the services."""
    rows = session.execute(
        select(
            Turn.service_id,
            func.count(),
            func.sum((Turn.group != GENERAL).cast(Integer)),
            func.min(Turn.issued_at),
            func.min(case((Turn.group != GENERAL, Turn.issued_at))),
        )
        .where(*callable_by(desk, at))
        .group_by(Turn.service_id)
    ).all()
    services = {s.id: s for s in session.scalars(select(Service).where(Service.id.in_([row[0] for row in rows])))}
    found = [Line(services[service_id], count, int(priority), *oldest) for service_id, count, priority, *oldest in rows]
    return sorted(found, key=lambda line: line.service.position)


def next_few(session: Session, desk: Desk, at: datetime, most: int = 8) -> list[Turn]:
    """The first turns of the desk's queue, in the order in which it would call them if nobody else did."""
    if settings_of(session, desk.site_id).rules.order is Order.RATIO:
        return in_turn(session, desk.site_id, callable_by(desk, at))[:most]
    first = select(Turn).where(*callable_by(desk, at)).order_by(*in_order()).limit(most)
    return list(session.scalars(first.options(joinedload(Turn.service))))


def in_turn(session: Session, site_id: int, which: Iterable[ColumnElement[bool]]) -> list[Turn]:
    """The waiting turns of a site that `which` tells, as one window that served them all would call them."""
    turns = {turn.id: turn for turn in session.scalars(select(Turn).where(*which).options(joinedload(Turn.service)))}
    rules, run = settings_of(session, site_id).rules, priority_run(session, site_id)
    return [turns[seen.id] for seen in line_up(rules, map(seen_by_the_rules, turns.values()), run)]


def turn_at(session: Session, desk: Desk) -> Turn | None:
    """The turn that the official has called or attends."""
    return session.scalar(
        select(Turn)
        .where(Turn.official_id == desk.official_id, in_state(*IN_HAND), Turn.site_id == desk.site_id)
        .options(joinedload(Turn.service))
    )


def set_aside(session: Session, desk: Desk, at: datetime) -> list[Turn]:
    """What the official parked, who lets others pass, and who did not come to these windows and may still return."""
    theirs = select(Turn).where(Turn.site_id == desk.site_id, Turn.issued_at > at - CALLABLE_FOR)
    served = theirs.where(Turn.service_id.in_(sorted(desk.services))).limit(ASIDE_LISTED)
    parked = theirs.where(in_state(State.ON_HOLD), Turn.official_id == desk.official_id)
    passing = served.where(in_state(State.WAITING), Turn.not_before > at)
    gone = served.where(in_state(State.ABSENT))
    return [
        turn
        for turns, first in (
            (parked, Turn.state_since.desc()),
            (passing, Turn.not_before.asc()),
            (gone, Turn.state_since.desc()),
        )
        for turn in session.scalars(turns.order_by(first).options(joinedload(Turn.service)))
    ]


def windows_serving(session: Session, site_id: int, at: datetime) -> dict[int, list[tuple[str, bool]]]:
    """For each service that some window attends: the labels of those windows, and whether somebody sits there now."""
    rows = session.execute(
        select(window_services.c.service_id, Window.label, Sitting.id)
        .join(Window, Window.id == window_services.c.window_id)
        .outerjoin(Sitting, (Sitting.window_id == Window.id) & sitting_now(at))
        .where(Window.site_id == site_id, Window.active)
        .order_by(Window.label)
    )
    windows: dict[int, list[tuple[str, bool]]] = {}
    for service_id, label, sitting_id in rows:
        windows.setdefault(service_id, []).append((label, sitting_id is not None))
    return windows
