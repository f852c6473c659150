"""What the tests of the follow-up do with the plan of the town hall: set a goal, report, verify what was reported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.plan.followup import actions
from core.plan.followup.actions import Judged, Told
from core.plan.followup.model import Report
from core.plan.followup.standing import Verdict
from core.plan.model import Activity, Component, Meta, Plan, Target
from core.plan.progress import Accumulation
from tests import make

LINK = "https://california-santander.gov.co/acta"


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, 9, 0, tzinfo=BOGOTA)


def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.year == 2026)).one()


def activity(session: Session, code: str = "2.4.1") -> Activity:
    of = select(Activity).join(Activity.meta).join(Meta.component).join(Component.plan)
    return session.scalars(of.where(Plan.year == 2026, Activity.code == code)).one()


def goal(session: Session, code: str = "2.4.1", value: str = "3", **more: Any) -> Target:
    """A goal by an act of the first day of the year."""
    of = activity(session, code)
    said = {"goal": value, "baseline": "0", "weight": None, "unit": "acciones", "accumulation": Accumulation.FLOW}
    said |= {"act": "Resolución 001 de 2026", "since": date(2026, 1, 1), "number": len(of.targets) + 1}
    target = Target(**(said | {"set_by": make.official(session, "pqrsd").id, "set_at": day(1, 2)} | more))
    of.targets.append(target)
    session.flush()
    return target


def report(
    session: Session, code: str = "2.4.1", cutoff: int = 1, at: datetime | None = None, by: str = "pqrsd", **more: Any
) -> Report:
    """What the clerk of petitions reports the day after a cut-off; 1 with a page that shows it, if nothing else."""
    said: dict[str, Any] = {"done": "Se hizo.", "value": 1, "link": LINK} | more
    when = at or day(*((5, 4), (9, 1), (1, 4, 2027))[cutoff - 1])
    of = activity(session, code)
    return actions.report(session, of, cutoff, Told(**said), make.official(session, by).id, when)


def judge(
    session: Session,
    report: Report,
    verdict: Verdict = Verdict.AGREES,
    observation: str = "",
    by: str = "supervision",
    at: datetime | None = None,
    **more: Any,
) -> None:
    judged = Judged(verdict=verdict, observation=observation, seen_evidence=True, **more)
    actions.judge(session, report, judged, make.official(session, by).id, at or report.reported_at)
