"""The letters of petitions as they are printed: what stands on them, the paper, and where it is laid."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from core.files.actions import Placed, place_own
from core.files.kinds import Kind
from core.petitions import finding, replies
from core.petitions.letters import Letter, Print
from core.petitions.model import Identity, Petition
from core.petitions.reply_model import Reply
from core.reports.pdf import draw
from core.web.office import entity
from core.web.uploads import store
from core.web.words import day_text


def reply_letter(petition: Petition, reply: Reply) -> Letter:
    """The answer, to who asked."""
    words = replies.words_of(petition, reply)
    approved = reply.approver.name if reply.approver else ""
    return _letter(petition, addressee(petition), words.subject, words.body, words.annexes, reply.author.name, approved)


def transfer_letter(petition: Petition, authority: str, address: str, reason: str, package: tuple[str, ...]) -> Letter:
    """What goes to the authority that is competent, with the list of the package."""
    subject = _("Traslado por competencia de la petición %(number)s", number=petition.filing_number)
    body = _(
        "Le remitimos la petición de la referencia, por ser de su competencia (Ley 1437 de 2011, artículo 21).\n\n"
        "%(reason)s\n\n"
        "El término para responderla corre desde el día siguiente al de su recepción. Enviamos copia de este oficio a "
        "quien la presentó.",
        reason=reason,
    )
    to = tuple(line for line in (authority, address) if line)
    return _letter(petition, to, subject, body, package, current_user.name, "")


def addressee(petition: Petition) -> tuple[str, ...]:
    """To whom a letter goes, line by line; nobody's name if nobody may know it."""
    person = finding.person_of(petition)
    if petition.identity == Identity.ANONYMOUS:
        return (_("Peticionario anónimo"),)
    if person is None:
        return (_("Persona con identidad reservada"),)
    lines = (person.name or _("A quien presentó la petición"), person.address, person.municipality, person.email)
    return tuple(line for line in lines if line)


def printer(petition: Petition, at: datetime) -> Print:
    """Prints a letter and lays it among the files, sealed if its petition is confidential."""

    def print_letter(letter: Letter) -> Placed:
        label = f"{letter.number}.pdf"
        return place_own(store(), draw("letter", _data(letter), at), label, Kind.PDF, at, seal=petition.confidential)

    return print_letter


def _letter(
    petition: Petition,
    to: tuple[str, ...],
    subject: str,
    body: str,
    annexes: tuple[str, ...],
    wrote: str,
    approved: str,
) -> Letter:
    town = entity()
    about = _(
        "Radicado %(number)s, recibido el %(day)s.",
        number=petition.filing_number,
        day=f"{petition.received_on:%d/%m/%Y}",
    )
    return Letter(
        entity=town.name if town else "",
        office=petition.office.name,
        place=petition.site.name,
        to=to,
        subject=subject,
        about=about,
        body=body,
        annexes=annexes,
        signer=current_user.name,
        wrote=wrote,
        approved=approved,
        verify=_("Para comprobar este oficio, dé su número y su marca en la ventanilla o en la página de la entidad."),
    )


def _data(letter: Letter) -> dict[str, Any]:
    """What the template `letter` says."""
    hands = [_("Proyectó: %(name)s.", name=letter.wrote)] if letter.wrote else []
    hands += [_("Revisó y aprobó: %(name)s.", name=letter.approved)] if letter.approved else []
    day = _("%(day)s de %(year)s", day=day_text(letter.day), year=letter.day.year) if letter.day else ""
    return {
        "entity": letter.entity,
        "office": letter.office,
        "number": letter.number,
        "number_label": _("Radicado de salida"),
        "dated": f"{letter.place}, {day}",
        "to": list(letter.to),
        "subject": letter.subject,
        "about": letter.about,
        "body": [part.strip() for part in letter.body.replace("\r", "").split("\n\n") if part.strip()],
        "annexes": list(letter.annexes),
        "annexes_label": _("Anexos"),
        "signed_label": _("Firmado en el sistema por"),
        "signer": letter.signer,
        "hands": " ".join(hands),
        "verify": letter.verify,
        "mark_label": _("Marca"),
        "mark": letter.mark,
        "page": _("Página"),
    }
