"""The one way in which a turn changes: in line, by a legal step, with what it was before kept for undoing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Reason
from core.clock import instant, milliseconds
from core.db import Stream, table
from core.desks import Desk
from core.errors import N_, Invalid, Missing, Refused
from core.events import Happened, Value, Who, record
from core.prepared import run
from core.turns.lifecycle import IN_HAND, State, Step, leads_to
from core.turns.model import QueueSettings, Turn, in_state
from core.turns.policy import Rules


class WrongState(Refused):
    message = N_("El turno %(code)s ya cambió: %(state)s. Mire cómo quedó antes de seguir.")


class NoTurnInHand(Refused):
    message = N_("No tiene un turno en la mano. Llame el siguiente.")


STATES = {
    State.WAITING: N_("está esperando"),
    State.CALLED: N_("está llamado"),
    State.ATTENDING: N_("está en atención"),
    State.ON_HOLD: N_("está en pausa"),
    State.ABSENT: N_("no se presentó"),
    State.FINISHED: N_("ya terminó"),
    State.LEFT: N_("la persona se retiró"),
    State.CANCELLED: N_("está anulado"),
}


_LINE = select(Stream.last_at, Stream.lead_ms).where(Stream.site_id == bindparam("site")).with_for_update()
_IN_LINE = "in line"
_RULES = (
    select(QueueSettings.order, QueueSettings.head_start, QueueSettings.ratio)
    .where(QueueSettings.site_id == bindparam("site"))
    .order_by(QueueSettings.id.desc())
    .limit(1)
)


def lock_queue(session: Session, site_id: int) -> tuple[datetime | None, timedelta]:
    """Stand in line for the site's queue until the transaction ends; who stands there already stays.

    Every change to turns takes this lock before any other of the queue, issuing too, so that changes of one
    site happen one after the other and their events are numbered as they happened. Returns how the site was when
    the place came: the hour of its last event, and by how much its hours lead the clock.
    """
    here = (session.get_transaction(), site_id)
    standing, found = session.info.get(_IN_LINE, (None, None))
    if standing != here:
        found = run(session, _LINE, site=site_id).first()
        if found is None:
            raise Missing
        session.info[_IN_LINE] = (here, found)
    last_at, lead_ms = found
    return last_at, timedelta(milliseconds=lead_ms)


def turn_of(session: Session, site_id: int, turn_id: int) -> Turn:
    """A turn of the site, locked and fresh. Raises Missing for any other."""
    lock_queue(session, site_id)
    turn = session.get(Turn, turn_id, with_for_update={"of": Turn}, populate_existing=True)
    if turn is None or turn.site_id != site_id:
        raise Missing(N_("Ese turno no existe en su sede."))
    return turn


def turn_with_token(session: Session, token: str) -> Turn:
    """The turn that a citizen holds, by its unguessable token. Raises Missing."""
    turn = session.scalar(select(Turn).where(Turn.token == token))
    if turn is None:
        raise Missing(N_("Este turno no existe o ya venció. Tome otro en el quiosco."))
    return turn


def in_hand(session: Session, desk: Desk) -> Turn:
    """The turn that the official has called or attends, locked. Raises NoTurnInHand."""
    lock_queue(session, desk.site_id)
    turn = session.scalar(
        select(Turn)
        .where(Turn.official_id == desk.official_id, in_state(*IN_HAND), Turn.site_id == desk.site_id)
        .with_for_update(of=Turn)
        .execution_options(populate_existing=True)
    )
    if turn is None:
        raise NoTurnInHand
    return turn


def settings_of(session: Session, site_id: int) -> QueueSettings:
    """The queue settings that rule the site now: the last row of their history."""
    return session.scalars(
        select(QueueSettings).where(QueueSettings.site_id == site_id).order_by(QueueSettings.id.desc()).limit(1)
    ).one()


def rules_of(session: Session, site_id: int) -> Rules:
    """The calling order of the site now."""
    order, head_start, ratio = run(session, _RULES, site=site_id).one()
    return Rules(order, head_start, ratio)


def check_reason(session: Session, site_id: int, kind: str, code: str) -> None:
    """Raises Invalid unless the reason is in the site's list for that kind of exception."""
    known = select(Reason.id).where(Reason.site_id == site_id, Reason.kind == kind, Reason.code == code, Reason.active)
    if session.scalar(known) is None:
        raise Invalid(N_("Elija un motivo de la lista."), field="reason")


def change(
    session: Session,
    turn: Turn,
    step: Step,
    *,
    who: Who,
    at: datetime,
    reason: str | None = None,
    public: Mapping[str, Value] | None = None,
    why: Mapping[str, Any] | None = None,
    **values: object,
) -> None:
    """Take a legal step: set the columns in `values`, and record it with what they were and became.

    `why` is kept for the office (the decision behind a call). Raises WrongState.
    """
    to = leads_to(step, turn.state)
    if to is None:
        raise WrongState(code=turn.code, state=STATES[turn.state])
    if to is not turn.state:
        values |= {"state": to, "state_since": at}
    before = {name: getattr(turn, name) for name in values}
    if values:
        run(session, _setting(*values), turn=turn.id, **values)
    for name, value in values.items():
        set_committed_value(turn, name, value)
    record(
        session,
        Happened(
            kind=step.value,
            site_id=turn.site_id,
            at=at,
            who=who,
            turn_id=turn.id,
            window_id=turn.window_id or before.get("window_id") or who.window_id,
            reason=reason,
            public={"code": turn.code, **(public or {})},
            detail={"before": plain(before), "after": plain(values), **(why or {})},
        ),
    )


@cache
def _setting(*names: str) -> Update:
    """Set these columns of a turn."""
    turns = table(Turn)
    return update(turns).where(turns.c.id == bindparam("turn")).values({name: bindparam(name) for name in names})


def audit_exception(session: Session, act: Act, turn: Turn, reason: str, who: Who, at: datetime) -> None:
    """Tell the trail of an exception that somebody made for a turn; the log keeps what was before and after."""
    audit.record(session, act, On(Thing.TURN, turn.id), who, at, site_id=turn.site_id, reason=reason)


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Column values as JSON: instants in milliseconds."""
    return {name: milliseconds(v) if isinstance(v, datetime) else v for name, v in values.items()}


def restored(name: str, value: Any) -> Any:
    """The inverse of `plain` for the column `name` of a turn or of a service asked on it."""
    if value is None:
        return None
    if name.endswith("_at") or name in ("state_since", "not_before"):
        return instant(value)
    return State(value) if name == "state" else value
