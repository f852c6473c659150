"""An office in memory that does everything right, and tells of it as the driver would: histories to try the checker on.

Effects happen one after the other; each operation begins before its effect and ends after it, so that those of
different people overlap.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from core.turns.lifecycle import IN_HAND, State, Step, leads_to
from tests.proof.case import CALLS, STEPS
from tests.proof.history import Final, Operation, Outcome

DAY = "2026-11-23"
SERVICE, GROUP = 7, "general"
FIRST_STEP = {kind: steps[0] for kind, steps in STEPS.items() if kind != "undo"}
Row = dict[str, Any]


@dataclass
class Office:
    """`lag`: how long before and after its effect an operation begins and ends; effects are a second apart."""

    lag: float = 0.4
    operations: list[Operation] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._now = 0.0
        self._keys = count(1)
        self._before: dict[int, list[tuple[int, State]]] = defaultdict(list)
        self._called: list[Row] = []

    # What people do

    def issue(self, *outcomes: Outcome, done: bool = True, group: str = GROUP) -> int | None:
        """One press of a kiosk, sent again until an outcome is OK; the turn's id, if it was `done`."""
        key, answer, turn = f"key {next(self._keys)}", {}, None
        if done:
            turn = len(self.turns) + 1
            row = {"id": turn, "token": f"token {turn}", "day": DAY, "series": "A", "number": turn, "service": SERVICE}
            self.turns.append(row | {"group": group, "state": State.WAITING.value, "window": None, "official": None})
            self.given[key] = row["token"]
            answer = {"token": row["token"], "code": f"A {turn:03d}"}
            self._happens("issued", turn, None, service_id=SERVICE, group=group)
        for outcome in outcomes or (Outcome.OK,):
            said = answer if outcome is Outcome.OK else {}
            self._tell("kiosk", "issue", outcome, said, key=key, service=SERVICE, group=group)
        return turn

    def call(self, official: int, outcome: Outcome = Outcome.OK) -> int | None:
        """Whoever waits longest, or nobody."""
        waiting = [turn for turn in self.turns if turn["state"] == State.WAITING]
        if not waiting:
            self._tell(
                f"official {official}", "call", Outcome.FAIL, {"status": 409, "nobody": True},
                key=f"key {next(self._keys)}", official=official,
            )  # fmt: skip
            return None
        turn: int = waiting[0]["id"]
        self._step(Step.CALLED, turn, official)
        said = {"turn": turn} if outcome is Outcome.OK else {}
        self._tell(f"official {official}", "call", outcome, said, key=f"key {next(self._keys)}", official=official)
        return turn

    def do(self, kind: str, turn: int, official: int | None, outcome: Outcome = Outcome.OK, **more: Any) -> None:
        """A step of a turn by an official, or by its citizen."""
        detail = {"outcomes": [[SERVICE, "solved", 1]]} if kind == "finish" else {}
        self._step(Step(FIRST_STEP[kind]), turn, official, **detail)
        whose = {"turn": turn} if official else {"token": self._turn(turn)["token"]}
        who = f"official {official}" if official else "phone"
        self._tell(who, kind, outcome, {}, key=f"key {next(self._keys)}", official=official, **whose, **more)

    def undo(self, turn: int, official: int) -> None:
        """The last step of a turn that was not undone."""
        seq, state = self._before[turn].pop()
        self._turn(turn)["state"] = state.value
        self._happens("undone", turn, official, undoes=seq)
        who = f"official {official}"
        self._tell(who, "undo", Outcome.OK, {}, key=f"key {next(self._keys)}", official=official, undoes=seq)

    def may(self, kind: str) -> list[int]:
        """The turns with which this may be done now."""
        step = Step(FIRST_STEP[kind])
        return [turn["id"] for turn in self.turns if leads_to(step, State(turn["state"])) is not None]

    def holds(self, official: int) -> list[int]:
        """The turn in the hand of an official, if any."""
        caller = {event["turn"]: event["who"] for event in self.events if event["kind"] in CALLS}
        return [turn["id"] for turn in self.turns if turn["state"] in IN_HAND and caller[turn["id"]] == official]

    def pass_by(self, seconds: float) -> None:
        self._now += seconds

    def display_asks(self) -> None:
        self._show("state")

    def final(self) -> Final:
        standing = {event["detail"]["undoes"] for event in self.events if event["kind"] == "undone"}
        events = [event for event in self.events if event["seq"] not in standing]
        states = Counter(turn["state"] for turn in self.turns)
        finished = Counter(str(event["who"]) for event in events if event["kind"] == Step.FINISHED)
        return Final(
            turns=[dict(turn) for turn in self.turns],
            events=[dict(event) for event in self.events],
            given=dict(self.given),
            counters={f"{DAY} A": len(self.turns)} if self.turns else {},
            figures={
                "issued": len(self.turns),
                "called": len({event["turn"] for event in events if event["kind"] in CALLS}),
                "finished": states[State.FINISHED],
                "absent": states[State.ABSENT],
                "left": states[State.LEFT],
            },
            attended=dict(finished),
            serves={str(official): [SERVICE] for official in (1, 2, 3)},
        )

    def close(self) -> tuple[list[Operation], Final]:
        """Displays rest; what was done and what is left."""
        self._show("state")
        messages = [self._message(event) for event in self.events]
        heard = {"from": 0, "messages": messages}
        self.operations.append(Operation("display", "heard", {"open": True}, 0, self._now, Outcome.OK, heard))
        return list(self.operations), self.final()

    # How it comes about

    def _turn(self, turn: int) -> Row:
        return self.turns[turn - 1]

    def _step(self, step: Step, turn: int, official: int | None, **detail: Any) -> None:
        row = self._turn(turn)
        before = State(row["state"])
        to = leads_to(step, before)
        assert to is not None, f"{step} from {before}"
        row["state"] = to.value
        self._before[turn].append((len(self.events) + 1, before))
        self._happens(step.value, turn, official, **detail)

    def _happens(self, kind: str, turn: int, official: int | None, **detail: Any) -> None:
        self._now += 1
        public: Row = {"code": f"A {turn:03d}"}
        if kind in (*CALLS, Step.RECALLED):
            public |= {"series": "A", "number": turn, "window": str(official), "window_id": official}
        event = {"seq": len(self.events) + 1, "kind": kind, "at": self._now, "turn": turn, "window": official}
        who = {"who_kind": "official" if official else "citizen", "who": official}
        self.events.append(event | who | {"public": public, "detail": detail})
        self._show("message")

    def _tell(self, process: str, kind: str, outcome: Outcome, answer: Row, **arguments: Any) -> None:
        invoked, ended = self._now - self.lag, self._now + self.lag
        self.operations.append(Operation(process, kind, arguments, invoked, ended, outcome, answer))

    def _show(self, by: str) -> None:
        last: dict[int, Row] = {}
        for event in self.events:
            if event["kind"] in (*CALLS, Step.RECALLED):
                last[event["turn"]] = event
        calls = sorted(last.values(), key=lambda event: -int(event["seq"]))
        shown = [
            [event["seq"], event["public"]["code"], event["public"]["window"]]
            for event in calls
            if self._turn(event["turn"])["state"] != State.WAITING
        ]
        about = {"by": by, "seq": len(self.events)}
        self.operations.append(
            Operation("display", "shown", about, self._now, self._now, Outcome.OK, {"calls": shown[:8]})
        )

    @staticmethod
    def _message(event: Row) -> Row:
        told = {"seq": event["seq"]}
        if event["kind"] in (*CALLS, Step.RECALLED):
            return told | {"call": event["public"]}
        return told | {"over": event["public"]["code"]}
