"""Past days of a site as they can be replayed, read from its own log, and what they teach of the days to come.

Each wait that ended in a call is a turn of the replay: whoever was sent on to another service, or came back, waits
again from then, so that no work of the day is lost. A step that was undone did not happen.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.breaks import actions as breaks
from core.breaks.planned import Break
from core.catalogue.model import PriorityGroup, Service, Window, window_services
from core.clock import BOGOTA, milliseconds
from core.db import Event
from core.desks import FORGOTTEN_AFTER, Away, Sitting
from core.turns.foresight.crews import HALF
from core.turns.foresight.forecast import Cell, History, Special
from core.turns.foresight.imagined import NEVER, Habits
from core.turns.foresight.model import SpecialDay
from core.turns.foresight.otherwise import Lived
from core.turns.foresight.resting import rests_on, touches
from core.turns.learning import Durations
from core.turns.lifecycle import IN_HAND, UNDONE, State, Step, stood
from core.turns.model import ServiceDay, Turn
from core.turns.recorded import SECOND, Arrival, Counter, Day, Outcome, Pause

LOOKS_BACK = timedelta(days=60)
STUDIED = 15
"""From so many days, the last, it is learned how the site works."""
DAY = 48 * HALF
STAYED = HALF
"""Who left so long before the last one, or later, stayed to the end."""
LONGEST_AWAY = 4 * HALF
"""A pause that is longer was forgotten open, or is work elsewhere that no day repeats."""
_HANDS = {state.value for state in IN_HAND}
_KINDS = ("issued", UNDONE, *(step.value for step in Step))


@dataclass(slots=True)
class Leg:
    """A wait and what came of it, in milliseconds of the day: `called` at a window, or `ended` without.

    `spent`: in a hand, from the call on; `in_hand` since when it still is. `served`: what its window attended then.
    """

    turn: int
    service: str
    group: str
    first_of_all: bool
    waits: int
    called: int | None = None
    walk: int = 0
    spent: int = 0
    in_hand: int | None = None
    ended: int | None = None
    came: bool = True
    window: int | None = None
    served: frozenset[str] = frozenset()

    def outcome(self) -> Outcome:
        """What only happens later; who gave up waiting leaves when they did."""
        gave_up = self.called is None and self.ended is not None
        leaves = self.ended if gave_up and self.ended is not None else NEVER
        return Outcome(max(self.spent - self.walk, 0), self.walk, leaves, noshow=not self.came, cancels=gave_up)


def legs_of(events: Iterable[Event], midnight: int) -> list[Leg]:
    """The waits that a log tells of, each with what came of it, in the order in which they began."""
    last, found = dict[int, Leg](), list[Leg]()
    for event in stood(events):
        if event.turn_id is None:
            continue
        begun = None
        if event.kind == "issued":
            detail, at = event.detail, milliseconds(event.at) - midnight
            begun = Leg(event.turn_id, str(detail["service_id"]), detail["group"], detail["first_of_all"], at)
        elif event.turn_id in last:
            begun = _step(last[event.turn_id], event, milliseconds(event.at) - midnight)
        if begun is not None:
            found.append(begun)
            last[event.turn_id] = begun
    return found


def _step(leg: Leg, event: Event, at: int) -> Leg | None:
    """What an event did to a wait; the wait that begins with it, if one does."""
    after: dict[str, Any] = event.detail.get("after", {})
    state, in_hand = after.get("state"), leg.in_hand is not None
    if leg.called is None:
        leg.group, leg.service = after.get("group", leg.group), str(after.get("service_id", leg.service))
    if event.kind in (Step.CALLED, Step.PICKED):
        leg.called, leg.in_hand, leg.window = at, at, event.window_id
        leg.served = frozenset(map(str, event.detail.get("services", ())))
    elif event.kind == Step.STARTED:
        leg.walk = at - (leg.called or at)
    elif event.kind == Step.RESUMED:
        leg.in_hand, leg.ended = at, None
    elif state is not None and state not in _HANDS:
        leg.spent += at - leg.in_hand if leg.in_hand is not None else 0
        if leg.called is None and state == State.WAITING:
            return None
        leg.in_hand, leg.ended = None, leg.ended or at
        leg.came &= not (in_hand and event.kind == Step.ABSENT)
        if state == State.WAITING:
            return Leg(leg.turn, str(after.get("service_id", leg.service)), leg.group, leg.first_of_all, at)
    return None


# ---------------------------------------------------------------- one day


def lived(session: Session, site_id: int, day: date) -> Lived:
    """A day of the site from its log."""
    midnight = _midnight(day)
    legs = sorted(legs_of(_events(session, site_id, day), midnight), key=lambda leg: (leg.waits, leg.turn))
    labels = dict(session.execute(select(Window.id, Window.label).where(Window.site_id == site_id)).all())
    seated = _stretches(session, Sitting, labels, day)
    for leg in legs:
        if leg.window is not None and leg.called is not None:
            seated.setdefault(leg.window, [(leg.called, DAY)])
    served = _served(session, legs, seated)
    away = _stretches(session, Away, labels, day)
    rested = _stretches(session, Away, labels, day, Away.kind == "pause")
    last = max((stretches[-1][1] for stretches in seated.values()), default=0)
    counters, pauses = [], dict[str, tuple[Pause, ...]]()
    for window, stretches in sorted(seated.items(), key=lambda item: labels[item[0]]):
        counters.append(Counter(labels[window], served[window], stretches[0][0], Decimal(1)))
        stops = [Pause(starts, ends - starts) for starts, ends in away.get(window, ())]
        stops += _gaps(stretches, stays=stretches[-1][1] >= last - STAYED)
        pauses[labels[window]] = tuple(sorted(stops, key=lambda stop: stop.starts))
    arrivals = [Arrival(n, leg.waits, leg.service, leg.group, leg.first_of_all) for n, leg in enumerate(legs, start=1)]
    outcomes = {n: leg.outcome() for n, leg in enumerate(legs, start=1)}
    waits = {n: leg.called - leg.waits for n, leg in enumerate(legs, start=1) if leg.called is not None}
    whole = Day(day.toordinal(), tuple(arrivals), outcomes, {}, pauses, last_pause=NEVER)
    made = {labels[window]: [Pause(starts, ends - starts) for starts, ends in rested[window]] for window in rested}
    planned = {labels[window]: rests_on(day, some) for window, some in breaks.planned(session, site_id).items()}
    return Lived(tuple(counters), whole, waits, made, planned)


def _events(session: Session, site_id: int, day: date) -> list[Event]:
    begins = datetime.combine(day, time(), tzinfo=BOGOTA)
    query = select(Event).where(
        Event.site_id == site_id, Event.kind.in_(_KINDS), Event.at >= begins, Event.at < begins + timedelta(days=1)
    )
    return list(session.scalars(query.order_by(Event.seq)))


def _stretches(
    session: Session,
    kind: type[Sitting] | type[Away],
    labels: Mapping[int, str],
    day: date,
    *only: ColumnElement[bool],
) -> dict[int, list[tuple[int, int]]]:
    """By window, from when to when somebody sat there, or was away, in milliseconds of the day."""
    begins, midnight = datetime.combine(day, time(), tzinfo=BOGOTA), _midnight(day)
    rows = session.execute(
        select(kind.window_id, kind.started_at, kind.ended_at)
        .where(kind.window_id.in_(labels), kind.started_at >= begins, kind.started_at < begins + timedelta(days=1))
        .where(*only)
        .order_by(kind.started_at)
    )
    found = defaultdict[int, list[tuple[int, int]]](list)
    for window_id, started, ended in rows:
        until = min(ended or started + FORGOTTEN_AFTER, started + FORGOTTEN_AFTER)
        found[window_id].append((milliseconds(started) - midnight, milliseconds(until) - midnight))
    return dict(found)


def _served(session: Session, legs: Iterable[Leg], seated: Iterable[int]) -> dict[int, frozenset[str]]:
    """What each window attended: what the calls of the day say, and what it attends now if it called nobody."""
    found = {window: frozenset[str]() for window in seated}
    for leg in legs:
        if leg.window is not None:
            found[leg.window] |= leg.served | {leg.service}
    now = windows_of(session, [window for window, services in found.items() if not services])
    return {window: services or now.get(window, frozenset()) for window, services in found.items()}


def windows_of(session: Session, windows: Sequence[int]) -> dict[int, frozenset[str]]:
    """What can be attended at each window."""
    rows = session.execute(select(window_services).where(window_services.c.window_id.in_(windows)))
    found = defaultdict[int, set[str]](set)
    for row in rows:
        found[row.window_id].add(str(row.service_id))
    return {window: frozenset(services) for window, services in found.items()}


def _gaps(stretches: Sequence[tuple[int, int]], *, stays: bool) -> list[Pause]:
    """When nobody sat there; who stayed to the end of the day stays, in a replay, until nobody waits."""
    found = []
    for (_started, ended), (started, _ended) in pairwise(stretches):
        if started > ended:
            found.append(Pause(ended, started - ended, planned=True, by_the_clock=True))
    if not stays:
        found.append(Pause(stretches[-1][1], NEVER, planned=True, by_the_clock=True))
    return found


def _midnight(day: date) -> int:
    return milliseconds(datetime.combine(day, time(), tzinfo=BOGOTA))


# ---------------------------------------------------------------- many days


def history(session: Session, site_id: int, today: date) -> History:
    """Who came on each day of the last months, and which days were special, past and to come."""
    special = {
        row.day: Special(row.factor, row.like)
        for row in session.scalars(select(SpecialDay).where(SpecialDay.site_id == site_id))
    }
    alike = [told.like for told in special.values() if told.like is not None]
    counts = dict[date, Tally[Cell]]()
    for day, issued, service_id, group in _issued(session, site_id, today, alike):
        at = milliseconds(issued) - _midnight(day)
        counts.setdefault(day, Tally())[at // HALF, str(service_id), group] += 1
    return History(counts, special)


def _issued(
    session: Session, site_id: int, today: date, alike: Sequence[date]
) -> Iterable[tuple[date, datetime, int, str]]:
    query = (
        select(ServiceDay.day, Turn.issued_at, Turn.service_id, Turn.group)
        .join(Turn, Turn.service_day_id == ServiceDay.id)
        .where(
            ServiceDay.site_id == site_id,
            ServiceDay.day < today,
            (ServiceDay.day >= today - LOOKS_BACK) | ServiceDay.day.in_(alike),
        )
    )
    return session.execute(query)


def habits(session: Session, site_id: int, today: date) -> Habits:
    """How the site works: how long services take, who does not come, when within a half hour people do, pauses."""
    services = session.execute(select(Service.id, Service.minutes).where(Service.site_id == site_id))
    durations = {str(service): Durations(minutes * 60.0) for service, minutes in services}
    last = select(ServiceDay.day).where(ServiceDay.site_id == site_id, ServiceDay.day < today)
    days = list(session.scalars(last.order_by(ServiceDay.day.desc()).limit(STUDIED)))
    called = missed = 0
    within = defaultdict[int, list[float]](list)
    for day in reversed(days):
        for leg in legs_of(_events(session, site_id, day), _midnight(day)):
            within[leg.waits // HALF].append(leg.waits % HALF / SECOND)
            called += leg.called is not None
            missed += not leg.came
            if leg.came and leg.ended is not None and leg.called is not None:
                durations[leg.service].add(leg.spent / SECOND)
    away, rate = _pauses(session, site_id, days)
    first = select(PriorityGroup.code).where(PriorityGroup.site_id == site_id, PriorityGroup.first_of_all)
    groups = frozenset(session.scalars(first))
    return Habits(durations, missed / called if called else 0.0, within, rate, away, first_of_all=groups)


def _pauses(session: Session, site_id: int, days: Sequence[date]) -> tuple[list[float], float]:
    """The seconds of the pauses that were made, and how many a window makes in an hour; no break that is planned."""
    labels = dict(session.execute(select(Window.id, Window.label).where(Window.site_id == site_id)).all())
    planned, sat, away = breaks.planned(session, site_id), 0.0, list[float]()
    for day in days:
        for stretches in _stretches(session, Sitting, labels, day).values():
            sat += sum(ended - started for started, ended in stretches) / SECOND
        for window, stretches in _stretches(session, Away, labels, day).items():
            rests = rests_on(day, planned.get(window, ()))
            away += [
                (ended - started) / SECOND
                for started, ended in stretches
                if ended - started < LONGEST_AWAY and not touches(started, ended, rests)
            ]
    return away, len(away) / (sat / 3600) if sat else 0.0


def planned_breaks(session: Session, site_id: int) -> dict[str, list[Break]]:
    """The breaks that are planned at a site, by the label of the window."""
    found = defaultdict[str, list[Break]](list)
    for row in breaks.of_site(session, site_id):
        found[row.window.label].append(row.planned)
    return dict(found)


def really_open(session: Session, site_id: int, days: Iterable[date]) -> dict[int, float]:
    """How many windows had somebody in each half hour, but for the planned breaks, as the mean of these days."""
    labels = dict(session.execute(select(Window.id, Window.label).where(Window.site_id == site_id)).all())
    planned, every, found = breaks.planned(session, site_id), list(days), defaultdict[int, float](float)
    for day in every:
        pauses = _stretches(session, Away, labels, day, Away.kind == "pause") if planned else {}
        for window, stretches in _stretches(session, Sitting, labels, day).items():
            rests = rests_on(day, planned.get(window, ()))
            rested = [pause for pause in pauses.get(window, ()) if touches(*pause, rests)]
            for half in range(48):
                found[half] += (_inside(stretches, half) - _inside(rested, half)) / len(every)
    return {half: count for half, count in found.items() if count > 0}


def _inside(stretches: Iterable[tuple[int, int]], half: int) -> float:
    """How much of a half hour they are, as a share."""
    return sum(max(0, min(end, (half + 1) * HALF) - max(start, half * HALF)) for start, end in stretches) / HALF
