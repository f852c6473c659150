"""A comment of a survey whole: blacked out where it names somebody, or filed as a petition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from admin import bp
from admin.hall import me
from admin.improvement_deeds import AS_FIRST_DRAWN
from admin.survey_comments import shown, sort_form
from core.catalogue.model import Office
from core.clock import now
from core.db import transaction
from core.errors import N_
from core.events import Who
from core.people.rights import Permission
from core.personal import pieces
from core.petitions import filing
from core.petitions.model import Channel, Identity, Petition
from core.petitions.names import KINDS
from core.petitions.reckoning import tell
from core.petitions.terms import Kind
from core.presses import once
from core.surveys import comments
from core.surveys.comments import Why
from core.surveys.model import Comment, SurveyVersion
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Lines, PressForm
from core.web.guard import requires
from core.web.words import translate

COMMENT_ID = "int(max=9007199254740991)"
"""The number of a comment, as large as those that are drawn at random for them."""
FILED_AS = (Kind.SUGGESTION, Kind.COMPLAINT, Kind.CLAIM, Kind.CONGRATULATION, Kind.REPORT, Kind.CORRUPTION)
WHY = {
    Why.PERSONAL: N_("Documento, teléfono, correo o dirección de quien escribe"),
    Why.SENSITIVE: N_("Salud u otro dato sensible"),
    Why.SOMEBODY_ELSE: N_("Datos de otra persona"),
}


class BlackForm(PressForm):
    parts = Lines(
        _l("Qué se tacha"), most=20, longest=1000, description=_l("Una cosa por línea, tal como está en el comentario.")
    )
    why = RadioField(_l("Por qué"), [InputRequired(_l("Elija por qué se tacha."))])


class FileForm(PressForm):
    kind = SelectField(_l("Clase de petición"))


def _black_form(comment_id: int, **how: Any) -> BlackForm:
    comment = comments.comment_for(db.session(), current_user, comment_id)
    form = BlackForm(data={"parts": pieces(comment.text)}, **how)
    form.why.choices = [SelectChoice(why.value, translate(name)) for why, name in WHY.items()]
    return form


def _file_form(comment_id: int, **how: Any) -> FileForm:
    comments.comment_for(db.session(), current_user, comment_id)
    form = FileForm(data={"kind": Kind.SUGGESTION.value}, **how)
    form.kind.choices = [SelectChoice(kind.value, translate(KINDS[kind]).capitalize()) for kind in FILED_AS]
    return form


@bp.get(f"/survey-comments/<{COMMENT_ID}:comment_id>")
@requires(Permission.READ_SURVEY_COMMENTS)
def survey_comments_one(comment_id: int) -> ResponseReturnValue:
    return _one_page(comment_id)


@bp.post(f"/survey-comments/<{COMMENT_ID}:comment_id>/black-out")
@requires(Permission.SORT_SURVEY_COMMENTS)
@asks(_black_form, lambda form, comment_id: _one_page(comment_id, black=form))
def survey_comments_black(form: BlackForm, comment_id: int) -> ResponseReturnValue:
    """Erase what names somebody, for good; done twice there is nothing left to erase, so it needs no kept press."""
    with transaction(db.session) as session:
        comment = comments.comment_for(session, current_user, comment_id, lock=True)
        why = form.why.data or ""
        comments.black_out(session, comment, form.parts.data, why, current_user.site_id, current_user.id, now())
    flash(_("Quedó tachado para siempre."), "success")
    return redirect(url_for(".survey_comments_one", comment_id=comment_id))


@bp.post(f"/survey-comments/<{COMMENT_ID}:comment_id>/petition")
@requires(Permission.SORT_SURVEY_COMMENTS)
@asks(_file_form, lambda form, comment_id: _one_page(comment_id, filing_form=form))
def survey_comments_file(form: FileForm, comment_id: int) -> ResponseReturnValue:
    """File it once as a petition that the entity takes up by itself: nobody knows who wrote it."""
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            comment = comments.comment_for(session, current_user, comment_id, lock=True)
            comments.check_not_filed(comment)
            who, received = Who("official", current_user.id), _received(session, comment, form.kind.data, at)
            filed = filing.file(session, received, who, at)
            petition = session.get_one(Petition, filed.petition_id)
            tell(petition)
            ids = filed.petition_id, current_user.site_id, current_user.id
            comments.note_filed(session, comment, *ids, at, hide=petition.confidential)
            return {"petition": petition.id}

        kept = once(session, form.pressed(me(), f"file comment {comment_id}"), at, act)
        number = session.get_one(Petition, kept["petition"]).filing_number
    flash(_("Se radicó de oficio con el número %(number)s.", number=number), "success")
    return redirect(url_for(".survey_comments_one", comment_id=comment_id))


def _received(session: Session, comment: Comment, kind: str, at: datetime) -> filing.Received:
    """A comment as a petition; its theme is what it is about, and the first document says where it came from."""
    survey = session.get_one(SurveyVersion, comment.version_id).survey
    office = session.get(Office, comment.office_id) if comment.office_id else None
    about = _("Comentario de una encuesta: %(theme)s", theme=comment.theme) if comment.theme else ""
    origin = _("De oficio, por un comentario de la encuesta «%(name)s».", name=survey.name[:100])
    return filing.Received(
        channel=Channel.WEB,
        kind=kind,
        text=comment.text,
        subject=about or _("Comentario de una encuesta"),
        identity=Identity.ANONYMOUS,
        office_id=office.id if office and office.active else None,
        received_at=at,
        annexes=origin,
    )


def _one_page(comment_id: int, *, black: BlackForm | None = None, filing_form: FileForm | None = None) -> str:
    """A comment whole, which leaves a row in the trail, and what may be done about it."""
    with transaction(db.session) as session:
        comments.comment_for(session, current_user, comment_id)
        comments.note_read(session, current_user.site_id, current_user.id, now(), comment_id)
    session = db.session()
    comment = comments.comment_for(session, current_user, comment_id)
    return render_template(
        "admin/survey_comment.html",
        one=shown(session, [comment])[0],
        text=comment.text,
        sort=sort_form(**AS_FIRST_DRAWN),
        black=black or _black_form(comment_id, **AS_FIRST_DRAWN),
        filing=filing_form or _file_form(comment_id, **AS_FIRST_DRAWN),
        refused=black or filing_form,
        sorts=current_user.may(Permission.SORT_SURVEY_COMMENTS),
        runs=current_user.may(Permission.RUN_IMPROVEMENTS),
    )
