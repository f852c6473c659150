"""Whose turn it is to draw the waits of a site, and the row that is kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.catalogue.model import Site
from core.db import INSERT, Stream, table
from core.turns.model import QueueSettings
from core.turns.outlook import predictions
from core.turns.outlook.lookout import Lookout, look, stand
from core.turns.outlook.model import WaitOutlook
from core.turns.outlook.row import Content, read
from core.turns.outlook.told import Outlook

EVERY, AT_LEAST_EVERY = timedelta(seconds=3), timedelta(seconds=30)
"""How often they are drawn at most, and at least: time passes for who waits, though nothing happens."""


def sites(session: Session) -> list[int]:
    """The sites that have a queue."""
    ruled = select(QueueSettings.site_id).where(QueueSettings.site_id == Site.id)
    return list(session.scalars(select(Site.id).where(Site.active, ruled.exists()).order_by(Site.id)))


def last_number(session: Session, site_id: int) -> int:
    """The number of the last thing that happened at the site."""
    return session.scalar(select(Stream.last_seq).where(Stream.site_id == site_id)) or 0


def is_due(session: Session, site_id: int, at: datetime) -> bool:
    """Whether it is time to draw, by whoever may."""
    row = session.get(WaitOutlook, site_id, populate_existing=True)
    if row is None:
        return True
    news = row.seq != last_number(session, site_id)
    return row.begun_at <= at - (EVERY if news else AT_LEAST_EVERY) or row.begun_at > at + AT_LEAST_EVERY


def begin(session: Session, site_id: int, at: datetime) -> bool:
    """Whether the round is the caller's: of several that ask at once, one draws, and nobody else for a while."""
    first = INSERT[session.get_bind().dialect.name](table(WaitOutlook)).values(
        site_id=site_id, begun_at=at - AT_LEAST_EVERY, seq=-1, content={}
    )
    session.execute(first.on_conflict_do_nothing(index_elements=["site_id"]))
    begun = session.execute(
        update(WaitOutlook)
        .where(
            WaitOutlook.site_id == site_id,
            (WaitOutlook.begun_at <= at - EVERY) | (WaitOutlook.begun_at > at + AT_LEAST_EVERY),
        )
        .values(begun_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(begun.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn, when the last number of the log was `seq`, and what the row told until then."""

    seq: int
    content: Content
    before: Outlook | None


def draw(session: Session, site_id: int, at: datetime, lookout: Lookout | None) -> tuple[Lookout, Drawn]:
    """Read all that is needed and draw the waits of a site; nothing is written and nobody waits meanwhile."""
    row = session.get_one(WaitOutlook, site_id, populate_existing=True)
    content = read(row.content)
    before = Outlook(row.computed_at, row.seq, content) if row.computed_at is not None else None
    seq = last_number(session, site_id)
    standing = stand(session, site_id, at, lookout)
    return standing, Drawn(seq, look(session, standing, content, at), before)


def keep(session: Session, site_id: int, drawn: Drawn, at: datetime) -> None:
    """Keep what was drawn for all who look, what the row told until now, and what came of what it told before."""
    mine = update(WaitOutlook).where(WaitOutlook.site_id == site_id, WaitOutlook.begun_at == at)
    kept = session.execute(
        mine.values(computed_at=at, seq=drawn.seq, content=drawn.content.written()).execution_options(
            synchronize_session=False
        )
    )
    if kept.rowcount and drawn.before is not None:  # type: ignore[attr-defined]
        predictions.keep(session, site_id, drawn.before, drawn.seq)
    predictions.judge(session, site_id, at)
