"""What an official sees at a window: who waits for it, who is in the hand and who was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session, joinedload

from core.catalogue.model import Service, Window, window_services
from core.desks import Desk, Sitting
from core.turns.actions.call import CALLABLE_FOR, callable_by, in_order
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import Turn
from core.turns.policy import GENERAL


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits for one service: how many, how many of them with priority, and since when the oldest."""

    service: Service
    waiting: int
    priority: int
    oldest: datetime


def lines(session: Session, desk: Desk, at: datetime) -> list[Line]:
    """The queue by service that a desk can call, in the order of the services."""
    rows = session.execute(
        select(
            Turn.service_id,
            func.count(),
            func.sum((Turn.group != GENERAL).cast(Integer)),
            func.min(Turn.issued_at),
        )
        .where(*callable_by(desk, at))
        .group_by(Turn.service_id)
    ).all()
    services = {s.id: s for s in session.scalars(select(Service).where(Service.id.in_([row[0] for row in rows])))}
    found = [Line(services[service_id], count, int(priority), oldest) for service_id, count, priority, oldest in rows]
    return sorted(found, key=lambda line: line.service.position)


def next_few(session: Session, desk: Desk, at: datetime, most: int = 8) -> list[Turn]:
    """The first turns of the desk's queue, in the static order."""
    return list(
        session.scalars(
            select(Turn)
            .where(*callable_by(desk, at))
            .order_by(*in_order())
            .limit(most)
            .options(joinedload(Turn.service))
        )
    )


def turn_at(session: Session, desk: Desk) -> Turn | None:
    """The turn that the official has called or attends."""
    return session.scalar(
        select(Turn)
        .where(Turn.official_id == desk.official_id, Turn.state.in_(IN_HAND), Turn.site_id == desk.site_id)
        .options(joinedload(Turn.service))
    )


def set_aside(session: Session, desk: Desk, at: datetime) -> list[Turn]:
    """What the official parked, and who did not come to this site's windows and may still return."""
    mine = (Turn.state == State.ON_HOLD) & (Turn.official_id == desk.official_id)
    gone = (Turn.state == State.ABSENT) & Turn.service_id.in_(sorted(desk.services))
    return list(
        session.scalars(
            select(Turn)
            .where(Turn.site_id == desk.site_id, mine | gone, Turn.issued_at > at - CALLABLE_FOR)
            .order_by(Turn.state_since.desc())
            .limit(12)
            .options(joinedload(Turn.service))
        )
    )


def windows_for(session: Session, service_id: int) -> list[tuple[Window, bool]]:
    """The windows where a service is attended, and whether somebody sits there now."""
    rows = session.execute(
        select(Window, Sitting.id)
        .join(window_services, window_services.c.window_id == Window.id)
        .outerjoin(Sitting, (Sitting.window_id == Window.id) & Sitting.ended_at.is_(None))
        .where(window_services.c.service_id == service_id, Window.active)
        .order_by(Window.label)
    )
    return [(window, sitting is not None) for window, sitting in rows]
