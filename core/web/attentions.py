"""The results of a survey beside the attentions of which it asks: finished turns, or delivered replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Service, Site
from core.clock import BOGOTA
from core.petitions.model import Petition
from core.petitions.reply_model import Delivery
from core.reports.periods import ONE_DAY, Period
from core.surveys.model import Of, Survey
from core.surveys.results import Results, results_of
from core.surveys.tally import Scope
from core.turns.lifecycle import State
from core.turns.model import Turn, in_state
from core.web.words import language


def results_beside(session: Session, survey: Survey, period: Period, scope: Scope, *, by_group: bool) -> Results:
    """What its answers say, in the language of the page, and how many attentions had an opinion to give."""
    found = results_of(session, survey, period, scope, by_group=by_group, english=language() == "en")
    count = {Of.TURN: _finished, Of.REPLY: _delivered}.get(survey.kind)
    if count is None:
        return found
    return replace(found, wanted=(count(session, scope, period), count(session, scope, period.before)))


def _finished(session: Session, scope: Scope, period: Period) -> int:
    sites = select(Site.id) if scope.site_id is None else [scope.site_id]
    query = select(func.count()).select_from(Turn).where(Turn.site_id.in_(sites), in_state(State.FINISHED))
    query = query.where(Turn.state_since >= _begins(period.first), Turn.state_since < _begins(period.last + ONE_DAY))
    if scope.offices is not None:
        query = query.join(Service, Service.id == Turn.service_id).where(Service.office_id.in_(sorted(scope.offices)))
    return session.scalar(query) or 0


def _delivered(session: Session, scope: Scope, period: Period) -> int:
    """Of a confidential petition no opinion is asked."""
    query = select(func.count()).select_from(Delivery).join(Petition, Petition.id == Delivery.petition_id)
    query = query.where(Delivery.delivered_on.between(period.first, period.last), ~Petition.confidential)
    if scope.site_id is not None:
        query = query.where(Petition.site_id == scope.site_id)
    if scope.offices is not None:
        query = query.where(Petition.office_id.in_(sorted(scope.offices)))
    return session.scalar(query) or 0


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), BOGOTA)
