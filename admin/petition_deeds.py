"""What may be done with a petition on its page: a form for each deed, when it is offered, and the verb that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from admin.petition_forms import (
    ArchiveForm,
    AskForm,
    BroughtForm,
    DraftDayForm,
    ExtendForm,
    HandsForm,
    KindForm,
    LinkForm,
    LongerForm,
    MessageForm,
    NoteForm,
    PriorityForm,
    ReasonForm,
    SaidForm,
    TransferForm,
    choices_of,
)
from admin.petition_letters import printer, transfer_letter
from core.catalogue.model import Office
from core.errors import N_, Invalid
from core.mail.outbox import Attachment
from core.petitions import attachments, clarifying, ending, search, telling, work
from core.petitions.facts import Ground
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.names import KINDS
from core.petitions.reckoning import facts_of
from core.petitions.work_names import PRIORITIES, TOLD
from core.web.forms import PressForm
from core.web.uploads import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that may be done: how it is offered, what is asked for it, and what it does."""

    name: str
    group: str
    title: str
    drawing: str
    form: type[PressForm]
    do: Callable[[Session, Petition, Any, int, datetime], None]
    fits: Callable[[Petition], bool]
    hint: str = ""
    danger: bool = False


def form_of(deed: Deed, petition: Petition, session: Session) -> PressForm:
    """The form of a deed as it is first drawn; each field has an id of its own on a page that has many forms."""
    form = deed.form(data=_begins(deed, petition))
    with_own_ids(form, deed.name)
    if isinstance(form, HandsForm):
        _offer_hands(form, petition, session)
    elif isinstance(form, KindForm):
        form.kind.choices = choices_of(KINDS)
    elif isinstance(form, PriorityForm):
        form.priority.choices = choices_of(PRIORITIES)
    elif isinstance(form, ExtendForm):
        form.told.choices = choices_of(TOLD)
    return form


def with_own_ids(form: PressForm, mark: str) -> PressForm:
    """Each field with an id of its own, on a page where several forms ask for the same."""
    for name, field in form._fields.items():
        if name not in ("csrf_token", "press"):
            field.id = field.label.field_id = f"{mark}-{name}"
    return form


def _begins(deed: Deed, petition: Petition) -> dict[str, Any]:
    if deed.form is KindForm:
        return {"kind": petition.kind, "own_term": petition.own_term}
    return {"office": str(petition.office_id), "official": str(petition.assignee_id or "")}


def _offer_hands(form: HandsForm, petition: Petition, session: Session) -> None:
    """The offices of the site, and the people of each who may answer."""
    offices = session.scalars(
        select(Office).where(Office.site_id == petition.site_id, Office.active).order_by(Office.name)
    ).all()
    form.office.choices = [SelectChoice(str(one.id), one.name) for one in offices]
    form.official.choices = [SelectChoice("", _("Nadie todavía"))] + [
        SelectChoice(str(one.id), one.name, optgroup=office.name)
        for office in offices
        for one in work.answerers(session, office.id, petition)
    ]


def number(written: str | None, field: str) -> int | None:
    """The id chosen in a list; None for nobody. Raises Invalid."""
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise Invalid(N_("Elija una opción de la lista."), field=field)
    return int(written)


def _assign(session: Session, petition: Petition, form: HandsForm, by: int, at: datetime) -> None:
    hands = work.Hands(number(form.office.data, "office") or 0, number(form.official.data, "official"))
    work.assign(session, petition, hands, form.reason.data, by, at)


def _reclassify(session: Session, petition: Petition, form: KindForm, by: int, at: datetime) -> None:
    kind, reason = form.kind.data or "", form.reason.data
    work.reclassify(session, petition, kind, reason, store(), by, at, form.own_term.data)


def _transfer(session: Session, petition: Petition, form: TransferForm, by: int, at: datetime) -> None:
    said = {"authority": form.authority.data, "address": form.address.data, "reason": form.reason.data}
    to = ending.Transfer(**said, package=form.package.data)
    letter = transfer_letter(petition, *said.values(), tuple(form.package.data))
    sent = ending.transfer(session, petition, to, letter, printer(petition, at), by, at)
    telling.transferred(session, petition, to.authority, at, copy_of(session, petition, sent.attachment_id))


def copy_of(session: Session, petition: Petition, attachment_id: int | None) -> Attachment | None:
    """A letter as it goes along with an e-mail; None if its petition is confidential."""
    if petition.confidential or attachment_id is None:
        return None
    kept = attachments.attachment_of(session, petition, attachment_id)
    content = b"".join(attachments.content_of(store(), petition, kept))
    return Attachment(attachments.label_of(petition, kept), "application/pdf", content)


def _link(session: Session, petition: Petition, form: LinkForm, by: int, at: datetime) -> None:
    asked = search.number_in(form.other.data)
    query = select(Petition).where(Petition.year == (asked or (0, 0))[0], Petition.number == (asked or (0, 0))[1])
    other = session.scalar(query.where(Petition.site_id == petition.site_id))
    if other is None:
        raise Invalid(N_("No hay una petición con ese radicado. Escríbalo así: 2026-E-000123."), field="other")
    work.link(session, petition, other, by, at)


def _challenge(kind: StepKind) -> Callable[[Session, Petition, SaidForm, int, datetime], None]:
    return lambda s, p, form, by, at: work.note_challenge(s, p, kind, form.text.data, by, at)


def _open(petition: Petition) -> bool:
    return petition.stage == Stage.OPEN


def _runs(petition: Petition) -> bool:
    return _open(petition) and not petition.suspended


def _waits(petition: Petition) -> bool:
    return _open(petition) and petition.suspended


def _asked(petition: Petition) -> bool:
    waiting = facts_of(petition, petition.steps).waiting if _waits(petition) else None
    return waiting is not None and waiting.ground == Ground.INCOMPLETE


def _answered(petition: Petition) -> bool:
    return petition.stage == Stage.ANSWERED


HANDS, TERM, CLASS, ENDS, NOTES = (
    N_("Repartir"),
    N_("Término"),
    N_("Clase y prelación"),
    N_("Terminar sin respuesta de fondo"),
    N_("Anotar"),
)
DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed(
            name="assign",
            group=HANDS,
            title=N_("Asignar o reasignar"),
            drawing="user-plus",
            form=HandsForm,
            do=_assign,
            fits=_open,
        ),
        Deed(
            name="give-back",
            group=HANDS,
            title=N_("Devolver a quien reparte"),
            drawing="undo-2",
            form=ReasonForm,
            do=lambda s, p, form, by, at: work.give_back(s, p, form.reason.data, by, at),
            fits=_open,
        ),
        Deed(
            name="ask",
            group=TERM,
            title=N_("Pedir lo que falta (art. 17)"),
            drawing="message-square",
            form=AskForm,
            do=lambda s, p, form, by, at: clarifying.ask(s, p, Ground.INCOMPLETE, form.what.data, by, at),
            fits=_runs,
            hint=N_("Dentro de los 10 días. El término espera hasta un mes."),
        ),
        Deed(
            name="obscure",
            group=TERM,
            title=N_("Pedir que aclare (art. 19)"),
            drawing="circle-help",
            form=AskForm,
            do=lambda s, p, form, by, at: clarifying.ask(s, p, Ground.OBSCURE, form.what.data, by, at),
            fits=_runs,
            hint=N_("Solo si no se comprende qué pide. Tiene 10 días para aclarar."),
        ),
        Deed(
            name="brought",
            group=TERM,
            title=N_("La persona completó"),
            drawing="check",
            form=BroughtForm,
            do=lambda s, p, form, by, at: clarifying.complete(s, p, form.text.data, by, at),
            fits=_waits,
            hint=N_("El término sigue desde mañana."),
        ),
        Deed(
            name="longer",
            group=TERM,
            title=N_("Dar otro mes para completar"),
            drawing="hourglass",
            form=LongerForm,
            do=lambda s, p, form, by, at: clarifying.give_longer(s, p, form.on.data, by, at),
            fits=_asked,
            hint=N_("Una vez, si lo pidió antes de que venciera."),
        ),
        Deed(
            name="archive",
            group=TERM,
            title=N_("Archivar por no completar"),
            drawing="ban",
            form=ArchiveForm,
            do=lambda s, p, form, by, at: clarifying.archive_uncompleted(s, p, form.act.data, form.reason.data, by, at),
            fits=_waits,
            hint=N_("Desistimiento tácito: por acto motivado, cuando el plazo ya pasó. Nunca es automático."),
            danger=True,
        ),
        Deed(
            name="extend",
            group=TERM,
            title=N_("Prorrogar (art. 14)"),
            drawing="clock",
            form=ExtendForm,
            do=lambda s, p, form, by, at: work.extend(
                s, p, form.until.data, form.told.data or "", form.reason.data, by, at
            ),
            fits=_runs,
            hint=N_("Una vez, antes de vencer y avisando a la persona. Hasta el doble del término."),
        ),
        Deed(
            name="reclassify",
            group=CLASS,
            title=N_("Cambiar la clase"),
            drawing="pencil",
            form=KindForm,
            do=_reclassify,
            fits=_open,
            hint=N_("El término se cuenta otra vez desde el día en que se recibió."),
        ),
        Deed(
            name="prioritise",
            group=CLASS,
            title=N_("Dar prelación (art. 20)"),
            drawing="star",
            form=PriorityForm,
            do=lambda s, p, form, by, at: work.prioritise(s, p, form.priority.data or "", form.reason.data, by, at),
            fits=_open,
        ),
        Deed(
            name="draft-day",
            group=CLASS,
            title=N_("Fijar cuándo debe haber borrador"),
            drawing="sun",
            form=DraftDayForm,
            do=lambda s, p, form, by, at: work.set_draft_day(s, p, form.day.data, by, at),
            fits=_open,
        ),
        Deed(
            name="transfer",
            group=ENDS,
            title=N_("Trasladar a otra autoridad (art. 21)"),
            drawing="send",
            form=TransferForm,
            do=_transfer,
            fits=_open,
            hint=N_("Dentro de los 5 días. Sale un oficio con número, y la persona recibe copia."),
        ),
        Deed(
            name="link",
            group=ENDS,
            title=N_("Relacionar con una anterior"),
            drawing="qr-code",
            form=LinkForm,
            do=_link,
            fits=_open,
        ),
        Deed(
            name="refer",
            group=ENDS,
            title=N_("Remitir a la respuesta anterior (art. 19)"),
            drawing="corner-down-left",
            form=ReasonForm,
            do=lambda s, p, form, by, at: ending.refer_to_previous(s, p, form.reason.data, by, at),
            fits=lambda petition: _open(petition) and petition.repeats_id is not None,
            hint=N_("No si pide un derecho que no prescribe o corrige lo que faltaba."),
        ),
        Deed(
            name="withdraw",
            group=ENDS,
            title=N_("La persona desistió (art. 18)"),
            drawing="user-x",
            form=ReasonForm,
            do=lambda s, p, form, by, at: ending.withdraw(s, p, form.reason.data, by, at),
            fits=_open,
            danger=True,
        ),
        Deed(
            name="write",
            group=NOTES,
            title=N_("Escribir a la persona"),
            drawing="message-square",
            form=MessageForm,
            do=lambda s, p, form, by, at: work.write(s, p, form.text.data, by, at),
            fits=lambda petition: petition.stage != Stage.ANNULLED,
            hint=N_("Lo lee en su página de seguimiento, aunque no haya dado su nombre. No es la respuesta."),
        ),
        Deed(
            name="note",
            group=NOTES,
            title=N_("Nota interna"),
            drawing="pencil",
            form=NoteForm,
            do=lambda s, p, form, by, at: work.note(s, p, form.text.data, by, at),
            fits=lambda _petition: True,
        ),
        Deed(
            name="appeal",
            group=NOTES,
            title=N_("Presentó un recurso"),
            drawing="scale",
            form=SaidForm,
            do=_challenge(StepKind.APPEALED),
            fits=_answered,
        ),
        Deed(
            name="insist",
            group=NOTES,
            title=N_("Insiste en lo negado por reserva (art. 26)"),
            drawing="scale",
            form=SaidForm,
            do=_challenge(StepKind.INSISTED),
            fits=_answered,
        ),
    )
}


def offered(petition: Petition) -> list[Deed]:
    """What may be done with it as it stands, in the order of the page."""
    return [deed for deed in DEEDS.values() if deed.fits(petition)]
