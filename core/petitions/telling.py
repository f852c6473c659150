"""The person hears by e-mail what the office did with their petition, in the transaction in which it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.errors import N_, Invalid
from core.mail import outbox
from core.mail.outbox import About, Attachment, Mail
from core.petitions.model import AnswerBy, Petition

_WHERE = "Puede seguir su petición en la página de la entidad, con su número y su código."


class NoAddress(Invalid):
    message = N_("La persona no dejó correo electrónico: avísele por otro medio.")


def address_of(petition: Petition) -> str:
    """Where the person reads mail about this petition; empty if they gave no address or the case is confidential."""
    person = petition.petitioner
    return person.email if person is not None and person.sealed is None and not petition.confidential else ""


def by_mail(petition: Petition) -> bool:
    """Whether the person wants to hear by e-mail (Ley 1437 de 2011, art. 56)."""
    person = petition.petitioner
    wants = person is not None and (person.notify_by_email or petition.answer_by == AnswerBy.EMAIL)
    return bool(wants and address_of(petition))


def write_to(
    session: Session,
    petition: Petition,
    subject: str,
    lines: Sequence[str],
    at: datetime,
    attachments: Sequence[Attachment] = (),
    purpose: str = "news",
) -> None:
    """Put a letter to the person in the outbox. Raises NoAddress, address.BadAddress."""
    to = address_of(petition)
    if not to:
        raise NoAddress(field="told")
    name = petition.petitioner.name if petition.petitioner else ""
    text = "\n\n".join((f"Radicado {petition.filing_number}", *lines, _WHERE))
    about = About("petition", petition.id)
    outbox.write(
        session,
        Mail(to, subject, text, purpose, about=about, name=name, automatic=False, attachments=attachments),
        at,
    )


def asked_to_complete(session: Session, petition: Petition, what: str, until: date | None, at: datetime) -> None:
    """What is missing, and until when it may be brought; nothing if the person reads no mail."""
    if by_mail(petition):
        last = f" Tiene plazo hasta el {until:%d/%m/%Y}." if until else ""
        lines = ("Para responder su petición necesitamos que la complete o la aclare:", what, f"Gracias.{last}")
        write_to(session, petition, f"Complete su petición {petition.filing_number}", lines, at)


def extended(session: Session, petition: Petition, until: date, reason: str, at: datetime) -> None:
    """That the answer comes later, by when and why. Raises NoAddress."""
    lines = (f"Su petición se responderá a más tardar el {until:%d/%m/%Y}, por este motivo:", reason)
    write_to(session, petition, f"Nuevo plazo de su petición {petition.filing_number}", lines, at)


def transferred(session: Session, petition: Petition, authority: str, at: datetime, copy: Attachment | None) -> None:
    """To whom it was sent, with a copy of the letter; nothing if the person reads no mail."""
    if by_mail(petition):
        lines = (f"Su petición le corresponde a {authority}, a quien se la enviamos. Recibe copia de ese oficio.",)
        subject = f"Su petición {petition.filing_number} se trasladó"
        write_to(session, petition, subject, lines, at, (copy,) if copy else ())


def replied(
    session: Session, petition: Petition, number: str, paper: Attachment | None, at: datetime, opinion: str = ""
) -> None:
    """The answer itself, and the address where its person says how they were attended. Raises NoAddress."""
    lines = [f"Adjuntamos la respuesta a su petición, con el número {number}. Confirme que la recibió, por favor."]
    if opinion:
        lines.append(f"Cuéntenos después cómo lo atendimos. Es voluntario y no pedimos su nombre:\n{opinion}")
    subject = f"Respuesta a su petición {petition.filing_number}"
    write_to(session, petition, subject, lines, at, (paper,) if paper else (), "reply")
