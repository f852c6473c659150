"""The receipt, the slip and the label of a petition in words: the page, the paper and the mail say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from core.clock import now
from core.petitions.deadlines import Deadline
from core.petitions.model import Identity
from core.petitions.receipts import ANSWERS, CHANNELS, MISSING, Receipt
from core.petitions.terms import Kind
from core.reports import pdf
from core.web.information import begun, date_text
from core.web.petition_words import account_told, kind_text, long_day_text
from core.web.words import clock_text, language, translate

FOLLOW = "/petitions/follow"
"""The page that opens a petition by its code; the code of the QR stands after «#», which no browser sends."""

WIDTHS = (58, 80)
"""Millimetres of the paper of slips and labels."""

Rows = list[tuple[str, str]]


def follow_address(code: str = "") -> str:
    """Where a petition is followed; with its code, for the camera of a phone only."""
    address = f"{current_app.config['PUBLIC_URL']}{FOLLOW}"
    return f"{address}#{code}" if code else address


def rows(told: Receipt, found: Deadline) -> Rows:
    """The facts of a receipt, each with its name; what there is nothing to say of is left out.

    Of a confidential one it does not say what it is about: others may find the paper.
    """
    every = [
        (_("Radicado"), told.number),
        (_("Recibida"), received_text(told)),
        (_("Radicada"), date_text(told.filed_on) if told.filed_on != told.received_on else ""),
        (_("Entrada de contingencia"), told.contingency),
        (_("Clase"), _("En reserva") if told.confidential else begun(kind_text(Kind(told.kind)))),
        (_("Asunto"), told.subject),
        (_("Llegó por"), channel_text(told)),
        (_("La recibió"), told.taken_by),
        (_("La atiende"), told.office),
        (_("Folios"), str(told.folios) if told.folios is not None else ""),
        (_("Anexos"), annexes_text(told)),
        (_("Plazo"), due_text(found)),
        (_("Le respondemos"), translate(ANSWERS[told.answer_by])),
    ]
    return [(name, value) for name, value in every if value]


def received_text(told: Receipt) -> str:
    """The day, and the hour unless nobody keeps it."""
    if told.received_at is None:
        return date_text(told.received_on)
    return str(_("%(day)s, %(hour)s", day=date_text(told.received_on), hour=clock_text(told.received_at)))


def channel_text(told: Receipt) -> str:
    """By where it came; of what was said aloud, that it was (Decreto 1069 de 2015, art. 2.2.3.12.3)."""
    channel = begun(translate(CHANNELS[told.channel]))
    return str(_("%(channel)s. Petición verbal", channel=channel)) if told.verbal else channel


def annexes_text(told: Receipt) -> str:
    """What came with it: its files by their names, and the rest as the official noted it; that nothing did."""
    return "; ".join([*told.files, *([told.annexes] if told.annexes else [])]) or str(_("ninguno"))


def due_text(found: Deadline) -> str:
    """By when it is answered, and in how many days of which."""
    if found.due is None:
        return str(_("La ley no fija un plazo; procuramos hacerlo pronto."))
    days = max((line.number for line in found.account), default=0)
    length = ngettext("%(num)s día hábil", "%(num)s días hábiles", days)
    return str(_("respuesta a más tardar el %(day)s (%(length)s)", day=long_day_text(found.due), length=length))


def missing_text(told: Receipt) -> Sequence[str]:
    """What the law wants a petition to say and this one does not, as it is asked for."""
    return [translate(MISSING[code]) for code in told.missing]


def notes(told: Receipt) -> list[str]:
    """What the person should know besides, by how they made it."""
    said = []
    if told.identity is Identity.ANONYMOUS:
        said.append(_("La presentó sin su nombre: no quedó quién es, desde dónde escribió ni la hora."))
    if told.identity is Identity.RESERVED:
        said.append(_("Su identidad quedó en reserva: no le escribimos correos; la respuesta está en la página."))
    if told.verbal:
        said.append(_("Se dejó constancia de que la petición fue verbal. Vale lo mismo que una escrita."))
    if told.annulled:
        said.append(_("Este radicado fue anulado."))
    return said


def receipt_paper(told: Receipt, found: Deadline, entity: str) -> bytes:
    """The receipt on letter paper, with the account of its days."""
    at = now()
    return pdf.draw("receipt", _letter(told, found, entity), at)


def _letter(told: Receipt, found: Deadline, entity: str) -> dict[str, Any]:
    missing, account = missing_text(told), account_told(found, told.filed_on)
    return {
        "language": language(),
        "title": _("Constancia de petición verbal") if told.verbal else _("Constancia de radicación"),
        "entity": entity,
        "number": told.number,
        "rows": rows(told, found),
        "code": told.code,
        "code_title": _("Su código de seguimiento"),
        "code_says": _("Con él ve en qué va y la respuesta. Guárdelo: no lo podemos recuperar."),
        "address": follow_address(),
        "qr": pdf.qr(follow_address(told.code)),
        "qr_says": _("Código QR que abre la página de seguimiento"),
        "missing_title": _("Lo que faltó, por si quiere completarlo"),
        "missing": [begun(each) for each in missing],
        "notes": notes(told),
        "account_title": _("Cómo se cuentan los días"),
        "account_lead": f"{account.sentence} {account.skipped}".strip(),
        "account_columns": [_("Día"), _("¿Cuenta?"), _("Por qué")],
        "account": [[row.words, row.number, row.why] for row in account.rows],
        "page": _("Página"),
        "of": _("de"),
    }


def slip_paper(told: Receipt, found: Deadline, entity: str, width: int) -> bytes:
    """The receipt on a roll of 58 or 80 mm."""
    return pdf.draw("slip", _slip(told, entity, width, rows(told, found)[1:]), now())


def label_paper(told: Receipt, entity: str, width: int) -> bytes:
    """What is stuck on the paper that was handed over: number, day, hour and sheets (Acuerdo AGN 001 de 2024)."""
    said = [
        (_("Recibida"), received_text(told)),
        (_("Folios"), str(told.folios) if told.folios is not None else ""),
        (_("Anexos"), annexes_text(told)),
        (_("La atiende"), told.office),
        (_("La recibió"), told.taken_by),
    ]
    return pdf.draw("slip", _slip(told, entity, width, [row for row in said if row[1]], label=True), now())


def _slip(told: Receipt, entity: str, width: int, said: Rows, *, label: bool = False) -> dict[str, Any]:
    code = "" if label else told.code
    titles = {True: _("Petición verbal"), False: _("Radicación")}
    return {
        "language": language(),
        "width": width,
        "entity": entity,
        "title": titles[told.verbal],
        "number": told.number,
        "rows": said,
        "code": code,
        "code_title": _("Su código de seguimiento"),
        "notes": [] if label else notes(told),
        "address": follow_address(),
        "qr": pdf.qr(follow_address(code)),
        "qr_says": _("Código QR que abre la página de seguimiento"),
    }


def acknowledgement(told: Receipt, found: Deadline, refused: Sequence[str] = ()) -> tuple[str, str]:
    """Subject and text of the mail that says that it came; of a confidential one not even its files are named."""
    subject = _("Recibimos su petición: radicado %(number)s", number=told.number)
    hidden = _("Anexos") if told.confidential else ""
    lines = [f"{name}: {value}" for name, value in rows(told, found) if name != hidden]
    parts = [_("Su petición quedó radicada."), "\n".join(lines)]
    if told.missing:
        asked = "; ".join(missing_text(told))
        parts.append(_("La recibimos como la envió. Si quiere, puede agregar: %(asked)s.", asked=asked))
    if refused:
        parts.append("\n".join([_("Estos archivos no se pudieron recibir."), *refused]))
    if told.code:
        parts.append(_("Su código de seguimiento es %(code)s. No lo comparta.", code=told.code))
    parts.append(_("Vea en qué va con su código: %(address)s", address=follow_address()))
    parts.append(_("Este mensaje es automático."))
    return subject, "\n\n".join(parts)
