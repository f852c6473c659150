"""The public register of what is filed (Ley 962 de 2005, art. 15): order, day and state, and nothing of anybody.

Complaints, claims, reports, and all that is anonymous or reserved are told alike, as one group without office, state in
detail or dates: whoever reads the register cannot tell one from another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Office
from core.petitions.deadlines import State, state_of_open
from core.petitions.model import Identity, Petition, Series, Stage, filing_number
from core.petitions.terms import Kind
from core.reports.periods import Period

SHOWN = 100
_NUMBER = re.compile(r"\s*(?:(20\d\d)[\s-]*)?(?:E[\s-]*)?0*(\d{1,9})\s*", re.IGNORECASE)


class Group(StrEnum):
    """What kind of thing was asked, as far as everybody may know."""

    PETITION = "petition"
    INFORMATION = "information"
    CONSULTATION = "consultation"
    DATA = "data"
    APPEAL = "appeal"
    AUTHORITY = "authority"
    OTHER = "other"
    NEUTRAL = "neutral"


_GROUPS = {
    Kind.GENERAL: Group.PETITION,
    Kind.PARTICULAR: Group.PETITION,
    Kind.INFORMATION: Group.INFORMATION,
    Kind.DOCUMENTS: Group.INFORMATION,
    Kind.PUBLIC_INFORMATION: Group.INFORMATION,
    Kind.CONSULTATION: Group.CONSULTATION,
    Kind.DATA_QUERY: Group.DATA,
    Kind.DATA_CLAIM: Group.DATA,
    Kind.APPEAL: Group.APPEAL,
    Kind.AUTHORITIES: Group.AUTHORITY,
    Kind.CONGRESS: Group.AUTHORITY,
    Kind.OMBUDSMAN: Group.AUTHORITY,
    Kind.SUGGESTION: Group.OTHER,
    Kind.CONGRATULATION: Group.OTHER,
}


class Standing(StrEnum):
    """Where a filing stands, as far as everybody may know."""

    ON_TIME = "on_time"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    TRANSFERRED = "transferred"
    ENDED = "ended"
    OPEN = "open"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Filing:
    """A line of the register."""

    number: str
    received_on: date
    group: Group
    office: str
    standing: Standing
    due_on: date | None
    ended_on: date | None


_COLUMNS = (
    *(Petition.year, Petition.number, Petition.kind, Petition.identity, Petition.confidential),
    *(Petition.received_on, Petition.stage, Petition.stage_on, Petition.due_on, Petition.suspended),
    Office.name.label("office"),
)
_ALL = select(*_COLUMNS).join(Office, Office.id == Petition.office_id)


def filings_of(session: Session, month: Period, today: date, page: int | None = 1) -> list[Filing]:
    """What was received in a month, in the order of filing: a page of it, or all if `page` is None."""
    query = _in(_ALL, month).order_by(Petition.year, Petition.number)
    if page is not None:
        query = query.limit(SHOWN).offset((page - 1) * SHOWN)
    return [_filing(row, today) for row in session.execute(query)]


def count_of(session: Session, month: Period) -> int:
    """How many filings there are of a month."""
    return session.scalar(_in(select(func.count()).select_from(Petition), month)) or 0


def filing_of(session: Session, year: int, number: int, today: date) -> Filing | None:
    """That of a number; None if it was never given."""
    row = session.execute(_ALL.where(Petition.year == year, Petition.number == number)).one_or_none()
    return None if row is None else _filing(row, today)


def number_in(written: str, year: int) -> tuple[int, int] | None:
    """«2026-E-000123», «2026 123» or, of this year, «123» → (2026, 123); None for anything else."""
    found = _NUMBER.fullmatch(written)
    return (int(found[1] or year), int(found[2])) if found else None


def group_of(kind: str, identity: str, confidential: bool) -> Group:
    """The group of a filing; neutral for what must not be told from the rest."""
    if confidential or identity != Identity.IDENTIFIED:
        return Group.NEUTRAL
    return _GROUPS.get(Kind(kind), Group.NEUTRAL)


def _in(query: Any, month: Period) -> Any:
    return query.where(Petition.received_on.between(month.first, month.last))


def _filing(row: Any, today: date) -> Filing:
    group = group_of(row.kind, row.identity, row.confidential)
    number = filing_number(row.year, Series.IN, row.number)
    open_, annulled = row.stage == Stage.OPEN, row.stage == Stage.ANNULLED
    if group is Group.NEUTRAL:
        standing = Standing.ANNULLED if annulled else Standing.OPEN if open_ else Standing.ENDED
        return Filing(number, row.received_on, group, "", standing, None, None)
    ended_on = None if open_ else row.stage_on
    return Filing(number, row.received_on, group, row.office, _standing(row, today), row.due_on, ended_on)


def _standing(row: Any, today: date) -> Standing:
    if row.stage == Stage.ANSWERED:
        return Standing.ANSWERED_LATE if row.due_on and row.stage_on > row.due_on else Standing.ANSWERED
    ends = {Stage.TRANSFERRED: Standing.TRANSFERRED, Stage.ANNULLED: Standing.ANNULLED}
    if row.stage != Stage.OPEN:
        return ends.get(row.stage, Standing.ENDED)
    if row.suspended:
        return Standing.SUSPENDED
    if row.due_on is None:
        return Standing.OPEN
    late = state_of_open(row.due_on, today, row.due_on) is State.OVERDUE
    return Standing.OVERDUE if late else Standing.ON_TIME
