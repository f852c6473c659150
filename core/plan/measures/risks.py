"""What is counted of corruption risks: as they stood on the last day of a period, and the reviews of its cut-offs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.errors import N_
from core.improvement.standing import Stage
from core.plan.cutoffs import Cutoff
from core.plan.measures import Figure, Record, Unit, begins, listed, measure, share
from core.plan.progress import Accumulation
from core.plan.risks import overview
from core.plan.risks.describing import faults
from core.plan.risks.overview import Standing, end_of, stood
from core.plan.risks.reviewing import Need
from core.reports.periods import ONE_DAY, Period

STOCK = Accumulation.STOCK
RISK = "risk"
"""What the records of these measures are, for whoever opens their page."""


@measure("risk_maps", N_("Dependencias con su mapa de riesgos completo"), adds_up=STOCK)
def risk_maps(session: Session, period: Period) -> Figure:
    """How many offices have risks, each of them valued and with something done about it."""
    offices: defaultdict[int, list[Standing]] = defaultdict(list)
    for one in _standing(session, period):
        offices[one.risk.office_id].append(one)
    records = [
        Record("office", number, those[0].risk.office.name, said=str(len(those)))
        for number, those in sorted(offices.items())
        if all(one.is_complete for one in those)
    ]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("risks_with_causes", N_("Riesgos con causas internas y externas"), Unit.PERCENT, STOCK)
def risks_with_causes(session: Session, period: Period) -> Figure:
    """Out of the risks that stand, how many say why they could happen, from inside and from outside."""
    return _share(_standing(session, period), lambda one: bool(one.text.internal and one.text.external))


@measure("risks_described", N_("Riesgos descritos con sus cuatro elementos"), Unit.PERCENT, STOCK)
def risks_described(session: Session, period: Period) -> Figure:
    """Out of the risks that stand, how many name the four elements."""
    return _share(_standing(session, period), lambda one: not faults(one.text.elements))


@measure("risk_controls", N_("Controles establecidos"), adds_up=STOCK)
def risk_controls(session: Session, period: Period) -> Figure:
    """How many controls are done, one by one."""
    records = [
        Record(RISK, one.risk.id, f"{one.risk.code} · {row.number}", row.at.astimezone(BOGOTA).date(), row.what)
        for one in _standing(session, period)
        for row in one.controls
    ]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("risks_without_control", N_("Riesgos sin ningún control"), adds_up=STOCK)
def risks_without_control(session: Session, period: Period) -> Figure:
    """How many risks nothing is done against yet."""
    records = [_record(one) for one in _standing(session, period) if not one.controls]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("risks_valued", N_("Cuadros de valoración del riesgo completos"), adds_up=STOCK)
def risks_valued(session: Session, period: Period) -> Figure:
    """How many risks are valued and have a control that is scored: before and after are known."""
    records = [_record(one) for one in _standing(session, period) if one.value and one.controls]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure(
    "risk_treatments_done",
    N_("Tratamientos de riesgos hechos, de los que vencían"),
    Unit.PERCENT,
    Accumulation.ACCUMULATED,
)
def risk_treatments_done(session: Session, period: Period) -> Figure:
    """Out of the actions that treat risks and were due in the period, how many were done by its last day."""
    records = [
        Record("improvement", row.improvement_id, row.improvement.code, row.improvement.due_on, risk.code, done)
        for risk in overview.risks_where(session)
        for row in risk.treatments
        if period.first <= row.improvement.due_on <= period.last and row.improvement.stage is not Stage.WITHDRAWN
        for done in (row.improvement.was_done_by(begins(period.last + ONE_DAY)),)
    ]
    return _of(records)


@measure("risk_reviews", N_("Cortes en que se revisaron todos los riesgos"))
def risk_reviews(session: Session, period: Period) -> Figure:
    """How many cut-offs of the period have a review of every risk that they asked for; each review is a record."""
    found: defaultdict[tuple[int, int], list[Record]] = defaultdict(list)
    within: dict[int, list[tuple[int, Cutoff]]] = {}
    for risk in overview.risks_where(session):
        if risk.site_id not in within:
            within[risk.site_id] = _cutoffs(session, risk.site_id, period)
        for due in overview.dues(risk, within[risk.site_id], period.last):
            if due.need is not Need.NOT_ASKED:
                on = due.review.at.astimezone(BOGOTA).date() if due.review else None
                record = Record(RISK, risk.id, f"{risk.code} · {due.key}", on, counts=due.need is Need.DONE)
                found[due.year, due.cutoff.number].append(record)
    if not found:
        return Figure(None, 0, listed([]))
    records = [record for _when, those in sorted(found.items()) for record in those]
    whole = sum(all(record.counts for record in those) for those in found.values())
    return Figure(Fraction(whole), len(records), listed(records))


def _cutoffs(session: Session, site_id: int, period: Period) -> list[tuple[int, Cutoff]]:
    """Those of the site whose last day is of the period."""
    of_years = overview.cutoffs_of(session, site_id, range(period.first.year, period.last.year + 1))
    return [(year, cutoff) for year, cutoff in of_years if period.first <= cutoff.last <= period.last]


def _standing(session: Session, period: Period) -> list[Standing]:
    return stood(overview.risks_where(session), end_of(period.last))


def _share(standings: Sequence[Standing], fulfils: Callable[[Standing], bool]) -> Figure:
    return _of([_record(one, counts=fulfils(one)) for one in standings])


def _of(records: Sequence[Record]) -> Figure:
    """The share of the records that fulfil."""
    return Figure(share(sum(one.counts for one in records), len(records)), len(records), listed(records), len(records))


def _record(one: Standing, *, counts: bool = True) -> Record:
    on = one.risk.opened_at.astimezone(BOGOTA).date()
    return Record(RISK, one.risk.id, one.risk.code, on, one.text.process_name, counts)
