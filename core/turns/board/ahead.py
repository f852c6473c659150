"""How many are called before a turn, and before somebody who came now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from core.catalogue.model import Service, window_services
from core.clock import milliseconds
from core.db import Instant
from core.prepared import run
from core.turns.actions.call import (
    CALLABLE_FOR,
    SEEN_BY_THE_RULES,
    in_order,
    of_the_line,
    priority_run,
    seen_by_the_rules,
)
from core.turns.actions.change import rules_of
from core.turns.model import Turn
from core.turns.policy import GENERAL, Order, Waiting, line_up, order_key

ALMOST = 3
"""With this many ahead or fewer, the phone says «acérquese»."""


LARGEST_ID = 2**31 - 1

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
