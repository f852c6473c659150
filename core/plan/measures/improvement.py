"""What is counted of improvement actions, and of the notes for individual plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import N_
from core.improvement.model import Improvement, ImprovementStep, IndividualNote
from core.improvement.standing import Deed, Stage
from core.plan.measures import Figure, Record, counted, measure, within
from core.reports.periods import Period


@measure("improvements_opened", N_("Acciones de mejora abiertas"))
def improvements_opened(session: Session, period: Period) -> Figure:
    """How many improvement actions were opened in the period, whatever became of them."""
    return counted(session, _with(Deed.OPENED, period), _improvement)


@measure("improvements_effective", N_("Acciones de mejora que sirvieron, según quien las verificó"))
def improvements_effective(session: Session, period: Period) -> Figure:
    """How many improvement actions somebody else found in the period to have helped."""
    return counted(session, _with(Deed.VERIFIED, period).where(Improvement.stage == Stage.EFFECTIVE), _improvement)


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
