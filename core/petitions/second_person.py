"""What one person asks for in a confidential petition and another agrees to: a new reader, or to see whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import Act
from core.errors import N_, Invalid, Refused
from core.people.model import Official
from core.petitions.finding import NotYours, Reader
from core.petitions.model import Identity, Petition
from core.petitions.recipients import let_in
from core.petitions.reserve import Grantor, KeptOut, is_kept_out, may_read, note, reads, sealed_reason, sees
from core.petitions.reserve_model import ReserveRequest, Wanted

GOOD_FOR = timedelta(days=7)
"""A request that nobody agrees to in a week is over."""


class ByAnother(Refused):
    message = N_("Lo decide otra persona: no quien lo pidió ni para quien es.")


class Decided(Refused):
    message = N_("Esa solicitud ya se decidió o venció. Mire cómo quedó.")


class AskedAlready(Refused):
    message = N_("Eso mismo ya se pidió y espera a una segunda persona.")


class ReadsAlready(Refused):
    message = N_("Esa persona ya lee este caso.")


def ask_to_name(
    session: Session, petition: Petition, official: Official, reason: str, by: Grantor, at: datetime
) -> ReserveRequest:
    """Propose that an official reads the case. Raises Invalid, KeptOut, ReadsAlready, AskedAlready."""
    if is_kept_out(session, petition.id, official.id):
        raise KeptOut
    if reads(session, petition.id, official.id):
        raise ReadsAlready
    if official.site_id != petition.site_id or not official.active or not may_read(official):
        raise Invalid(N_("Elija a quien gestione PQRSD o sea de control interno."), field="official")
    return _ask(session, petition, Wanted.RECIPIENT, official.id, reason, by.id, at)


def ask_identity(session: Session, petition: Petition, reason: str, by: Reader, at: datetime) -> ReserveRequest:
    """Ask to see who made it, with the reason that the person will read. Raises Invalid, AskedAlready, Refused."""
    if petition.identity != Identity.RESERVED:
        raise Refused(N_("La identidad de esta petición no está reservada."))
    return _ask(session, petition, Wanted.IDENTITY, by.id, reason, by.id, at)


def waiting_for(session: Session, person: Grantor, at: datetime) -> list[ReserveRequest]:
    """The requests that this person may decide, the oldest first."""
    query = (
        select(ReserveRequest)
        .join(Petition, Petition.id == ReserveRequest.petition_id)
        .where(ReserveRequest.decided_at.is_(None), ReserveRequest.asked_at > at - GOOD_FOR, sees(person))
        .order_by(ReserveRequest.id)
    )
    return [one for one in session.scalars(query) if person.id not in (one.asked_by, one.official_id)]


def requests_of(session: Session, petition: Petition, at: datetime) -> list[ReserveRequest]:
    """Those of a case that still wait."""
    query = select(ReserveRequest).where(
        ReserveRequest.petition_id == petition.id,
        ReserveRequest.decided_at.is_(None),
        ReserveRequest.asked_at > at - GOOD_FOR,
    )
    return list(session.scalars(query.order_by(ReserveRequest.id)))


def decide(session: Session, request_id: int, by: Grantor, at: datetime, *, accept: bool) -> ReserveRequest:
    """Agree to what another asked, or not; who asked may also take it back.

    Who decides reads the case or decides on its readers, and is neither who asked nor whom it is for. Raises NotYours,
    Decided, ByAnother, KeptOut.
    """
    request = session.scalar(
        select(ReserveRequest)
        .join(Petition, Petition.id == ReserveRequest.petition_id)
        .where(ReserveRequest.id == request_id, sees(by))
        .with_for_update(of=ReserveRequest)
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotYours
    if request.decided_at is not None or request.asked_at <= at - GOOD_FOR:
        raise Decided
    if by.id in (request.asked_by, request.official_id) and (accept or by.id != request.asked_by):
        raise ByAnother
    if accept and is_kept_out(session, request.petition_id, request.official_id):
        raise KeptOut
    request.decided_by, request.decided_at, request.accepted = by.id, at, accept
    if accept and request.wanted == Wanted.RECIPIENT:
        let_in(session, request.petition, request.official_id, at)
    act = Act.CONFIRMED if accept else Act.TURNED_DOWN
    note(session, act, request.petition, by.id, at, what=request.wanted.value, official=request.official_id)
    return request


def _ask(
    session: Session, petition: Petition, wanted: Wanted, official_id: int, reason: str, by: int, at: datetime
) -> ReserveRequest:
    asked = ReserveRequest.petition_id == petition.id, ReserveRequest.wanted == wanted
    waiting = session.scalar(
        select(ReserveRequest).where(
            *asked, ReserveRequest.official_id == official_id, ReserveRequest.decided_at.is_(None)
        )
    )
    if waiting is not None and waiting.asked_at > at - GOOD_FOR:
        raise AskedAlready
    if waiting is not None:
        waiting.decided_at, waiting.accepted = at, False
        session.flush()
    request = ReserveRequest(
        petition_id=petition.id,
        wanted=wanted,
        official_id=official_id,
        reason=sealed_reason(petition, reason),
        asked_by=by,
        asked_at=at,
    )
    session.add(request)
    session.flush()
    note(session, Act.PROPOSED, petition, by, at, what=wanted.value, official=official_id)
    return request
