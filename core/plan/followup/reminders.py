"""Whom to remind today of a cut-off of the plan: who has to report, and who has to verify and publish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.days import calendar_of
from core.people.model import Official
from core.people.rights import Permission, reaches
from core.plan.cutoffs import Cutoff
from core.plan.finding import holders
from core.plan.followup.marks import Mark, mark_on
from core.plan.followup.overview import AtCutoff, at_cutoff, cutoffs_of, stage_on
from core.plan.followup.standing import State
from core.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Due:
    """What a cut-off waits for of somebody: codes of activities, by what has to be done with them."""

    cutoff: Cutoff
    mark: Mark
    unreported: Sequence[str] = ()
    sent_back: Sequence[str] = ()
    to_verify: Sequence[str] = ()


def due_today(session: Session, today: date) -> dict[int, list[Due]]:
    """By official, what is near of the plan of this year and of the last cut-off of the one before."""
    found: defaultdict[int, list[Due]] = defaultdict(list)
    calendar = calendar_of(session, None)
    for plan in session.scalars(select(Plan).where(Plan.year.in_((today.year - 1, today.year))).order_by(Plan.year)):
        for cutoff in cutoffs_of(session, plan):
            mark = mark_on(today, cutoff, stage_on(session, plan, cutoff.number, today), calendar)
            if mark is not None:
                _tell(found, session, at_cutoff(session, plan, cutoff.number), mark)
    return dict(found)


def _tell(found: defaultdict[int, list[Due]], session: Session, at: AtCutoff, mark: Mark) -> None:
    for official_id, codes in _by_holder(at).items():
        found[official_id].append(Due(at.cutoff, mark, codes[State.UNREPORTED], codes[State.SENT_BACK]))
    to_verify = [line.activity.code for line in at.lines if line.state is State.TO_VERIFY]
    if to_verify or mark is not Mark.CUTOFF:
        for official in judges(session):
            found[official.id].append(Due(at.cutoff, mark, to_verify=to_verify))


def _by_holder(at: AtCutoff) -> dict[int, defaultdict[State, list[str]]]:
    """What each who answers for an activity has to report or correct."""
    by_role, found = holders(at.plan), dict[int, defaultdict[State, list[str]]]()
    for line in at.lines:
        if line.state in (State.UNREPORTED, State.SENT_BACK):
            for who in {one.official_id for role in line.activity.responsible for one in by_role.get(role, ())}:
                found.setdefault(who, defaultdict(list))[line.state].append(line.activity.code)
    return found


def judges(session: Session) -> list[Official]:
    """Who verifies and publishes."""
    everybody = session.scalars(select(Official).where(Official.active).order_by(Official.id))
    return [one for one in everybody if any(reaches(role, Permission.JUDGE_PLAN) for role in one.roles)]
