"""What the page of a petition tells its person: where it stands in plain words, what happened, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions import attachments, finding, follow, grouping, replies, steps
from core.petitions.clocks import Name
from core.petitions.deadlines import Deadline, State
from core.petitions.follow import Choices
from core.petitions.model import Petition, Step, StepKind
from core.petitions.reckoning import deadline_of
from core.petitions.terms import Kind
from core.web.information import begun, date_text
from core.web.opinion_links import signed
from core.web.opinions import reply_that_wants_one
from core.web.petition_words import AccountTold, account_told, kind_text
from core.web.words import day_text, translate

HAPPENED = {
    StepKind.FILED: N_("Quedó radicada."),
    StepKind.ACKNOWLEDGED: N_("Le confirmamos que la recibimos."),
    StepKind.ASSIGNED: N_("Pasó a quien la estudia."),
    StepKind.RECLASSIFIED: N_("Cambió de clase; el plazo se sigue contando desde el primer día."),
    StepKind.PRIORITISED: N_("Tiene prioridad por ley."),
    StepKind.CLARIFICATION_ASKED: N_("Le pedimos completarla. El plazo se detuvo."),
    StepKind.CLARIFICATION_LONGER: N_("Usted pidió más tiempo para completarla."),
    StepKind.CLARIFIED: N_("Usted la completó. El plazo siguió al día siguiente."),
    StepKind.CORRECTION_ASKED: N_("Le pedimos aclararla, porque no se entendió qué pide."),
    StepKind.CORRECTED: N_("Usted la aclaró."),
    StepKind.EXTENDED: N_("Le avisamos que la respuesta tardará más."),
    StepKind.TRANSFERRED: N_("La enviamos a la autoridad que puede resolverla."),
    StepKind.WITHDRAWN: N_("Se desistió de la petición."),
    StepKind.ARCHIVED: N_("Se archivó."),
    StepKind.GROUPED: N_("Se responde junto con otras que piden lo mismo."),
    StepKind.DOCUMENT_ADDED: N_("Se agregó un documento."),
    StepKind.SIGNED: N_("La respuesta quedó firmada."),
    StepKind.SENT: N_("Le enviamos la respuesta."),
    StepKind.DELIVERED: N_("La respuesta le fue entregada."),
    StepKind.APPEALED: N_("Usted presentó un recurso."),
    StepKind.INSISTED: N_("Usted insistió: se envía al juez administrativo."),
    StepKind.DATE_MOVED: N_("Cambió la fecha de respuesta."),
    StepKind.IDENTITY_OPENED: N_("Dos personas autorizadas abrieron su identidad reservada. El motivo:"),
    StepKind.ANNULLED: N_("El radicado se anuló."),
}
"""Each public step as its person is told it; messages have a place of their own."""
WRITTEN = {StepKind.CITIZEN_WROTE, StepKind.OFFICE_WROTE}
_OWN_TEXT = {*WRITTEN, StepKind.CLARIFIED, StepKind.CORRECTED, StepKind.SENT, StepKind.DELIVERED, StepKind.NOTED}
"""Steps whose text is not repeated in the history: it is shown where it belongs, or the person wrote it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the history, or a message."""

    on: date
    told: str
    text: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, in words; the signed paper is among the documents, in that place."""

    number: str
    on: date
    text: str
    position: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that its person sees, by its place among them."""

    position: int
    label: str
    on: date
    mine: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands: a few words, how they are drawn, and a sentence that says what comes now."""

    headline: str
    mood: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Told:
    """The whole page. Of one that is confidential or anonymous the words with which it was filed are not shown.

    `opinion`: what opens the survey of its answer; empty while nobody asks.
    """

    number: str
    kind: str
    subject: str
    text: str
    received_on: date
    standing: Standing
    choices: Choices
    asked_text: str
    answer: Answer | None
    answer_waits: bool
    messages: list[Happening]
    history: list[Happening]
    account: AccountTold
    anonymous: bool
    appeal: str
    documents: list[Document]
    opinion: str


def told_of(session: Session, petition: Petition, today: date) -> Told:
    """What its person is told of it today. Raises sealing.Unreadable."""
    found, may = deadline_of(session, petition, today), follow.choices(session, petition, today)
    open_words = not petition.confidential and not follow.is_anonymous(petition)
    subject, text = finding.words_of(petition) if open_words else ("", "")
    shown = follow.public_steps(petition)
    delivered = reply_that_wants_one(session, petition, today)
    waits = follow.answer_waits(session, petition)
    return Told(
        number=petition.filing_number,
        kind=begun(kind_text(Kind(petition.kind))),
        subject=subject,
        text=text,
        received_on=petition.received_on,
        standing=_standing(found, petition.stage_on, waits),
        choices=may,
        asked_text=steps.text_of(petition, may.asked) if may.asked else "",
        answer=None if waits else _answer(session, petition),
        answer_waits=waits,
        messages=[_message(petition, step) for step in shown if step.kind in WRITTEN],
        history=list(_history(petition, shown)),
        account=account_told(found, today),
        anonymous=follow.is_anonymous(petition),
        documents=list(_documents(session, petition)),
        appeal=appeal.filing_number if (appeal := follow.appeal_of(session, petition)) else "",
        opinion=signed(delivered) if delivered else "",
    )


def _documents(session: Session, petition: Petition) -> Iterable[Document]:
    for position, one in enumerate(follow.documents_of(session, petition), start=1):
        yield Document(position, attachments.label_of(petition, one), one.step.on, one.step.by is None)


def _answer(session: Session, petition: Petition) -> Answer | None:
    reply = follow.answer_of(session, petition)
    if reply is None or reply.letter is None:
        return _shared_answer(session, petition)
    papers = [one.id for one in follow.documents_of(session, petition)]
    paper = reply.letter.attachment_id
    position = papers.index(paper) + 1 if paper in papers else None
    day = follow.notified_on(petition) or reply.letter.signed_at.date()
    return Answer(reply.letter.outgoing_number, day, replies.words_of(petition, reply).body, position)


def _shared_answer(session: Session, petition: Petition) -> Answer | None:
    """What answered all that asked the same: its paper is of who asked first, so here are only the words for all."""
    found, day = grouping.shared_answer(session, petition), follow.notified_on(petition)
    if found is None or day is None:
        return None
    letter, text = found
    return Answer(letter.outgoing_number, day, text, None)


def _message(petition: Petition, step: Step) -> Happening:
    mine = step.kind == StepKind.CITIZEN_WROTE
    return Happening(
        step.on, _("Usted escribió") if mine else _("La alcaldía escribió"), steps.text_of(petition, step), mine
    )


def _history(petition: Petition, shown: Iterable[Step]) -> Iterable[Happening]:
    for step in shown:
        if step.kind in HAPPENED:
            yield _happening(step, "" if step.kind in _OWN_TEXT else steps.text_of(petition, step))


def _happening(step: Step, text: str) -> Happening:
    return Happening(step.on, translate(HAPPENED[step.kind]), text, step.by is None)


def _standing(found: Deadline, since: date, answer_waits: bool) -> Standing:
    """Where it stands, as one would tell it at the window."""
    if answer_waits:
        return Standing(_("Su respuesta está lista"), "success", _("Ábrala aquí abajo."))
    due, complete = found.due, found.clock(Name.COMPLETE)
    by = day_text(due) if due else ""
    until = day_text(complete.due) if complete else ""
    day = date_text(since)
    told = {
        State.ON_TIME: (_("En estudio"), "info", _("La alcaldía le responde a más tardar el %(day)s.", day=by)),
        State.DUE_SOON: (_("En estudio"), "info", _("La alcaldía le responde a más tardar el %(day)s.", day=by)),
        State.DUE_TODAY: (_("Hoy vence el plazo"), "warning", _("La alcaldía debe responderle hoy.")),
        State.OVERDUE: (
            _("El plazo terminó sin respuesta"),
            "error",
            _("Debían responderle el %(day)s. Escríbanos aquí abajo, o acuda a la Personería.", day=by),
        ),
        State.SUSPENDED: (
            _("Falta algo de su parte"),
            "warning",
            _("El plazo está detenido hasta que usted responda. Tiene hasta el %(day)s.", day=until),
        ),
        State.LAPSED: (
            _("Falta algo de su parte"),
            "error",
            _(
                "El tiempo para completarla terminó el %(day)s. Todavía la recibimos, si nadie la ha archivado.",
                day=until,
            ),
        ),
        State.NO_TERM: (_("Recibida"), "info", _("La ley no fija un plazo para responderla; igual la leemos.")),
        State.ANSWERED: (_("Respondida"), "success", _("Se respondió el %(day)s, dentro del plazo.", day=day)),
        State.ANSWERED_LATE: (_("Respondida"), "success", _("Se respondió el %(day)s, después del plazo.", day=day)),
        State.TRANSFERRED: (
            _("Trasladada"),
            "neutral",
            _("El %(day)s la enviamos a otra autoridad. Ella le responde, con un plazo que empieza allá.", day=day),
        ),
        State.WITHDRAWN: (_("Desistida"), "neutral", _("Se desistió de ella el %(day)s.", day=day)),
        State.ARCHIVED: (
            _("Archivada"),
            "neutral",
            _("Se archivó el %(day)s. Puede presentarla de nuevo cuando quiera.", day=day),
        ),
        State.ANNULLED: (_("Anulada"), "neutral", _("Este radicado se anuló el %(day)s.", day=day)),
    }
    return Standing(*told[found.state])
