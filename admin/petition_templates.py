"""The templates of replies: written with fields of a closed list, rewritten as a new version, offered no more."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from admin import bp
from admin.hall import ID
from core.clock import now
from core.db import transaction
from core.errors import N_, Refused
from core.people.rights import Permission
from core.petitions import templates
from core.petitions.reply_model import Template
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Paragraphs, Text
from core.web.guard import requires
from core.web.words import translate

_TALL = {"rows": 12, "spellcheck": "true", "lang": "es"}


class TextForm(Form):
    subject = Text(_l("Asunto"), most=templates.LONGEST_SUBJECT)
    body = Paragraphs(_l("Texto"), most=templates.LONGEST_BODY, render_kw=_TALL)


class NewForm(TextForm):
    name = Text(_l("Nombre de la plantilla"), most=templates.LONGEST_NAME)


def _text_form(template_id: int) -> TextForm:
    last = _mine(template_id).last
    return TextForm(data={"subject": last.subject, "body": last.body})


def _mine(template_id: int, *, lock: bool = False) -> Template:
    """A template that this official may use. Raises NoTemplate."""
    return templates.template_of(db.session(), template_id, current_user.offices, lock=lock)


def _own_office() -> int:
    """The office whose templates this official writes. Raises Refused for who has none."""
    for office in sorted(current_user.offices):
        return int(office)
    raise Refused(N_("Su cuenta no es de ninguna dependencia: las plantillas son de una."))


@bp.get("/petitions/templates")
@requires(Permission.ANSWER_PETITIONS)
def petitions_templates() -> ResponseReturnValue:
    return _page(NewForm())


@bp.post("/petitions/templates")
@requires(Permission.ANSWER_PETITIONS)
@asks(NewForm, lambda form: _page(form))
def petitions_templates_act(form: NewForm) -> ResponseReturnValue:
    """One more, of the own office."""
    with transaction(db.session) as session:
        said = (form.name.data, form.subject.data, form.body.data)
        templates.add(session, _own_office(), *said, current_user.id, now())
    flash(_("Se guardó la plantilla."), "success")
    return redirect(url_for(".petitions_templates"))


@bp.get(f"/petitions/templates/<{ID}:template_id>")
@requires(Permission.ANSWER_PETITIONS)
def petitions_templates_one(template_id: int) -> ResponseReturnValue:
    return _one(_text_form(template_id), template_id)


@bp.post(f"/petitions/templates/<{ID}:template_id>")
@requires(Permission.ANSWER_PETITIONS)
@asks(_text_form, lambda form, template_id: _one(form, template_id))
def petitions_templates_one_act(form: TextForm, template_id: int) -> ResponseReturnValue:
    """Say it otherwise, as a new version."""
    with transaction(db.session) as session:
        template = _mine(template_id, lock=True)
        templates.rewrite(session, template, form.subject.data, form.body.data, current_user.id, now())
    flash(_("Se guardó como una versión nueva. Las respuestas anteriores conservan la suya."), "success")
    return redirect(url_for(".petitions_templates"))


@bp.post(f"/petitions/templates/<{ID}:template_id>/withdraw")
@requires(Permission.ANSWER_PETITIONS)
def petitions_templates_withdraw(template_id: int) -> ResponseReturnValue:
    """Offer it no more."""
    _mine(template_id)
    Form().checked()
    with transaction(db.session) as session:
        templates.withdraw(session, _mine(template_id, lock=True), current_user.id, now())
    flash(_("Se retiró la plantilla."), "success")
    return redirect(url_for(".petitions_templates"))


def _page(form: NewForm) -> str:
    found = templates.offered(db.session(), current_user.offices)
    return render_template("admin/petition_templates.html", form=form, found=found, fields=_fields())


def _one(form: TextForm, template_id: int) -> str:
    template = _mine(template_id)
    return render_template("admin/petition_template.html", form=form, template=template, fields=_fields())


def _fields() -> dict[str, str]:
    """What may be asked for in braces, in words."""
    return {name: translate(told) for name, told in templates.FIELDS.items()}
