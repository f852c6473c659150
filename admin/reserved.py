"""Confidential petitions: the cases of who is named for them, and who decides on their readers without reading them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired

from admin import bp
from admin.hall import ID, me
from core import audit
from core.clock import now
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.petitions import attachments, finding, messages, reserve, second_person, steps
from core.petitions.filing import Person
from core.petitions.model import Identity, Petition, Step
from core.petitions.reckoning import deadline_of
from core.petitions.reserve import LONGEST_REASON
from core.petitions.terms import Kind
from core.petitions.work_names import STEPS
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Paragraphs, PressForm
from core.web.guard import requires
from core.web.petition_words import kind_text, state_text
from core.web.uploads import answer, store
from core.web.words import translate

CASE = f"/reserved/<{ID}:reserved_id>"
Act = Callable[[Session, Petition, datetime], object]


class WriteForm(PressForm):
    text = Paragraphs(
        _l("Mensaje para quien denuncia"),
        [InputRequired(_l("Escriba el mensaje."))],
        most=messages.LONGEST,
        id="message",
    )


class NoteForm(PressForm):
    text = Paragraphs(_l("Nota interna"), [InputRequired(_l("Escriba la nota."))], most=messages.LONGEST, id="note")


class IdentityForm(PressForm):
    reason = Paragraphs(
        _l("¿Para qué necesita ver quién es?"), [InputRequired(_l("Escriba el motivo."))], most=LONGEST_REASON, id="why"
    )


# ---------------------------------------------------------------- the lists


@bp.get("/reserved")
@requires(Permission.READ_RESERVED, Permission.GRANT_RESERVED)
def reserved() -> ResponseReturnValue:
    """The own cases; all of them by number and dates, for who decides on readers; and what waits for one's decision."""
    session, at, official = db.session(), now(), current_user.official
    mine = reserve.cases_of(session, official)
    known = reserve.cases_known_to(session, official)
    return render_template(
        "admin/reserved.html",
        mine=[(one, _state(session, one, at)) for one in mine],
        known=[(one, _state(session, one, at), len(reserve.readers_of(session, one))) for one in known],
        waiting=[
            (one, reserve.reason_of(one.petition, one)) for one in second_person.waiting_for(session, official, at)
        ],
        grants=current_user.may(Permission.GRANT_RESERVED),
    )


@bp.post(f"/reserved/requests/<{ID}:request_id>/agree")
@requires(Permission.READ_RESERVED, Permission.GRANT_RESERVED)
def reserved_request_agree(request_id: int) -> ResponseReturnValue:
    """The second person agrees: it counts from now on."""
    _decide(request_id, accept=True)
    flash(_("Aprobado. Rige desde ahora."), "success")
    return redirect(url_for(".reserved"))


@bp.post(f"/reserved/requests/<{ID}:request_id>/refuse")
@requires(Permission.READ_RESERVED, Permission.GRANT_RESERVED)
def reserved_request_refuse(request_id: int) -> ResponseReturnValue:
    _decide(request_id, accept=False)
    flash(_("La solicitud se cerró. Nada cambió."), "success")
    return redirect(url_for(".reserved"))


# ---------------------------------------------------------------- one case


@bp.get(CASE)
@requires(Permission.READ_RESERVED)
def reserved_case(reserved_id: int) -> ResponseReturnValue:
    """The case, for who is named for it; that they read it is in the trail."""
    return _case(None, reserved_id)


@bp.get(f"{CASE}/documents/<int:position>")
@requires(Permission.READ_RESERVED)
def reserved_case_document(reserved_id: int, position: int) -> ResponseReturnValue:
    """The so-manyeth document of the case; that it was read is in the trail. Raises NotYours, Missing."""
    with transaction(db.session) as session:
        petition = reserve.read(session, current_user.official, reserved_id, now()).petition
        kept = dict(enumerate(attachments.of_petition(session, petition), start=1))
        if position not in kept:
            raise Missing
        found = kept[position]
        content = attachments.content_of(store(), petition, found)
        return answer(content, found.file.kind, attachments.label_of(petition, found))


@bp.post(f"{CASE}/message")
@requires(Permission.READ_RESERVED)
@asks(WriteForm, lambda form, reserved_id: _case(form, reserved_id))
def reserved_case_write(form: WriteForm, reserved_id: int) -> ResponseReturnValue:
    by = current_user.id
    _once(
        form,
        "write",
        reserved_id,
        lambda session, petition, at: messages.write(session, petition, form.text.data, by, at),
    )
    flash(_("El mensaje espera a la persona en su página de seguimiento."), "success")
    return redirect(url_for(".reserved_case", reserved_id=reserved_id))


@bp.post(f"{CASE}/note")
@requires(Permission.READ_RESERVED)
@asks(NoteForm, lambda form, reserved_id: _case(form, reserved_id))
def reserved_case_note(form: NoteForm, reserved_id: int) -> ResponseReturnValue:
    by = current_user.id
    _once(
        form,
        "note",
        reserved_id,
        lambda session, petition, at: messages.note(session, petition, form.text.data, by, at),
    )
    flash(_("Nota guardada. Solo la ven las personas designadas."), "success")
    return redirect(url_for(".reserved_case", reserved_id=reserved_id))


@bp.post(f"{CASE}/ask")
@requires(Permission.READ_RESERVED)
@asks(IdentityForm, lambda form, reserved_id: _case(form, reserved_id))
def reserved_case_ask(form: IdentityForm, reserved_id: int) -> ResponseReturnValue:
    """Ask to see whose it is; a second person decides."""
    official, why = current_user.official, form.reason.data
    _once(
        form, "ask", reserved_id, lambda session, one, at: second_person.ask_identity(session, one, why, official, at)
    )
    flash(_("Pedido. Otra persona designada o control interno lo decide."), "success")
    return redirect(url_for(".reserved_case", reserved_id=reserved_id))


@bp.post(f"{CASE}/identity")
@requires(Permission.READ_RESERVED)
def reserved_case_identity(reserved_id: int) -> ResponseReturnValue:
    """Whose it is, once; the look is in the trail, and its person is told."""
    Form().checked()
    at = now()
    with transaction(db.session) as session:
        petition = finding.petition_for(session, current_user.official, reserved_id, lock=True)
        person = reserve.see_identity(session, petition, current_user.official, at)
        number = petition.filing_number
    return render_template("admin/reserved_identity.html", person=person, number=number, reserved_id=reserved_id)


def _case(form: Form | None, reserved_id: int) -> str:
    """The page of a case; `form` is one that was refused and says why. Raises NotYours."""
    at, official = now(), current_user.official
    with transaction(db.session) as session:
        opened = reserve.read(session, official, reserved_id, at)
        petition = opened.petition
        return render_template(
            "admin/reserved_case.html",
            form=form,
            opened=opened,
            petition=petition,
            kind=kind_text(Kind(petition.kind)),
            state=_state(session, petition, at),
            steps=[_told(petition, step) for step in petition.steps],
            documents=[
                (position, attachments.label_of(petition, one), one.step.on)
                for position, one in enumerate(attachments.of_petition(session, petition), start=1)
            ],
            **named_parts(session, petition, opened.person, form, at),
        )


def named_parts(
    session: Session, petition: Petition, person: Person | None, form: Form | None, at: datetime
) -> dict[str, Any]:
    """What admin/petition_reserved.html draws for who is named; `form` is one of it that was refused."""
    mine = current_user.id
    asked = second_person.requests_of(session, petition, at)
    return {
        "person": person,
        "readers": [row.official.name for row in reserve.readers_of(session, petition)],
        "is_sealed": petition.identity == Identity.RESERVED,
        "asked": next((one for one in asked if one.official_id == mine and one.wanted == "identity"), None),
        "may_see": reserve.open_request_of(session, petition, mine, at) is not None,
        "write_form": form if isinstance(form, WriteForm) else WriteForm(formdata=None),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(formdata=None),
        "identity_form": form if isinstance(form, IdentityForm) else IdentityForm(formdata=None),
    }


def _told(petition: Petition, step: Step) -> dict[str, Any]:
    """A step as officials read it."""
    who = step.official.name if step.official else _("Quien denuncia o el sistema")
    return {
        "on": step.on,
        "who": who,
        "name": translate(STEPS[step.kind]),
        "public": step.public,
        "text": steps.text_of(petition, step),
    }


def _state(session: Session, petition: Petition, at: datetime) -> str:
    return state_text(deadline_of(session, petition, at.date()).state)


def _once(form: PressForm, what: str, reserved_id: int, act: Act) -> None:
    """Do it once however often it is pressed; of the words only a sealed digest is kept beside the press."""
    words = next((form[name].data for name in ("text", "reason") if name in form), "")
    pressed = form.pressed_as(me(), {"what": f"{what} {reserved_id}", "words": audit.digest(words)})
    at = now()
    with transaction(db.session) as session:
        petition = finding.petition_for(session, current_user.official, reserved_id, lock=True)

        def effect() -> dict[str, Any]:
            act(session, petition, at)
            return {}

        once(session, pressed, at, effect)


def _decide(request_id: int, *, accept: bool) -> None:
    pressed, at = PressForm().checked().pressed(me(), f"request {request_id} {accept}"), now()
    with transaction(db.session) as session:

        def effect() -> dict[str, Any]:
            return {"id": second_person.decide(session, request_id, current_user.official, at, accept=accept).id}

        once(session, pressed, at, effect)
