"""The results of surveys: of the survey and the period of the address, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from admin import bp
from core.clock import now, today
from core.errors import Missing
from core.people.rights import Permission, Reach, reaches
from core.reports import periods
from core.reports.periods import Period
from core.surveys.model import ONE_EACH, Survey, SurveyVersion
from core.surveys.results import Results
from core.surveys.tally import Scope
from core.web.attentions import results_beside
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import report_file
from core.web.report_parts import Part
from core.web.survey_report import parts_of, tiles_of
from core.web.survey_result_words import names_in
from core.web.words import period_text

QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader may see: the answers of a scope, by groups of people or only all together, and whose they are."""

    scope: Scope
    by_group: bool
    whose: str = ""


@bp.get("/surveys/results")
@requires(Permission.SEE_SURVEY_RESULTS)
def survey_results() -> ResponseReturnValue:
    """The survey that the address names, or the first; a page that says that there is none yet."""
    surveys, period = _surveys(), _period()
    survey = _asked(surveys)
    results = _results(survey, period) if survey else None
    return render_template(
        "admin/survey_results.html",
        surveys=[(each.code, each.name) for each in surveys],
        survey=survey,
        periods=[(each.name, period_text(each)) for each in periods.recent(today(), QUARTERS)],
        period=period,
        chosen=period_text(period),
        whose=_reading(survey).whose if survey else "",
        tiles=tiles_of(results) if results else [],
        parts=_parts(results) if results else [],
        reads_comments=current_user.may(Permission.READ_SURVEY_COMMENTS),
        types_paper=current_user.may(Permission.TYPE_PAPER_ANSWERS),
    )


@bp.get("/surveys/results.<any(csv, xlsx, pdf):form>")
@requires(Permission.SEE_SURVEY_RESULTS)
def survey_results_file(form: str) -> ResponseReturnValue:
    """The same as a file; while there is no survey, the page says so."""
    survey, period = _asked(_surveys()), _period()
    if survey is None:
        return redirect(url_for(".survey_results"))
    results, name = _results(survey, period), f"encuesta-{survey.code}-{period.name}"
    subtitle = " · ".join(filter(None, (survey.name, period_text(period), _reading(survey).whose)))
    notes = [_("Cifras al %(day)s.", day=f"{today():%d/%m/%Y}")]
    return report_file(form, name, _("Resultados de la encuesta"), subtitle, _parts(results), notes, now())


def _surveys() -> Sequence[Survey]:
    """Those that were ever published, those in use first."""
    published = select(SurveyVersion.survey_id).where(SurveyVersion.published_at.is_not(None))
    query = select(Survey).where(Survey.id.in_(published))
    return db.session.scalars(query.order_by(Survey.active.desc(), Survey.kind.desc(), Survey.name)).all()


def _asked(surveys: Sequence[Survey]) -> Survey | None:
    """The survey of the address. Raises Missing if it names one that there is not."""
    code = request.args.get("survey", "")
    named = next((each for each in surveys if each.code == code), None)
    if code and named is None:
        raise Missing
    return named or next(iter(surveys), None)


def _period() -> Period:
    """The period of the address; without one, or with one that did not begin, the quarter that runs."""
    named = periods.read(request.args.get("period", ""))
    return named if named and named.first <= today() else periods.quarter_of(today())


def _results(survey: Survey, period: Period) -> Results:
    reading = _reading(survey)
    return results_beside(db.session(), survey, period, reading.scope, by_group=reading.by_group)


def _parts(results: Results) -> list[Part]:
    return parts_of(results, names_in(db.session()))


def _reading(survey: Survey) -> Reading:
    """As far as the widest role of the reader reaches.

    Who attends sees what everybody will be told: the whole town hall, by no group of people, so that no figure is of
    one window. What anybody may answer is of no site and no office: who reaches one sees it whole.
    """
    far = {reaches(role, Permission.SEE_SURVEY_RESULTS) for role in current_user.roles}
    if Reach.ALL in far or (far & {Reach.SITE, Reach.OFFICE} and survey.kind not in ONE_EACH):
        return Reading(Scope(), by_group=True)
    if Reach.SITE in far:
        return Reading(Scope(site_id=current_user.site_id), by_group=True, whose=_("su sede"))
    if Reach.OFFICE in far:
        return Reading(Scope(offices=frozenset(current_user.offices)), by_group=True, whose=_("su dependencia"))
    return Reading(Scope(), by_group=False)
