"""The results of a survey beside the attentions of which it asks: finished turns, or delivered replies."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from core.plan.measures import attentions
from core.reports.periods import Period
from core.surveys.model import Of, Survey
from core.surveys.results import Results, results_of
from core.surveys.tally import Scope
from core.web.words import language


def results_beside(session: Session, survey: Survey, period: Period, scope: Scope, *, by_group: bool) -> Results:
    """What its answers say, in the language of the page, and how many attentions had an opinion to give."""
    found = results_of(session, survey, period, scope, by_group=by_group, english=language() == "en")
    count = {Of.TURN: attentions.finished, Of.REPLY: attentions.delivered}.get(survey.kind)
    if count is None:
        return found
    return replace(found, wanted=(count(session, scope, period), count(session, scope, period.before)))
