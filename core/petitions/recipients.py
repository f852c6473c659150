"""Who reads a confidential petition no more, and whom it accuses, who has no part in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import Act
from core.errors import N_, Invalid, Refused
from core.people.model import Official
from core.petitions.model import Petition, Recipient
from core.petitions.reserve import (
    Grantor,
    KeptOut,
    is_kept_out,
    kept_out_of,
    note,
    readers_of,
    reason_of,
    sealed_reason,
)
from core.petitions.reserve_model import Exclusion


class LastReader(Refused):
    message = N_("Es la única persona que lee el caso. Nombre antes a otra, o exclúyala si el caso la señala.")


def take_off(session: Session, petition: Petition, official_id: int, by: Grantor, at: datetime) -> None:
    """Somebody reads the case no more; one person always does. Raises Refused, LastReader."""
    named = {row.official_id: row for row in readers_of(session, petition)}
    if official_id not in named:
        raise Refused(N_("Esa persona no lee este caso."))
    if len(named) == 1:
        raise LastReader
    _end(session, named[official_id], at)
    note(session, Act.ACCESS_TAKEN, petition, by.id, at, official=official_id)


def keep_out(session: Session, petition: Petition, official: Official, reason: str, by: Grantor, at: datetime) -> None:
    """Whom the case accuses, or who depends on them, has no part in it from now on; at once, and by one person.

    Raises Invalid, KeptOut.
    """
    if official.id == by.id:
        raise Invalid(N_("Nadie se excluye a sí mismo: pídalo a otra persona de control interno."), field="official")
    if is_kept_out(session, petition.id, official.id):
        raise KeptOut
    sealed = sealed_reason(petition, reason)
    session.add(Exclusion(petition_id=petition.id, official_id=official.id, on=at.date(), by=by.id, reason=sealed))
    for row in readers_of(session, petition):
        if row.official_id == official.id:
            _end(session, row, at)
    if petition.assignee_id == official.id:
        petition.assignee_id = None
    session.flush()
    note(session, Act.KEPT_OUT, petition, by.id, at, official=official.id)


def carry_over(session: Session, before: Petition, after: Petition, at: datetime) -> None:
    """What goes on from a case has its readers, and keeps out whom the case keeps out."""
    out = {row.official_id: row for row in kept_out_of(session, before)}
    for row in readers_of(session, after):
        if row.official_id in out:
            session.delete(row)
    for excluded in out.values():
        sealed = sealed_reason(after, reason_of(before, excluded))
        session.add(
            Exclusion(
                petition_id=after.id, official_id=excluded.official_id, on=at.date(), by=excluded.by, reason=sealed
            )
        )
    session.flush()
    for row in readers_of(session, before):
        let_in(session, after, row.official_id, at)


def let_in(session: Session, petition: Petition, official_id: int, at: datetime) -> None:
    row = session.get(Recipient, (petition.id, official_id))
    if row is None:
        session.add(Recipient(petition_id=petition.id, official_id=official_id, since=at.date()))
    else:
        row.since, row.ended_on = at.date(), None
    session.flush()


def _end(session: Session, row: Recipient, at: datetime) -> None:
    row.ended_on = at.date()
    session.flush()
