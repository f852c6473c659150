"""The log of events enters the chain in closed blocks: a press never waits for the trail, and none can be changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Text, bindparam, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from core.audit.actions import hold_head, record, seal
from core.audit.chain import canonical
from core.audit.model import Entry
from core.audit.vocabulary import Act, On, Thing
from core.clock import BOGOTA, milliseconds
from core.db import Event, Stream
from core.events import Who

LARGEST = 500
"""Events of a block; one of a day that is over may have fewer."""

_SEALED = (
    select(Entry.detail)
    .where(Entry.act == Act.BLOCK_SEALED.value, Entry.site_id == bindparam("site"))
    .order_by(Entry.seq.desc())
    .limit(1)
)
_EVENTS = (
    select(
        Event.seq,
        type_coerce(Event.at, BigInteger),
        Event.kind,
        Event.who_kind,
        Event.who_id,
        Event.turn_id,
        Event.window_id,
        Event.reason,
        cast(Event.public, Text),
        cast(Event.detail, Text),
    )
    .where(Event.site_id == bindparam("site"), Event.seq.between(bindparam("first"), bindparam("last")))
    .order_by(Event.seq)
)


@dataclass(frozen=True, slots=True)
class Block:
    """The events of a site from the number `first` to `last`, both in it; `sum` is the digest of what they say."""

    site_id: int
    first: int
    last: int
    sum: str

    @classmethod
    def told(cls, site_id: int, detail: str) -> Block:
        """As a row of the trail tells it."""
        said: dict[str, Any] = json.loads(detail)
        return cls(site_id, said["first"], said["last"], said["sum"])


def last_sealed(session: Session, site_id: int) -> int:
    """The number of the last event that the chain holds; 0 before the first block."""
    detail = session.execute(_SEALED, {"site": site_id}).scalar()
    return Block.told(site_id, detail).last if detail else 0


def sites_due(session: Session, at: datetime) -> list[int]:
    """The sites whose log has a whole block, or a day that is over, that the chain does not hold yet."""
    sites = session.execute(select(Stream.site_id).order_by(Stream.site_id)).scalars()
    return [site_id for site_id in sites.all() if _closed(session, site_id, last_sealed(session, site_id) + 1, at)]


def seal_block(session: Session, site_id: int, at: datetime, *, today_too: bool = False) -> Block | None:
    """Put the next closed block of a site into the chain; `today_too`, also what has happened today so far.

    None when there is nothing to seal. Who comes by at the same time waits, and finds it done.
    """
    hold_head(session)
    first = last_sealed(session, site_id) + 1
    rows = _closed(session, site_id, first, at, today_too=today_too)
    if not rows:
        return None
    block = Block(site_id, first, rows[-1][0], digest_of(rows))
    detail = {"first": block.first, "last": block.last, "sum": block.sum}
    record(session, Act.BLOCK_SEALED, On(Thing.LOG, site_id), Who("system"), at, site_id=site_id, detail=detail)
    return block


def seal_all(session: Session, site_id: int, at: datetime) -> None:
    """Put all that has happened at a site into the chain, up to now."""
    while seal_block(session, site_id, at, today_too=True):
        seal(session)


def _closed(
    session: Session, site_id: int, first: int, at: datetime, *, today_too: bool = False
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The events from `first` on that make a block: so many, or those of the days before that of `at`."""
    rows = events_of(session, site_id, first, first + LARGEST - 1)
    if len(rows) == LARGEST or today_too:
        return rows
    today = milliseconds(at.astimezone(BOGOTA).replace(hour=0, minute=0, second=0, microsecond=0))
    return [row for row in rows if row[1] < today]


def events_of(session: Session, site_id: int, first: int, last: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The events of a site between two numbers, as the database holds them, in order."""
    return session.execute(_EVENTS, {"site": site_id, "first": first, "last": last}).all()


def digest_of(rows: Sequence[Row[*tuple[Any, ...]]]) -> str:
    """SHA-256 of what these events say, in order; a row of the trail makes it hold."""
    said = hashlib.sha256()
    for row in rows:
        said.update(canonical(list(row)).encode() + b"\n")
    return said.hexdigest()


def loose_ends(session: Session) -> list[Block]:
    """The sites whose log does not go on from its last block without gaps to where its stream says."""
    broken = []
    for site_id, last in session.execute(select(Stream.site_id, Stream.last_seq).order_by(Stream.site_id)).all():
        sealed = last_sealed(session, site_id)
        of_site = select(func.count(), func.max(Event.seq)).where(Event.site_id == site_id, Event.seq > sealed)
        count, newest = session.execute(of_site).one()
        if count != last - sealed or (newest or sealed) != last:
            broken.append(Block(site_id, sealed + 1, last, ""))
    return broken
