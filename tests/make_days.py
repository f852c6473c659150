"""Past days of an office for tests: who came at once was called one after the other, one left and one did not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.calendar import Calendar, is_working_day
from core.catalogue.days import holidays_on
from core.turns import actions as turns
from core.turns.foresight.model import Roster
from core.turns.model import Turn
from core.turns.outlook.model import WaitPrediction
from core.turns.statistics import counting
from tests import make

PEOPLE, WINDOWS = 10, ("1", "2")
WEEK = timedelta(days=7)


def working_days() -> Iterator[date]:
    """The days on which turns are given before the one that tests live in, the last first."""
    legal, today = Calendar(holidays_on), make.OPENING.date()
    return (day for n in range(1, 400) if is_working_day(day := today - timedelta(days=n), legal))


def lived(session: Session, days: int) -> list[date]:
    """So many mornings that are over: every third person has priority, and a window takes eight minutes for each."""
    return mornings(session, list(islice(working_days(), days))[::-1])


def mornings(session: Session, days: list[date]) -> list[date]:
    """The same of some days, from the first to the last."""
    for day in days:
        _morning(session, (day - make.OPENING.date()).days * 24 * 60)
    return days


def _morning(session: Session, opens: int) -> None:
    came = [make.turn(session, opens + n, "older" if n % 3 == 2 else "general") for n in range(PEOPLE)]
    turns.leave(session, came[-1], make.at(opens + 12))
    for n in range(PEOPLE - 1):
        minute = opens + PEOPLE + 4 * n
        desk = make.desk(session, WINDOWS[n % 2], minute=minute)
        if n == 3:
            called = turns.pick(session, desk, came[-3].id, "pick-back", make.at(minute))
        else:
            called = turns.call_next(session, desk, make.at(minute))
        if n == PEOPLE - 2:
            turns.mark_absent(session, desk, make.at(minute + 2))
            desks.go_away(session, desk, "pause", "pause-break", make.at(minute + 3))
            desks.come_back(session, desk.site_id, desk.official_id, make.at(minute + 9))
            continue
        turns.start(session, desk, make.at(minute + 0.5))
        turns.finish(session, desk, [turns.Outcome(called.service_id, "solved")], make.at(minute + 7))
    for label in WINDOWS:
        desk = make.desk(session, label)
        desks.stand_up(session, desk.site_id, desk.official_id, make.at(opens + 90))


def counted(session: Session) -> int:
    """Count the days that are over, as a process does now and then; how many."""
    site_id, days = make.site(session).id, 0
    for key, day in counting.uncounted(session, site_id, make.OPENING.date()):
        facts = next(counting.count(session, site_id, [key]))
        days += counting.keep(session, site_id, key, day, facts, counting.counted_up_to(session, site_id))
    return days


def announced(session: Session) -> None:
    """Keep that every turn that was called had been told 15 to 30 minutes, and how long it waited."""
    said = {"by": "chances", "low": 15, "high": 30, "point": 1300, "forward": 1500, "naive": 2600, "levels": []}
    for turn in session.scalars(select(Turn).where(Turn.last_called_at.is_not(None))):
        assert turn.last_called_at is not None
        truth = round((turn.last_called_at - turn.issued_at).total_seconds())
        of = {"turn_id": turn.id, "site_id": turn.site_id, "service_id": turn.service_id, "group": turn.group}
        came = {"told_at": turn.issued_at, "outcome": "called", "truth": truth, "judged_at": turn.state_since}
        session.add(WaitPrediction(**of, **said, **came))


def proposal(**more: Any) -> dict[str, Any]:
    """The windows of two days of next week: two at eight, one at half past, both open all day till now."""
    first = make.OPENING.date() + WEEK
    day = {"day": first.isoformat(), "known": True, "people": 21.4, "same": 6, "hours": 1.5, "meets": True}
    day |= {"general_late": 0.08, "priority_late": 0.02, "crew": 2, "crew_hours": 2.0, "crew_meets": True}
    day["halves"] = [[16, 15.2, 2, ["1", "2"], 1.5], [17, 6.2, 1, ["2"], 1.0]]
    day["services"] = {"1": [[16, 10.2], [17, 6.2]], "2": [[16, 5.0]]}
    other = {**day, "day": (first + timedelta(days=1)).isoformat(), "people": 30.2}
    other["halves"] = [[16, 21.0, 2, ["1", "2"], 1.5], [17, 9.2, 1, ["2"], 1.0]]
    other["services"] = {"1": [[16, 14.02], [17, 9.18]], "2": [[16, 7.0]]}
    return {"seen": 25, "enough": 10, "general_min": 45, "priority_min": 15, "days": [day, other], **more}


def busy(day: date) -> dict[str, Any]:
    """What is proposed for a day from eight to six without a pause, with who comes for eight services."""
    open_at = range(16, 36)
    services = {str(number): [[half, number / 2] for half in open_at] for number in range(1, 9)}
    halves = [[half, 18.0, 2, ["1", "2"], 1.5] for half in open_at]
    return proposal()["days"][0] | {"day": day.isoformat(), "halves": halves, "services": services, "people": 360}


def roster(session: Session, week: date, **more: Any) -> None:
    """Keep a proposal of windows for a week; `more` is what it says otherwise."""
    site_id = make.site(session).id
    session.add(Roster(site_id=site_id, week=week, made_at=make.at(), proposal=proposal(**more)))
