"""What the follow-up of the plan counts of itself: what was published of it, and the reports of its cut-offs."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_
from core.plan.followup.model import Snapshot
from core.plan.measures import Figure, Record, listed, measure, within
from core.plan.model import Plan
from core.reports.periods import Period

ADOPTED, CUTOFF = "plan", "plan cut-off"


def _snapshots(session: Session, period: Period) -> list[Snapshot]:
    """What was published of the follow-up in a period, in order."""
    query = select(Snapshot).where(within(Snapshot.published_at, period))
    return list(session.scalars(query.order_by(Snapshot.published_at, Snapshot.id)))


def _record(one: Snapshot) -> Record:
    label = f"{one.plan.year}-{one.cutoff} v{one.edition}"
    return Record(CUTOFF, one.id, label, one.published_at.date(), one.digest[:8])


@measure("plan_publications", N_("Publicaciones del plan y de sus cortes en el portal"))
def plan_publications(session: Session, period: Period) -> Figure:
    """Each plan that was put on the portal, and each edition of a cut-off."""
    plans = session.scalars(select(Plan).where(within(Plan.loaded_at, period)).order_by(Plan.loaded_at, Plan.id))
    records = [Record(ADOPTED, one.id, str(one.year), one.loaded_at.date()) for one in plans]
    records += [_record(one) for one in _snapshots(session, period)]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("plan_reports", N_("Informes de seguimiento publicados"))
def plan_reports(session: Session, period: Period) -> Figure:
    """Cut-offs whose report was published; an edition that replaces another is not one more."""
    records = [_record(one) for one in _snapshots(session, period) if one.edition == 1]
    return Figure(Fraction(len(records)), len(records), listed(records))
