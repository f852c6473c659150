"""What whoever looks is told of a wait: what the row of the site says, or a forward run where nobody draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.db import Stream
from core.prepared import run
from core.turns.estimates import forward_run
from core.turns.learning import Learned
from core.turns.model import Turn
from core.turns.outlook.hall import Seen, see
from core.turns.outlook.model import WaitOutlook
from core.turns.outlook.row import Content, read
from core.turns.policy import GENERAL
from core.turns.waits import Wait, as_range

_AS_OF = (
    select(Stream.last_seq, WaitOutlook.computed_at)
    .outerjoin(WaitOutlook, WaitOutlook.site_id == Stream.site_id)
    .where(Stream.site_id == bindparam("site"))
)
FRESH_FOR = timedelta(seconds=60)
"""An older row was left by who draws no more."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The waits of a site as they were last drawn."""

    computed_at: datetime
    seq: int
    content: Content


def outlook_of(session: Session, site_id: int, at: datetime) -> Outlook | None:
    """What is told of the waits of a site at `at`; None where nothing was drawn lately."""
    row = select(WaitOutlook.computed_at, WaitOutlook.seq, WaitOutlook.content).where(WaitOutlook.site_id == site_id)
    found = session.execute(row).first()
    if found is None or found.computed_at is None or abs(at - found.computed_at) > FRESH_FOR:
        return None
    return Outlook(found.computed_at, found.seq, read(found.content))


def as_of(session: Session, site_id: int) -> tuple[int, datetime | None]:
    """The number of the last thing that happened at a site, and when its waits were last drawn: while both stay so,
    what was told of it stays."""
    last_seq, drawn_at = run(session, _AS_OF, site=site_id).first() or (0, None)
    return last_seq, drawn_at


def wait_of(session: Session, turn: Turn, at: datetime) -> Wait:
    """The range that a waiting turn has still to wait; one issued a moment ago is told what a newcomer is."""
    outlook = outlook_of(session, turn.site_id, at)
    if outlook is not None:
        if turn.id in outlook.content.turns:
            return outlook.content.turns[turn.id].wait
        if turn.issued_at >= outlook.computed_at and turn.service_id in outlook.content.stands_for:
            return _newcomer(outlook.content, turn.service_id, turn.group)
    return _forward(see(session, turn.site_id, at), turn.id)


def wait_for(session: Session, site_id: int, service_ids: Sequence[int], at: datetime) -> dict[int, Wait]:
    """The range that somebody without priority would wait who took a turn now, by service."""
    outlook = outlook_of(session, site_id, at)
    if outlook is not None and outlook.content.stands_for.keys() >= set(service_ids):
        return {service_id: _newcomer(outlook.content, service_id, GENERAL) for service_id in service_ids}
    seen = see(session, site_id, at)
    ahead = forward_run(seen.hall, Learned.of(seen.minutes))
    newcomers = {service_id: seen.newcomers.get((service_id, GENERAL)) for service_id in service_ids}
    return {
        service_id: _range(ahead.get(newcomer) if newcomer is not None else None)
        for service_id, newcomer in newcomers.items()
    }


def _newcomer(content: Content, service_id: int, group: str) -> Wait:
    told = content.newcomer(service_id, group)
    return Wait(None, None) if told is None else told.shown.wait


def _forward(seen: Seen, turn_id: int) -> Wait:
    return _range(forward_run(seen.hall, Learned.of(seen.minutes)).get(turn_id))


def _range(seconds: float | None) -> Wait:
    return as_range(None if seconds is None else seconds * 1000)
