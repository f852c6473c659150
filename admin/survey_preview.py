"""A survey as a phone shows it, page by page with its jumps; nothing of what is answered here is kept."""

from __future__ import annotations

from contextlib import nullcontext

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from admin import bp
from admin.hall import ID
from core.people.rights import Permission
from core.surveys import writing
from core.surveys.answering import WORDS
from core.surveys.model import SurveyVersion
from core.surveys.pages import following, pages
from core.surveys.questionnaire import (
    Question,
    Questionnaire,
    Sent,
    in_english,
    on_the_way,
    problems_of,
    read,
)
from core.web.database import db
from core.web.guard import requires
from core.web.opinions import sent_here
from core.web.words import translate


@bp.get(f"/surveys/<{ID}:survey_id>/preview/<{ID}:version_id>")
@requires(Permission.DEFINE_SURVEYS)
def surveys_preview(survey_id: int, version_id: int) -> ResponseReturnValue:
    """Its first page; `?language=en` in English."""
    return _shown(survey_id, version_id, {}, None)


@bp.post(f"/surveys/<{ID}:survey_id>/preview/<{ID}:version_id>")
@requires(Permission.DEFINE_SURVEYS)
def surveys_preview_act(survey_id: int, version_id: int) -> ResponseReturnValue:
    """The page that these answers lead to, or the same one with what is wrong."""
    return _shown(survey_id, version_id, sent_here(), request.form.get("after", ""))


def _shown(survey_id: int, version_id: int, sent: Sent, after: str | None) -> str:
    """`after` is the question that stood before the page which was sent, «» before the first; None if none was."""
    version = _version(survey_id, version_id)
    speaks = "en" if version.english and request.args.get("language") == "en" else "es"
    told = read(version.questionnaire)
    with force_locale("en") if speaks == "en" else nullcontext():
        asked = in_english(told) if speaks == "en" else told
        sent = on_the_way(asked, sent)
        wrong: dict[str, str] = {}
        shown = ""
        if after is not None:
            answered = following(pages(asked, sent), after)
            wrong = _wrong(answered, sent)
            shown = after if wrong or not answered else answered[-1].key
        page = following(pages(asked, sent), shown)
        return render_template(
            "admin/survey_preview.html",
            version=version,
            asked=asked,
            page=page,
            section=_section(asked, page),
            sent=sent,
            kept={name: values for name, values in sent.items() if name not in {f for q in page for f in q.fields}},
            problems=wrong,
            after=shown,
            begins=after is None,
            speaks=speaks,
        )


def _version(survey_id: int, version_id: int) -> SurveyVersion:
    """A version of this survey. Raises NoSurvey."""
    version = db.session.get(SurveyVersion, version_id)
    if version is None or version.survey_id != survey_id:
        raise writing.NoSurvey
    return version


def _wrong(page: tuple[Question, ...], sent: Sent) -> dict[str, str]:
    return {
        problem.field: translate(WORDS[problem.wrong]) for question in page for problem in problems_of(question, sent)
    }


def _section(asked: Questionnaire, page: tuple[Question, ...]) -> str:
    return next((part.title for part in asked.sections if page and page[0] in part.questions), "")
