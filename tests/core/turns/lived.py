"""Days of an office as it lives them: whatever can be done with turns, done by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import transaction
from core.errors import Refused
from core.events import Who
from core.turns import actions as turns
from core.turns.lifecycle import ENDED, State
from core.turns.model import Turn
from core.turns.statistics import counting
from tests import make
from tests.core.turns.acting import act, at

BY = Who("official", 1)


@dataclass
class Office:
    """Two windows and a supervisor who do, by chance, all that is done with turns; what is refused is not done."""

    session: Session
    chance: Random

    def live(self, day: int, steps: int) -> None:
        minute = 1440.0 * day
        desks = [act(self.session, make.desk, label, minute=minute) for label in ("1", "2")]
        for _step in range(steps):
            minute += self.chance.choice((0.01, 0.4, 1.7, 6.3))
            with suppress(Refused):
                self._something(minute, desks)

    def _something(self, minute: float, desks: Sequence[Any]) -> None:
        session, now, desk = self.session, at(minute), self.chance.choice(desks)
        if self.chance.random() < 0.25:
            group = self.chance.choice(("general", "general", "older", "disability"))
            act(session, make.turn, minute, group, self.chance.choice(("property-tax", "petition", "residence")))
            return
        whole = self._one(Turn.state.not_in(ENDED))
        turn, petition = whole.id if whole else 0, make.service(session, "petition").id
        waits, missed = (self._one(Turn.state == state) for state in (State.WAITING, State.ABSENT))
        deeds: list[Callable[[], Any]] = [
            *[lambda: act(session, turns.call_next, desk, now)] * 4,
            *[lambda: act(session, turns.start, desk, now)] * 4,
            *[lambda: self._finish(desk, now)] * 4,
            *[lambda: act(session, turns.undo_last, desk, now)] * 2,
            *[lambda: self._by_mistake(desk, minute)] * 2,
            *[lambda: act(session, turns.recall, desk, now)] * 2,
            *[lambda: act(session, turns.mark_absent, desk, now)] * 4,
            lambda: act(session, turns.hold, desk, now),
            lambda: act(session, turns.resume, desk, turn, now),
            *[lambda: act(session, turns.transfer, desk, petition, "arrival", False, now)] * 2,
            *[lambda: waits and act(session, turns.pick, desk, waits.id, "pick-back", now)] * 2,
            *[lambda: missed and act(session, turns.return_absent, 1, missed.id, BY, now)] * 2,
            lambda: act(session, turns.skip, 1, turn, "skip-support", BY, now),
            lambda: act(session, turns.regroup, 1, turn, "older", "group-told", BY, now),
            lambda: act(session, turns.cancel, 1, turn, self.chance.choice(("cancel-asked", "cancel-test")), BY, now),
            lambda: whole and act(session, turns.leave, whole, now),
        ]
        self.chance.choice(deeds)()

    def _by_mistake(self, desk: Any, minute: float) -> None:
        act(self.session, turns.call_next, desk, at(minute))
        act(self.session, turns.undo_last, desk, at(minute + 0.005))

    def _one(self, condition: Any) -> Turn | None:
        lately = select(Turn).where(condition).order_by(Turn.id.desc()).limit(12)
        found = self.session.scalars(lately).all()
        return self.chance.choice(found) if found else None

    def _finish(self, desk: Any, now: Any) -> None:
        held = self.session.scalars(
            select(Turn).where(Turn.official_id == desk.official_id, Turn.state == State.ATTENDING)
        ).first()
        if held is not None:
            act(self.session, turns.finish, desk, [turns.Outcome(held.service_id, "solved")], now, True)


def count_all(session: Session, today: date) -> None:
    """What the rounds do, one day after the other."""
    with transaction(session):
        counting.forget_touched(session, 1)
    for key, day in counting.uncounted(session, 1, today):
        seq = counting.counted_up_to(session, 1)
        (facts,) = counting.count(session, 1, [key])
        with transaction(session):
            assert counting.keep(session, 1, key, day, facts, seq)
