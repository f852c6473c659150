"""What each turn was told when it was issued, what came of it, and what the next estimates learn from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from core.clock import instant
from core.db import INSERT, Event, table
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.undo import UNDO_WITHIN
from core.turns.calibration import KEPT
from core.turns.chances import restored
from core.turns.estimates import Estimates, Told
from core.turns.learning import Learned
from core.turns.lifecycle import ENDED, State
from core.turns.model import Turn
from core.turns.outlook.accuracy import Judged
from core.turns.outlook.model import WaitPrediction
from core.turns.outlook.row import ServiceOutlook
from core.turns.outlook.told import FRESH_FOR, Outlook
from core.turns.policy import GENERAL
from core.turns.statistics.journey import Journey
from core.turns.statistics.journeys import journeys

CALLED, NEVER_CALLED = "called", "never called"
"""How a prediction ends, besides the states in which a turn ends without having been called."""
_SETTLED = UNDO_WITHIN + timedelta(seconds=1)


def keep(session: Session, site_id: int, told: Outlook, seq: int) -> int:
    """Keep what the row told to the turns issued from it up to number `seq`; how many.

    Nobody knows what a forward run told to who came when the row was no longer fresh: that is not kept.
    """
    issued = session.execute(
        select(
            Event.turn_id,
            Event.at,
            Event.detail["service_id"].as_integer().label("service"),
            Event.detail["group"].as_string().label("group"),
        )
        .where(Event.site_id == site_id, Event.seq > told.seq, Event.seq <= seq, Event.kind == "issued")
        .order_by(Event.seq)
    ).all()
    lines = Counter({service: outlook.waiting for service, outlook in told.content.services.items()})
    rows = []
    for turn in issued:
        lines[turn.service] += 1
        service = told.content.services.get(turn.service)
        if service is not None and turn.at - told.computed_at <= FRESH_FOR:
            rows.append(_told_to(turn, site_id, told, service, lines[turn.service]))
    if rows:
        insert = INSERT[session.get_bind().dialect.name](table(WaitPrediction))
        session.execute(insert.on_conflict_do_nothing(index_elements=["turn_id"]), rows)
    return len(rows)


def _told_to(turn: Row[Any], site_id: int, told: Outlook, service: ServiceOutlook, position: int) -> dict[str, Any]:
    newcomer = told.content.newcomer(turn.service, turn.group)
    return {
        "turn_id": turn.turn_id,
        "site_id": site_id,
        "service_id": turn.service,
        "group": turn.group,
        "told_at": turn.at,
        "by": told.content.by,
        "low": newcomer.shown.low if newcomer else None,
        "high": newcomer.shown.high if newcomer else None,
        "point": newcomer.point if newcomer else None,
        "forward": newcomer.forward if newcomer else None,
        "naive": round(position * service.mean),
        "levels": list(newcomer.levels) if newcomer else [],
    }


def judge(session: Session, site_id: int, at: datetime) -> int:
    """Fill in what came of the predictions whose turns were called, or ended without, and stayed so; how many."""
    waiting = session.execute(
        select(WaitPrediction.turn_id, Turn.issued_at, Turn.state, Turn.state_since)
        .join(Turn, Turn.id == WaitPrediction.turn_id)
        .where(WaitPrediction.site_id == site_id, WaitPrediction.outcome.is_(None))
        .order_by(WaitPrediction.turn_id)
    ).all()
    ways = journeys(session, Turn.id.in_([turn.turn_id for turn in waiting]))
    judged = 0
    for turn, way in zip(waiting, ways, strict=True):
        outcome, truth = _outcome(turn, way.journey, at)
        if outcome is not None:
            of = update(WaitPrediction).where(WaitPrediction.turn_id == turn.turn_id)
            session.execute(of.values(outcome=outcome, truth=truth, judged_at=at))
            judged += 1
    return judged


def _outcome(turn: Any, way: Journey, at: datetime) -> tuple[str | None, int | None]:
    if way.visits:
        settled = instant(way.visits[0].called_at) <= at - _SETTLED
        return (CALLED, way.wait) if settled else (None, None)
    if turn.state in (*ENDED, State.ABSENT) and turn.state_since <= at - _SETTLED:
        return turn.state.value, None
    return (NEVER_CALLED, None) if turn.issued_at <= at - CALLABLE_FOR else (None, None)


def learned_until(session: Session, site_id: int) -> datetime | None:
    """When the last prediction of the site was judged."""
    last = select(WaitPrediction.judged_at).where(WaitPrediction.site_id == site_id)
    return session.scalar(
        last.where(WaitPrediction.judged_at.is_not(None)).order_by(WaitPrediction.judged_at.desc()).limit(1)
    )


def estimates(session: Session, site_id: int, learned: Learned) -> Estimates:
    """Estimates as honest as the last predictions of the site make them: whoever starts again tells the same.

    Who found a free window had nothing to wait for, and teaches nothing.
    """
    rows = session.scalars(
        select(WaitPrediction)
        .where(
            WaitPrediction.site_id == site_id,
            WaitPrediction.judged_at.is_not(None),
            WaitPrediction.outcome == CALLED,
            WaitPrediction.forward > 0,
            WaitPrediction.low.is_not(None),
        )
        .order_by(WaitPrediction.judged_at.desc(), WaitPrediction.turn_id.desc())
        .limit(KEPT)
    ).all()
    found = Estimates(learned)
    for row in reversed(rows):
        found.learn(told_by(row), float(row.truth or 0))
    return found


def told_by(row: WaitPrediction) -> Told:
    """What was told, as it was; only of one whose wait was told as a range."""
    assert row.point is not None
    assert row.low is not None
    assert row.high is not None
    return Told(
        turn=row.turn_id,
        priority=row.group != GENERAL,
        point=float(row.point),
        low=row.low * 60.0,
        high=row.high * 60.0,
        forward=float(row.forward or 0),
        drawn=restored(row.turn_id, row.levels) if row.levels else None,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What was told in a period: of who had to wait and was called, what came of it; of the others, how many.

    `apart`: how many found a free window, were told that none was open, ended without a call, or still wait.
    """

    judged: list[Judged]
    apart: Mapping[str, int]


FREE, NO_WINDOW, WAITS = "free", "no window", "waits"


def kept(session: Session, site_id: int, since: datetime, until: datetime) -> Kept:
    """What the turns issued from `since` to before `until` were told."""
    rows = session.scalars(
        select(WaitPrediction)
        .where(WaitPrediction.site_id == site_id, WaitPrediction.told_at >= since, WaitPrediction.told_at < until)
        .order_by(WaitPrediction.told_at, WaitPrediction.turn_id)
    )
    judged, apart = [], Counter[str]()
    for row in rows:
        if (why := _apart(row)) is not None:
            apart[why] += 1
        else:
            judged.append(_judged(row))
    return Kept(judged, apart)


def _apart(row: WaitPrediction) -> str | None:
    """Why a prediction says nothing of how good they are; None of one that does."""
    if row.low is None or row.point is None or row.forward is None:
        return NO_WINDOW
    if row.outcome != CALLED:
        return row.outcome or WAITS
    return FREE if not row.forward else None


def _judged(row: WaitPrediction) -> Judged:
    told = told_by(row)
    return Judged(
        service=row.service_id,
        group=row.group,
        hour=row.told_at.hour,
        low=told.low / 60,
        high=told.high / 60,
        point=told.point / 60,
        forward=told.forward / 60,
        naive=row.naive / 60,
        truth=(row.truth or 0) / 60,
    )
