"""Which window attends which service, and in how long each service promises to call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import Service, Topic, Window
from core.errors import N_, Invalid

LONGEST_TARGET = 240


def services_of(session: Session, site_id: int) -> list[Service]:
    """The services in use of a site, in the order of the kiosk."""
    return list(
        session.scalars(
            select(Service)
            .join(Topic, Topic.id == Service.topic_id)
            .where(Service.site_id == site_id, Service.active)
            .order_by(Topic.position, Service.position, Service.id)
        )
    )


def windows_of(session: Session, site_id: int) -> list[Window]:
    """The windows in use of a site, by what stands on the wall."""
    found = session.scalars(select(Window).where(Window.site_id == site_id, Window.active))
    return sorted(found, key=lambda window: (len(window.label), window.label))


def set_matrix(
    session: Session,
    site_id: int,
    chosen: Collection[tuple[int, int]],
    by: int,
    at: datetime,
    reason: str = "",
) -> bool:
    """Have each window attend the services that are paired with it, as (window, service); whether any did others.

    What a window attends and is not in use stays as it was. Raises Invalid for a pair of another site.
    """
    windows, services = windows_of(session, site_id), services_of(session, site_id)
    known = {(window.id, service.id) for window in windows for service in services}
    if not set(chosen) <= known:
        raise Invalid(N_("Marque solo casillas del cuadro. Vuelva a cargar la página."))
    changed = False
    for window in windows:
        hidden = [service for service in window.services if not service.active]
        wanted = [*(service for service in services if (window.id, service.id) in chosen), *hidden]
        if {service.id for service in wanted} != {service.id for service in window.services}:
            changed |= changes.apply(session, window, {"services": wanted}, by, at, reason)
    return changed


def set_targets(
    session: Session, site_id: int, minutes: Mapping[int, int | None], by: int, at: datetime, reason: str = ""
) -> bool:
    """Promise these waits, by service; None is that of the site. Whether any was another. Raises Invalid."""
    changed = False
    for service in services_of(session, site_id):
        wanted = minutes.get(service.id)
        if wanted is not None and not 1 <= wanted <= LONGEST_TARGET:
            raise Invalid(N_("Escriba un número de %(least)s a %(most)s."), least=1, most=LONGEST_TARGET)
        changed |= changes.apply(session, service, {"target_min": wanted}, by, at, reason)
    return changed
