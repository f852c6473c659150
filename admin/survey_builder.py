"""The builder of a questionnaire: one page that keeps all that is typed, whichever of its buttons is pressed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID
from admin.survey_acts import done, key_to_come, section_to_come
from admin.survey_form import BuilderForm, as_sent, builder_form
from core.clock import now
from core.db import transaction
from core.people.rights import Permission
from core.surveys import writing
from core.surveys.faults import faults
from core.surveys.keys import Known, known, rekeyed
from core.surveys.model import Survey, SurveyVersion
from core.surveys.questionnaire import Questionnaire, Sent, read
from core.web.asked import asks
from core.web.database import db
from core.web.forms import weighs
from core.web.guard import requires

LARGEST = 512_000
"""What a questionnaire with as much of everything as it may have weighs on its way, in bytes."""


@bp.get(f"/surveys/<{ID}:survey_id>/edit")
@requires(Permission.DEFINE_SURVEYS)
def surveys_edit(survey_id: int) -> ResponseReturnValue:
    """The draft, or what it would begin as."""
    return _page(builder_form(_kept(survey_id)), survey_id)


@bp.post(f"/surveys/<{ID}:survey_id>/edit")
@requires(Permission.DEFINE_SURVEYS)
@weighs(LARGEST)
def surveys_edit_act(survey_id: int) -> ResponseReturnValue:
    """Save, or do with the form what its button says and give it back unsaved."""
    if request.form.get("act") in ("save", "done"):
        return surveys_save(survey_id)
    fields = done(request.form.get("act", ""), _sent(), _known(survey_id))
    return _page(builder_form(fields), survey_id)


@asks(lambda survey_id: builder_form(_sent()), lambda form, survey_id: _again(form, survey_id))
def surveys_save(form: BuilderForm, survey_id: int) -> ResponseReturnValue:
    """Keep the draft, with all that it lacks."""
    with transaction(db.session) as session:
        asked = rekeyed(form.questionnaire(), _known_of(session, writing.survey_of(session, survey_id)))
        told = (asked, form.english.data, int(form.seen.data))
        writing.save_draft(session, survey_id, *told, current_user.id, now())
    flash(_("Se guardó el borrador. Nadie lo ve hasta que lo publique."), "success")
    return redirect(url_for(".surveys_one" if form.act.data == "done" else ".surveys_edit", survey_id=survey_id))


def _again(form: BuilderForm, survey_id: int) -> str:
    """The form with what is wrong; who was told that somebody saved meanwhile has seen it, and may save over it."""
    if not any(field.errors for field in form):
        form.seen.data = _kept(survey_id)["seen"][0]
    return _page(form, survey_id)


def draft_page(survey_id: int) -> str:
    """The builder with each fault of the draft beside its question; empty if it has none."""
    session = db.session()
    draft = writing.draft_of(session, writing.survey_of(session, survey_id, lock=False))
    found = faults(read(draft.questionnaire), english=draft.english) if draft else []
    if not found:
        return ""
    form = builder_form(_kept(survey_id))
    form.tell(found)
    return _page(form, survey_id)


def _page(form: BuilderForm, survey_id: int) -> str:
    survey = writing.survey_of(db.session(), survey_id, lock=False)
    sent, earlier = {"order": form.order.data}, _known(survey_id)
    return render_template(
        "admin/survey_edit.html",
        form=form,
        survey=survey,
        next_question=key_to_come(sent, earlier),
        next_section=section_to_come(sent),
    )


def _sent() -> Sent:
    return {name: request.form.getlist(name) for name in request.form}


def _kept(survey_id: int) -> Sent:
    """The draft as its form would send it; without one, the version in force, as the beginning of a draft."""
    session = db.session()
    survey = writing.survey_of(session, survey_id, lock=False)
    draft = writing.draft_of(session, survey)
    version: SurveyVersion | None = draft or writing.in_force(session, survey)
    asked = read(version.questionnaire) if version else Questionnaire(title=survey.name)
    return as_sent(asked, bool(version and version.english), draft.saving if draft else 0)


def _known(survey_id: int) -> Known:
    session = db.session()
    return _known_of(session, writing.survey_of(session, survey_id, lock=False))


def _known_of(session: Session, survey: Survey) -> Known:
    session.expire(survey, ["versions"])
    return known(read(one.questionnaire) for one in survey.versions if one.published_at is not None)
