"""What a supervisor sees: every window, everybody who waits, the exceptions and the figures of the day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from core.catalogue.model import Window
from core.clock import instant
from core.db import Event
from core.desks import Away, HelpCall, Sitting
from core.people.model import Official
from core.turns.actions.call import CALLABLE_FOR, in_line, in_order
from core.turns.actions.supervise import left_over
from core.turns.board.desk import in_turn
from core.turns.lifecycle import IN_HAND, UNDONE, State, Step
from core.turns.model import ServiceDay, Turn, in_state
from core.turns.statistics.journey import ABANDONED, MINUTE, Outcome
from core.turns.statistics.journeys import journeys
from core.turns.statistics.targets import targets_of

EXCEPTIONS = (Step.PICKED, Step.SKIPPED, Step.REGROUPED, Step.CANCELLED, Step.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class WindowNow:
    """A window of the hall: who sits there, in what turn or pause or free, and since when that is so."""

    window: Window
    official: Official | None
    turn: Turn | None
    away: Away | None
    since: datetime | None


def windows_now(session: Session, site_id: int) -> list[WindowNow]:
    """Every window of the site and what happens there."""
    turns = {
        turn.window_id: turn
        for turn in session.scalars(
            select(Turn).where(Turn.site_id == site_id, in_state(*IN_HAND)).options(joinedload(Turn.service))
        )
    }
    rows = session.execute(
        select(Window, Sitting, Away)
        .outerjoin(Sitting, (Sitting.window_id == Window.id) & Sitting.ended_at.is_(None))
        .outerjoin(Away, (Away.official_id == Sitting.official_id) & Away.ended_at.is_(None))
        .where(Window.site_id == site_id, Window.active)
        .order_by(Window.label)
    ).all()
    left = _hand_left(session, site_id, min((sitting.started_at for _, sitting, _ in rows if sitting), default=None))
    seen = []
    for window, sitting, away in rows:
        turn, since = turns.get(window.id), None
        if turn or away:
            since = turn.state_since if turn else away.started_at
        elif sitting:
            since = max(sitting.started_at, left.get(window.id, sitting.started_at))
        seen.append(WindowNow(window, sitting.official if sitting else None, turn, away, since))
    return seen


def _hand_left(session: Session, site_id: int, since: datetime | None) -> dict[int | None, datetime]:
    """By window, when a turn last left the hand there, or a pause ended, of what happened from `since` on."""
    if since is None:
        return {}
    from_the_hand = Event.detail["before"]["state"].as_string().in_([state.value for state in IN_HAND])
    rows = session.execute(
        select(Event.window_id, func.max(Event.at))
        .where(
            Event.site_id == site_id,
            Event.kind.in_((*Step, "undone", "came back")),
            Event.at >= since,
            from_the_hand | Event.kind.in_(("undone", "came back")),
        )
        .group_by(Event.window_id)
    )
    return dict(rows.all())


def everyone_waiting(session: Session, site_id: int, at: datetime) -> list[Turn]:
    """All who wait at the site, in the order in which they are called; at the end, who lets others pass until later."""
    passing = (
        select(Turn)
        .where(
            Turn.site_id == site_id,
            in_state(State.WAITING),
            Turn.issued_at > at - CALLABLE_FOR,
            Turn.not_before > at,
        )
        .order_by(Turn.not_before, *in_order())
        .options(joinedload(Turn.service))
    )
    return [*in_turn(session, site_id, in_line(site_id, at)), *session.scalars(passing)]


def leftovers(session: Session, site_id: int, at: datetime) -> int:
    """How many turns of past days nobody ended."""
    return session.scalar(select(func.count()).select_from(Turn).where(*left_over(site_id, at))) or 0


def undone_since(site_id: int, since: datetime) -> Select[int]:
    """The numbers of what was taken back in the log of a site since an instant."""
    undoes = Event.detail["undoes"].as_integer()
    return select(undoes).where(Event.site_id == site_id, Event.kind == UNDONE, Event.at >= since)


def exceptions_of(session: Session, site_id: int, since: datetime) -> list[tuple[Event, Turn, Official | None]]:
    """The exceptions since an instant that stayed so, newest first: what, to which turn, by whom; why, in the event."""
    rows = session.execute(
        select(Event, Turn, Official)
        .join(Turn, Turn.id == Event.turn_id)
        .outerjoin(Official, (Event.who_kind == "official") & (Official.id == Event.who_id))
        .where(
            Event.site_id == site_id,
            Event.kind.in_(EXCEPTIONS),
            Event.reason.is_not(None),
            Event.at >= since,
            Event.seq.not_in(undone_since(site_id, since)),
        )
        .order_by(Event.seq.desc())
    )
    return [(event, turn, official) for event, turn, official in rows]


def help_calls(session: Session, site_id: int) -> list[HelpCall]:
    """Officials who wait for the supervisor to come."""
    return list(
        session.scalars(
            select(HelpCall)
            .join(Window, Window.id == HelpCall.window_id)
            .where(Window.site_id == site_id, HelpCall.answered_at.is_(None))
            .order_by(HelpCall.asked_at)
        )
    )


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The day so far. Waits in seconds from issue to first call; no-shows and leavers apart, never as zero.

    `absent` and `left` are the ABSENT and ABANDONED of the statistics: left is also who asked to cancel. `by_half`: the
    waits of those who were called in each half hour, numbered from midnight.
    """

    issued: int
    called: int
    finished: int
    absent: int
    left: int
    waits: list[int]
    within_target: int
    by_half: Mapping[int, Sequence[int]]


def figures(session: Session, site_id: int, day: date) -> DayFigures:
    """Count the turns of a service day by how their journeys ended, and the wait of each up to its first call."""
    its_day = select(ServiceDay.id).where(ServiceDay.site_id == site_id, ServiceDay.day == day).scalar_subquery()
    targets, waits, within = targets_of(session, site_id), [], 0
    ends, by_half = Counter[Outcome](), defaultdict[int, list[int]](list)
    for turn in journeys(session, Turn.service_day_id == its_day):
        ends[turn.journey.outcome] += 1
        wait = turn.journey.wait
        if wait is not None:
            service = turn.journey.visits[0].service or turn.service_id
            waits.append(wait)
            called = instant(turn.journey.visits[0].called_at)
            by_half[2 * called.hour + called.minute // 30].append(wait)
            within += wait <= MINUTE * targets.minutes(service, turn.group, instant(turn.issued))
    return DayFigures(
        issued=ends.total(),
        called=len(waits),
        finished=ends[Outcome.FINISHED],
        absent=ends[Outcome.ABSENT],
        left=sum(ends[one] for one in ABANDONED),
        waits=sorted(waits),
        within_target=within,
        by_half={half: sorted(found) for half, found in by_half.items()},
    )


def share(values: Sequence[float], level: float) -> float | None:
    """The value below which a share `level` of the sorted `values` lies (nearest rank); None of none."""
    return values[max(0, ceil(len(values) * level) - 1)] if values else None
