"""What a site offers to whoever comes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Topic


def topics(session: Session, site_id: int, only: Collection[int] = ()) -> list[Topic]:
    """The topics of the site that have services to attend, in the order of the kiosk; `only` these, if any is there."""
    found = session.scalars(select(Topic).where(Topic.site_id == site_id, Topic.active).order_by(Topic.position))
    every = [topic for topic in found if any(service.active for service in topic.services)]
    return [topic for topic in every if topic.id in only] or every
