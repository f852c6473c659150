"""What a person takes home of a petition: the same facts for the page, the paper, the label and the mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import N_
from core.petitions.model import AnswerBy, Channel, Identity, Petition, Stage
from core.petitions.steps import text_of

MISSING = {
    "subject": N_("el asunto, en pocas palabras"),
    "name": N_("su nombre"),
    "document": N_("su documento de identidad"),
    "contact": N_("cómo encontrarlo: correo, teléfono o dirección"),
}
"""What the law wants a petition to say (Ley 1437 de 2011, art. 16), by the codes of the filing."""

CHANNELS = {
    Channel.WEB: N_("página de internet"),
    Channel.IN_PERSON: N_("en persona"),
    Channel.PHONE: N_("teléfono"),
    Channel.PAPER: N_("papel"),
    Channel.EMAIL: N_("correo electrónico"),
}
ANSWERS = {
    AnswerBy.PORTAL: N_("en la página de seguimiento, con su código"),
    AnswerBy.EMAIL: N_("por correo electrónico"),
    AnswerBy.POST: N_("por correo físico, a su dirección"),
    AnswerBy.IN_PERSON: N_("en persona, en la alcaldía"),
    AnswerBy.PHONE: N_("por teléfono"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The facts of a filing. `received_at` is empty for an anonymous one; `code` once nobody knows it any more.

    `taken_by` is the official who received it, `annexes` what came besides its `files`, in `folios` sheets.
    """

    number: str
    code: str
    kind: str
    channel: Channel
    identity: Identity
    confidential: bool
    verbal: bool
    annulled: bool
    subject: str
    office: str
    received_on: date
    received_at: datetime | None
    filed_on: date
    taken_by: str
    contingency: str
    folios: int | None
    annexes: str
    files: tuple[str, ...]
    missing: tuple[str, ...]
    answer_by: AnswerBy


def receipt_of(petition: Petition, files: Sequence[str] = (), code: str = "", taken_by: str = "") -> Receipt:
    """What is told of a petition to who made it. Of a confidential one its words are not repeated on paper."""
    first = petition.steps[0]
    return Receipt(
        number=petition.filing_number,
        code=code,
        kind=petition.kind,
        channel=petition.channel,
        identity=petition.identity,
        confidential=petition.confidential,
        verbal=petition.verbal,
        annulled=petition.stage is Stage.ANNULLED,
        subject=petition.subject,
        office=petition.office.name,
        received_on=petition.received_on,
        received_at=petition.received_at,
        filed_on=petition.filed_on,
        taken_by=taken_by,
        contingency=petition.contingency,
        folios=first.detail.get("folios"),
        annexes=text_of(petition, first),
        files=tuple(files),
        missing=tuple(petition.missing),
        answer_by=petition.answer_by,
    )
