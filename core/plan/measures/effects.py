"""What streamlining a service changed: its turns and what people said of it, three months before and three after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import mean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.reports.periods import ONE_DAY, Period, month_of
from core.surveys import tally
from core.surveys.model import Answer, Of, Response, Survey
from core.surveys.questionnaire import Measure, read
from core.surveys.scoring import GOOD, Share, share
from core.turns.lifecycle import State
from core.turns.model import Turn

MONTHS = 3
ENOUGH = 10
"""Of fewer turns no mean is told."""


@dataclass(frozen=True, slots=True)
class Side:
    """A stretch: how many turns were attended, their mean wait and attention, and what the opinions say.

    None where there are too few to tell. Opinions are known by month: only whole months of the stretch count.
    """

    period: Period
    turns: int
    wait_min: float | None
    attention_min: float | None
    satisfied: Share | None


@dataclass(frozen=True, slots=True)
class Effect:
    """The same before and after; `running`: the second stretch is not over yet."""

    before: Side
    after: Side
    running: bool


def effect_of(session: Session, service_id: int, day: date, today: date) -> Effect:
    """What was measured of a service around the day on which its streamlining began."""
    after = Period(day, _moved(day, MONTHS) - ONE_DAY)
    return Effect(before(session, service_id, day), _side(session, service_id, after), after.last >= today)


def before(session: Session, service_id: int, day: date) -> Side:
    """What was measured of a service in the months before a day, for who thinks of streamlining it."""
    return _side(session, service_id, Period(_moved(day, -MONTHS), day - ONE_DAY))


def _side(session: Session, service_id: int, period: Period) -> Side:
    first = datetime.combine(period.first, time(), tzinfo=BOGOTA)
    last = datetime.combine(period.last + ONE_DAY, time(), tzinfo=BOGOTA)
    rows = session.execute(
        select(Turn.issued_at, Turn.attention_started_at, Turn.state_since).where(
            Turn.service_id == service_id,
            Turn.state == State.FINISHED,
            Turn.issued_at >= first,
            Turn.issued_at < last,
            Turn.attention_started_at.is_not(None),
        )
    ).all()
    waits = [_minutes(row.attention_started_at - row.issued_at) for row in rows]
    lengths = [_minutes(row.state_since - row.attention_started_at) for row in rows]
    told = len(rows) >= ENOUGH
    return Side(
        period,
        len(rows),
        mean(waits) if told else None,
        mean(lengths) if told else None,
        _satisfied(session, service_id, period),
    )


def _satisfied(session: Session, service_id: int, period: Period) -> Share | None:
    """The share of 4 and 5 among the opinions of the service, in the whole months of the stretch."""
    months = [month for month in period.each_month() if period.first <= month and month_of(month).last <= period.last]
    good = answered = 0
    for version_id, field in _asked(session):
        counts = session.execute(
            select(Answer.value, func.count())
            .join(Response, Response.id == Answer.response_id)
            .where(
                Answer.version_id == version_id,
                Answer.field == field,
                Answer.month.in_(months),
                Response.service_id == service_id,
                Answer.value.in_(("1", "2", "3", "4", "5")),
            )
            .group_by(Answer.value)
        )
        for value, count in counts:
            answered += count
            good += count if value in GOOD else 0
    return share(good, answered)


def _asked(session: Session) -> Iterator[tuple[int, str]]:
    """By version of the surveys of each turn: the field in which people say how satisfied they are."""
    for survey_id in session.scalars(select(Survey.id).where(Survey.kind == Of.TURN)):
        for version in tally.versions_of(session, survey_id):
            question = next((one for one in read(version.questionnaire).questions if one.measure == Measure.CSAT), None)
            if question is not None:
                yield version.id, question.fields[0]


def _minutes(length: timedelta) -> float:
    return length.total_seconds() / 60


def _moved(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), month_of(first).last)
