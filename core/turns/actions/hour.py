"""The hour of a site: that of the office's clock, or one that leads it after somebody set the clock back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Window
from core.clock import following, milliseconds
from core.db import Stream
from core.desks import Away, HelpCall, Sitting
from core.errors import N_, Refused
from core.events import Happened, Who, record
from core.turns.actions.change import lock_queue
from core.turns.lifecycle import ENDED
from core.turns.model import Turn

SET_BACK, TRUSTED = "clock set back", "clock trusted"
_OF_A_TURN = ("issued_at", "state_since", "not_before", "last_called_at", "attention_started_at")


class ClockIsRight(Refused):
    message = N_("El reloj del equipo ya no está atrasado. No hay nada que corregir.")


@dataclass(frozen=True, slots=True)
class Hour:
    """The hour of a site and by how much it leads the clock of the machine."""

    at: datetime
    lead: timedelta

    @property
    def on_the_clock(self) -> datetime:
        return self.at - self.lead


def hour_of(session: Session, site_id: int, read: datetime) -> Hour:
    """The hour for who only looks; `read` is what the clock says."""
    row = session.execute(select(Stream.last_at, Stream.lead_ms).where(Stream.site_id == site_id)).first()
    last, lead_ms = row or (None, 0)
    return Hour(*following(last, read, timedelta(milliseconds=lead_ms)))


def hour_in_line(session: Session, stream: Stream, read: datetime) -> datetime:
    """The hour for who stands in line: never before that of the last event. A step back of the clock is noted."""
    before = timedelta(milliseconds=stream.lead_ms)
    at, lead = following(stream.last_at, read, before)
    if lead > before:
        step = {"by_ms": (lead - before) // timedelta(milliseconds=1), "clock_ms": milliseconds(read)}
        record(session, Happened(kind=SET_BACK, site_id=stream.site_id, at=at, who=Who("system"), detail=step))
    if lead != before:
        stream.lead_ms = lead // timedelta(milliseconds=1)
        session.flush()
    return at


def trust_clock(session: Session, site_id: int, who: Who, at: datetime) -> None:
    """Somebody says that the clock is right now and was wrong before: the site goes on with its hour.

    What is still open and began at an hour that has not come yet began so much earlier: nobody loses a place
    and no wait changes. This is the only step back in the hours of the log. Raises ClockIsRight.
    """
    stream = lock_queue(session, site_id)
    if not stream.lead_ms:
        raise ClockIsRight
    lead, stream.lead_ms = timedelta(milliseconds=stream.lead_ms), 0
    for thing, names in _open(session, site_id):
        for name in names:
            began = getattr(thing, name)
            if began is not None and began > at - lead:
                setattr(thing, name, began - lead)
                if name == "issued_at":
                    thing.seniority -= lead // timedelta(milliseconds=1)
                    thing.order_key -= lead // timedelta(milliseconds=1)
    session.flush()
    detail = {"by_ms": lead // timedelta(milliseconds=1)}
    record(session, Happened(kind=TRUSTED, site_id=site_id, at=at - lead, who=who, detail=detail))


def _open(session: Session, site_id: int) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """What has not ended at the site, with the hours that each keeps."""
    turns = select(Turn).where(Turn.site_id == site_id, Turn.state.not_in(ENDED))
    yield from ((turn, _OF_A_TURN) for turn in session.scalars(turns))
    here = select(Window.id).where(Window.site_id == site_id)
    for kind, name, ended in (
        (Sitting, "started_at", "ended_at"),
        (Away, "started_at", "ended_at"),
        (HelpCall, "asked_at", "answered_at"),
    ):
        still = select(kind).where(kind.window_id.in_(here), getattr(kind, ended).is_(None))
        yield from ((thing, (name,)) for thing in session.scalars(still))
