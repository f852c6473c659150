"""What is counted of petitions, so that beside the public register of filings nobody learns which are reserved.

How many came and were answered in time counts all of them, as the register lists all of them; what the register does
not tell, their channel and which are suggestions, counts those that are not reserved.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions.model import Channel, Petition, Series, Stage, filing_number
from core.petitions.register import Group, group_of
from core.petitions.terms import Kind
from core.plan.measures import Figure, Record, Unit, counted, listed, measure, share
from core.plan.progress import Accumulation
from core.reports.periods import Period

ELSEWHERE = (Stage.TRANSFERRED, Stage.WITHDRAWN, Stage.ARCHIVED)
"""What ended without an answer being owed any more."""
ALIKE = N_("Quejas, denuncias, anónimas y reservadas, juntas")
_COLUMNS = (Petition.id, Petition.year, Petition.number, Petition.received_on)


@measure("petitions_received", N_("PQRSD recibidas"))
def petitions_received(session: Session, period: Period) -> Figure:
    """How many petitions were received in the period, also reserved ones; a number that was annulled holds none."""
    query = _held(Petition.received_on.between(period.first, period.last))
    return counted(session, query.order_by(Petition.year, Petition.number), _filing)


def received_by(session: Session, period: Period, channel: Channel) -> Figure:
    """How many of them came by a channel."""
    return counted(session, _received(period, Petition.channel == channel), _petition)


@measure("suggestions_received", N_("Sugerencias recibidas"))
def suggestions_received(session: Session, period: Period) -> Figure:
    """How many of the petitions received in the period are suggestions."""
    return counted(session, _received(period, Petition.kind == Kind.SUGGESTION), _petition)


@measure("petitions_on_time", N_("PQRSD respondidas a tiempo"), Unit.PERCENT, Accumulation.ACCUMULATED)
def petitions_on_time(session: Session, period: Period) -> Figure:
    """Of the petitions whose last day fell in the period, the share whose answer was delivered by that day.

    What was transferred, withdrawn or archived by then owed none. Each counts once, in the period of its last day.
    Those that the public register tells alike are one record.
    """
    by_then = Petition.stage_on <= Petition.due_on
    owed = or_(Petition.stage.not_in(ELSEWHERE), ~by_then)
    query = _held(Petition.due_on.between(period.first, period.last), owed)
    answered = and_(Petition.stage == Stage.ANSWERED, by_then).label("answered")
    query = query.add_columns(Petition.kind, Petition.identity, Petition.confidential, answered)
    rows = session.execute(query.order_by(Petition.due_on, Petition.year, Petition.number)).all()
    apart = [row for row in rows if group_of(row.kind, row.identity, row.confidential) is not Group.NEUTRAL]
    records = [_filing(row, counts=bool(row.answered)) for row in apart]
    part = sum(bool(row.answered) for row in rows)
    if alike := len(rows) - len(apart):
        said = f"{part - sum(record.counts for record in records)} / {alike}"
        records.append(Record("filings", "alike", ALIKE, None, said))
    return Figure(share(part, len(rows)), len(records), listed(records), len(rows))


def _received(period: Period, *more: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Those of the days of a period that are not reserved, in the order of their numbers."""
    query = _held(~Petition.confidential, Petition.received_on.between(period.first, period.last), *more)
    return query.order_by(Petition.year, Petition.number)


def _held(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Those whose number was not annulled."""
    return select(*_COLUMNS).where(Petition.stage != Stage.ANNULLED, *which)


def _petition(row: Any) -> Record:
    return Record("petition", row.id, filing_number(row.year, Series.IN, row.number), row.received_on)


def _filing(row: Any, *, counts: bool = True) -> Record:
    """What the public register tells of it too."""
    return Record("filing", row.id, filing_number(row.year, Series.IN, row.number), row.received_on, counts=counts)
