"""What is counted of improvement actions, and of the notes for individual plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from core.errors import N_
from core.improvement.model import Improvement, ImprovementStep, IndividualNote
from core.improvement.standing import Deed, Stage
from core.plan.measures import Figure, Record, Unit, begins, counted, listed, measure, share, within
from core.plan.progress import Accumulation
from core.reports.periods import ONE_DAY, Period


@measure("improvements_opened", N_("Acciones de mejora abiertas"))
def improvements_opened(session: Session, period: Period) -> Figure:
    """How many improvement actions were opened in the period, whatever became of them."""
    return counted(session, _with(Deed.OPENED, period), _improvement)


@measure("improvements_effective", N_("Acciones de mejora que sirvieron, según quien las verificó"))
def improvements_effective(session: Session, period: Period) -> Figure:
    """How many improvement actions somebody else found in the period to have helped."""
    return counted(session, _with(Deed.VERIFIED, period).where(Improvement.stage == Stage.EFFECTIVE), _improvement)


@measure(
    "improvements_met",
    N_("Acciones de mejora hechas, de las que vencían"),
    Unit.PERCENT,
    Accumulation.ACCUMULATED,
)
def improvements_met(session: Session, period: Period) -> Figure:
    """Out of the actions due in the period that were not withdrawn, how many were done by its last day."""
    due = select(Improvement).where(
        Improvement.due_on.between(period.first, period.last), Improvement.stage != Stage.WITHDRAWN
    )
    over = begins(period.last + ONE_DAY)
    records = [
        Record("improvement", one.id, one.code, one.due_on, counts=one.was_done_by(over))
        for one in session.scalars(
            due.options(selectinload(Improvement.steps)).order_by(Improvement.due_on, Improvement.id)
        )
    ]
    value = share(sum(one.counts for one in records), len(records))
    return Figure(value, len(records), listed(records), len(records))


@measure("individual_notes", N_("Constancias para planes individuales"))
def individual_notes(session: Session, period: Period) -> Figure:
    """How many notes say that something was passed on in the period for somebody's individual plan."""
    query = select(IndividualNote).where(IndividualNote.passed_on.between(period.first, period.last))
    return counted(session, query.order_by(IndividualNote.passed_on, IndividualNote.id), _note)


def _with(deed: Deed, period: Period) -> Select[*tuple[Any, ...]]:
    """The actions whose last deed of a kind was done in the period; only the last verdict stands."""
    last = func.max(ImprovementStep.at)
    query = select(Improvement.id, last.label("at")).join(ImprovementStep).where(ImprovementStep.deed == deed)
    return query.group_by(Improvement.id).having(within(last, period)).order_by(last, Improvement.id)


def _improvement(row: Any) -> Record:
    return Record("improvement", row.id, f"AM-{row.id:04d}", row.at.date())


def _note(row: Any) -> Record:
    note: IndividualNote = row[0]
    return Record("individual_note", note.id, note.code, note.passed_on)
