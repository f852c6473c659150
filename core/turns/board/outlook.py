"""What is to be expected: how many come before, and how long the wait will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, literal, select, tuple_, type_coerce
from sqlalchemy.orm import Session, aliased

from core.catalogue.model import Service, Window, window_services
from core.clock import milliseconds
from core.db import Instant, run
from core.desks import Away, Sitting, sitting_now
from core.people.model import official_services
from core.turns.actions.call import (
    CALLABLE_FOR,
    SEEN_BY_THE_RULES,
    in_line,
    in_order,
    priority_run,
    seen_by_the_rules,
)
from core.turns.actions.change import settings_of
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import QueueSettings, Turn, in_state
from core.turns.policy import GENERAL, MINUTE, Order, Waiting, line_up, order_key
from core.turns.waits import Counter, Forecast, InLine, Wait, as_range, forward

ALMOST = 3
"""With this many ahead or fewer, the phone says «acérquese»."""


LARGEST_ID = 2**31 - 1
PAUSE_LEFT = 6
"""Minutes that a pause is still expected to last, whenever it began."""


def ahead(session: Session, turn: Turn, at: datetime) -> int:
    """How many turns would be called before this one by one window that served all that share one with its service."""
    mine, theirs = aliased(window_services), aliased(window_services)
    sharing = (
        select(theirs.c.service_id)
        .join(mine, mine.c.window_id == theirs.c.window_id)
        .where(mine.c.service_id == turn.service_id)
    )
    others = (
        *in_line(turn.site_id, at),
        Turn.id != turn.id,
        Turn.service_id.in_(sharing),
        Turn.reserved_for.is_(None) | (Turn.reserved_for == turn.reserved_for),
    )
    rules = settings_of(session, turn.site_id).rules
    if rules.order is not Order.RATIO:
        place = tuple_(turn.order_key, literal(turn.issued_at, Instant), turn.id)
        before = select(func.count()).select_from(Turn).where(*others, tuple_(*in_order()) < place)
        return session.scalar(before) or 0
    me = seen_by_the_rules(turn)
    waiting = [seen_by_the_rules(other) for other in session.scalars(select(Turn).where(*others))]
    return line_up(rules, [*waiting, me], priority_run(session, turn.site_id)).index(me)


def ahead_of_a_newcomer(session: Session, service: Service, at: datetime) -> int:
    """How many turns would be called before somebody without priority who took a turn for `service` now."""
    rules = settings_of(session, service.site_id).rules
    newcomer = Turn(
        id=LARGEST_ID,
        site_id=service.site_id,
        service_id=service.id,
        group=GENERAL,
        first_of_all=False,
        issued_at=at,
        order_key=order_key(rules, GENERAL, milliseconds(at)),
    )
    return ahead(session, newcomer, at)


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


_WAITING = select(
    *SEEN_BY_THE_RULES, Turn.service_id, Turn.reserved_for, type_coerce(Turn.not_before, BigInteger)
).where(Turn.site_id == bindparam("site"), in_state(State.WAITING), Turn.issued_at > bindparam("issued_after"))
_MINUTES = select(Service.id, Service.minutes).where(Service.site_id == bindparam("site"))


def flow(session: Session, site_id: int, at: datetime) -> Flow:
    """Read the queue, the open windows and when each is expected to be free."""
    now = milliseconds(at)
    waiting = [
        InLine(Waiting(*seen), service_id, reserved_for, max(0, not_before - now) if not_before else 0)
        for *seen, service_id, reserved_for, not_before in run(
            session, _WAITING, site=site_id, issued_after=at - CALLABLE_FOR
        )
    ]
    minutes = {service_id: float(expected) for service_id, expected in run(session, _MINUTES, site=site_id)}
    counters = _counters(session, site_id, minutes, at)
    return Flow(waiting, counters, minutes, settings_of(session, site_id), priority_run(session, site_id))


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
    """Open windows; a busy one is free after what is left of its service's mean, at least a fifth of it.

    One in a pause comes back after `PAUSE_LEFT`; nobody knows when one in other work does.
    """
    sitting = session.execute(
        select(Sitting.window_id, Sitting.official_id, Away.id)
        .join(Window, Window.id == Sitting.window_id)
        .outerjoin(Away, (Away.official_id == Sitting.official_id) & Away.ended_at.is_(None))
        .where(
            Window.site_id == site_id,
            sitting_now(at),
            Away.id.is_(None) | (Away.kind == "pause"),
        )
    ).all()
    allowed = _pairs(session, window_services.c.window_id, window_services.c.service_id)
    skills = _pairs(session, official_services.c.official_id, official_services.c.service_id)
    busy = {
        turn.official_id: turn
        for turn in session.scalars(select(Turn).where(Turn.site_id == site_id, in_state(*IN_HAND)))
    }
    counters = []
    for window_id, official_id, pause_id in sitting:
        services = allowed.get(window_id, frozenset())
        services &= skills.get(official_id, services)
        left: float = 0 if pause_id is None else PAUSE_LEFT * MINUTE
        if turn := busy.get(official_id):
            mean = minutes[turn.service_id] * MINUTE
            spent = milliseconds(at) - milliseconds(turn.attention_started_at or turn.state_since)
            left = max(mean - spent, mean / 5)
        counters.append(Counter(window_id, services, left, official_id))
    return counters


def _pairs(session: Session, key: Any, value: Any) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for owner, service in session.execute(select(key, value)):
        found.setdefault(owner, set()).add(service)
    return {owner: frozenset(services) for owner, services in found.items()}
