"""What is counted of turns: how many were attended, what they waited, who gave up, and how soon priority is called.

A turn is of the service day on which it was given. Waits and targets are those of the statistics, in whole seconds.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core.catalogue.model import Site
from core.errors import N_
from core.plan.measures import Figure, Record, Records, Unit, counted, measure, share
from core.plan.progress import Accumulation
from core.reports.periods import Period
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn, code_of, in_state
from core.turns.policy import GENERAL
from core.turns.statistics.behind import Chosen, rows_behind
from core.turns.statistics.facts import ALL_ALIKE, Tally, Times, tally
from core.turns.statistics.journey import MINUTE
from core.turns.statistics.reading import Asked, Counted, lines, read

GAVE_UP = (State.LEFT, State.ABSENT)


@measure("turns_attended", N_("Turnos atendidos"))
def turns_attended(session: Session, period: Period) -> Figure:
    """How many turns given in the period were attended to their end."""
    return counted(session, _given(period, in_state(State.FINISHED)), _turn)


@measure("turns_abandoned", N_("Turnos de quienes se fueron o no llegaron al llamado"))
def turns_abandoned(session: Session, period: Period) -> Figure:
    """How many turns given in the period stand as left by their citizen, or as absent when they were called."""
    return counted(session, _given(period, in_state(*GAVE_UP)), _turn)


@measure("priority_turns", N_("Turnos de atención preferencial"))
def priority_turns(session: Session, period: Period) -> Figure:
    """How many turns of a priority group were given in the period, whatever became of them."""
    return counted(session, _given(period, Turn.group != GENERAL), _turn)


@measure("turn_wait_mean", N_("Espera media hasta el primer llamado"), Unit.MINUTES, Accumulation.ACCUMULATED)
def turn_wait_mean(session: Session, period: Period) -> Figure:
    """The sum of the waits of the turns given in the period that were called, over how many they are."""
    return _mean(session, period)


@measure("general_wait_mean", N_("Espera media sin atención preferencial"), Unit.MINUTES, Accumulation.ACCUMULATED)
def general_wait_mean(session: Session, period: Period) -> Figure:
    """The same of the turns without priority."""
    return _mean(session, period, group=(ALL_ALIKE,))


@measure("priority_wait_mean", N_("Espera media con atención preferencial"), Unit.MINUTES, Accumulation.ACCUMULATED)
def priority_wait_mean(session: Session, period: Period) -> Figure:
    """The same of the turns of a priority group."""
    return _mean(session, period, priority=True)


@measure("turn_attention_mean", N_("Duración media de la atención"), Unit.MINUTES, Accumulation.ACCUMULATED)
def turn_attention_mean(session: Session, period: Period) -> Figure:
    """The sum of the times at a window of the turns given in the period, without holds, over how many they are."""
    return _mean(session, period, what="attended", time="attention")


@measure("turn_wait_p90", N_("Espera que no pasan nueve de cada diez turnos"), Unit.MINUTES, Accumulation.ACCUMULATED)
def turn_wait_p90(session: Session, period: Period) -> Figure:
    """The wait below which nine in ten of the turns given in the period that were called lie (nearest rank)."""
    told, records = _called(session, period)
    long = told.wait.at(0.9)
    return Figure(None if long is None else Fraction(long, MINUTE), told.called, records, told.called)


@measure(
    "priority_on_time",
    N_("Turnos preferenciales llamados dentro del tiempo prometido"),
    Unit.PERCENT,
    Accumulation.ACCUMULATED,
)
def priority_on_time(session: Session, period: Period) -> Figure:
    """Of the turns of a priority group given in the period that were called, the share called within their target.

    The target is that of the queue when the turn was given, or the shorter one that its service promised then.
    """
    told, records = _called(session, period, priority=True)
    return Figure(share(told.within, told.called), told.called, records, told.called)


def _mean(session: Session, period: Period, *, time: str = "wait", **which: Any) -> Figure:
    """A time of the turns of the period that have one, added up, over how many they are."""
    told, records = _called(session, period, time=time, **which)
    one: Times = getattr(told, time)
    return Figure(Fraction(one.total, MINUTE * one.count) if one.count else None, one.count, records, one.count)


def _called(
    session: Session,
    period: Period,
    *,
    what: str = "called",
    time: str = "wait",
    priority: bool = False,
    group: tuple[int, ...] = (),
) -> tuple[Tally, Records]:
    """The turns given in the period that were called, in the order in which they were given, and what is counted."""
    sites = tuple(session.scalars(select(Site.id)))
    found = read(session, Asked(sites, period, group=group), at_once=None)
    rows = rows_behind(found, Chosen(what, priority=priority))[::-1]

    def records(first: int, most: int) -> list[Record]:
        return _timed(session, found, rows[first : first + most].tolist(), time)

    return tally(found.facts.where(rows), (time,)), records


def _timed(session: Session, found: Counted, rows: list[int], time: str) -> list[Record]:
    """How long the turns of these rows waited or were attended, and whether a wait was within its target."""
    facts, told = found.facts, lines(session, found, rows)
    turns = select(Turn.id, Turn.series, Turn.number).where(Turn.id.in_([line.turn_id for line in told]))
    codes = {row.id: code_of(row.series, row.number) for row in session.execute(turns)}
    return [
        Record(
            "turn",
            line.turn_id,
            codes[line.turn_id],
            found.days[found.place[row]].day,
            f"{facts[time][row] / MINUTE:.0f} min",
            time != "wait" or bool(facts["wait"][row] <= int(facts["target"][row]) * MINUTE),
        )
        for row, line in zip(rows, told, strict=True)
    ]


def _given(period: Period, *which: ColumnElement[bool]) -> Select[int, str, int, date]:
    """The turns of the service days of a period, in the order in which they were given."""
    query = select(Turn.id, Turn.series, Turn.number, ServiceDay.day).join(
        ServiceDay, ServiceDay.id == Turn.service_day_id
    )
    query = query.where(ServiceDay.day.between(period.first, period.last), *which)
    return query.order_by(ServiceDay.day, Turn.issued_at, Turn.id)


def _turn(row: Any) -> Record:
    return Record("turn", row.id, code_of(row.series, row.number), row.day)
