"""What the measures of an activity say at a cut-off, as its report keeps it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.plan.cutoffs import Cutoff
from core.plan.figures import Measured, Told, accumulation_of, figure_of, sources_of
from core.plan.followup.standing import days_of
from core.plan.model import Activity
from core.reports.periods import Period


def is_measured(activity: Activity) -> bool:
    """Whether nobody types its value."""
    return bool(sources_of(activity).leads)


def period_of(activity: Activity, cutoff: Cutoff) -> Period:
    """The days that its figure is taken over."""
    return Period(*days_of(accumulation_of(activity), cutoff))


def at(session: Session, activity: Activity, cutoff: Cutoff) -> Told:
    """What is counted of it now in the stretch of a cut-off, with its corrections."""
    return figure_of(session, activity, period_of(activity, cutoff))


def kept(told: Told) -> dict[str, Any]:
    """The figures as plain values, numbers exact as text, to be frozen."""
    return {
        "first": told.period.first.isoformat(),
        "last": told.period.last.isoformat(),
        "leads": _kept(told.leads) if told.leads else None,
        "beside": [_kept(one) for one in told.beside if one.measure],
        "corrections": [
            {"value": one.value, "measured": one.measured, "reason": one.reason, "evidence": one.evidence}
            for one in told.corrections
        ],
    }


def _kept(one: Measured) -> dict[str, Any]:
    figure, measure = one.figure, one.measure
    return {
        "measure": one.name,
        "title": measure.title if measure else "",
        "unit": measure.unit.value if measure else "",
        "value": None if one.value is None else str(one.value),
        "base": figure.base if figure else None,
        "count": figure.count if figure else 0,
        "bound": figure.bound if figure else "",
    }
