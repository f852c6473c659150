"""Turns by what is printed on their ticket."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.turns.model import ServiceDay, Turn


def with_number(session: Session, site_id: int, series: str, number: int, days: Collection[date]) -> Sequence[Turn]:
    """The turns of the site that had this number on those days, the newest first."""
    query = (
        select(Turn)
        .join(ServiceDay, ServiceDay.id == Turn.service_day_id)
        .where(ServiceDay.site_id == site_id, ServiceDay.day.in_(days), Turn.series == series, Turn.number == number)
        .order_by(ServiceDay.day.desc())
    )
    return session.scalars(query).all()
