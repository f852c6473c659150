"""Who in the hall depends on what the set-up changes, so that no change leaves anybody waiting for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Office, PriorityGroup, Service, Site, Topic, Window, window_services
from core.errors import N_, Refused
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import lock_queue
from core.turns.lifecycle import OPEN, State
from core.turns.model import Turn, in_state


class NobodyWouldAttend(Refused):
    message = N_(
        "Aún hay turnos esperando por «%(service)s» (%(many)s) y ninguna otra ventanilla lo atiende. "
        "Atiéndalos, o déjele antes otra ventanilla."
    )


class TurnsOpen(Refused):
    message = N_("Quedan turnos sin terminar en esta sede (%(many)s). Atiéndalos o anúlelos antes.")


def open_turns(session: Session, thing: Any, at: datetime) -> int:
    """How many turns that can still be attended are of a topic, a service, an office, a group or a site."""
    of_thing = _of(thing)
    if of_thing is None:
        return 0
    still_open = (in_state(*OPEN), Turn.issued_at > at - CALLABLE_FOR)
    return session.scalar(select(func.count(Turn.id)).where(of_thing, *still_open)) or 0


def check_nobody_is_left(session: Session, site: Site, at: datetime) -> None:
    """Raises TurnsOpen for a site where anybody still holds a turn."""
    lock_queue(session, site.id)
    if many := open_turns(session, site, at):
        raise TurnsOpen(many=many)


@contextmanager
def nobody_left_waiting(session: Session, site_id: int, at: datetime) -> Iterator[None]:
    """Around a change of what windows attend. Raises NobodyWouldAttend if it leaves somebody without any window."""
    lock_queue(session, site_id)
    before = _without_window(session, site_id, at)
    yield
    session.flush()
    for service, many in _without_window(session, site_id, at).items():
        if service not in before:
            raise NobodyWouldAttend(many=many, service=service)


def _without_window(session: Session, site_id: int, at: datetime) -> dict[str, int]:
    """The services for which somebody waits and that no window in use attends, with how many wait."""
    attended = (
        select(window_services.c.service_id)
        .join(Window, Window.id == window_services.c.window_id)
        .where(Window.site_id == site_id, Window.active)
    )
    rows = session.execute(
        select(Service.name, func.count(Turn.id))
        .join(Turn, Turn.service_id == Service.id)
        .where(
            Turn.site_id == site_id,
            in_state(State.WAITING, State.ABSENT, State.ON_HOLD),
            Turn.issued_at > at - CALLABLE_FOR,
            Service.id.not_in(attended),
        )
        .group_by(Service.id, Service.name)
    )
    return dict(rows.all())


def _of(thing: Any) -> ColumnElement[bool] | None:
    if isinstance(thing, Service):
        return Turn.service_id == thing.id
    if isinstance(thing, Topic):
        return Turn.service_id.in_(select(Service.id).where(Service.topic_id == thing.id))
    if isinstance(thing, Office):
        return Turn.service_id.in_(select(Service.id).where(Service.office_id == thing.id))
    if isinstance(thing, PriorityGroup):
        return (Turn.site_id == thing.site_id) & (Turn.group == thing.code)
    if isinstance(thing, Site):
        return Turn.site_id == thing.id
    return None
