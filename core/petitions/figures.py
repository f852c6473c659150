"""The petitions that a report counts: those received in a period, with what became of them until today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from core.calendar import Calendar
from core.catalogue.days import calendar_of
from core.petitions.finding import Reader, readable
from core.petitions.model import Petition, Series, Stage, Step, StepKind, filing_number
from core.petitions.reckoning import ASKED, COMPLETED, facts_of
from core.petitions.taken import working_days_taken
from core.petitions.tally import Case, Result, result_of
from core.reports.periods import Period

DENIALS = frozenset({"denied", "reserved"})
"""What the step of a signature says of a reply that does not give what was asked."""
BATCH = 1_000
_TELLING = frozenset((*ASKED, *COMPLETED, StepKind.CLARIFICATION_LONGER, StepKind.SIGNED))
_STEPS = (
    select(Step.petition_id, Step.kind, Step.on, Step.detail)
    .where(Step.petition_id.in_(bindparam("petitions", expanding=True)))
    .order_by(Step.petition_id, Step.number)
)
"""All their steps: to ask for some kinds, SQLite would walk every step of those kinds and not those of a petition."""
_COLUMNS = (
    *(Petition.id, Petition.year, Petition.number, Petition.kind, Petition.channel, Petition.office_id),
    *(Petition.confidential, Petition.received_on, Petition.after_hours, Petition.policy, Petition.own_term),
    *(Petition.verbal, Petition.told_on, Petition.stage, Petition.stage_on, Petition.due_on),
)


def cases_of(
    session: Session,
    site_id: int,
    period: Period,
    today: date,
    *,
    offices: Collection[int] | None = None,
    reader: Reader | None = None,
) -> list[Case]:
    """What was received at the site, by number; of some offices, or only what a reader may read and is not reserved.

    What was annulled holds no petition and is not counted here.
    """
    where = [*_received(site_id, period), Petition.stage != Stage.ANNULLED]
    if offices is not None:
        where.append(Petition.office_id.in_(sorted(offices)))
    if reader is not None:
        where += [~Petition.confidential, readable(reader)]
    rows = sorted(session.execute(select(*_COLUMNS).where(*where)), key=lambda row: (row.year, row.number))
    steps = _steps_of(session, [row.id for row in rows if row.stage == Stage.ANSWERED])
    calendar = calendar_of(session, site_id)
    return [_case(row, steps.get(row.id, ()), calendar, today) for row in rows]


def annulled_in(session: Session, site_id: int, period: Period) -> int:
    """How many numbers of the period were annulled."""
    query = select(func.count()).select_from(Petition)
    return session.scalar(query.where(*_received(site_id, period), Petition.stage == Stage.ANNULLED)) or 0


def _received(site_id: int, period: Period) -> list[ColumnElement[bool]]:
    return [Petition.site_id == site_id, Petition.received_on.between(period.first, period.last)]


def _steps_of(session: Session, petitions: Sequence[int]) -> dict[int, list[Any]]:
    """The steps that suspended the term of each and the signatures of its replies, in their order."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for n in range(0, len(petitions), BATCH):
        for step in session.execute(_STEPS, {"petitions": petitions[n : n + BATCH]}):
            if step.kind in _TELLING:
                found[step.petition_id].append(step)
    return found


def _case(row: Any, steps: Sequence[Any], calendar: Calendar, today: date) -> Case:
    answered = row.stage == Stage.ANSWERED and not row.confidential
    result = Result.RESERVED if row.confidential else result_of(row.stage, row.stage_on, row.due_on, today)
    return Case(
        id=row.id,
        number=filing_number(row.year, Series.IN, row.number),
        kind=row.kind,
        channel=row.channel,
        office_id=row.office_id,
        received_on=row.received_on,
        ended_on=None if row.stage == Stage.OPEN else row.stage_on,
        due_on=row.due_on,
        result=result,
        days=working_days_taken(facts_of(row, steps), calendar) if answered else None,
        denied=answered and _is_denied(steps),
    )


def _is_denied(steps: Sequence[Any]) -> bool:
    """Whether the last reply that was signed does not give what was asked."""
    outcomes = [step.detail.get("outcome") for step in steps if step.kind == StepKind.SIGNED]
    return bool(outcomes) and outcomes[-1] in DENIALS
