"""Undo: the official's last action, exactly, while nobody has changed the turn since."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import Event
from core.desks import Desk, check_present
from core.errors import N_, Refused
from core.events import Happened, record
from core.turns.actions.asked import ask_as_before
from core.turns.actions.call import set_priority_run
from core.turns.actions.change import lock_queue, restored, turn_of
from core.turns.lifecycle import IN_HAND, UNDOABLE, UNDONE, Step, stood
from core.turns.model import Turn

UNDO_WITHIN = timedelta(seconds=60)


class NothingToUndo(Refused):
    message = N_("No hay nada que deshacer: la última acción ya no se puede cambiar.")


def undo_last(session: Session, desk: Desk, at: datetime) -> Turn:
    """Undo the official's last action of the last minute at this window, if nobody has changed the turn since.

    Raises NothingToUndo (also when the turn would be a second one in the hand), IsAway.
    """
    lock_queue(session, desk.site_id)
    last = last_action(session, desk, at)
    if last is None or last.turn_id is None:
        raise NothingToUndo
    turn = turn_of(session, desk.site_id, last.turn_id)
    if _turn_changed_since(session, last) or _since(session, last, "order set"):
        raise NothingToUndo
    before = last.detail["before"]
    if before.get("state") in IN_HAND:
        check_present(session, desk.official_id)
    if "asked" in last.detail:
        ask_as_before(session, turn, last.detail["asked"])
    for name, value in before.items():
        setattr(turn, name, restored(name, value))
    if last.kind == Step.CALLED and not _since(session, last, Step.CALLED, Step.PICKED):
        set_priority_run(session, desk.site_id, last.detail["priority_run"])
    try:
        session.flush()
    except IntegrityError:
        raise NothingToUndo(N_("No se puede deshacer: ya tiene otro turno en la mano.")) from None
    record(
        session,
        Happened(
            kind=UNDONE,
            site_id=desk.site_id,
            at=at,
            who=desk.who,
            turn_id=turn.id,
            window_id=desk.window_id,
            public={"code": turn.code},
            detail={"undoes": last.seq, "kind": last.kind},
        ),
    )
    return turn


def last_action(session: Session, desk: Desk, at: datetime) -> Event | None:
    """What `undo_last` would undo: the official's last step of the last minute, unless it is one that stays."""
    theirs = (Event.who_kind == "official", Event.who_id == desk.official_id, Event.site_id == desk.site_id)
    too_old = select(Event.seq).where(*theirs, Event.at <= at - UNDO_WITHIN).order_by(Event.seq.desc()).limit(1)
    mine = (
        select(Event)
        .where(
            *theirs,
            Event.seq > func.coalesce(too_old.scalar_subquery(), 0),
            Event.window_id.is_(None) | (Event.window_id == desk.window_id),
            Event.turn_id.is_not(None),
            Event.at > at - UNDO_WITHIN,
            Event.at <= at,
        )
        .order_by(Event.seq.desc())
    )
    last = next(iter(stood(session.scalars(mine))), None)
    return last if last is not None and last.kind in UNDOABLE else None


def _turn_changed_since(session: Session, last: Event) -> bool:
    later = select(Event).where(Event.site_id == last.site_id, Event.turn_id == last.turn_id, Event.seq > last.seq)
    return bool(stood(session.scalars(later)))


def _since(session: Session, last: Event, *kinds: str) -> bool:
    later = select(Event.seq).where(Event.site_id == last.site_id, Event.kind.in_(kinds), Event.seq > last.seq)
    return session.scalar(later.limit(1)) is not None
