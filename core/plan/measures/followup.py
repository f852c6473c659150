"""What the follow-up of the plan counts of itself: what was published of it, and the reports of its cut-offs."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from core.errors import N_
from core.plan.cutoffs import Cutoff
from core.plan.followup import overview
from core.plan.followup.model import Report, Snapshot
from core.plan.measures import Figure, Record, listed, measure, within
from core.plan.model import Plan
from core.reports.periods import Period

ADOPTED, CUTOFF, OPEN_CUTOFF = "plan", "plan cut-off", "open plan cut-off"


def _snapshots(session: Session, period: Period) -> list[Snapshot]:
    """What was published of the follow-up in a period, in order."""
    query = select(Snapshot).where(within(Snapshot.published_at, period))
    return list(session.scalars(query.order_by(Snapshot.published_at, Snapshot.id)))


def _record(one: Snapshot) -> Record:
    label = f"{one.plan.year}-{one.cutoff} v{one.edition}"
    return Record(CUTOFF, one.id, label, one.published_at.date(), one.digest[:8])


@measure("plan_publications", N_("Publicaciones del plan y de sus cortes en el portal"))
def plan_publications(session: Session, period: Period) -> Figure:
    """The plan of the year that was put on the portal, and each edition of a cut-off."""
    plans = session.scalars(_plans(period).where(within(Plan.loaded_at, period)))
    records = [Record(ADOPTED, one.id, str(one.year), one.loaded_at.date()) for one in plans]
    records += [_record(one) for one in _snapshots(session, period)]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("plan_reports", N_("Informes de seguimiento publicados o en elaboración"))
def plan_reports(session: Session, period: Period) -> Figure:
    """Cut-offs of the period, by their last day, whose report was published or of which something was reported.

    An edition that replaces another is not one more.
    """
    records = [
        record
        for plan in session.scalars(_plans(period)).all()
        for cutoff in overview.cutoffs_of(session, plan)
        if period.first <= cutoff.last <= period.last
        for record in _report_of(session, plan, cutoff)
    ]
    return Figure(Fraction(len(records)), len(records), listed(records))


def _plans(period: Period) -> Select[Plan]:
    """Those of the years of a period."""
    return select(Plan).where(Plan.year.between(period.first.year, period.last.year)).order_by(Plan.year)


def _report_of(session: Session, plan: Plan, cutoff: Cutoff) -> list[Record]:
    """The first edition of its report, or that it is being made; nothing of one that nobody began."""
    editions = overview.editions(session, plan, cutoff.number)
    if editions:
        return [_record(editions[0])]
    of_plan = [one.id for one in plan.activities]
    begun = session.scalar(select(exists().where(Report.cutoff == cutoff.number, Report.activity_id.in_(of_plan))))
    name = f"{plan.year}-{cutoff.number}"
    return [Record(OPEN_CUTOFF, name, name, cutoff.last)] if begun else []
