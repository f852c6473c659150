"""A history in the ways in which the invariants look at it: presses made of attempts, and the log turn by turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from math import inf
from typing import Any

from core.turns.lifecycle import Step
from tests.proof.history import Answer, Final, Operation, Outcome

Row = dict[str, Any]
CALLS = (Step.CALLED, Step.PICKED)
ANNOUNCED = (*CALLS, Step.RECALLED)
UNDONE = "undone"

STEPS: dict[str, tuple[str, ...]] = {
    "recall": (Step.RECALLED,),
    "start": (Step.STARTED,),
    "finish": (Step.FINISHED, Step.PASSED_ON),
    "absent": (Step.ABSENT,),
    "transfer": (Step.TRANSFERRED,),
    "return": (Step.RETURNED,),
    "hold": (Step.HELD,),
    "resume": (Step.RESUMED,),
    "leave": (Step.LEFT,),
    "undo": (UNDONE,),
}
"""The kinds of operation that take one step with a turn, and the events that tell of it."""


@dataclass(frozen=True, slots=True)
class Press:
    """All the attempts with one key: its effect, if it had one, lies between `invoked` and `ended`."""

    key: str
    kind: str
    arguments: Answer
    invoked: float
    ended: float
    outcome: Outcome
    answers: Sequence[Answer]

    @property
    def may_have_happened(self) -> bool:
        return self.outcome is not Outcome.FAIL

    @property
    def calls(self) -> bool:
        """Whether it asks for the next turn."""
        return self.kind == "call" or self.arguments.get("then") == "call"

    def told(self, name: str) -> Any:
        """What the answers say of something: the first that says it."""
        return next((answer[name] for answer in self.answers if answer.get(name) is not None), None)


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged, in the ways in which the invariants look at it; events in the order of the log."""

    operations: Sequence[Operation]
    final: Final
    within_s: float
    presses: Sequence[Press]
    events: Mapping[int, Row]
    turns: Mapping[int, Row]
    of_turn: Mapping[int, Sequence[Row]]

    def turn_of(self, press: Press) -> int | None:
        """The turn that a press is about; a phone knows it by its token, and an undoing by what it undoes."""
        if "undoes" in press.arguments:
            return self.events.get(press.arguments["undoes"], {}).get("turn")
        token = press.arguments.get("token")
        if token is None:
            return press.arguments.get("turn")
        return next((turn["id"] for turn in self.final.turns if turn["token"] == token), None)

    def called(self) -> list[tuple[Press, int]]:
        """The presses that were answered with a turn that they called, and the turn."""
        known = [(press, press.told("next" if press.kind == "finish" else "turn")) for press in self.presses]
        return [(press, turn) for press, turn in known if press.calls and press.outcome is Outcome.OK and turn]

    def of_displays(self, kind: str) -> dict[str, list[Operation]]:
        found: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            if operation.kind == kind:
                found[operation.process].append(operation)
        return found


def understand(operations: Sequence[Operation], final: Final, within_s: float) -> Case:
    """The case that a history makes."""
    events = sorted(final.events, key=lambda event: int(event["seq"]))
    of_turn: dict[int, list[Row]] = {turn["id"]: [] for turn in final.turns}
    for event in events:
        if event["turn"] is not None:
            of_turn.setdefault(event["turn"], []).append(event)
    return Case(
        operations,
        final,
        within_s,
        presses(operations),
        {event["seq"]: event for event in events},
        {turn["id"]: turn for turn in final.turns},
        of_turn,
    )


def presses(operations: Iterable[Operation]) -> list[Press]:
    """The presses of a history in the order in which they began."""
    by_key: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        if "key" in operation.arguments:
            by_key[operation.arguments["key"]].append(operation)
    return sorted(starmap(_press, by_key.items()), key=lambda press: press.invoked)


def _press(key: str, attempts: Sequence[Operation]) -> Press:
    """One press of its attempts: done if any was acknowledged, unknown if any may still have its effect."""
    done = [attempt for attempt in attempts if attempt.outcome is Outcome.OK]
    unclear = any(attempt.outcome is Outcome.UNKNOWN for attempt in attempts)
    outcome = Outcome.OK if done else Outcome.UNKNOWN if unclear else Outcome.FAIL
    return Press(
        key,
        attempts[0].kind,
        attempts[0].arguments,
        min(attempt.invoked for attempt in attempts),
        inf if outcome is Outcome.UNKNOWN else min(attempt.ended for attempt in done or attempts),
        outcome,
        [attempt.answer for attempt in done or attempts],
    )
