"""Who finds which petition: an official those of the own office or that they are named for, the citizen the own one."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from core.errors import N_, Missing
from core.people.rights import Permission, Reach, reaches
from core.petitions import sealing, steps
from core.petitions.filing import Person, code_hash
from core.petitions.model import Identity, Petition, Recipient
from core.petitions.search import number_in


class Reader(Protocol):
    """What must be known of an official who reads: `SignedIn` says it."""

    @property
    def id(self) -> int: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def offices(self) -> frozenset[int]: ...


class NotYours(Missing):
    message = N_("Esa petición no existe o no es de su dependencia.")


def readable(reader: Reader) -> ColumnElement[bool]:
    """The petitions that this official may read: a condition for queries.

    A confidential one is only for the officials who are named for it, whatever else they may.
    """
    far = {reaches(role, Permission.READ_PETITIONS) for role in reader.roles}
    mine = Petition.office_id.in_(reader.offices) | (Petition.assignee_id == reader.id)
    ordinary = Petition.id.is_not(None) if Reach.ALL in far else mine if Reach.OFFICE in far else Petition.id.is_(None)
    named = exists().where(
        Recipient.petition_id == Petition.id, Recipient.official_id == reader.id, Recipient.ended_on.is_(None)
    )
    may_reserved = any(reaches(role, Permission.READ_RESERVED) for role in reader.roles)
    reserved = and_(Petition.confidential, named) if may_reserved else Petition.id.is_(None)
    return or_(and_(~Petition.confidential, ordinary), reserved)


def petition_for(session: Session, reader: Reader, petition_id: int, *, lock: bool = False) -> Petition:
    """A petition that this official may read. Raises NotYours, as if there were none.

    `lock` holds it until the transaction ends, for whoever is going to change it.
    """
    query = (
        select(Petition).where(Petition.id == petition_id, readable(reader)).execution_options(populate_existing=True)
    )
    petition = session.scalar(query.with_for_update(of=Petition) if lock else query)
    if petition is None:
        raise NotYours
    return petition


def state_for(session: Session, reader: Reader, site_id: int, typed: str) -> Petition | None:
    """The petition of that number, as far as this official may say how it goes: of the site, or of the own office."""
    number = number_in(typed)
    if number is None:
        return None
    far = {reaches(role, Permission.SEE_PETITION_STATE) for role in reader.roles}
    query = select(Petition).where(
        Petition.year == number[0], Petition.number == number[1], Petition.site_id == site_id
    )
    if not far & {Reach.SITE, Reach.ALL}:
        query = query.where(or_(Petition.office_id.in_(reader.offices), Petition.assignee_id == reader.id))
    return session.scalar(query)


def by_code(session: Session, code: str) -> Petition | None:
    """The petition that this code of follow-up opens."""
    return session.scalar(select(Petition).where(Petition.code_hash == code_hash(code)))


def of_turn(session: Session, turn_id: int) -> list[str]:
    """The numbers of what was filed while a turn was attended, but for what only named people may know of."""
    filed = select(Petition).where(Petition.turn_id == turn_id, ~Petition.confidential).order_by(Petition.id)
    return [petition.filing_number for petition in session.scalars(filed)]


def words_of(petition: Petition) -> tuple[str, str]:
    """Subject and text, opened if they are sealed. Raises sealing.Unreadable.

    Who calls it for a confidential petition writes the reading into the trail.
    """
    if petition.sealed is None:
        return petition.subject, petition.text
    said = sealing.open_sealed(steps.case_key(petition), petition.sealed)
    return said["subject"], said["text"]


def person_of(petition: Petition) -> Person | None:
    """Who made it; None for an anonymous one and for an identity that is reserved, which has a door of its own.

    Raises sealing.Unreadable.
    """
    row = petition.petitioner
    if row is None or petition.identity == Identity.RESERVED:
        return None
    if row.sealed is not None and row.wrapped_key is not None:
        return Person(**sealing.open_sealed(sealing.unwrap(row.wrapped_key), row.sealed))
    return Person(**{name: getattr(row, name) for name in Person.__dataclass_fields__})
