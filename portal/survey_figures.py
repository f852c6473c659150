"""What everybody may know of the surveys: the main figures of those in use, of the last quarter that is over."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from core.clock import milliseconds, now, today
from core.reports.periods import Period, quarter_of
from core.surveys.model import ONE_EACH, Survey
from core.surveys.tally import Scope
from core.web.attentions import results_beside
from core.web.database import db
from core.web.guard import public
from core.web.report_parts import Part
from core.web.shared import A_MINUTE_MS, SHARED, Shared
from core.web.survey_report import main_parts
from core.web.survey_sheet import margin
from core.web.words import language, period_text
from portal import bp

Told = tuple[list[Part], list[str]]


@bp.get("/surveys/figures")
@public
def survey_figures() -> ResponseReturnValue:
    """Always whole quarters, so that no period is subtracted from another; counted once a minute, whoever asks."""
    period = quarter_of(today()).before
    shared: Shared = current_app.extensions[SHARED]
    minute = milliseconds(now()) // A_MINUTE_MS
    parts, notes = shared.answer(("surveys", language()), (period, minute), lambda: _told(db.session(), period))
    return render_template("portal/survey_figures.html", parts=parts, notes=notes, chosen=period_text(period))


def _told(session: Session, period: Period) -> Told:
    """The parts of each survey in use, and how sure their figures are."""
    results = [results_beside(session, each, period, Scope(), by_group=False) for each in _in_use(session)]
    answered = [each for each in results if each.now.answers]
    parts = [part for each in answered for part in main_parts(each)]
    return parts, list(dict.fromkeys(margin(each) for each in answered))


def _in_use(session: Session) -> Sequence[Survey]:
    """Those of each attention first."""
    of_each = case((Survey.kind.in_(ONE_EACH), 0), else_=1)
    return session.scalars(select(Survey).where(Survey.active).order_by(of_each, Survey.name)).all()
