"""How many answers an official typed from paper, by the month of what they are of: nothing finer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.surveys.model import Response


def typed_by(session: Session, official_id: int, since: date) -> Mapping[date, int]:
    """Month → answers, from the month of `since` on; a month without any is left out."""
    query = (
        select(Response.month, func.count().label("typed"))
        .where(Response.typed_by == official_id, Response.month >= since.replace(day=1))
        .group_by(Response.month)
    )
    return {row.month: row.typed for row in session.execute(query)}
