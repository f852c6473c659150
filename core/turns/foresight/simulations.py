"""Simulations as a job: asked, taken up by one process, lived day by day, cancelled, and resumed after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.db import table
from core.errors import N_, Invalid, Missing, Refused
from core.events import Who
from core.turns.foresight.crews import Targets
from core.turns.foresight.model import Simulation, Stage
from core.turns.foresight.otherwise import MOST_DAYS, Change, Pauses
from core.turns.model import ServiceDay
from core.turns.policy import Order, Rules

FORGOTTEN = timedelta(minutes=2)
"""A simulation whose process has not said for so long that it goes on is taken up by another."""
SHOWN = 20


class OneAtATime(Refused):
    message = N_("Ya hay una simulación suya en marcha. Espere a que termine o cancélela.")


def days_between(session: Session, site_id: int, first: date, last: date) -> list[date]:
    """The days of the site on which turns were given, in order. Raises Invalid for none or too many."""
    query = select(ServiceDay.day).where(ServiceDay.site_id == site_id, ServiceDay.day.between(first, last))
    found = list(session.scalars(query.order_by(ServiceDay.day)))
    if not found:
        raise Invalid(N_("En esas fechas no se dieron turnos. Elija otras."), field="first")
    if len(found) > MOST_DAYS:
        raise Invalid(
            N_("Son %(n)s días con turnos. Elija %(most)s o menos."), field="last", n=len(found), most=MOST_DAYS
        )
    return found


def ask(session: Session, site_id: int, days: Sequence[date], change: Change, by: int, at: datetime) -> Simulation:
    """Ask for a simulation; some process will take it up. Raises OneAtATime."""
    mine = select(Simulation.id).where(
        Simulation.site_id == site_id,
        Simulation.asked_by == by,
        Simulation.stage.in_((Stage.WAITING, Stage.RUNNING)),
    )
    if session.scalar(mine.limit(1)) is not None:
        raise OneAtATime
    asked = written(change) | {"days": [day.isoformat() for day in days]}
    made = Simulation(
        site_id=site_id, asked_by=by, asked_at=at, asked=asked, stage=Stage.WAITING, done=0, of=len(days), result={}
    )
    session.add(made)
    session.flush()
    audit.record(session, Act.ADDED, On(Thing.SIMULATION, made.id), Who("official", by), at, site_id=site_id)
    return made


def take_up(session: Session, at: datetime) -> int | None:
    """The next simulation that waits, or whose process is gone; of several that ask, one gets it."""
    free = or_(
        Simulation.stage == Stage.WAITING,
        (Simulation.stage == Stage.RUNNING) & (Simulation.beat_at < at - FORGOTTEN),
    )
    found = session.scalar(select(Simulation.id).where(free).order_by(Simulation.id).limit(1))
    if found is None:
        return None
    taken = session.execute(
        update(table(Simulation))
        .where(table(Simulation).c.id == found, free)
        .values(stage=Stage.RUNNING, beat_at=at, done=0)
    )
    return found if taken.rowcount else None  # type: ignore[attr-defined]


def go_on(session: Session, simulation_id: int, done: int, was: datetime, at: datetime) -> bool:
    """So many days are lived; whether whoever took it up at `was` goes on: not if it was cancelled or taken away."""
    return _change(session, simulation_id, was, done=done, beat_at=at)


def end(
    session: Session, simulation_id: int, stage: Stage, result: Mapping[str, Any], was: datetime, at: datetime
) -> bool:
    """It is over, with what it found; nothing if it was cancelled meanwhile."""
    return _change(session, simulation_id, was, stage=stage, result=dict(result), ended_at=at)


def fail(session: Session, simulation_id: int, at: datetime) -> None:
    """It could not be lived; whoever asked is told so."""
    own = table(Simulation).c
    session.execute(
        update(table(Simulation))
        .where(own.id == simulation_id, own.stage == Stage.RUNNING)
        .values(stage=Stage.FAILED, ended_at=at)
    )


def _change(session: Session, simulation_id: int, was: datetime, **values: Any) -> bool:
    own = table(Simulation).c
    changed = session.execute(
        update(table(Simulation))
        .where(own.id == simulation_id, own.stage == Stage.RUNNING, own.beat_at == was)
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def cancel(session: Session, site_id: int, simulation_id: int, by: int, at: datetime) -> None:
    """Stop it; what is over stays as it is. Raises Missing."""
    found = one(session, site_id, simulation_id)
    own = table(Simulation).c
    stopped = session.execute(
        update(table(Simulation))
        .where(own.id == simulation_id, own.stage.in_((Stage.WAITING, Stage.RUNNING)))
        .values(stage=Stage.CANCELLED, ended_at=at)
    )
    session.expire(found)
    if stopped.rowcount:  # type: ignore[attr-defined]
        on = On(Thing.SIMULATION, simulation_id)
        audit.record(session, Act.WITHDRAWN, on, Who("official", by), at, site_id=site_id)


def one(session: Session, site_id: int, simulation_id: int) -> Simulation:
    """A simulation of the site. Raises Missing for any other."""
    found = session.get(Simulation, simulation_id, populate_existing=True)
    if found is None or found.site_id != site_id:
        raise Missing(N_("Esa simulación no existe en su sede."))
    return found


def last(session: Session, site_id: int) -> list[Simulation]:
    """The last ones of the site, newest first."""
    query = select(Simulation).where(Simulation.site_id == site_id).order_by(Simulation.id.desc()).limit(SHOWN)
    return list(session.scalars(query))


def written(change: Change) -> dict[str, Any]:
    """As it is kept."""
    rules, targets = change.rules, change.targets
    return {
        "order": rules.order.value,
        "head_start": dict(rules.head_start),
        "ratio": rules.ratio,
        "general": targets.general,
        "priority": targets.priority,
        "promised": dict(targets.promised),
        "without": sorted(change.without),
        "extra": list(change.extra) if change.extra else None,
        "earlier": change.earlier,
        "everything": change.everything,
        "rest": list(change.rest) if change.rest else None,
        "pauses": change.pauses.value,
    }


def read(asked: Mapping[str, Any]) -> Change:
    """What `written` wrote, also before it wrote of pauses."""
    extra, rest = asked["extra"], asked.get("rest")
    return Change(
        Rules(Order(asked["order"]), asked["head_start"], asked["ratio"]),
        Targets(asked["general"], asked["priority"], asked.get("promised", {})),
        frozenset(asked["without"]),
        (extra[0], extra[1]) if extra else None,
        asked["earlier"],
        asked["everything"],
        (rest[0], rest[1]) if rest else None,
        Pauses(asked.get("pauses", Pauses.MADE)),
    )
