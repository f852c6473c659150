"""What a site still lacks before it can open its doors, in the order in which it is set up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import (
    Office,
    OpeningHours,
    PriorityGroup,
    Reason,
    Result,
    Service,
    Site,
    Topic,
    Window,
    window_services,
)
from core.catalogue.week import LEAST_HOURS_A_WEEK, hours_a_week, short_days, week_of
from core.devices import Device
from core.people.model import Official
from core.people.rights import Permission, permissions


class Need(StrEnum):
    """What a site needs; each is the name of a line of the list."""

    ADDRESS = "address"
    HOURS = "hours"
    OFFICES = "offices"
    TOPICS = "topics"
    SERVICES = "services"
    WINDOWS = "windows"
    MATRIX = "matrix"
    OFFICIALS = "officials"
    SKILLS = "skills"
    GROUPS = "groups"
    LISTS = "lists"
    KIOSK = "kiosk"
    DISPLAY = "display"
    LEGAL_HOURS = "legal hours"


@dataclass(frozen=True, slots=True)
class Line:
    """A need, how many there are of what it asks for, and by name what is left out."""

    need: Need
    met: bool
    many: int = 0
    left_out: tuple[str, ...] = ()


def readiness(session: Session, site_id: int) -> list[Line]:
    """Every need of a site, met or not."""
    site = session.get_one(Site, site_id)
    week = week_of(site)
    services = session.execute(
        select(Service.id, Service.name)
        .join(Topic, Topic.id == Service.topic_id)
        .where(Service.site_id == site_id, Service.active, Topic.active)
        .order_by(Service.name)
    ).all()
    attended = _attended(session, site_id)
    staff = [
        official
        for official in session.scalars(select(Official).where(Official.site_id == site_id, Official.active))
        if Permission.ATTEND in permissions(official.roles)
    ]
    skilled = {service.id for official in staff for service in official.services}
    anyone = any(not official.services for official in staff)
    counts = {
        Need.HOURS: _count(session, OpeningHours.site_id == site_id),
        Need.OFFICES: _count(session, Office.site_id == site_id, Office.active),
        Need.TOPICS: _count(session, Topic.site_id == site_id, Topic.active),
        Need.SERVICES: len(services),
        Need.WINDOWS: _count(session, Window.site_id == site_id, Window.active),
        Need.OFFICIALS: len(staff),
        Need.GROUPS: _count(session, PriorityGroup.site_id == site_id, PriorityGroup.active),
        Need.KIOSK: _devices(session, site_id, "kiosk"),
        Need.DISPLAY: _devices(session, site_id, "display"),
    }
    unattended = tuple(name for key, name in services if key not in attended)
    unskilled = () if anyone else tuple(name for key, name in services if key not in skilled)
    lists = _count(session, Reason.site_id == site_id, Reason.kind == "pause", Reason.active) and _count(
        session, Result.site_id == site_id, Result.active
    )
    lines = {need: Line(need, many > 0, many) for need, many in counts.items()}
    lines |= {
        Need.ADDRESS: Line(Need.ADDRESS, bool(site.address)),
        Need.MATRIX: Line(Need.MATRIX, bool(services) and not unattended, len(services), unattended),
        Need.SKILLS: Line(Need.SKILLS, bool(staff) and not unskilled, len(services), unskilled),
        Need.LISTS: Line(Need.LISTS, bool(lists)),
        Need.LEGAL_HOURS: Line(
            Need.LEGAL_HOURS, hours_a_week(week) >= LEAST_HOURS_A_WEEK and not short_days(week), int(hours_a_week(week))
        ),
    }
    return [lines[need] for need in Need]


def _attended(session: Session, site_id: int) -> set[int]:
    """The services that some window in use attends."""
    return set(
        session.scalars(
            select(window_services.c.service_id)
            .join(Window, Window.id == window_services.c.window_id)
            .where(Window.site_id == site_id, Window.active)
        )
    )


def _count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]


def _devices(session: Session, site_id: int, kind: str) -> int:
    return _count(session, Device.site_id == site_id, Device.kind == kind, Device.revoked_at.is_(None))
