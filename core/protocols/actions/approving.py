"""A second person approves a protocol or sends it back; one that rules is replaced by the next, or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from core.audit import Act
from core.errors import N_, Invalid, Refused
from core.protocols.actions.finding import Standing, held, in_hand, standing, version_numbered
from core.protocols.actions.telling import tell
from core.protocols.actions.writing import LONGEST_REASON
from core.protocols.model import Protocol, ProtocolVersion, VersionState

LONGEST_ACT, MOST_DAYS, FARTHEST = 120, 30, timedelta(days=366)


class NotInReview(Refused):
    message = N_("Este protocolo no está en revisión: alguien lo movió antes. Mire cómo quedó.")


class OwnWork(Refused):
    message = N_("Quien escribió el protocolo no lo aprueba: debe hacerlo otra persona.")


class Rewritten(Refused):
    message = N_("El texto cambió después de que usted abrió esta página. Léalo otra vez antes de aprobarlo.")


class NotRuling(Refused):
    message = N_("Esa versión ya no rige: otra tomó su lugar, o se retiró antes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What the approval says: the `act` that orders it, from which day it rules, and the working days to read it."""

    act: str
    valid_from: date
    days_to_read: int = 5


def send_back(session: Session, protocol_id: int, reason: str, by: int, at: datetime) -> ProtocolVersion:
    """It is not ready: whoever writes it goes on, and reads why. Raises NotInReview, Invalid, NoProtocol."""
    version = _in_review(held(session, protocol_id))
    version.sent_back = _reason(reason, N_("Escriba qué debe cambiar: lo lee quien lo escribió."))
    version.state = VersionState.DRAFT
    session.flush()
    tell(session, Act.TURNED_DOWN, version.protocol, by, at, version=version.number)
    return version


def approve(
    session: Session, protocol_id: int, seen: int, approval: Approval, by: int | None, at: datetime
) -> ProtocolVersion:
    """A second person, who wrote nothing in it, has read its saving `seen`; it rules from the day that is said.

    The one before rules until then. None is whoever begins the installation. Raises OwnWork, Rewritten, NotInReview,
    Invalid, NoProtocol.
    """
    protocol = held(session, protocol_id)
    version = _in_review(protocol)
    if str(by) in version.writers:
        raise OwnWork
    if seen != version.saving:
        raise Rewritten
    _check(approval, at.date())
    for other in protocol.versions:
        if other.state == VersionState.APPROVED and (other.ends_on is None or other.ends_on > approval.valid_from):
            other.ends_on = approval.valid_from
    session.flush()
    version.state, version.approved_by, version.approved_at = VersionState.APPROVED, by, at
    version.act, version.valid_from = approval.act.strip(), approval.valid_from
    version.days_to_read = approval.days_to_read
    session.flush()
    tell(session, Act.PUBLISHED, protocol, by, at, version=version.number, saving=version.saving)
    return version


def withdraw(session: Session, protocol_id: int, number: int, reason: str, by: int, at: datetime) -> ProtocolVersion:
    """From today on this version rules no more; if it was yet to come, the one that it would replace goes on.

    Raises NotRuling, Invalid, NoProtocol, NoVersion.
    """
    protocol = held(session, protocol_id)
    version, today = version_numbered(protocol, number), at.date()
    stood = standing(version, today)
    if stood not in (Standing.IN_FORCE, Standing.COMING):
        raise NotRuling
    version.withdrawn_because = _reason(reason, N_("Escriba por qué se retira."))
    version.withdrawn_by, would_end, version.ends_on = by, version.ends_on, today
    session.flush()
    if stood == Standing.COMING:
        for other in protocol.versions:
            if other.ends_on == version.valid_from and not other.withdrawn_because:
                other.ends_on = would_end
    session.flush()
    tell(session, Act.WITHDRAWN, protocol, by, at, version=version.number)
    return version


def _in_review(protocol: Protocol) -> ProtocolVersion:
    version = in_hand(protocol)
    if version is None or version.state != VersionState.REVIEW:
        raise NotInReview
    return version


def _reason(written: str, ask: str) -> str:
    reason = " ".join(written.split())
    if not reason:
        raise Invalid(ask, field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="reason", most=LONGEST_REASON)
    return reason


def _check(approval: Approval, today: date) -> None:
    if not approval.act.strip():
        raise Invalid(N_("Escriba el acto que lo aprueba, por ejemplo: Resolución 012 de 2027."), field="act")
    if len(approval.act) > LONGEST_ACT:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="act", most=LONGEST_ACT)
    if approval.valid_from < today:
        raise Invalid(N_("Un protocolo no rige hacia atrás: escriba hoy o un día que venga."), field="valid_from")
    if approval.valid_from > today + FARTHEST:
        raise Invalid(N_("Escriba un día del próximo año o antes."), field="valid_from")
    if not 1 <= approval.days_to_read <= MOST_DAYS:
        raise Invalid(N_("Escriba un número de %(least)s a %(most)s."), field="days_to_read", least=1, most=MOST_DAYS)
