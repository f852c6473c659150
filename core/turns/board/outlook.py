"""What is to be expected: how many come before, and how long the wait will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, func, select, tuple_, type_coerce
from sqlalchemy.orm import Session, aliased

from core.catalogue.model import Service, Window, window_services
from core.clock import milliseconds
from core.db import Instant
from core.desks import Away, Sitting, sitting_now
from core.people.model import official_services
from core.prepared import run
from core.turns.actions.call import (
    CALLABLE_FOR,
    SEEN_BY_THE_RULES,
    in_order,
    of_the_line,
    priority_run,
    seen_by_the_rules,
)
from core.turns.actions.change import rules_of, settings_of
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import QueueSettings, Turn, in_state
from core.turns.policy import GENERAL, MINUTE, Order, Waiting, line_up, order_key
from core.turns.waits import Counter, Forecast, InLine, Wait, as_range, forward

ALMOST = 3
"""With this many ahead or fewer, the phone says «acérquese»."""


LARGEST_ID = 2**31 - 1
PAUSE_LEFT = 6
"""Minutes that a pause is still expected to last, whenever it began."""


_mine, _theirs = aliased(window_services), aliased(window_services)
_SHARING = (
    select(_theirs.c.service_id)
    .join(_mine, _mine.c.window_id == _theirs.c.window_id)
    .where(_mine.c.service_id == bindparam("service"))
)
_OTHERS = select(*SEEN_BY_THE_RULES).where(
    *of_the_line(bindparam("site"), bindparam("issued_after"), bindparam("at")),
    Turn.id != bindparam("turn"),
    Turn.service_id.in_(_SHARING),
    Turn.reserved_for.is_(None) | (Turn.reserved_for == bindparam("official")),
)
_PLACE = (bindparam("key", type_=BigInteger), bindparam("issued", type_=Instant), bindparam("turn", type_=Integer))
_BEFORE = _OTHERS.with_only_columns(func.count()).where(tuple_(*in_order()) < tuple_(*_PLACE))


def ahead(session: Session, turn: Turn, at: datetime) -> int:
    """How many turns would be called before this one by one window that served all that share one with its service."""
    values = {
        "site": turn.site_id,
        "issued_after": at - CALLABLE_FOR,
        "at": at,
        "service": turn.service_id,
        "official": turn.reserved_for,
        "turn": turn.id,
    }
    rules = rules_of(session, turn.site_id)
    if rules.order is not Order.RATIO:
        return int(run(session, _BEFORE, values | {"key": turn.order_key, "issued": turn.issued_at}).scalar())
    me = seen_by_the_rules(turn)
    waiting = [Waiting(*seen) for seen in run(session, _OTHERS, values)]
    return line_up(rules, [*waiting, me], priority_run(session, turn.site_id)).index(me)


def ahead_of_a_newcomer(session: Session, service: Service, at: datetime) -> int:
    """How many turns would be called before somebody without priority who took a turn for `service` now."""
    rules = rules_of(session, service.site_id)
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
