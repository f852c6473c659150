"""The hall at an instant, as the supervisor sees it: read once from the same rows as every other screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin.alerts import Alert, Doing, Foreseen, Place, Stall, alerts
from core import openings
from core.breaks import actions as breaks
from core.breaks.planned import Span
from core.catalogue.model import PriorityGroup, Reason, Service
from core.clock import milliseconds
from core.db import Event
from core.disk import Room
from core.openings import Brings
from core.turns import board
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import settings_of
from core.turns.actions.hour import Hour
from core.turns.lifecycle import State
from core.turns.model import QueueSettings, Turn
from core.turns.outlook.risk import worst
from core.turns.outlook.row import ServiceOutlook, Standing
from core.turns.outlook.told import outlook_of
from core.turns.policy import GENERAL

NEXT_ONES = 60
"""People of the line shown, those who are called first; for more than that a page has no use and no end."""

LISTED = 12
"""Exceptions and absent people shown; the rest is in the log."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who waits for one service; the `longest` in seconds, `target` in minutes. What ends in `_px` are bars, of 100.

    `foreseen`: what those who wait will have waited; None while nobody draws it.
    """

    service: str
    waiting: int
    priority: int
    oldest: Place
    longest: float
    target: int
    standing: Standing
    priority_px: float
    general_px: float
    wait_px: float
    target_px: float
    foreseen_px: float | None
    foreseen: ServiceOutlook | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """An exception of the day: what was done to which turn, by whom, and why."""

    at: datetime
    code: str
    kind: str
    detail: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The day so far, as the tiles say it."""

    waiting: int
    priority: int
    oldest: Place | None
    called: int
    within: int | None
    half: float | None
    ninth: float | None
    left: int
    left_share: int
    absent: int
    open: int
    windows: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A window that was asked for and opened: what was foreseen of it, and what is foreseen now, in minutes."""

    label: str
    asked_at: datetime
    before: int | None
    after: int
    now: int | None


@dataclass(frozen=True, slots=True)
class Hall:
    """All that the page of the live hall draws."""

    figures: Figures
    settings: QueueSettings
    alerts: list[Alert]
    crowds: list[Crowd]
    stalls: list[Stall]
    places: list[Place]
    absent: list[Turn]
    held: list[Turn]
    exceptions: list[Deviation]
    opened: list[Opened]
    waited: Mapping[int, Sequence[int]]
    """The waits of those called today, by the half hour of the call."""

    @property
    def next_ones(self) -> list[Place]:
        """The head of the line."""
        return self.places[:NEXT_ONES]

    @property
    def further(self) -> int:
        """How many stand behind those."""
        return max(0, len(self.places) - NEXT_ONES)


def hall(session: Session, site_id: int, hour: Hour, room: Room | None) -> Hall:
    """Read the hall of a site; `room` is what is left on the disk of the data."""
    at = hour.at
    settings = settings_of(session, site_id)
    stalls = _stalls(session, site_id, at)
    present = frozenset(stall.official_id for stall in stalls if stall.official_id)
    outlook = outlook_of(session, site_id, at)
    services = outlook.content.services if outlook else {}
    failing = {service for service, one in services.items() if one.fails}
    places = _places(session, site_id, settings, present, failing, at)
    leftovers = board.leftovers(session, site_id, at)
    calls = [(call.id, call.window_id, milliseconds(call.asked_at)) for call in board.help_calls(session, site_id)]
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    foreseen = Foreseen(
        services=services,
        brings={(hint.window, hint.service): hint.brings for hint in outlook.content.hints} if outlook else {},
        asked={request.window_id: request.asked_at for request in openings.waiting(session, site_id, at)},
        worse=outlook is not None and outlook.content.worse,
    )
    day = board.figures(session, site_id, at.date())
    return Hall(
        figures=_figures(day, places, stalls),
        settings=settings,
        alerts=alerts(places, stalls, calls, leftovers, hour.lead, room, foreseen),
        crowds=_crowds(places, services),
        stalls=stalls,
        places=places,
        absent=_aside(session, site_id, State.ABSENT, at),
        held=_aside(session, site_id, State.ON_HOLD, at),
        exceptions=_exceptions(session, site_id, midnight),
        opened=_opened(session, site_id, services, at),
        waited=day.by_half,
    )


def brings(session: Session, site_id: int, window_id: int, at: datetime) -> Brings | None:
    """What opening a window is foreseen to bring now, of the services that it helps to the one that waits longest."""
    outlook = outlook_of(session, site_id, at)
    helped = [hint for hint in outlook.content.hints if hint.window == window_id] if outlook else []
    slowest = max(helped, key=lambda hint: float("inf") if hint.before is None else hint.before, default=None)
    return slowest.brings if slowest else None


def _opened(session: Session, site_id: int, services: Mapping[int, ServiceOutlook], at: datetime) -> list[Opened]:
    """The windows that were asked for in the last hour and opened, where something was foreseen of it."""
    found = []
    for request in openings.answered(session, site_id, at):
        if request.after_min is not None:
            own = [services[service.id].ninth for service in request.window.services if service.id in services]
            now = max((minutes for minutes in own if minutes is not None), default=None)
            told = (request.before_min, request.after_min, now)
            found.append(Opened(request.window.label, request.asked_at, *told))
    return found


def group_names(session: Session, site_id: int) -> dict[str, str]:
    """The priority groups of a site by their code, and those without one."""
    rows = session.execute(
        select(PriorityGroup.code, PriorityGroup.name)
        .where(PriorityGroup.site_id == site_id)
        .order_by(PriorityGroup.position)
    )
    return {GENERAL: _("General")} | dict(rows.all())


def reasons(session: Session, site_id: int, kind: str) -> list[tuple[str, str]]:
    """The reasons that an exception of this kind may give, as (code, name)."""
    rows = session.execute(
        select(Reason.code, Reason.name)
        .where(Reason.site_id == site_id, Reason.kind == kind, Reason.active)
        .order_by(Reason.position)
    )
    return [(code, name) for code, name in rows]


def place_of(session: Session, turn: Turn, at: datetime) -> Place:
    """A turn as the hall sees it, whatever its state."""
    names, settings = group_names(session, turn.site_id), settings_of(session, turn.site_id)
    return _place(turn, names, settings, frozenset(), at, ())


def _place(
    turn: Turn,
    names: dict[str, str],
    settings: QueueSettings,
    present: frozenset[int | None],
    at: datetime,
    failing: Collection[int],
) -> Place:
    priority = turn.group != GENERAL
    return Place(
        turn_id=turn.id,
        code=turn.code,
        service_id=turn.service_id,
        service=turn.service.name,
        group=names.get(turn.group, turn.group),
        priority=priority,
        since=milliseconds(turn.issued_at),
        waited=(at - turn.issued_at).total_seconds(),
        target=60 * settings.target_min(priority, turn.service.target_min),
        alone=turn.reserved_for is not None and turn.reserved_for not in present,
        lets_pass_until=turn.not_before if turn.not_before is not None and turn.not_before > at else None,
        fails=turn.service_id in failing,
    )


def _places(
    session: Session,
    site_id: int,
    settings: QueueSettings,
    present: frozenset[int | None],
    failing: Collection[int],
    at: datetime,
) -> list[Place]:
    names, everyone = group_names(session, site_id), board.everyone_waiting(session, site_id, at)
    return [_place(turn, names, settings, present, at, failing) for turn in everyone]


def _stalls(session: Session, site_id: int, at: datetime) -> list[Stall]:
    names: dict[str, str] = dict(
        session.execute(select(Reason.code, Reason.name).where(Reason.site_id == site_id)).all()
    )
    due = breaks.due(session, site_id, at)
    return [_stall(now, names, due.get(now.window.id), at) for now in board.windows_now(session, site_id)]


def _stall(now: board.WindowNow, reason_names: dict[str, str], rest: Span | None, at: datetime) -> Stall:
    """What a window does; who is in a pause with a turn in hand still attends it."""
    allowed = frozenset(service.id for service in now.window.services)
    skills = frozenset(service.id for service in now.official.services) if now.official else frozenset()
    common: dict[str, Any] = {
        "window_id": now.window.id,
        "label": now.window.label,
        "name": now.window.name,
        "serves": allowed & skills if skills else allowed,
        "official_id": now.official.id if now.official else None,
        "official": now.official.name if now.official else "",
        "since": milliseconds(now.since) if now.since else 0,
        "lasted": (at - now.since).total_seconds() if now.since else 0,
        "rest": rest,
    }
    if now.turn:
        calling = now.turn.state is State.CALLED
        return Stall(
            doing=Doing.CALLING if calling else Doing.ATTENDING,
            turn_id=now.turn.id,
            code=now.turn.code,
            service=now.turn.service.name,
            usual=60 * now.turn.service.minutes,
            **common,
        )
    if now.away:
        doing = Doing.PAUSE if now.away.kind == "pause" else Doing.TASK
        reason = reason_names.get(now.away.reason, now.away.reason)
        return Stall(doing=doing, reason=reason, back=now.away.expected_until, **common)
    return Stall(doing=Doing.FREE if now.official else Doing.CLOSED, **common)


def _crowds(places: Sequence[Place], services: Mapping[int, ServiceOutlook]) -> list[Crowd]:
    """The services for which somebody waits, the fullest first; the longest bar is 100."""
    by_service: dict[int, list[Place]] = {}
    for place in places:
        by_service.setdefault(place.service_id, []).append(place)
    most = max(map(len, by_service.values()), default=1)
    crowds = []
    for waiting in by_service.values():
        priority = sum(place.priority for place in waiting)
        first = max(waiting, key=lambda place: place.share)
        longest = max(place.waited for place in waiting) / 60
        foreseen = services.get(first.service_id)
        ninth = foreseen.p90 if foreseen else None
        target = foreseen.target if foreseen and ninth is not None else first.target / 60
        full = max(longest, ninth or 0, 1.25 * target)
        crowds.append(
            Crowd(
                service=first.service,
                waiting=len(waiting),
                priority=priority,
                oldest=min(waiting, key=lambda place: place.since),
                longest=60 * longest,
                target=round(target),
                standing=worst(place.standing for place in waiting),
                priority_px=round(100 * priority / most, 1),
                general_px=round(100 * (len(waiting) - priority) / most, 1),
                wait_px=round(100 * longest / full, 1),
                target_px=round(100 * target / full, 1),
                foreseen_px=None if ninth is None else round(100 * ninth / full, 1),
                foreseen=foreseen,
            )
        )
    return sorted(crowds, key=lambda crowd: (-crowd.waiting, crowd.service))


def _figures(day: board.DayFigures, places: Sequence[Place], stalls: Sequence[Stall]) -> Figures:
    wanted = {place.service_id for place in places}
    return Figures(
        waiting=len(places),
        priority=sum(place.priority for place in places),
        oldest=min(places, key=lambda place: place.since, default=None),
        called=day.called,
        within=round(100 * day.within_target / day.called) if day.called else None,
        half=board.share(day.waits, 0.5),
        ninth=board.share(day.waits, 0.9),
        left=day.left,
        left_share=round(100 * day.left / day.issued) if day.issued else 0,
        absent=day.absent,
        open=sum(stall.open for stall in stalls),
        windows=len(stalls),
        wanted=sum(bool(stall.serves & wanted) for stall in stalls),
    )


def _aside(session: Session, site_id: int, state: State, at: datetime) -> list[Turn]:
    """Today's turns in a state in which nobody calls them, the latest first."""
    return list(
        session.scalars(
            select(Turn)
            .where(Turn.site_id == site_id, Turn.state == state, Turn.issued_at > at - CALLABLE_FOR)
            .order_by(Turn.state_since.desc())
            .limit(LISTED)
            .options(joinedload(Turn.service), joinedload(Turn.official))
        )
    )


def _exceptions(session: Session, site_id: int, since: datetime) -> list[Deviation]:
    names: dict[str, str] = dict(
        session.execute(select(Reason.code, Reason.name).where(Reason.site_id == site_id)).all()
    )
    groups = group_names(session, site_id)
    services: dict[int, str] = dict(
        session.execute(select(Service.id, Service.name).where(Service.site_id == site_id)).all()
    )
    return [
        Deviation(
            at=event.at,
            code=turn.code,
            kind=event.kind,
            detail=_changed(event, groups, services),
            by=official.name if official else "",
            reason=names.get(event.reason or "", event.reason or ""),
        )
        for event, turn, official in board.exceptions_of(session, site_id, since)[:LISTED]
    ]


def _changed(event: Event, groups: dict[str, str], services: dict[int, str]) -> str:
    """«General → 60 años o más», «Pagar predial → Paz y salvo»; empty when there is no before and after."""
    before, after = event.detail.get("before", {}), event.detail.get("after", {})
    for field, names in (("group", groups), ("service_id", services)):
        if field in after:
            return f"{names.get(before[field], '')} → {names.get(after[field], '')}"
    return ""
