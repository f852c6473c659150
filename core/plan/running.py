"""The figures of the year that runs: what the measures count until the last day that is over, kept for everybody.

To count all of them takes seconds, so that no page does: one process does it once a day, and the pages read a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import INSERT, table
from core.plan import in_sight
from core.plan.figures import Figures, sources_of
from core.plan.in_sight import Part
from core.plan.measures import Measure, registered
from core.plan.model import Activity, Plan, RunningFigures
from core.reports.periods import ONE_DAY

Kept = dict[str, list[dict[str, Any]]]
"""The figures of each activity by its code, as plain values; numbers are exact, as text."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a measure counted of an activity until the end of a day; `leads`: it is the one of its indicator.

    Without a day it is not told yet, or never while the year runs (core.plan.in_sight).
    """

    measure: Measure
    leads: bool
    until: date | None
    part: Part


@dataclass(frozen=True, slots=True)
class Running:
    """What was counted of a plan until the end of a day, by the code of each activity, its indicator first."""

    until: date
    figures: Mapping[str, Sequence[Told]]

    def of(self, code: str) -> Sequence[Told]:
        return self.figures.get(code, ())


def last_day(year: int, today: date) -> date:
    """The last day of a year that is over; one of the year before while none is."""
    return min(today - ONE_DAY, date(year, 12, 31))


def behind(session: Session, today: date, *, again: bool = False) -> list[int]:
    """The years whose plan has days that are over and not counted; `again`: also those that are counted."""
    query = select(Plan.year, RunningFigures.until).outerjoin(RunningFigures, RunningFigures.plan_id == Plan.id)
    days = [(year, until, last_day(year, today)) for year, until in session.execute(query.order_by(Plan.year))]
    return [year for year, until, day in days if day.year == year and (again or until is None or until < day)]


def count(session: Session, plan: Plan, day: date) -> Kept:
    """What everybody may be told of each activity from the beginning of the year of a plan until a day of it."""
    asking = Figures(session)
    return {activity.code: _of_activity(asking, activity, day) for activity in plan.activities}


def keep(session: Session, plan_id: int, day: date, figures: Kept, at: datetime) -> None:
    """Keep what was counted of a plan until a day, instead of what was kept before."""
    values = {"until": day, "counted_at": at, "figures": figures}
    row = INSERT[session.get_bind().dialect.name](table(RunningFigures)).values(plan_id=plan_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["plan_id"], set_=values))


def read(session: Session, plan: Plan) -> Running | None:
    """What was counted last of a plan; a measure that the house no longer has is not told."""
    row, known = session.get(RunningFigures, plan.id, populate_existing=True), registered()
    if row is None:
        return None
    return Running(
        row.until,
        {
            code: [_told(one, known[one["measure"]]) for one in figures if one["measure"] in known]
            for code, figures in row.figures.items()
        },
    )


def _of_activity(asking: Figures, activity: Activity, day: date) -> list[dict[str, Any]]:
    sources, known = sources_of(activity), registered()
    named = [(sources.leads, True), *((name, False) for name in sources.beside)]
    return [_counted(asking, activity, name, day, leads) for name, leads in named if name in known]


def _counted(asking: Figures, activity: Activity, name: str, day: date, leads: bool) -> dict[str, Any]:
    stretches = in_sight.stretches(name, day)
    said = [asking.measured(name, each, activity).figure for each in stretches]
    parts = [Part(one.value, one.base, one.bound, one.count) for one in said if one is not None]
    whole = in_sight.together(name, parts)
    return {
        "measure": name,
        "leads": leads,
        "until": stretches[-1].last.isoformat() if stretches else None,
        "value": None if whole.value is None else str(whole.value),
        "of": whole.base,
        "bound": whole.bound,
    }


def _told(kept: dict[str, Any], measure: Measure) -> Told:
    value = None if kept["value"] is None else Fraction(kept["value"])
    until = date.fromisoformat(kept["until"]) if kept["until"] else None
    return Told(measure, kept["leads"], until, Part(value, kept["of"], kept["bound"]))
