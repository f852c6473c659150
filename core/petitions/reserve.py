"""Confidential petitions: who is let into one, who is kept out, and how two people together open whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.people.model import Official
from core.people.rights import Permission, permissions
from core.petitions import finding, sealing, steps
from core.petitions.filing import Person
from core.petitions.finding import NotYours, Reader
from core.petitions.model import Petition, Recipient, StepKind
from core.petitions.reserve_model import Exclusion, ReserveRequest, Wanted

OPEN_FOR = timedelta(hours=24)
"""For how long who asked may look at an identity, once a second person agreed."""
LONGEST_REASON = 500


class Grantor(Reader, Protocol):
    """Who decides over the reserve: a reader of a site."""

    @property
    def site_id(self) -> int: ...


class KeptOut(Refused):
    message = N_("Esa persona está excluida de este caso.")


class NotOpen(Refused):
    message = N_("La identidad está cerrada: pida abrirla y espere a que otra persona lo apruebe.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a named person reads: the petition, its words, and who made it unless the identity is reserved."""

    petition: Petition
    subject: str
    text: str
    person: Person | None


# ---------------------------------------------------------------- reading


def read(session: Session, reader: Reader, petition_id: int, at: datetime) -> Opened:
    """Open a confidential petition for who is named for it; the reading goes into the trail. Raises NotYours."""
    petition = finding.petition_for(session, reader, petition_id)
    if not petition.confidential:
        raise NotYours
    subject, text = finding.words_of(petition)
    note(session, Act.READ, petition, reader.id, at)
    return Opened(petition, subject, text, finding.person_of(petition))


def cases_of(session: Session, reader: Reader) -> list[Petition]:
    """The confidential petitions for which this official is named, the newest first."""
    query = select(Petition).where(Petition.confidential, finding.readable(reader))
    return list(session.scalars(query.order_by(Petition.received_on.desc(), Petition.id.desc())))


def cases_known_to(session: Session, grantor: Grantor) -> list[Petition]:
    """Those whose readers this person decides on: of them only the number, the dates and who reads are shown."""
    query = select(Petition).where(decides_on(grantor))
    return list(session.scalars(query.order_by(Petition.received_on.desc(), Petition.id.desc())))


def case_known_to(session: Session, grantor: Grantor, petition_id: int, *, lock: bool = False) -> Petition:
    """One of them. Raises NotYours, as if there were none."""
    query = select(Petition).where(Petition.id == petition_id, decides_on(grantor))
    petition = session.scalar(query.with_for_update(of=Petition) if lock else query)
    if petition is None:
        raise NotYours
    return petition


def readers_of(session: Session, petition: Petition) -> list[Recipient]:
    """Who reads it now, in the order in which they were named."""
    query = select(Recipient).where(Recipient.petition_id == petition.id, Recipient.ended_on.is_(None))
    return list(session.scalars(query.order_by(Recipient.since, Recipient.official_id)))


def kept_out_of(session: Session, petition: Petition) -> list[Exclusion]:
    """Who has no part in it."""
    query = select(Exclusion).where(Exclusion.petition_id == petition.id)
    return list(session.scalars(query.order_by(Exclusion.on, Exclusion.official_id)))


def is_kept_out(session: Session, petition_id: int, official_id: int) -> bool:
    """Whether somebody has no part in it, and so is not given it either."""
    return session.get(Exclusion, (petition_id, official_id)) is not None


def could_be_named(session: Session, petition: Petition) -> list[Official]:
    """The officials of its site whose role may read what is reserved, who do not yet and are not kept out."""
    taken = {row.official_id for row in readers_of(session, petition)}
    taken |= {row.official_id for row in kept_out_of(session, petition)}
    query = select(Official).where(Official.site_id == petition.site_id, Official.active).order_by(Official.name)
    return [one for one in session.scalars(query) if one.id not in taken and may_read(one)]


# ---------------------------------------------------------------- whose it is


def open_request_of(session: Session, petition: Petition, reader_id: int, at: datetime) -> ReserveRequest | None:
    """The request by which this official may look at the identity now."""
    return session.scalar(
        select(ReserveRequest)
        .where(
            ReserveRequest.petition_id == petition.id,
            ReserveRequest.wanted == Wanted.IDENTITY,
            ReserveRequest.official_id == reader_id,
            ReserveRequest.accepted.is_(True),
            ReserveRequest.decided_at > at - OPEN_FOR,
        )
        .order_by(ReserveRequest.id.desc())
        .limit(1)
    )


def see_identity(session: Session, petition: Petition, by: Reader, at: datetime) -> Person:
    """Who made it. Each look goes into the trail, and the person is told of it once a day. Raises NotOpen."""
    request = open_request_of(session, petition, by.id, at)
    row = petition.petitioner
    if request is None or row is None or row.sealed is None or row.wrapped_key is None:
        raise NotOpen
    told = [s for s in petition.steps if s.kind == StepKind.IDENTITY_OPENED and s.detail.get("request") == request.id]
    if at.date() not in {step.on for step in told}:
        why = reason_of(petition, request)
        steps.add(session, petition, StepKind.IDENTITY_OPENED, by.id, at, text=why, detail={"request": request.id})
    note(session, Act.IDENTITY_OPENED, petition, by.id, at, request=request.id)
    return Person(**sealing.open_sealed(sealing.unwrap(row.wrapped_key), row.sealed))


# ---------------------------------------------------------------- how it is done


def may_read(official: Official) -> bool:
    return Permission.READ_RESERVED in permissions(official.roles)


def decides_on(grantor: Grantor) -> ColumnElement[bool]:
    """The confidential petitions of the site, if the person may give access and is not kept out of them."""
    out = exists().where(Exclusion.petition_id == Petition.id, Exclusion.official_id == grantor.id)
    if Permission.GRANT_RESERVED not in permissions(grantor.roles):
        return Petition.id.is_(None)
    return Petition.confidential & (Petition.site_id == grantor.site_id) & ~out


def sees(person: Grantor) -> ColumnElement[bool]:
    """The confidential petitions that this person reads or decides on."""
    return or_(decides_on(person), Petition.confidential & finding.readable(person))


def note(session: Session, act: Act, petition: Petition, by: int, at: datetime, **detail: object) -> None:
    said: Mapping[str, object] = detail
    on = On(Thing.PETITION, petition.id)
    audit.record(session, act, on, Who("official", by), at, site_id=petition.site_id, detail=said)


def sealed_reason(petition: Petition, reason: str) -> bytes:
    if not reason.strip():
        raise Invalid(N_("Escriba el motivo: queda en el caso."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="reason", most=LONGEST_REASON)
    return sealing.seal(steps.case_key(petition), {"reason": reason.strip()})


def reason_of(petition: Petition, held: ReserveRequest | Exclusion) -> str:
    """Why it was asked for, or why somebody is kept out. Raises sealing.Unreadable."""
    return str(sealing.open_sealed(steps.case_key(petition), held.reason)["reason"])


def reads(session: Session, petition_id: int, official_id: int) -> bool:
    row = session.get(Recipient, (petition_id, official_id))
    return row is not None and row.ended_on is None
