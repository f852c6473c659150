"""The page of a reply: written, reviewed by a second person, signed, sent and delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import ID, me
from admin.petition_deeds import copy_of, number, with_own_ids
from admin.petition_door import may_work, to_review, to_work
from admin.petition_forms import choices_of
from admin.petition_letters import addressee, printer, reply_letter
from core.clock import now, today
from core.db import transaction
from core.files.kinds import PETITION
from core.people.rights import Permission
from core.petitions import delivering, finding, inbox, replies, staff, telling, templates
from core.petitions.acting import note_read
from core.petitions.checklist import Ground
from core.petitions.delivering import Proof
from core.petitions.model import Petition, StepKind
from core.petitions.names import KINDS
from core.petitions.reckoning import deadline_of
from core.petitions.replies import Draft
from core.petitions.reply_model import Outcome, Way
from core.petitions.steps import text_of
from core.petitions.terms import Kind
from core.petitions.work_names import CHECKS, GROUNDS, OUTCOMES, REPLY_STATES, WAYS
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Lines, OneDay, Paragraphs, PressForm, Prose, Text, receives
from core.web.guard import requires
from core.web.office import entity
from core.web.opinion_links import opinion_address
from core.web.uploads import Files
from core.web.words import translate

CASE = f"/petitions/<{ID}:petition_id>/reply"
_TALL = {"rows": 14, "spellcheck": "true", "lang": "es"}


class DraftForm(Form):
    """What is written of a reply, and from which version it goes on."""

    several = frozenset({"checks"})
    version = HiddenField()
    template_version = HiddenField()
    subject = Text(_l("Asunto"), most=replies.LONGEST_SUBJECT)
    body = Paragraphs(
        _l("Respuesta"),
        most=replies.LONGEST_BODY,
        render_kw=_TALL,
        description=_l("Deje una línea en blanco entre párrafos."),
    )
    annexes = Lines(_l("Anexos"), [Optional()], most=replies.MOST_ANNEXES, description=_l("Uno por línea."))
    outcome = SelectField(_l("Qué se decide"), validate_choice=False)
    ground = SelectField(_l("Por qué es reservado (art. 24)"), [Optional()], validate_choice=False)
    norm = Text(_l("Norma precisa (art. 25)"), [Optional()], most=replies.LONGEST_NORM)
    checks = SelectMultipleField(_l("Antes de pasarla a revisión"), validate_choice=False)


class ReviewForm(PressForm):
    reviewer = SelectField(_l("Quién la revisa"), validate_choice=False)


class VersionForm(PressForm):
    version = HiddenField()


class BackForm(PressForm):
    reason = Prose(_l("Qué debe cambiar"), most=2000)


class SendForm(PressForm):
    way = RadioField(_l("Cómo se entrega"), [InputRequired(_l("Elija cómo se entrega."))], validate_choice=False)
    guide = Text(
        _l("Número de la guía"),
        [Optional()],
        most=delivering.LONGEST_GUIDE,
        description=_l("Si va por correo certificado."),
    )


class ProofForm(PressForm):
    on = OneDay(_l("Día en que la recibió"), [InputRequired(_l("Escriba una fecha como 23/11/2026."))])
    proof = Prose(
        _l("Qué lo prueba"), most=2000, description=_l("Quién firmó el recibido, la constancia del correo o el acuse.")
    )
    files = Files(_l("Recibido o constancia, escaneados"), PETITION)


class FailForm(PressForm):
    reason = Prose(_l("Por qué no llegó"), most=2000)


def _draft_form(petition_id: int) -> DraftForm:
    """The reply as it is kept, or as a template begins it. Raises NotYours."""
    session = db.session()
    petition = to_review(session, petition_id)
    reply = replies.in_hand(session, petition)
    begins: dict[str, Any] = {"version": "0", "outcome": Outcome.INFORMED.value}
    if reply is not None:
        words = replies.words_of(petition, reply)
        begins = {
            "version": str(reply.version),
            "subject": words.subject,
            "body": words.body,
            "annexes": words.annexes,
            "outcome": reply.outcome.value,
            "ground": reply.ground,
            "norm": reply.norm,
            "checks": reply.checks,
            "template_version": str(reply.template_version_id or ""),
        }
    if chosen := request.args.get("template", type=int):
        begins |= _from_template(session, petition, chosen)
    form = DraftForm(data=begins)
    form.outcome.choices = choices_of(OUTCOMES)
    form.ground.choices = [SelectChoice("", _("No aplica")), *choices_of(GROUNDS)]
    form.checks.choices = [SelectChoice(key.value, translate(name)) for key, name in CHECKS.items()]
    return form


def _from_template(session: Session, petition: Petition, template_id: int) -> dict[str, Any]:
    """What a template says of this petition. Raises NoTemplate."""
    last = templates.template_of(session, template_id, current_user.offices).last
    person, town = finding.person_of(petition), entity()
    values = {
        "radicado": petition.filing_number,
        "fecha_radicado": f"{petition.received_on:%d/%m/%Y}",
        "nombre": addressee(petition)[0],
        "documento": person.document_number if person else "",
        "asunto": finding.words_of(petition)[0],
        "clase": translate(KINDS[Kind(petition.kind)]),
        "dependencia": petition.office.name,
        "funcionario": current_user.name,
        "entidad": town.name if town else "",
        "hoy": f"{today():%d/%m/%Y}",
    }
    filled = {"subject": templates.fill(last.subject, values), "body": templates.fill(last.body, values)}
    return filled | {"template_version": str(last.id)}


def _review_form(petition_id: int) -> ReviewForm:
    session = db.session()
    form, petition = ReviewForm(), to_work(session, petition_id, lock=False)
    others = staff.reviewers(session, petition, current_user.id)
    form.reviewer.choices = [SelectChoice("", _("Cualquiera de la dependencia"))]
    form.reviewer.choices += [SelectChoice(str(one.id), one.name) for one in others]
    return form


def _found(form: type[PressForm]) -> Callable[..., PressForm]:
    """A form for a petition that this official may review. Raises NotYours."""

    def make(petition_id: int, **_more: int) -> PressForm:
        to_review(db.session(), petition_id)
        return form()

    return make


@bp.get(CASE)
@requires(Permission.ANSWER_PETITIONS)
def petitions_answer(petition_id: int) -> ResponseReturnValue:
    return page(_draft_form(petition_id), petition_id)


@bp.post(CASE)
@requires(Permission.ANSWER_PETITIONS)
@asks(_draft_form, lambda form, petition_id: page(form, petition_id))
def petitions_answer_save(form: DraftForm, petition_id: int) -> ResponseReturnValue:
    """Keep the draft; what somebody else saved meanwhile is not written over."""
    with transaction(db.session) as session:
        petition = to_work(session, petition_id)
        replies.save(session, petition, _draft(form), number(form.version.data, "version") or 0, current_user.id, now())
    flash(_("Se guardó el borrador."), "success")
    return redirect(url_for(".petitions_answer", petition_id=petition_id))


def _draft(form: DraftForm) -> Draft:
    return Draft(
        subject=form.subject.data,
        body=form.body.data,
        outcome=form.outcome.data or "",
        annexes=tuple(form.annexes.data or ()),
        ground=form.ground.data or "",
        norm=form.norm.data,
        checks=tuple(form.checks.data or ()),
        template_version_id=number(form.template_version.data, "template_version"),
    )


@bp.post(f"{CASE}/review")
@requires(Permission.ANSWER_PETITIONS)
@asks(_review_form, lambda form, petition_id: _other(form, petition_id))
def petitions_answer_review(form: ReviewForm, petition_id: int) -> ResponseReturnValue:
    """Hand it to a second person."""

    def ask(session: Session, petition: Petition, at: datetime) -> None:
        reviewer = number(form.reviewer.data, "reviewer")
        staff.check_reviewer(session, petition, reviewer, current_user.id)
        replies.ask_review(session, petition, reviewer, current_user.id, at)

    return _done(form, petition_id, "review", to_work, ask, _("La respuesta espera aprobación."))


@bp.post(f"{CASE}/approve")
@requires(Permission.ANSWER_PETITIONS)
@asks(_found(VersionForm), lambda form, petition_id: _other(form, petition_id))
def petitions_answer_approve(form: VersionForm, petition_id: int) -> ResponseReturnValue:
    def approve(session: Session, petition: Petition, at: datetime) -> None:
        replies.approve(session, petition, number(form.version.data, "version") or 0, current_user.id, at)

    return _done(form, petition_id, "approve", _locked, approve, _("Aprobada. Falta firmarla."))


@bp.post(f"{CASE}/back")
@requires(Permission.ANSWER_PETITIONS)
@asks(_found(BackForm), lambda form, petition_id: _other(form, petition_id))
def petitions_answer_back(form: BackForm, petition_id: int) -> ResponseReturnValue:
    def send_back(session: Session, petition: Petition, at: datetime) -> None:
        replies.send_back(session, petition, form.reason.data, current_user.id, at)

    return _done(form, petition_id, "back", _locked, send_back, _("Volvió a quien la escribió, con su motivo."))


@bp.post(f"{CASE}/sign")
@requires(Permission.ANSWER_PETITIONS)
@asks(_found(VersionForm), lambda form, petition_id: _other(form, petition_id))
def petitions_answer_sign(form: VersionForm, petition_id: int) -> ResponseReturnValue:
    """Give it its number and its paper."""

    def sign(session: Session, petition: Petition, at: datetime) -> None:
        version = number(form.version.data, "version") or 0
        paper = printer(petition, at)
        replies.sign(
            session, petition, version, lambda reply: reply_letter(petition, reply), paper, current_user.id, at
        )

    return _done(form, petition_id, "sign", _locked, sign, _("Firmada y con número. Falta que llegue a la persona."))


@bp.post(f"{CASE}/send")
@requires(Permission.ANSWER_PETITIONS)
@asks(_found(SendForm), lambda form, petition_id: _other(form, petition_id))
def petitions_answer_send(form: SendForm, petition_id: int) -> ResponseReturnValue:
    """Set the signed reply on its way; by e-mail, with its paper."""

    def send(session: Session, petition: Petition, at: datetime) -> None:
        reply = replies.last_signed(session, petition)
        sent = delivering.send(session, petition, reply, form.way.data, form.guide.data, current_user.id, at)
        if form.way.data == Way.EMAIL and reply.letter is not None:
            paper = copy_of(session, petition, reply.letter.attachment_id)
            number = reply.letter.outgoing_number
            telling.replied(session, petition, number, paper, at, opinion_address(session, sent))

    return _done(form, petition_id, "send", to_work, send, _("Enviada. Quedará respondida cuando conste que llegó."))


@bp.post(f"{CASE}/delivery/<{ID}:delivery_id>")
@requires(Permission.ANSWER_PETITIONS)
@receives(PETITION.total)
@asks(_found(ProofForm), lambda form, petition_id, delivery_id: _other(form, petition_id, delivery_id))
def petitions_answer_deliver(form: ProofForm, petition_id: int, delivery_id: int) -> ResponseReturnValue:
    """It reached the person, and this proves it."""
    scans = form.files.place(now(), seal=to_work(db.session(), petition_id, lock=False).confidential)
    proof = Proof(form.on.data, form.proof.data, scans)

    def deliver(session: Session, petition: Petition, at: datetime) -> None:
        delivery = delivering.delivery_of(session, petition, delivery_id)
        delivering.deliver(session, petition, delivery, proof, current_user.id, at)
        form.files.let_go(session)

    what = f"deliver {delivery_id}"
    return _done(form, petition_id, what, to_work, deliver, _("Entregada: la petición quedó respondida."))


@bp.post(f"{CASE}/delivery/<{ID}:delivery_id>/failed")
@requires(Permission.ANSWER_PETITIONS)
@asks(_found(FailForm), lambda form, petition_id, delivery_id: _other(form, petition_id, delivery_id))
def petitions_answer_fail(form: FailForm, petition_id: int, delivery_id: int) -> ResponseReturnValue:
    """It came back: another way is needed."""

    def fail(session: Session, petition: Petition, at: datetime) -> None:
        delivery = delivering.delivery_of(session, petition, delivery_id)
        delivering.fail(session, petition, delivery, form.reason.data, current_user.id, at)

    return _done(form, petition_id, f"fail {delivery_id}", to_work, fail, _("Anotado. Elija otro medio."))


@bp.get("/petitions/replies")
@requires(Permission.ANSWER_PETITIONS)
def petitions_answers() -> ResponseReturnValue:
    """The replies that wait for this official to approve or sign them."""
    session = db.session()
    waiting = inbox.to_approve(session, current_user.official)
    states = {state: translate(name) for state, name in REPLY_STATES.items()}
    mine = str(current_user.id)
    return render_template("admin/petition_replies.html", waiting=waiting, states=states, mine=mine)


def _locked(session: Session, petition_id: int) -> Petition:
    return to_review(session, petition_id, lock=True)


def _done(
    form: PressForm,
    petition_id: int,
    what: str,
    find: Callable[[Session, int], Petition],
    act: Callable[[Session, Petition, datetime], None],
    sentence: str,
) -> ResponseReturnValue:
    """Do it once for each press, say so, and go back to where this official may still be."""

    def do() -> dict[str, Any]:
        act(session, petition, at)
        return {}

    with transaction(db.session) as session:
        petition, at = find(session, petition_id), now()
        once(session, form.pressed(me(), f"{what} {petition_id}"), at, do)
        works = may_work(petition)
    flash(sentence, "success")
    return redirect(url_for(".petitions_answer", petition_id=petition_id) if works else url_for(".petitions_answers"))


def _other(form: PressForm, petition_id: int, delivery_id: int | None = None) -> str:
    """The page with the form that was refused, beside the draft as it is kept."""
    return page(_draft_form(petition_id), petition_id, form, delivery_id)


def page(draft: DraftForm, petition_id: int, refused: PressForm | None = None, delivery_id: int | None = None) -> str:
    """The page of a reply; that its words were read is in the trail."""
    with transaction(db.session) as session:
        note_read(session, to_review(session, petition_id), current_user.id, now(), "reply")
    session = db.session()
    petition = session.get_one(Petition, petition_id)
    subject, text = finding.words_of(petition)
    works = may_work(petition)
    return render_template(
        "admin/petition_reply.html",
        petition=petition,
        subject=subject,
        text=text,
        found=deadline_of(session, petition, today()),
        draft=draft,
        reply=replies.in_hand(session, petition),
        works=works,
        mine=str(current_user.id),
        signed=replies.signed(session, petition),
        deliveries=_deliveries(session, petition, refused, delivery_id),
        templates=templates.offered(session, current_user.offices) if works else [],
        forms=_forms(petition, refused, delivery_id),
        refused=refused,
        sent_back=_why_back(petition),
        outcomes={one: translate(name) for one, name in OUTCOMES.items()},
        grounds={one.value: translate(GROUNDS[one]) for one in Ground},
        checks={one.value: translate(name) for one, name in CHECKS.items()},
        states={one: translate(name) for one, name in REPLY_STATES.items()},
        way_names={way: translate(name) for way, name in WAYS.items()},
    )


def _forms(petition: Petition, refused: PressForm | None, delivery_id: int | None) -> dict[str, PressForm]:
    """The forms beside the draft; the one that was refused as it was sent."""
    fresh: dict[str, PressForm] = {"version": VersionForm(), "back": BackForm(), "send": SendForm()}
    if may_work(petition):
        fresh["review"] = _review_form(petition.id)
    for name, form in fresh.items():
        if refused is not None and type(refused) is type(form) and delivery_id is None:
            fresh[name] = refused
    open_ways = delivering.ways_for(petition)
    fresh["send"]["way"].choices = [SelectChoice(way.value, translate(WAYS[way])) for way in open_ways]
    return fresh


def _deliveries(
    session: Session, petition: Petition, refused: PressForm | None, delivery_id: int | None
) -> list[dict[str, Any]]:
    """Each way that was tried: the first day on which it may count as delivered, and the forms that end it."""
    told = []
    for one in delivering.of_petition(session, petition):
        forms: dict[str, PressForm] = {"proof": ProofForm(), "fail": FailForm()}
        for name, form in forms.items():
            if one.id == delivery_id and type(refused) is type(form):
                forms[name] = refused
            with_own_ids(forms[name], f"{name}-{one.id}")
        told.append({"row": one, "from": delivering.effective_from(session, one), **forms})
    return told


def _why_back(petition: Petition) -> str:
    """Why the reply was sent back, if that is the last thing that happened to it."""
    of_reply = (StepKind.SENT_BACK, StepKind.REVIEW_ASKED, StepKind.APPROVED, StepKind.SIGNED)
    last = next((step for step in reversed(petition.steps) if step.kind in of_reply), None)
    return text_of(petition, last) if last is not None and last.kind == StepKind.SENT_BACK else ""
