"""Turns by what is printed on their ticket, and the last one that a window finished."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn, in_state

NUMBER = re.compile(r"([A-Za-z])[ -]?([0-9]{1,4})\Z")
"""A number as people write it from their ticket: «A 012», «a12», «A-12»."""


def with_number(session: Session, site_id: int, typed: str, days: Collection[date]) -> Sequence[Turn]:
    """The turns of the site that had this number on those days, the newest first; none of what is no number."""
    read = NUMBER.match(typed)
    if read is None:
        return ()
    series, number = read[1].upper(), int(read[2])
    query = (
        select(Turn)
        .join(ServiceDay, ServiceDay.id == Turn.service_day_id)
        .where(ServiceDay.site_id == site_id, ServiceDay.day.in_(days), Turn.series == series, Turn.number == number)
        .order_by(ServiceDay.day.desc())
    )
    return session.scalars(query).all()


def last_finished_at(session: Session, site_id: int, window_id: int, since: datetime) -> Turn | None:
    """The turn that was last finished at a window of the site, if that was after `since`."""
    query = (
        select(Turn)
        .where(Turn.site_id == site_id, in_state(State.FINISHED), Turn.state_since > since)
        .where(Turn.window_id == window_id)
        .order_by(Turn.state_since.desc(), Turn.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def series_of(session: Session, site_id: int, days: Collection[date]) -> Sequence[str]:
    """The letters that the turns of those days have."""
    query = select(Turn.series).join(ServiceDay, ServiceDay.id == Turn.service_day_id)
    query = query.where(ServiceDay.site_id == site_id, ServiceDay.day.in_(days)).distinct().order_by(Turn.series)
    return session.scalars(query).all()
