"""Of how many attentions an opinion was asked in a period: finished turns, and delivered replies."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Service, Site
from core.petitions.model import Petition
from core.petitions.reply_model import Delivery
from core.plan.measures import within
from core.reports.periods import Period
from core.surveys.tally import Scope
from core.turns.lifecycle import State
from core.turns.model import Turn, in_state


def finished(session: Session, scope: Scope, period: Period) -> int:
    """How many turns were attended to their end, of the sites and offices of the scope."""
    sites = select(Site.id) if scope.site_id is None else [scope.site_id]
    query = select(func.count()).select_from(Turn).where(Turn.site_id.in_(sites), in_state(State.FINISHED))
    query = query.where(within(Turn.state_since, period))
    if scope.offices is not None:
        query = query.join(Service, Service.id == Turn.service_id).where(Service.office_id.in_(sorted(scope.offices)))
    return session.scalar(query) or 0


def delivered(session: Session, scope: Scope, period: Period) -> int:
    """How many replies reached who asked; of a confidential petition no opinion is asked."""
    query = select(func.count()).select_from(Delivery).join(Petition, Petition.id == Delivery.petition_id)
    query = query.where(Delivery.delivered_on.between(period.first, period.last), ~Petition.confidential)
    if scope.site_id is not None:
        query = query.where(Petition.site_id == scope.site_id)
    if scope.offices is not None:
        query = query.where(Petition.office_id.in_(sorted(scope.offices)))
    return session.scalar(query) or 0
