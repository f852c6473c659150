"""What is to be seen of the queue: the wall, the window, the phone and the hall, read from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Integer, func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from core.catalogue.model import Service, Topic, Window, window_services
from core.clock import milliseconds
from core.db import Event, Instant, Stream
from core.desks import FORGOTTEN_AFTER, Away, Desk, HelpCall, Sitting
from core.people.model import Official, official_services
from core.turns.actions.call import CALLABLE_FOR, callable_by, in_order
from core.turns.actions.change import settings_of
from core.turns.lifecycle import IN_HAND, State, Step
from core.turns.model import QueueSettings, Turn
from core.turns.policy import GENERAL, MINUTE, Waiting
from core.turns.waits import Counter, Forecast, InLine, Wait, as_range, forward

ANNOUNCED = (Step.CALLED, Step.PICKED, Step.RECALLED)
EXCEPTIONS = (Step.PICKED, Step.SKIPPED, Step.REGROUPED, Step.CANCELLED, Step.TRANSFERRED)
STILL_VALID_FOR = timedelta(minutes=10)
"""A call that a display missed is spoken on its return while the person is still waited for, up to this age."""

ALMOST = 3
"""With this many ahead or fewer, the phone says «acérquese»."""

RECENT_CALLS = 60


@dataclass(frozen=True, slots=True)
class Call:
    """The last call of a turn, in public values; `valid` while the person is still waited for at the window."""

    seq: int
    at: datetime
    series: str
    number: int
    window: str
    window_id: int
    call: int
    language: str
    valid: bool

    @property
    def code(self) -> str:
        return f"{self.series} {self.number:03d}"

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": milliseconds(self.at),
            "code": self.code,
            "series": self.series,
            "number": self.number,
            "window": self.window,
            "window_id": self.window_id,
            "call": self.call,
            "language": self.language,
            "valid": self.valid,
        }


def last_seq(session: Session, site_id: int) -> int:
    """The number of the site's last event."""
    return session.scalar(select(Stream.last_seq).where(Stream.site_id == site_id)) or 0


def wall(session: Session, site_id: int, at: datetime, windows: Sequence[int] = (), most: int = 8) -> list[Call]:
    """The last call of each turn, newest first; `windows` narrows it to a zone, empty means the whole site."""
    recent = session.execute(
        select(Event, Turn.state)
        .join(Turn, Turn.id == Event.turn_id)
        .where(Event.site_id == site_id, Event.kind.in_(ANNOUNCED), Event.at > at - CALLABLE_FOR)
        .order_by(Event.seq.desc())
        .limit(RECENT_CALLS)
    )
    calls: dict[int | None, Call] = {}
    for event, state in recent:
        public = event.public
        if event.turn_id in calls or state == State.WAITING or (windows and public["window_id"] not in windows):
            continue
        calls[event.turn_id] = Call(
            event.seq,
            event.at,
            public["series"],
            public["number"],
            public["window"],
            public["window_id"],
            public["call"],
            public["language"],
            state == State.CALLED and at - event.at <= STILL_VALID_FOR,
        )
    return list(calls.values())[:most]


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits for one service: how many, how many of them with priority, and since when the oldest."""

    service: Service
    waiting: int
    priority: int
    oldest: datetime


def lines(session: Session, desk: Desk, at: datetime) -> list[Line]:
    """The queue by service that a desk can call, in the order of the services."""
    rows = session.execute(
        select(
            Turn.service_id,
            func.count(),
            func.sum((Turn.group != GENERAL).cast(Integer)),
            func.min(Turn.issued_at),
        )
        .where(*callable_by(desk, at))
        .group_by(Turn.service_id)
    ).all()
    services = {s.id: s for s in session.scalars(select(Service).where(Service.id.in_([row[0] for row in rows])))}
    found = [Line(services[service_id], count, int(priority), oldest) for service_id, count, priority, oldest in rows]
    return sorted(found, key=lambda line: line.service.position)


def next_few(session: Session, desk: Desk, at: datetime, most: int = 8) -> list[Turn]:
    """The first turns of the desk's queue, in the static order."""
    return list(
        session.scalars(
            select(Turn)
            .where(*callable_by(desk, at))
            .order_by(*in_order())
            .limit(most)
            .options(joinedload(Turn.service))
        )
    )


def turn_at(session: Session, desk: Desk) -> Turn | None:
    """The turn that the official has called or attends."""
    return session.scalar(
        select(Turn)
        .where(Turn.official_id == desk.official_id, Turn.state.in_(IN_HAND), Turn.site_id == desk.site_id)
        .options(joinedload(Turn.service))
    )


def set_aside(session: Session, desk: Desk, at: datetime) -> list[Turn]:
    """What the official parked, and who did not come to this site's windows and may still return."""
    mine = (Turn.state == State.ON_HOLD) & (Turn.official_id == desk.official_id)
    gone = (Turn.state == State.ABSENT) & Turn.service_id.in_(sorted(desk.services))
    return list(
        session.scalars(
            select(Turn)
            .where(Turn.site_id == desk.site_id, mine | gone, Turn.issued_at > at - CALLABLE_FOR)
            .order_by(Turn.state_since.desc())
            .limit(12)
            .options(joinedload(Turn.service))
        )
    )


def windows_for(session: Session, service_id: int) -> list[tuple[Window, bool]]:
    """The windows where a service is attended, and whether somebody sits there now."""
    rows = session.execute(
        select(Window, Sitting.id)
        .join(window_services, window_services.c.window_id == Window.id)
        .outerjoin(Sitting, (Sitting.window_id == Window.id) & Sitting.ended_at.is_(None))
        .where(window_services.c.service_id == service_id, Window.active)
        .order_by(Window.label)
    )
    return [(window, sitting is not None) for window, sitting in rows]


def ahead(session: Session, turn: Turn, at: datetime) -> int:
    """How many waiting turns come before this one among those that share a window with its service."""
    mine, theirs = aliased(window_services), aliased(window_services)
    sharing = (
        select(theirs.c.service_id)
        .join(mine, mine.c.window_id == theirs.c.window_id)
        .where(mine.c.service_id == turn.service_id)
    )
    place = tuple_(turn.order_key, literal(turn.issued_at, Instant), turn.id)
    return (
        session.scalar(
            select(func.count())
            .select_from(Turn)
            .where(
                Turn.site_id == turn.site_id,
                Turn.state == State.WAITING,
                Turn.issued_at > at - CALLABLE_FOR,
                Turn.service_id.in_(sharing),
                tuple_(*in_order()) < place,
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """The site's queue as the estimator sees it at an instant."""

    waiting: list[InLine]
    counters: list[Counter]
    minutes: dict[int, float]
    settings: QueueSettings
    priority_run: int

    def forecast(self) -> Forecast:
        """What is expected to happen from now on."""
        return forward(self.waiting, self.counters, self.minutes, self.settings.rules, self.priority_run)


def flow(session: Session, site_id: int, at: datetime) -> Flow:
    """Read the queue, the open windows and when each is expected to be free."""
    waiting = [
        InLine(Waiting(row[0], row[1], milliseconds(row[2]), row[3], row[4]), row[5])
        for row in session.execute(
            select(Turn.id, Turn.group, Turn.issued_at, Turn.order_key, Turn.first_of_all, Turn.service_id).where(
                Turn.site_id == site_id, Turn.state == State.WAITING, Turn.issued_at > at - CALLABLE_FOR
            )
        )
    ]
    minutes: dict[int, float] = {
        service_id: float(expected)
        for service_id, expected in session.execute(
            select(Service.id, Service.minutes).where(Service.site_id == site_id)
        )
    }
    run = session.scalar(select(Stream.priority_run).where(Stream.site_id == site_id)) or 0
    return Flow(waiting, _counters(session, site_id, minutes, at), minutes, settings_of(session, site_id), run)


def wait_of(session: Session, turn: Turn, at: datetime) -> Wait:
    """The range that a waiting turn has still to wait."""
    return as_range(flow(session, turn.site_id, at).forecast().waits.get(turn.id))


def wait_for(session: Session, site_id: int, service_ids: Sequence[int], at: datetime) -> dict[int, Wait]:
    """The range that somebody without priority would wait who took a turn now, by service.

    Whoever comes last is called when the first window that serves them has called everybody else it can.
    """
    seen = flow(session, site_id, at)
    idle = seen.forecast().idle
    return {
        service_id: as_range(min((idle[c.id] for c in seen.counters if service_id in c.services), default=None))
        for service_id in service_ids
    }


def _counters(session: Session, site_id: int, minutes: dict[int, float], at: datetime) -> list[Counter]:
    """Open windows; a busy one is free after what is left of its service's mean, at least a fifth of it."""
    sitting = session.execute(
        select(Sitting.window_id, Sitting.official_id)
        .join(Window, Window.id == Sitting.window_id)
        .outerjoin(Away, (Away.official_id == Sitting.official_id) & Away.ended_at.is_(None))
        .where(
            Window.site_id == site_id,
            Sitting.ended_at.is_(None),
            Sitting.started_at > at - FORGOTTEN_AFTER,
            Away.id.is_(None),
        )
    ).all()
    allowed = _pairs(session, window_services.c.window_id, window_services.c.service_id)
    skills = _pairs(session, official_services.c.official_id, official_services.c.service_id)
    busy = {
        turn.official_id: turn
        for turn in session.scalars(select(Turn).where(Turn.site_id == site_id, Turn.state.in_(IN_HAND)))
    }
    counters = []
    for window_id, official_id in sitting:
        services = allowed.get(window_id, frozenset())
        services &= skills.get(official_id, services)
        left = 0.0
        if turn := busy.get(official_id):
            mean = minutes[turn.service_id] * MINUTE
            spent = milliseconds(at) - milliseconds(turn.attention_started_at or turn.state_since)
            left = max(mean - spent, mean / 5)
        counters.append(Counter(window_id, services, left))
    return counters


def _pairs(session: Session, key: Any, value: Any) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for owner, service in session.execute(select(key, value)):
        found.setdefault(owner, set()).add(service)
    return {owner: frozenset(services) for owner, services in found.items()}


@dataclass(frozen=True, slots=True)
class WindowNow:
    """A window of the hall: who sits there, in what turn or pause, and since when."""

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
            select(Turn).where(Turn.site_id == site_id, Turn.state.in_(IN_HAND)).options(joinedload(Turn.service))
        )
    }
    rows = session.execute(
        select(Window, Sitting, Away)
        .outerjoin(Sitting, (Sitting.window_id == Window.id) & Sitting.ended_at.is_(None))
        .outerjoin(Away, (Away.official_id == Sitting.official_id) & Away.ended_at.is_(None))
        .where(Window.site_id == site_id, Window.active)
        .order_by(Window.label)
    )
    seen = []
    for window, sitting, away in rows:
        turn = turns.get(window.id)
        since = turn.state_since if turn else away.started_at if away else sitting.started_at if sitting else None
        seen.append(WindowNow(window, sitting.official if sitting else None, turn, away, since))
    return seen


def everyone_waiting(session: Session, site_id: int, at: datetime) -> list[Turn]:
    """All who wait at the site and can still be called, in order."""
    return list(
        session.scalars(
            select(Turn)
            .where(Turn.site_id == site_id, Turn.state == State.WAITING, Turn.issued_at > at - CALLABLE_FOR)
            .order_by(*in_order())
            .options(joinedload(Turn.service).joinedload(Service.topic))
        )
    )


def leftovers(session: Session, site_id: int, at: datetime) -> int:
    """How many turns of past days nobody ended."""
    ended = (State.FINISHED, State.LEFT, State.CANCELLED)
    return (
        session.scalar(
            select(func.count())
            .select_from(Turn)
            .where(Turn.site_id == site_id, Turn.state.not_in(ended), Turn.issued_at <= at - CALLABLE_FOR)
        )
        or 0
    )


def exceptions_of(session: Session, site_id: int, since: datetime) -> list[tuple[Event, Turn, Official | None]]:
    """The exceptions since an instant, newest first: what, to which turn, by whom; the reason is in the event."""
    rows = session.execute(
        select(Event, Turn, Official)
        .join(Turn, Turn.id == Event.turn_id)
        .outerjoin(Official, (Event.who_kind == "official") & (Official.id == Event.who_id))
        .where(
            Event.site_id == site_id,
            Event.kind.in_(EXCEPTIONS),
            Event.reason.is_not(None),
            Event.at >= since,
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
    """The day so far. Waits in seconds from issue to first call; no-shows and leavers apart, never as zero."""

    issued: int
    called: int
    finished: int
    absent: int
    left: int
    waits: list[float]
    within_target: int


def figures(session: Session, site_id: int, since: datetime, settings: QueueSettings) -> DayFigures:
    """Count the turns issued since an instant and the wait of each up to its first call."""
    of_the_day = (Turn.site_id == site_id, Turn.issued_at >= since)
    states = dict(session.execute(select(Turn.state, func.count()).where(*of_the_day).group_by(Turn.state)).all())
    first_call = (
        select(Event.turn_id, func.min(Event.at).label("at"))
        .where(Event.site_id == site_id, Event.kind.in_((Step.CALLED, Step.PICKED)), Event.at >= since)
        .group_by(Event.turn_id)
        .subquery()
    )
    waits, within = [], 0
    for issued_at, group, called_at in session.execute(
        select(Turn.issued_at, Turn.group, first_call.c.at)
        .join(first_call, first_call.c.turn_id == Turn.id)
        .where(Turn.issued_at >= since)
    ):
        wait = (called_at - issued_at).total_seconds()
        target = settings.target_general_min if group == GENERAL else settings.target_priority_min
        waits.append(wait)
        within += wait <= target * 60
    return DayFigures(
        issued=sum(states.values()),
        called=len(waits),
        finished=states.get(State.FINISHED, 0),
        absent=states.get(State.ABSENT, 0),
        left=states.get(State.LEFT, 0),
        waits=sorted(waits),
        within_target=within,
    )


def share(values: Sequence[float], level: float) -> float | None:
    """The value below which a share `level` of the sorted `values` lies (nearest rank); None of none."""
    return values[max(0, ceil(len(values) * level) - 1)] if values else None


def topics(session: Session, site_id: int) -> list[Topic]:
    """The topics of the site that have services to attend, in the order of the kiosk."""
    found = session.scalars(select(Topic).where(Topic.site_id == site_id).order_by(Topic.position))
    return [topic for topic in found if any(service.active for service in topic.services)]
