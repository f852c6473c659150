"""The log read back: from the events alone, what each turn is and whom each call should have chosen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row as Fact
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import Event
from core.turns.actions.change import plain
from core.turns.actions.supervise import QueueOrder
from core.turns.lifecycle import ENDED, Step
from core.turns.model import Turn
from core.turns.policy import Order, Rules, Waiting, next_turn, order_key, passed_over, run_after

Row = dict[str, Any]
AT_ISSUE: Row = {
    "state": "waiting",
    "official_id": None,
    "window_id": None,
    "reserved_for": None,
    "not_before": None,
    "calls": 0,
    "last_called_at": None,
    "attention_started_at": None,
    "postponed": False,
    "returns": 0,
}
CALLABLE_FOR_MS = 12 * 60 * 60 * 1000


class Log:
    """Events of a site as they come, and the turns that they tell of."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.turns: dict[int, Row] = {}
        self.events: dict[int, Fact[Any]] = {}
        self.run = 0

    @property
    def seq(self) -> int:
        return max(self.events, default=0)

    def read(self, session: Session, site_id: int) -> None:
        """Read on from where the reading stopped."""
        log = Event.__table__.c
        for event in session.execute(select(log).where(log.site_id == site_id, log.seq > self.seq).order_by(log.seq)):
            assert event.seq == self.seq + 1, "numbers of events are consecutive"
            self._tell(event)
            self.events[event.seq] = event

    def _tell(self, event: Fact[Any]) -> None:
        detail = event.detail
        if event.kind == "order set":
            wanted = QueueOrder(**detail | {"order": Order(detail["order"])})
            self.rules = Rules(wanted.order, wanted.head_start, wanted.ratio)
            for row in self.turns.values():
                if row["state"] not in ENDED:
                    row["order_key"] = order_key(self.rules, row["group"], row["seniority"], row["first_of_all"])
        elif event.kind == "issued":
            assert event.turn_id is not None
            issued = milliseconds(event.at)
            self.turns[event.turn_id] = (
                AT_ISSUE | detail | {"seniority": issued, "state_since": issued, "issued": issued}
            )
        elif event.kind == "undone":
            self._undo(event)
        elif event.turn_id is not None:
            if event.kind in (Step.CALLED, Step.PICKED):
                self._judge(event)
            row = self.turns[event.turn_id]
            for name, value in detail["before"].items():
                assert row[name] == value, f"{event.kind} {event.seq}: {name} was {row[name]}, not {value}"
            row.update(detail["after"])
            if "state" in detail["after"]:
                assert row["state_since"] == milliseconds(event.at)

    def _undo(self, event: Fact[Any]) -> None:
        undone = self.events[event.detail["undoes"]]
        assert (undone.turn_id, undone.kind, undone.who_id) == (event.turn_id, event.detail["kind"], event.who_id)
        assert undone.turn_id is not None
        self.turns[undone.turn_id].update(undone.detail["before"])
        later = [e for e in self.events.values() if e.seq > undone.seq and e.kind in (Step.CALLED, Step.PICKED)]
        if undone.kind == Step.CALLED and not later:
            self.run = undone.detail["priority_run"]

    def _judge(self, event: Fact[Any]) -> None:
        """The call chose whom the rules choose, and kept why: rule, key, run and who was passed over."""
        assert event.turn_id is not None
        assert event.who_id is not None
        at = milliseconds(event.at)
        eligible = [
            Waiting(turn_id, row["group"], row["issued"], row["order_key"], row["first_of_all"])
            for turn_id, row in self.turns.items()
            if row["state"] == "waiting"
            and row["service_id"] in event.detail["services"]
            and row["reserved_for"] in (None, event.who_id)
            and row["issued"] > at - CALLABLE_FOR_MS
            and (row["not_before"] or 0) <= at
        ]
        row = self.turns[event.turn_id]
        called = Waiting(event.turn_id, row["group"], row["issued"], row["order_key"], row["first_of_all"])
        passed = passed_over(called, eligible)
        if event.kind == Step.PICKED:
            next_before = {turn for turn in eligible if turn.place < called.place} | set(passed)
            passed = sorted(next_before, key=lambda turn: (turn.issued, turn.id))
        kept = event.detail
        assert kept["key"] == called.key
        assert kept["priority_run"] == self.run
        assert kept["passed_over"] == len(passed)
        assert kept["passed"] == [[turn.id, turn.key] for turn in passed]
        if event.kind == Step.CALLED:
            choice = next_turn(self.rules, eligible, self.run)
            assert choice is not None
            assert (choice.turn, choice.rule) == (called, kept["rule"])
            self.run = run_after(self.rules, called, self.run)
        else:
            assert kept["rule"] == "picked"
            assert event.reason

    def check_rows(self, session: Session, site_id: int) -> None:
        """The rows are what the log tells, turn by turn and column by column."""
        rows = session.scalars(select(Turn).where(Turn.site_id == site_id)).all()
        assert {turn.id for turn in rows} == set(self.turns)
        for turn in rows:
            told = {name: value for name, value in self.turns[turn.id].items() if name != "issued"}
            kept = plain({name: getattr(turn, name) for name in told})
            assert kept == told, f"turn {turn.id}: the row and the log differ"
