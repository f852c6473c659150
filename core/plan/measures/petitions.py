"""What is counted of petitions. Those that only named people may read are in none of these figures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions.model import Channel, Petition, Series, Stage, filing_number
from core.petitions.terms import Kind
from core.plan.measures import Figure, Record, Unit, counted, listed, measure, share
from core.plan.progress import Accumulation
from core.reports.periods import Period

ONLINE = (Channel.WEB, Channel.EMAIL)
ELSEWHERE = (Stage.TRANSFERRED, Stage.WITHDRAWN, Stage.ARCHIVED)
"""What ended without an answer being owed any more."""
_COLUMNS = (Petition.id, Petition.year, Petition.number, Petition.received_on)


@measure("petitions_received", N_("PQRSD recibidas"))
def petitions_received(session: Session, period: Period) -> Figure:
    """How many petitions were received in the period; a number that was annulled holds none."""
    return counted(session, _received(period), _petition)


def received_by(session: Session, period: Period, channel: Channel) -> Figure:
    """How many of them came by a channel."""
    return counted(session, _received(period, Petition.channel == channel), _petition)


@measure("suggestions_received", N_("Sugerencias recibidas"))
def suggestions_received(session: Session, period: Period) -> Figure:
    """How many of the petitions received in the period are suggestions."""
    return counted(session, _received(period, Petition.kind == Kind.SUGGESTION), _petition)


@measure("petitions_online", N_("PQRSD que llegaron en línea"), Unit.PERCENT, Accumulation.ACCUMULATED)
def petitions_online(session: Session, period: Period) -> Figure:
    """Of the petitions received in the period, the share that came by the web or by mail."""
    rows = session.execute(_received(period).add_columns(Petition.channel)).all()
    records = [_petition(row, counts=row.channel in ONLINE) for row in rows]
    part = sum(record.counts for record in records)
    return Figure(share(part, len(records)), len(records), listed(records), len(records))


@measure("petitions_on_time", N_("PQRSD respondidas a tiempo"), Unit.PERCENT, Accumulation.ACCUMULATED)
def petitions_on_time(session: Session, period: Period) -> Figure:
    """Of the petitions whose last day fell in the period, the share whose answer was delivered by that day.

    What was transferred, withdrawn or archived by then owed none. Each counts once, in the period of its last day.
    """
    by_then = Petition.stage_on <= Petition.due_on
    owed = or_(Petition.stage.not_in(ELSEWHERE), ~by_then)
    query = _ours(Petition.due_on.between(period.first, period.last), owed)
    answered = and_(Petition.stage == Stage.ANSWERED, by_then).label("answered")
    rows = session.execute(query.add_columns(answered).order_by(Petition.due_on, Petition.year, Petition.number)).all()
    records = [_petition(row, counts=bool(row.answered)) for row in rows]
    part = sum(record.counts for record in records)
    return Figure(share(part, len(records)), len(records), listed(records), len(records))


def _received(period: Period, *more: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Those of the days of a period, in the order of their numbers."""
    query = _ours(Petition.received_on.between(period.first, period.last), *more)
    return query.order_by(Petition.year, Petition.number)


def _ours(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).where(~Petition.confidential, Petition.stage != Stage.ANNULLED, *which)


def _petition(row: Any, *, counts: bool = True) -> Record:
    return Record("petition", row.id, filing_number(row.year, Series.IN, row.number), row.received_on, counts=counts)
