"""The windows proposed for a week: what each day brings, what it needs, what that saves; kept, and told as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.breaks.planned import Break
from core.calendar import Stretch, stretches_on
from core.catalogue.hours import times_of
from core.catalogue.model import Service, Site, Window
from core.db import INSERT, table
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import settings_of
from core.turns.foresight import remembered
from core.turns.foresight.crews import Office, Targets, demands_of
from core.turns.foresight.forecast import ENOUGH, SAME, Forecast, History, foretell, halves_of, within
from core.turns.foresight.imagined import Habits, imagine
from core.turns.foresight.model import Roster
from core.turns.foresight.resting import Cover, Tried, covers_of, rests_on
from core.turns.foresight.search import fixed_crew, search
from core.turns.foresight.staffing import needed
from core.turns.lifecycle import State
from core.turns.model import Turn, in_state
from core.turns.policy import MINUTE

TRIED = 40
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ahead:
    """All that is asked of the database for the week of a site that begins on `week`; nothing more is asked after."""

    site_id: int
    week: date
    office: Office
    history: History
    habits: Habits
    doors: Mapping[date, Sequence[Stretch]]
    really: Mapping[date, Mapping[int, float]]
    breaks: Mapping[str, Sequence[Break]]

    def office_on(self, day: date) -> Office:
        """The office with the breaks that are planned for a day."""
        rests = {name: rests_on(day, planned) for name, planned in self.breaks.items() if name in self.office.windows}
        return replace(self.office, breaks={name: some for name, some in rests.items() if some})


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.isoweekday() - 1)


def look_ahead(session: Session, site_id: int, week: date, today: date) -> Ahead:
    """Read what a proposal is made of."""
    days = [week + timedelta(days=n) for n in range(7)]
    times, history = times_of(session, site_id, today), remembered.history(session, site_id, today)
    return Ahead(
        site_id,
        week,
        office_of(session, site_id),
        history,
        remembered.habits(session, site_id, today),
        {day: stretches_on(day, times.hours, times.calendar) for day in days},
        {day: remembered.really_open(session, site_id, _same_before(day, history)) for day in days},
        remembered.planned_breaks(session, site_id),
    )


def office_of(session: Session, site_id: int) -> Office:
    """The windows of the site, its order and its targets, as they are now."""
    rows = session.execute(select(Window.id, Window.label).where(Window.site_id == site_id, Window.active))
    labels = dict(rows.all())
    served = remembered.windows_of(session, list(labels))
    settings = settings_of(session, site_id)
    targets = Targets(settings.target_general_min, settings.target_priority_min, promised(session, site_id))
    return Office({labels[one]: services for one, services in served.items()}, settings.rules, targets)


def promised(session: Session, site_id: int) -> dict[str, float]:
    """The minutes in which the services of the site that promise their own are called."""
    targets = session.execute(select(Service.id, Service.target_min).where(Service.site_id == site_id))
    return {str(service): float(minutes) for service, minutes in targets if minutes is not None}


def propose(ahead: Ahead, tried: int = TRIED, may_go_on: Callable[[], bool] = lambda: True) -> dict[str, Any] | None:
    """The proposal, as it is kept; it takes long and asks nobody. Each plan is tried on so many imagined days.

    None where, before a day, it may not go on.
    """
    days = []
    for day, stretches in ahead.doors.items():
        if not may_go_on():
            return None
        if stretches:
            days.append(_day(day, stretches, ahead, tried))
    return {
        "seen": len(ahead.history.plain),
        "enough": ENOUGH,
        "general_min": ahead.office.targets.general,
        "priority_min": ahead.office.targets.priority,
        "own_targets": bool(ahead.office.targets.promised),
        "days": days,
    }


def _day(day: date, stretches: Sequence[Stretch], ahead: Ahead, tried: int) -> dict[str, Any]:
    told = within(foretell(day, ahead.history), stretches)
    told = _attended(told, ahead.office)
    found: dict[str, Any] = {"day": day.isoformat(), "people": round(told.people, 1), "same": told.same}
    if not told.known or not told.people or not ahead.office.windows:
        return found | {"known": False}
    halves, seed, office = halves_of(stretches), day.toordinal(), ahead.office_on(day)
    days = imagine(told, ahead.habits, sorted(office.windows), seed, tried)
    demands = demands_of(told, halves, ahead.habits)
    plan, proof = search(halves, demands, office, days)
    crew, of_crew = fixed_crew(halves, office, days)
    formula = needed(demands, office.targets.general, len(office.windows))
    breaks = [_told(one) for one in covers_of(Tried(plan, proof, office, days, stretches))]
    expected, really = told.by_half_hour(), ahead.really[day]
    return found | {
        "known": True,
        "halves": [
            [
                half,
                round(expected.get(half, 0.0), 1),
                by_formula,
                sorted(plan.open[half]),
                round(really.get(half, 0.0), 1),
            ]
            for half, by_formula in zip(halves, formula, strict=True)
        ],
        "services": {
            service: [[half, round(count, 2)] for half, count in sorted(by_half.items())]
            for service, by_half in sorted(told.by_service().items())
        },
        "hours": plan.hours,
        "meets": proof.meets,
        "general_late": round(proof.share(False), 3),
        "priority_late": round(proof.share(True), 3),
        "crew": max(crew.counts().values()),
        "crew_hours": crew.hours,
        "crew_meets": of_crew.meets,
        **({"breaks": breaks} if breaks else {}),
    }


def _told(one: Cover) -> dict[str, Any]:
    """A break and what it costs; its hours are minutes of the day."""
    return {
        "window": one.window,
        "starts": one.rest.starts // MINUTE,
        "ends": one.rest.ends // MINUTE,
        "late": list(one.late),
        "alone": list(one.alone),
        "only": list(one.only),
        "beside": list(one.beside),
        "open": list(one.open),
        "fits_at": None if one.fits_at is None else one.fits_at // MINUTE,
    }


def _attended(told: Forecast, office: Office) -> Forecast:
    """Without who comes for what no window attends any more."""
    served = frozenset[str]().union(*office.windows.values())
    kept = {cell: count for cell, count in told.expected.items() if cell[1] in served}
    return Forecast(told.day, kept, told.same, told.seen, told.special)


def _same_before(day: date, history: History) -> list[date]:
    """The last days of the same weekday that are no special ones."""
    return [seen for seen in history.plain if seen < day and seen.isoweekday() == day.isoweekday()][:SAME]


def keep(session: Session, ahead: Ahead, proposal: Mapping[str, Any], at: datetime) -> None:
    """The proposal of the week is this one from now on."""
    rosters = table(Roster)
    row = {"site_id": ahead.site_id, "week": ahead.week, "made_at": at, "proposal": dict(proposal)}
    made = INSERT[session.get_bind().dialect.name](rosters).values(**row)
    anew = {"made_at": made.excluded.made_at, "proposal": made.excluded.proposal}
    session.execute(made.on_conflict_do_update(index_elements=["site_id", "week"], set_=anew))


def roster_of(session: Session, site_id: int, week: date) -> Roster | None:
    """The proposal that is kept for a week."""
    return session.scalar(
        select(Roster).where(Roster.site_id == site_id, Roster.week == week).execution_options(populate_existing=True)
    )


def somebody_waits(session: Session, at: datetime) -> bool:
    """Whether anybody, in any site, would notice that the machine has much to do."""
    waiting = select(Turn.id).where(in_state(State.WAITING), Turn.issued_at > at - CALLABLE_FOR)
    return session.scalar(waiting.limit(1)) is not None


def missing(session: Session, weeks: Sequence[date], since: datetime) -> list[int]:
    """The sites of which not all of these weeks were proposed since an instant."""
    made = select(func.count()).where(Roster.site_id == Site.id, Roster.week.in_(weeks), Roster.made_at >= since)
    lacking = made.scalar_subquery() < len(weeks)
    return list(session.scalars(select(Site.id).where(Site.active, lacking).order_by(Site.id)))
