"""Which version rules on a day, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from core.errors import N_, Missing
from core.protocols.model import Protocol, ProtocolVersion, VersionState


class NoProtocol(Missing):
    message = N_("Ese protocolo no existe. Puede que hayan descartado su borrador.")


class NoVersion(Missing):
    message = N_("Ese protocolo no tiene esa versión.")


class Standing(StrEnum):
    """Where a version stands on a day: an approved one is coming, in force, or replaced by another; or withdrawn."""

    DRAFT = "draft"
    REVIEW = "review"
    COMING = "coming"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


def standing(version: ProtocolVersion, today: date) -> Standing:
    """Where a version stands."""
    if version.state != VersionState.APPROVED or version.valid_from is None:
        return Standing(version.state.value)
    if version.withdrawn_because:
        return Standing.WITHDRAWN
    if version.ends_on is not None and (version.ends_on <= today or version.ends_on <= version.valid_from):
        return Standing.REPLACED
    return Standing.COMING if version.valid_from > today else Standing.IN_FORCE


def rules_on(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition for a version to rule on a day."""
    return and_(
        ProtocolVersion.state == VersionState.APPROVED,
        ProtocolVersion.valid_from <= today,
        or_(ProtocolVersion.ends_on.is_(None), ProtocolVersion.ends_on > today),
    )


def in_force(session: Session, today: date) -> Sequence[ProtocolVersion]:
    """The versions that rule on a day, with their protocols and the services of each, by code."""
    query = select(ProtocolVersion).join(ProtocolVersion.protocol).where(rules_on(today)).order_by(Protocol.code)
    whole = joinedload(ProtocolVersion.protocol).selectinload(Protocol.services)
    return session.scalars(query.options(whole)).all()


def version_in_force(session: Session, code: str, today: date) -> ProtocolVersion | None:
    """The version of a protocol that rules on a day; None if none does."""
    query = select(ProtocolVersion).join(ProtocolVersion.protocol).where(Protocol.code == code, rules_on(today))
    return session.scalar(query.options(joinedload(ProtocolVersion.protocol)))


def every_protocol(session: Session) -> Sequence[Protocol]:
    """All of them, by code."""
    return session.scalars(select(Protocol).order_by(Protocol.code)).all()


def protocol_of(session: Session, protocol_id: int) -> Protocol:
    """Raises NoProtocol."""
    found = session.get(Protocol, protocol_id)
    if found is None:
        raise NoProtocol
    return found


def held(session: Session, protocol_id: int) -> Protocol:
    """A protocol as it is now, with its versions: whoever else acts on it waits. Raises NoProtocol."""
    query = select(Protocol).where(Protocol.id == protocol_id).with_for_update(of=Protocol)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NoProtocol
    session.expire(found, ["versions"])
    for version in found.versions:
        session.refresh(version)
    return found


def version_numbered(protocol: Protocol, number: int) -> ProtocolVersion:
    """Raises NoVersion."""
    found = next((version for version in protocol.versions if version.number == number), None)
    if found is None:
        raise NoVersion
    return found


def in_hand(protocol: Protocol) -> ProtocolVersion | None:
    """The version that is a draft or in review."""
    return next((version for version in protocol.versions if version.state != VersionState.APPROVED), None)


def ruling(protocol: Protocol, today: date) -> ProtocolVersion | None:
    """The version that is in force."""
    return next((version for version in protocol.versions if standing(version, today) == Standing.IN_FORCE), None)
