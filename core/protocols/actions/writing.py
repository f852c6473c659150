"""A protocol is begun, written and sent to review; of two who write at once, none writes over the other."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import Act
from core.catalogue.model import Service
from core.errors import N_, Invalid, Refused
from core.people.rights import PEOPLE
from core.protocols.actions.finding import held, in_hand, ruling
from core.protocols.actions.telling import tell
from core.protocols.completeness import Lack, lacks, too_much
from core.protocols.model import Protocol, ProtocolVersion, VersionState
from core.protocols.text import Channel, Population, ProtocolText, read, written

LONGEST_REASON = 500
_CODE = re.compile(r"[A-Z]{1,4}-[0-9]{1,3}")


class WrittenMeanwhile(Refused):
    message = N_(
        "Otra persona guardó este protocolo mientras usted escribía. Compare en otra pestaña y guarde de nuevo."
    )


class NotADraft(Refused):
    message = N_("Este protocolo no está en borrador: alguien lo movió antes. Mire cómo quedó.")


class InHandAlready(Refused):
    message = N_("Ya hay una versión en borrador o en revisión. Siga con esa.")


class Incomplete(Refused):
    message = N_("Todavía falta algo: lo dice la lista. Complételo y vuelva a pedir la revisión.")

    def __init__(self, lacking: tuple[Lack, ...]) -> None:
        super().__init__()
        self.lacking = lacking


class NothingNew(Refused):
    message = N_("Este borrador dice lo mismo que la versión que rige. No hay nada nuevo que aprobar.")


class CodeTaken(Invalid):
    message = N_("Ese código ya es de otro protocolo. Escriba otro.")


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """Whom and what a protocol is for: `audience` are the roles that have to read it; no `services` is all of them."""

    code: str
    channel: Channel
    population: Population
    audience: Collection[str]
    services: Collection[int] = ()


def begin(session: Session, whom: For, text: ProtocolText, by: int | None, at: datetime) -> ProtocolVersion:
    """A new protocol, whose first version is a draft. Raises CodeTaken, Invalid."""
    protocol = Protocol(audience=[], services=[])
    _set(session, protocol, whom)
    _check(text)
    session.add(protocol)
    session.flush()
    version = _draft(session, protocol, text, by, at)
    tell(session, Act.ADDED, protocol, by, at)
    return version


def assign(session: Session, protocol_id: int, whom: For, by: int, at: datetime) -> Protocol:
    """Say for whom it is from now on, also of the version in force. Raises CodeTaken, Invalid, NoProtocol."""
    protocol = held(session, protocol_id)
    _set(session, protocol, whom)
    session.flush()
    tell(session, Act.CHANGED, protocol, by, at, audience=sorted(protocol.audience))
    return protocol


def begin_version(session: Session, protocol_id: int, by: int, at: datetime) -> ProtocolVersion:
    """A new draft that says what the version in force says, or the last one. Raises InHandAlready, NoProtocol."""
    protocol = held(session, protocol_id)
    if in_hand(protocol) is not None:
        raise InHandAlready
    from_which = ruling(protocol, at.date()) or protocol.versions[-1]
    version = _draft(session, protocol, read(from_which.text), by, at)
    tell(session, Act.CHANGED, protocol, by, at, version=version.number)
    return version


def save(session: Session, protocol_id: int, text: ProtocolText, seen: int, by: int, at: datetime) -> ProtocolVersion:
    """Keep what is written; `seen` is the saving that the writer had before their eyes.

    Raises WrittenMeanwhile, NotADraft, Invalid, NoProtocol.
    """
    draft = _draft_of(held(session, protocol_id))
    if seen != draft.saving:
        raise WrittenMeanwhile
    _check(text)
    draft.text, draft.saving, draft.written_by, draft.written_at = written(text), draft.saving + 1, by, at
    draft.writers = sorted({*draft.writers, str(by)}, key=int)
    session.flush()
    tell(session, Act.CHANGED, draft.protocol, by, at, version=draft.number, saving=draft.saving)
    return draft


def ask_review(session: Session, protocol_id: int, by: int, at: datetime) -> ProtocolVersion:
    """Hand it to a second person; what rules by no act may be adopted as it is.

    Raises Incomplete, NothingNew, NotADraft, NoProtocol.
    """
    protocol = held(session, protocol_id)
    draft = _draft_of(protocol)
    text, now_ruling = read(draft.text), ruling(protocol, at.date())
    if lacking := lacks(text):
        raise Incomplete(lacking)
    if now_ruling is not None and now_ruling.act and read(now_ruling.text) == text:
        raise NothingNew
    draft.state, draft.review_asked_at, draft.sent_back = VersionState.REVIEW, at, ""
    session.flush()
    tell(session, Act.PROPOSED, protocol, by, at, version=draft.number)
    return draft


def discard(session: Session, protocol_id: int, by: int, at: datetime) -> bool:
    """Forget the draft; whether the protocol has other versions, for otherwise it is forgotten with it.

    Raises NotADraft, NoProtocol.
    """
    protocol = held(session, protocol_id)
    draft = _draft_of(protocol)
    tell(session, Act.DISCARDED, protocol, by, at, version=draft.number)
    session.delete(draft)
    session.flush()
    session.expire(protocol, ["versions"])
    if protocol.versions:
        return True
    session.delete(protocol)
    session.flush()
    return False


def _draft(session: Session, protocol: Protocol, text: ProtocolText, by: int | None, at: datetime) -> ProtocolVersion:
    version = ProtocolVersion(
        protocol=protocol,
        number=max((version.number for version in protocol.versions), default=0) + 1,
        text=written(text),
        writers=[str(by)] if by is not None else [],
        written_by=by,
        written_at=at,
    )
    session.add(version)
    session.flush()
    return version


def _draft_of(protocol: Protocol) -> ProtocolVersion:
    version = in_hand(protocol)
    if version is None or version.state != VersionState.DRAFT:
        raise NotADraft
    return version


def _set(session: Session, protocol: Protocol, whom: For) -> None:
    code = whom.code.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid(N_("Escriba letras, un guion y un número, como P-01."), field="code")
    with session.no_autoflush:
        taken = session.scalar(select(Protocol.id).where(Protocol.code == code, Protocol.id != (protocol.id or 0)))
        services = session.scalars(select(Service).where(Service.id.in_(whom.services))).all()
    if taken is not None:
        raise CodeTaken(field="code")
    if not whom.audience or not set(whom.audience) <= PEOPLE.keys():
        raise Invalid(N_("Elija quiénes deben leerlo."), field="audience")
    if len(services) != len(set(whom.services)):
        raise Invalid(N_("Elija los servicios de la lista."), field="services")
    protocol.code, protocol.channel, protocol.population = code, whom.channel, whom.population
    protocol.audience, protocol.services = sorted(set(whom.audience)), list(services)


def _check(text: ProtocolText) -> None:
    if found := too_much(text):
        part, most = found
        raise Invalid(N_("Es demasiado largo. Lo más que cabe es %(most)s."), field=part, most=most)
