"""Follow a petition: number and code open it for this visit, and its person reads, writes, completes and appeals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired, Optional

from core import audit
from core.clock import now
from core.db import transaction
from core.errors import N_, Invalid
from core.files.kinds import PETITION
from core.petitions import attachments, follow, messages
from core.petitions.model import Petition
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form, Paragraphs, PressForm, Text, receives
from core.web.guard import public
from core.web.pace import Pace, check_pace
from core.web.uploads import Files, store
from core.web.uploads import answer as answer_with
from portal import bp, case_place
from portal.case_place import NoPlace
from portal.case_told import told_of
from portal.languages import chosen_language

CASE_MISSES, CASE_MISSES_PER_MINUTE = "portal case misses", 30
Act = Callable[[Session, Petition, datetime], object]


class NotThere(Invalid):
    message = N_("El número y el código no corresponden. Revíselos en su constancia; el código no tiene O, I, 0 ni 1.")


class OpenForm(Form):
    """What the person has on paper."""

    number = Text(_l("Número de radicado"), [InputRequired(_l("Escriba el número de radicado."))], most=40)
    code = Text(_l("Código de seguimiento"), [InputRequired(_l("Escriba el código de seguimiento."))], most=60)


class MessageForm(PressForm):
    text = Paragraphs(_l("Mensaje"), [InputRequired(_l("Escriba el mensaje."))], most=messages.LONGEST, id="message")


class CompleteForm(PressForm):
    text = Paragraphs(
        _l("Su respuesta"), [InputRequired(_l("Escriba su respuesta."))], most=messages.LONGEST, id="completion"
    )


class DocumentsForm(PressForm):
    files = Files(_l("Documentos"), PETITION, needed=True)


class WithdrawForm(PressForm):
    text = Paragraphs(_l("¿Por qué ya no la necesita?"), [Optional()], most=2000)


class AppealForm(PressForm):
    text = Paragraphs(
        _l("¿Con qué no está de acuerdo y por qué?"), [InputRequired(_l("Escriba por qué."))], most=messages.LONGEST
    )


# ---------------------------------------------------------------- coming in and going out


@bp.get("/petitions/follow")
@public
def case() -> ResponseReturnValue:
    """The petition that this visit has open, or the questions that open one."""
    try:
        return _case()
    except NoPlace:
        return render_template("portal/case_open.html", form=OpenForm())


@bp.post("/petitions/follow")
@public
@asks(OpenForm, lambda form: render_template("portal/case_open.html", form=form))
def case_open(form: OpenForm) -> ResponseReturnValue:
    """Right ones open it whatever others tried from the same network; wrong ones are told alike and slowed down."""
    at = now()
    found = follow.opened_by(db.session(), form.number.data, form.code.data)
    if found is None:
        check_pace(current_app.extensions[CASE_MISSES])
        raise NotThere(field="code")
    case_place.take(found, at)
    return redirect(url_for(".case"))


@bp.post("/petitions/follow/leave")
@public
def case_leave() -> ResponseReturnValue:
    """Close it on this machine, and let the browser keep nothing of it."""
    Form().checked()
    case_place.leave()
    flash(_("Cerramos su petición en este equipo."), "success")
    answer = redirect(url_for(".case"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


# ---------------------------------------------------------------- doing


@bp.post("/petitions/follow/write")
@public
@asks(MessageForm, lambda form: _case(form))
def case_write(form: MessageForm) -> ResponseReturnValue:
    _once(form, "write", lambda session, petition, at: follow.write(session, petition, form.text.data, at))
    return _done(_("Su mensaje quedó en la petición."))


@bp.post("/petitions/follow/complete")
@public
@asks(CompleteForm, lambda form: _case(form))
def case_complete(form: CompleteForm) -> ResponseReturnValue:
    _once(form, "complete", lambda session, petition, at: follow.complete(session, petition, form.text.data, at))
    return _done(_("Recibimos su respuesta. El plazo sigue desde mañana."))


@bp.post("/petitions/follow/longer")
@public
@asks(PressForm, lambda form: _case(form))
def case_longer(form: PressForm) -> ResponseReturnValue:
    _once(form, "longer", follow.ask_longer)
    return _done(_("Tiene un mes más para completar su petición."))


@bp.post("/petitions/follow/documents")
@public
@receives(PETITION.total)
@asks(DocumentsForm, lambda form: _case(form))
def case_document_add(form: DocumentsForm) -> ResponseReturnValue:
    """Bring documents: bare of who made them for an anonymous person, sealed for a confidential petition."""
    at = now()
    petition = follow.held(db.session(), case_place.held(at))
    placed = form.files.place(at, clean=follow.is_anonymous(petition), seal=petition.confidential)

    def add(session: Session, petition: Petition, at: datetime) -> object:
        form.files.let_go(session)
        return follow.add_documents(session, petition, placed, at)

    _once(form, "documents", add)
    return _done(_("Sus documentos quedaron en la petición."))


@bp.get("/petitions/follow/documents/<int:position>")
@public
def case_document(position: int) -> ResponseReturnValue:
    """The so-manyeth document of the petition that the visit has open. Raises NoPlace, Missing."""
    petition = follow.held(db.session(), case_place.held(now()))
    found = follow.document(db.session(), petition, position)
    content = attachments.content_of(store(), petition, found)
    return answer_with(content, found.file.kind, attachments.label_of(petition, found))


@bp.post("/petitions/follow/answer")
@public
@asks(PressForm, lambda form: _case(form))
def case_answer(form: PressForm) -> ResponseReturnValue:
    """Open the answer: from here on it is notified."""
    _once(form, "answer", follow.open_answer)
    return redirect(url_for(".case", _anchor="answer"))


@bp.get("/petitions/follow/withdraw")
@public
def case_withdraw() -> ResponseReturnValue:
    return _question("portal/case_withdraw.html", WithdrawForm())


@bp.post("/petitions/follow/withdraw")
@public
@asks(WithdrawForm, lambda form: _question("portal/case_withdraw.html", form))
def case_withdraw_act(form: WithdrawForm) -> ResponseReturnValue:
    _once(form, "withdraw", lambda session, petition, at: follow.withdraw(session, petition, form.text.data, at))
    return _done(_("Quedó anotado que ya no la necesita."))


@bp.get("/petitions/follow/appeal")
@public
def case_appeal() -> ResponseReturnValue:
    return _question("portal/case_appeal.html", AppealForm())


@bp.post("/petitions/follow/appeal")
@public
@asks(AppealForm, lambda form: _question("portal/case_appeal.html", form))
def case_appeal_act(form: AppealForm) -> ResponseReturnValue:
    """The appeal has a number and a code of its own, which are shown here and nowhere else."""
    filed = _once(form, "appeal", lambda session, petition, at: follow.appeal(session, petition, form.text.data, at))
    return _question("portal/case_appealed.html", form, filed=filed)


@bp.post("/petitions/follow/appealed")
@public
def case_appealed() -> ResponseReturnValue:
    """Go on to the appeal: whoever has the petition open has it open too. Raises NoPlace, NotNow."""
    Form().checked()
    at = now()
    appeal = follow.appeal_of(db.session(), _held(at))
    if appeal is None:
        raise follow.NotNow
    case_place.take(appeal.id, at)
    return redirect(url_for(".case"))


@bp.get("/petitions/follow/insist")
@public
def case_insist() -> ResponseReturnValue:
    return _question("portal/case_insist.html", AppealForm())


@bp.post("/petitions/follow/insist")
@public
@asks(AppealForm, lambda form: _question("portal/case_insist.html", form))
def case_insist_act(form: AppealForm) -> ResponseReturnValue:
    _once(form, "insist", lambda session, petition, at: follow.insist(session, petition, form.text.data, at))
    return _done(_("Quedó su insistencia. La alcaldía la envía al juez administrativo, que decide."))


@bp.errorhandler(NoPlace)
def case_closed(error: NoPlace) -> ResponseReturnValue:
    """Ask for number and code again; what was being written is given back, to be copied."""
    db.session.rollback()
    if request.method == "GET":
        return redirect(url_for(".case"))
    page = render_template("portal/case_open.html", form=OpenForm(formdata=None), closed=message_of(error),
                           written=request.form.get("text", ""))  # fmt: skip
    return page, error.status


@bp.after_request
def keep_case_out_of_indexes(response: Response) -> Response:
    if (request.endpoint or "").startswith("portal.case"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.record
def count_case_misses(setup: BlueprintSetupState) -> None:
    setup.app.extensions[CASE_MISSES] = Pace(CASE_MISSES_PER_MINUTE)


def _held(at: datetime) -> Petition:
    """The petition that the visit has open; the page speaks its language unless the reader chose. Raises NoPlace."""
    petition = follow.held(db.session(), case_place.held(at))
    g.language = chosen_language() or petition.language
    return petition


def _case(form: Form | None = None) -> str:
    """The page of the petition; `form` is one that was refused and says why. Raises NoPlace."""
    at = now()
    told = told_of(db.session(), _held(at), at.date())
    said = {
        "message_form": form if isinstance(form, MessageForm) else MessageForm(formdata=None),
        "documents_form": form if isinstance(form, DocumentsForm) else DocumentsForm(formdata=None),
        "complete_form": form if isinstance(form, CompleteForm) else CompleteForm(formdata=None),
    }
    return render_template("portal/case.html", told=told, form=form, **said)


def _question(template: str, form: Form, **said: object) -> str:
    """A page of its own with one question about the petition, or what came of it. Raises NoPlace."""
    at = now()
    return render_template(template, told=told_of(db.session(), _held(at), at.date()), form=form, **said)


def _once(form: PressForm, what: str, act: Act) -> Any:
    """Do it once however often it is pressed; what it gives back, or None for a repetition. Raises what it raises.

    Beside the press of an anonymous person only the day is kept, and of no text anything but a sealed digest.
    """
    at, done = now(), []
    petition_id = case_place.held(at)
    text = form["text"].data if "text" in form else ""
    pressed = form.pressed_as(f"petition {petition_id}", {"what": what, "text": audit.digest(text or "")})
    with transaction(db.session) as session:
        petition = follow.held(session, petition_id, lock=True)
        g.language = chosen_language() or petition.language

        def effect() -> dict[str, Any]:
            done.append(act(session, petition, at))
            return {}

        once(session, pressed, follow.kept_hour(petition, at), effect)
    return done[0] if done else None


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".case"))
