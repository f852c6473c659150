"""The hour of a site: that of the office's clock, or one that leads it after somebody set the clock back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Window
from core.clock import following, milliseconds
from core.db import Stream, table
from core.desks import Away, HelpCall, Sitting
from core.errors import N_, Refused
from core.events import Happened, Who, record
from core.prepared import run
from core.turns.actions.change import lock_queue
from core.turns.lifecycle import ENDED
from core.turns.model import Turn

SET_BACK, TRUSTED = "clock set back", "clock trusted"
_MS = timedelta(milliseconds=1)
_HOUR = select(Stream.last_at, Stream.lead_ms).where(Stream.site_id == bindparam("site"))
_SET_LEAD = update(table(Stream)).where(table(Stream).c.site_id == bindparam("site")).values(lead_ms=bindparam("ms"))
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
    last, lead_ms = run(session, _HOUR, site=site_id).first() or (None, 0)
    return Hour(*following(last, read, lead_ms * _MS))


def hour_in_line(session: Session, site_id: int, read: datetime) -> datetime:
    """Stand in line, and the hour there: never before that of the last event. A step back of the clock is noted."""
    last, before = lock_queue(session, site_id)
    at, lead = following(last, read, before)
    if lead > before:
        step = {"by_ms": (lead - before) // _MS, "clock_ms": milliseconds(read)}
        record(session, Happened(kind=SET_BACK, site_id=site_id, at=at, who=Who("system"), detail=step))
    if lead != before:
        run(session, _SET_LEAD, site=site_id, ms=lead // _MS)
    return at


def trust_clock(session: Session, site_id: int, who: Who, at: datetime) -> None:
    """Somebody says that the clock is right now and was wrong before: the site goes on with its hour.

    What is still open and began at an hour that has not come yet began so much earlier: nobody loses a place
    and no wait changes. This is the only step back in the hours of the log. Raises ClockIsRight.
    """
    lock_queue(session, site_id)
    _last, lead_ms = run(session, _HOUR, site=site_id).one()
    lead: timedelta = lead_ms * _MS
    if not lead:
        raise ClockIsRight
    run(session, _SET_LEAD, site=site_id, ms=0)
    for thing, names in _open(session, site_id):
        for name in names:
            began = getattr(thing, name)
            if began is not None and began > at - lead:
                setattr(thing, name, began - lead)
                if name == "issued_at":
                    thing.seniority -= lead // _MS
                    thing.order_key -= lead // _MS
    session.flush()
    detail = {"by_ms": lead // _MS}
    record(session, Happened(kind=TRUSTED, site_id=site_id, at=at - lead, who=who, detail=detail))
    audit.record(session, Act.CLOCK_TRUSTED, On(Thing.SITE, site_id), who, at - lead, site_id=site_id, detail=detail)


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
