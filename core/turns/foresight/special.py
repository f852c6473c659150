"""Days that are not as others, said by hand: a tax deadline, a fair, a day like another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Missing
from core.events import Who
from core.turns.foresight.model import SpecialDay
from core.turns.model import ServiceDay

LEAST, MOST = 0.1, 10.0
"""A day brings so many times as many people as usual, no less and no more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said of a day: `factor` times the people of a usual one, or of the day that it is `like`."""

    day: date
    why: str
    factor: float = 1.0
    like: date | None = None


def of_site(session: Session, site_id: int) -> Sequence[SpecialDay]:
    """The special days of a site, the last first."""
    return session.scalars(
        select(SpecialDay).where(SpecialDay.site_id == site_id).order_by(SpecialDay.day.desc())
    ).all()


def add(session: Session, site_id: int, wanted: Wanted, by: int, at: datetime) -> SpecialDay:
    """Say that a day is special. Raises Invalid."""
    if not wanted.why:
        raise Invalid(N_("Escriba por qué ese día es distinto."), field="why")
    if not LEAST <= wanted.factor <= MOST:
        raise Invalid(N_("Escriba un número de veces entre 0,1 y 10."), field="factor")
    taken = select(SpecialDay.id).where(SpecialDay.site_id == site_id, SpecialDay.day == wanted.day)
    if session.scalar(taken) is not None:
        raise Invalid(N_("Ese día ya está en la lista. Quítelo primero."), field="day")
    if wanted.like is not None:
        _check_seen(session, site_id, wanted)
    row = SpecialDay(
        site_id=site_id,
        day=wanted.day,
        factor=wanted.factor,
        like=wanted.like,
        why=wanted.why,
        set_by=by,
        set_at=at,
    )
    session.add(row)
    session.flush()
    audit.record(session, Act.ADDED, On(Thing.SPECIAL_DAY, row.id), Who("official", by), at, site_id=site_id)
    return row


def take_away(session: Session, site_id: int, special_id: int, by: int, at: datetime) -> None:
    """The day is as others again. Raises Missing."""
    row = session.get(SpecialDay, special_id, populate_existing=True)
    if row is None or row.site_id != site_id:
        raise Missing(N_("Ese día ya no está en la lista."))
    session.delete(row)
    on = On(Thing.SPECIAL_DAY, special_id)
    audit.record(session, Act.WITHDRAWN, on, Who("official", by), at, site_id=site_id)


def _check_seen(session: Session, site_id: int, wanted: Wanted) -> None:
    if wanted.like == wanted.day:
        raise Invalid(N_("Un día no puede ser como él mismo."), field="like")
    seen = select(ServiceDay.id).where(ServiceDay.site_id == site_id, ServiceDay.day == wanted.like)
    if session.scalar(seen) is None:
        raise Invalid(N_("Ese día no se dieron turnos en esta sede. Elija otro."), field="like")
