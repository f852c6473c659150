"""What a site offers to whoever comes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Topic


def topics(session: Session, site_id: int) -> list[Topic]:
    """The topics of the site that have services to attend, in the order of the kiosk."""
    found = session.scalars(select(Topic).where(Topic.site_id == site_id).order_by(Topic.position))
    return [topic for topic in found if any(service.active for service in topic.services)]
