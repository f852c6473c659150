"""One site and the other, and a day read again from its log."""

from __future__ import annotations

from datetime import time
from itertools import cycle
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import OpeningHours, PriorityGroup, Site
from core.db import Event, Stream, transaction
from core.errors import Missing
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.change import settings_of
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.policy import GENERAL, Order
from tests import make
from tests.core.turns.acting import (
    SYSTEM,
    act,
    at,
    desk,
    ordered,
    refused,
    row,
    solved,
    waiting,
)
from tests.core.turns.read_back import Log

# One site and the other.


def other_site(session: Session) -> tuple[int, int]:
    """A second site, open at all hours of the day, with one service; its id and the service's."""
    with transaction(session):
        first = make.service(session)
        site = Site(code="other", name="Otra sede", address="Calle 1")
        session.add(site)
        session.flush()
        topic = _copy(first.topic, site_id=site.id)
        office = _copy(first.office, site_id=site.id)
        ruling = _copy(settings_of(session, first.site_id), site_id=site.id)
        always = OpeningHours(site_id=site.id, weekday=1, opens=time(0), closes=time(23))
        session.add_all([topic, office, ruling, always, Stream(site_id=site.id, last_seq=0, priority_run=0)])
        session.flush()
        service = _copy(first, site_id=site.id, topic_id=topic.id, office_id=office.id)
        session.add(service)
        session.flush()
        return site.id, service.id


def _copy(thing: Any, **changes: object) -> Any:
    columns = type(thing).__table__.columns
    return type(thing)(**{c.name: getattr(thing, c.name) for c in columns if c.name != "id"} | changes)


def test_what_is_done_at_one_site_never_touches_the_other(session: Session) -> None:
    here, mine, tomorrow = make.site(session).id, waiting(session, 1), at(24 * 60)
    there, service = other_site(session)
    with transaction(session):
        session.add(_copy(session.scalars(select(PriorityGroup).limit(1)).one(), site_id=there, code="older"))
    issued = act(session, turns.issue, turns.Asked(there, service, "older"), Who("citizen"), at(1))
    theirs = session.get_one(Turn, issued.id)
    kept = row(theirs)
    assert mine.code == theirs.code
    order = turns.QueueOrder(order=Order.FIFO, ratio=2, head_start={})
    act(session, turns.set_order, here, order, "prueba", SYSTEM, at(2))
    assert settings_of(session, there).order is Order.HEAD_START
    for action, *args in [
        (turns.cancel, here, theirs.id, "cancel-asked", SYSTEM, at(3)),
        (turns.skip, here, theirs.id, "skip-support", SYSTEM, at(3)),
        (turns.regroup, here, theirs.id, GENERAL, "group-told", SYSTEM, at(3)),
        (turns.return_absent, here, theirs.id, SYSTEM, at(3)),
        (turns.move, here, theirs.id, service, "end", "transfer-failure", SYSTEM, at(3)),
    ]:
        refused(session, Missing, action, *args)
    act(session, turns.close_leftovers, here, "leftover-gone", SYSTEM, tomorrow)
    assert mine.state is State.CANCELLED
    assert row(theirs) == kept
    seqs = {stream.site_id: stream.last_seq for stream in session.scalars(select(Stream))}
    assert seqs[there] == 1
    assert session.scalar(select(Event.seq).where(Event.site_id == there)) == 1


# The log reproduces the day.


@pytest.mark.parametrize("order", Order)
def test_reading_the_log_again_reproduces_every_decision_of_a_day(session: Session, order: Order) -> None:
    """B6: each call was the one that the rules choose among those who waited, and it says whom it passed over."""
    random = Random(f"a day of {order}")
    desks = [desk(session, label) for label in "1234"]
    site, minute = desks[0].site_id, 0.0
    log = Log(settings_of(session, site).rules)
    ordered(session, order=order)
    groups = (GENERAL, GENERAL, GENERAL, "older", "disability", "child")
    codes = ("property-tax", "petition", "sisben-survey", "residence", "land-use")
    undoes, arrives, goes_on = cycle((False, True, False)), cycle((True, False, True)), cycle((False, True))
    for _ in range(20):
        minute += random.random() * 4
        waiting(session, minute, random.choice(groups), random.choice(codes))
        for where in random.sample(desks, 2):
            turn = board.turn_at(session, where)
            if turn is None:
                if board.next_few(session, where, at(minute), 1):
                    act(session, turns.call_next, where, at(minute))
                    if next(undoes):
                        act(session, turns.undo_last, where, at(minute + 0.1))
            elif turn.state is State.CALLED:
                act(session, turns.start if next(arrives) else turns.mark_absent, where, at(minute))
            elif next(goes_on):
                service = make.service(session, random.choice(codes)).id
                act(session, turns.transfer, where, service, "front", False, at(minute))
            else:
                act(session, turns.finish, where, solved(turn), at(minute), then_call=True)
    log.read(session, site)
    log.check_rows(session, site)
    kinds = [event.kind for event in log.events.values()]
    assert kinds.count("called") >= 10
    assert {"undone", "transferred", "finished", "absent"} <= set(kinds)
