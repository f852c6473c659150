"""What the registers of the plan count: the entries of each kind with what shows them, and two shares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_
from core.improvement.model import Improvement, Source
from core.improvement.standing import Stage
from core.plan.measures import Counting, CountingOf, Figure, Record, Unit, listed, measure
from core.plan.progress import Accumulation
from core.plan.registers import looking
from core.plan.registers.faults import ACTION
from core.plan.registers.kinds import ALL
from core.plan.registers.model import RegisterEntry
from core.reports.periods import Period

ENTRY = "register_entry"
"""What the records of these measures are, for whoever opens their page."""


def count_of(session: Session, slug: str, period: Period, activity_id: int | None = None) -> Figure:
    """How many entries count by this name in a period; for one activity of the plan, if one is named."""
    found = looking.counted(session, slug, period, activity_id)
    return Figure(Fraction(len(found)), len(found), listed([_record(one) for one in found]))


@measure("commitments_met", N_("Compromisos cumplidos de los que vencían"), Unit.PERCENT, Accumulation.ACCUMULATED)
def commitments_met(session: Session, period: Period) -> Figure:
    """Out of the commitments due in the period, how many were met, and something shows it."""
    found = looking.due_in(session, "commitment", period)
    return _share([_record(one, counts=one.now.complete) for one in found])


@measure(
    "audit_findings_included",
    N_("Hallazgos de auditoría con acción de mejora"),
    Unit.PERCENT,
    Accumulation.ACCUMULATED,
)
def audit_findings_included(session: Session, period: Period) -> Figure:
    """Out of the findings of the period, how many have an action in the improvement plan that was not withdrawn."""
    found = looking.counted(session, "audit_finding", period)
    included = with_action(session, found)
    return _share([_record(one, counts=one.id in included) for one in found])


def with_action(session: Session, findings: Sequence[RegisterEntry]) -> dict[int, int]:
    """The improvement action of each finding that has one: the one it names, or one that names it."""
    standing = {
        one.id: one.reference if one.source is Source.AUDIT else ""
        for one in session.scalars(select(Improvement).where(Improvement.stage != Stage.WITHDRAWN))
    }
    by_code = {reference: number for number, reference in standing.items() if reference}
    found = {}
    for one in findings:
        named = ACTION.fullmatch(one.now.facts.get("action") or "")
        number = int(named[1]) if named else by_code.get(one.code)
        if number in standing:
            found[one.id] = int(number or 0)
    return found


def _share(records: Sequence[Record]) -> Figure:
    base, good = len(records), sum(record.counts for record in records)
    return Figure(Fraction(100 * good, base) if base else None, base, listed(records), base)


def _record(one: RegisterEntry, *, counts: bool = True) -> Record:
    now = one.now
    return Record(ENTRY, one.id, one.code, now.counts_on or now.day, now.title, counts)


def _counts(slug: str) -> Counting:
    def counted(session: Session, period: Period) -> Figure:
        """How many entries of the register have what shows them, on the days of the period."""
        return count_of(session, slug, period)

    return counted


def _counts_for(slug: str) -> CountingOf:
    return lambda session, period, activity_id: count_of(session, slug, period, activity_id)


for kind in ALL:
    for name, title in kind.measures:
        measure(f"register_{name}", title, of_activity=_counts_for(name))(_counts(name))
