"""What a site offers to whoever comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.catalogue.model import Service, ServiceVersion, Site, Topic, Window, window_services
from core.catalogue.sheet import Sheet, read


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is asked for: the site, its address, the office that answers and the windows that attend it."""

    site: str
    address: str
    office: str
    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A service as everybody may see it: its sheet, the number of the version, since when, and where."""

    service: Service
    version: int
    since: datetime
    sheet: Sheet
    place: Place


def topics(session: Session, site_id: int, only: Collection[int] = ()) -> list[Topic]:
    """The topics of the site that have services to attend, in the order of the kiosk; `only` these, if any is there."""
    found = session.scalars(select(Topic).where(Topic.site_id == site_id, Topic.active).order_by(Topic.position))
    every = [topic for topic in found if any(service.active for service in topic.services)]
    return [topic for topic in every if topic.id in only] or every


def published(session: Session, site_id: int) -> list[Published]:
    """Every published service of the site, in the order of the kiosk: topic by topic."""
    rows = session.execute(
        select(Service, ServiceVersion, Site)
        .join(ServiceVersion, ServiceVersion.service_id == Service.id)
        .join(Site, Site.id == Service.site_id)
        .join(Topic, Topic.id == Service.topic_id)
        .where(Service.site_id == site_id, Service.active, ServiceVersion.until.is_(None))
        .options(joinedload(Service.topic), joinedload(Service.office))
        .order_by(Topic.position, Service.position, Service.id)
    ).all()
    windows = windows_of(session, site_id)
    return [
        Published(
            service,
            version.number,
            version.since,
            read(version.sheet),
            Place(site.name, site.address, service.office.name, windows.get(service.id, ())),
        )
        for service, version, site in rows
    ]


def windows_of(session: Session, site_id: int) -> dict[int, tuple[str, ...]]:
    """The labels of the windows that attend each service of the site; what nobody attends is not there."""
    rows = session.execute(
        select(window_services.c.service_id, Window.label)
        .join(Window, Window.id == window_services.c.window_id)
        .where(Window.site_id == site_id, Window.active)
        .order_by(Window.label)
    )
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for service_id, label in rows:
        found[service_id] += (label,)
    return dict(found)
