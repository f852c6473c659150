"""What is counted of turns: how many were attended, what they waited, who gave up, and how soon priority is called.

A turn is of the service day on which it was given. A wait is from that moment to the first call that was not undone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.db import Event
from core.errors import N_
from core.plan.measures import Figure, Record, Unit, counted, listed, measure, share
from core.plan.progress import Accumulation
from core.reports.periods import Period
from core.turns.lifecycle import State, Step
from core.turns.model import QueueSettings, ServiceDay, Turn, code_of, in_state
from core.turns.policy import GENERAL

UNDONE = "undone"
GAVE_UP = (State.LEFT, State.ABSENT)
_CALLS = (Step.CALLED, Step.PICKED)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a turn waited, in seconds; `target`: in how many it should have been called."""

    turn_id: int
    code: str
    day: date
    seconds: float
    target: float

    @property
    def on_time(self) -> bool:
        return self.seconds <= self.target


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
    found = waits(session, period)
    mean = sum((Fraction(wait.seconds) for wait in found), Fraction(0)) / len(found) / 60 if found else None
    return Figure(mean, len(found), listed([_waited(wait) for wait in found]), len(found))


@measure("turn_wait_p90", N_("Espera que no pasan nueve de cada diez turnos"), Unit.MINUTES, Accumulation.ACCUMULATED)
def turn_wait_p90(session: Session, period: Period) -> Figure:
    """The wait below which nine in ten of the turns given in the period that were called lie (nearest rank)."""
    found = waits(session, period)
    in_order = sorted(wait.seconds for wait in found)
    value = Fraction(in_order[ceil(len(in_order) * Fraction(9, 10)) - 1]) / 60 if in_order else None
    return Figure(value, len(found), listed([_waited(wait) for wait in found]), len(found))


@measure(
    "priority_on_time",
    N_("Turnos preferenciales llamados dentro del tiempo prometido"),
    Unit.PERCENT,
    Accumulation.ACCUMULATED,
)
def priority_on_time(session: Session, period: Period) -> Figure:
    """Of the turns of a priority group given in the period that were called, the share called within their target.

    The target is that of the queue when the turn was given, or the shorter one that its service promises.
    """
    found = waits(session, period, Turn.group != GENERAL)
    part = sum(wait.on_time for wait in found)
    return Figure(share(part, len(found)), len(found), listed([_waited(wait) for wait in found]), len(found))


def waits(session: Session, period: Period, *which: ColumnElement[bool]) -> list[Wait]:
    """The waits of the turns given in the period that were called, in the order in which they were given."""
    calls = _first_calls(session, period, which)
    settings = _settings(session)
    query = _given(period, *which).add_columns(Turn.site_id, Turn.issued_at, Turn.group, Service.target_min)
    return [
        Wait(
            row.id,
            code_of(row.series, row.number),
            row.day,
            (calls[row.id] - row.issued_at).total_seconds(),
            60 * _ruled(settings[row.site_id], row.issued_at).target_min(row.group != GENERAL, row.target_min),
        )
        for row in session.execute(query.join(Service, Service.id == Turn.service_id))
        if row.id in calls
    ]


def _given(period: Period, *which: ColumnElement[bool]) -> Select[int, str, int, date]:
    """The turns of the service days of a period, in the order in which they were given."""
    query = select(Turn.id, Turn.series, Turn.number, ServiceDay.day).join(
        ServiceDay, ServiceDay.id == Turn.service_day_id
    )
    query = query.where(ServiceDay.day.between(period.first, period.last), *which)
    return query.order_by(ServiceDay.day, Turn.issued_at, Turn.id)


def _first_calls(session: Session, period: Period, which: Sequence[ColumnElement[bool]]) -> dict[int, datetime]:
    """When each turn of the period was first called; a call that was undone is none."""
    of_the_period = _given(period, *which).with_only_columns(Turn.id).order_by(None)
    query = select(Event.turn_id, Event.site_id, Event.seq, Event.kind, Event.at, Event.detail).where(
        Event.turn_id.in_(of_the_period), Event.kind.in_((*_CALLS, UNDONE))
    )
    calls: dict[tuple[int, int], tuple[int, datetime]] = {}
    for row in session.execute(query.order_by(Event.site_id, Event.seq)):
        if row.kind == UNDONE:
            calls.pop((row.site_id, row.detail["undoes"]), None)
        else:
            calls[row.site_id, row.seq] = (row.turn_id, row.at)
    found: dict[int, datetime] = {}
    for turn_id, at in calls.values():
        found.setdefault(turn_id, at)
    return found


def _settings(session: Session) -> dict[int, list[QueueSettings]]:
    """Those of each site, the oldest first."""
    found: defaultdict[int, list[QueueSettings]] = defaultdict(list)
    for row in session.scalars(select(QueueSettings).order_by(QueueSettings.id)):
        found[row.site_id].append(row)
    return found


def _ruled(settings: Sequence[QueueSettings], at: datetime) -> QueueSettings:
    """Those that ruled at an instant."""
    return settings[max(0, bisect_right(settings, at, key=lambda row: row.since) - 1)]


def _turn(row: Any) -> Record:
    return Record("turn", row.id, code_of(row.series, row.number), row.day)


def _waited(wait: Wait) -> Record:
    return Record("turn", wait.turn_id, wait.code, wait.day, f"{wait.seconds / 60:.0f} min", wait.on_time)
