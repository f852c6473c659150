"""The surveys that anybody may answer: which are open today, and each of them."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from core.clock import today
from core.surveys.answering import open_one, open_ones
from core.surveys.effort import minutes
from core.surveys.model import Mode
from core.web.database import db
from core.web.guard import public
from core.web.pace import Pace, check_pace
from portal import asking, bp
from portal.asking import Asked

ANSWERS = "portal answers"
ANSWERS_PER_MINUTE = 40
"""Pages of open surveys that one network may send in a minute; a school hall behind one address stays below it."""


@bp.get("/encuestas")
@public
def surveys() -> ResponseReturnValue:
    asked = [_asked_of(version.survey.code) for version in open_ones(db.session(), today())]
    return render_template("portal/surveys.html", surveys=[(one, minutes(one.told)) for one in asked])


@bp.get("/encuestas/<code>")
@public
def survey_open(code: str) -> ResponseReturnValue:
    return asking.begin(_asked_of(code))


@bp.post("/encuestas/<code>")
@public
def survey_open_act(code: str) -> ResponseReturnValue:
    check_pace(current_app.extensions[ANSWERS])
    return asking.go_on(_asked_of(code))


@bp.get("/encuestas/<code>/thanks")
@public
def survey_open_thanks(code: str) -> ResponseReturnValue:
    return asking.thank(_asked_of(code))


@bp.record
def count_answers(setup: BlueprintSetupState) -> None:
    setup.app.extensions[ANSWERS] = Pace(ANSWERS_PER_MINUTE)


def _asked_of(code: str) -> Asked:
    """Raises NotOpen."""
    return Asked(
        version=open_one(db.session(), code, today()),
        attention=None,
        mode=Mode.WEB,
        here=url_for(".survey_open", code=code),
        thanks=url_for(".survey_open_thanks", code=code),
        out=url_for(".surveys"),
    )
