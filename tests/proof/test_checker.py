"""The checker finds what must not be: a violation planted in a right history, for each way to break an invariant."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.checker import RULES, main, violations
from tests.proof.history import Final, History, Operation, Outcome, read
from tests.proof.model_office import Office

OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN


@dataclass
class Told:
    """A history that can be spoilt."""

    operations: list[Operation]
    final: Final

    def operation(self, kind: str, **about: Any) -> int:
        """Where the first operation of this kind, with these arguments or this answer, is."""
        return next(
            place
            for place, one in enumerate(self.operations)
            if one.kind == kind and about.items() <= {**one.arguments, **one.answer}.items()
        )

    def answer(self, place: int, **answer: Any) -> None:
        self.operations[place] = replace(self.operations[place], answer={**self.operations[place].answer, **answer})

    def event(self, kind: str) -> dict[str, Any]:
        return next(event for event in self.final.events if event["kind"] == kind)

    def log(self, kind: str, turn: int, official: int | None, **detail: Any) -> None:
        """An event more at the end, which the display hears of."""
        like = copy.deepcopy(self.event(kind))
        seq = len(self.final.events) + 1
        like |= {"seq": seq, "turn": turn, "who": official, "detail": {**like["detail"], **detail}}
        self.final.events.append(like)


def a_morning() -> Told:
    """Five people: one did not come and returned, one left, one had a kiosk that tried twice, one got no answer."""
    office = Office()
    for outcomes in ((OK,), (UNKNOWN, OK), (OK,)):
        office.issue(*outcomes)
    office.call(1)
    office.call(2)
    office.do("start", 1, 1)
    office.do("absent", 2, 2)
    office.call(2)
    office.pass_by(15)
    office.display_asks()
    office.pass_by(15)
    office.do("finish", 1, 1, then="rest")
    office.do("return", 2, None)
    office.call(1, UNKNOWN)
    office.do("recall", 2, 1)
    office.call(3)
    office.issue()
    office.issue(UNKNOWN, done=False)
    office.do("leave", 4, None)
    office.do("start", 3, 2)
    return Told(*copy.deepcopy(office.close()))


def lose_a_turn(told: Told) -> None:
    del told.final.turns[0]


def lose_a_step(told: Told) -> None:
    told.event("started")["kind"] = "held"


def change_a_code(told: Told) -> None:
    told.answer(told.operation("issue", token="token 1"), code="A 009")


def invent_a_turn(told: Told) -> None:
    told.final.turns.append({**told.final.turns[-1], "id": 99, "token": "token 99", "number": 5})


def answer_one_press_with_two_turns(told: Told) -> None:
    again = told.operations[told.operation("issue", token="token 1")]
    told.operations.append(replace(again, answer={"token": "token 3", "code": "A 003"}))


def give_one_turn_to_two_presses(told: Told) -> None:
    told.answer(told.operation("issue", token="token 3"), token="token 1", code="A 001")


def take_a_step_twice(told: Told) -> None:
    told.log("recalled", 2, 1)


def repeat_a_number(told: Told) -> None:
    told.final.turns[1]["number"] = 1


def leave_a_number_out(told: Told) -> None:
    told.final.turns[-1]["number"] += 1


def leave_the_counter_behind(told: Told) -> None:
    told.final.counters["2026-11-23 A"] -= 1


def leave_out_of_the_log(told: Told) -> None:
    for event in told.final.events[3:]:
        event["seq"] += 1


def call_a_called_turn(told: Told) -> None:
    told.log("called", 2, 1)


def give_one_call_to_two_officials(told: Told) -> None:
    told.answer(told.operation("call", official=2), turn=1)


def call_without_a_press(told: Told) -> None:
    told.event("called")["who"] = 3


def call_who_came_later_first(told: Told) -> None:
    """The first two turns change places in everything but the order in which they were given."""
    other = {1: 3, 3: 1}
    for event in told.final.events:
        if event["kind"] != "issued":
            event["turn"] = other.get(event["turn"], event["turn"])
    for place, one in enumerate(told.operations):
        if one.kind != "issue" and "key" in one.arguments:
            turn = {"turn": other.get(one.arguments["turn"], one.arguments["turn"])} if "turn" in one.arguments else {}
            answer = {"turn": other.get(one.answer["turn"], one.answer["turn"])} if "turn" in one.answer else {}
            told.operations[place] = replace(one, arguments={**one.arguments, **turn}, answer={**one.answer, **answer})
    first, third = told.final.turns[0], told.final.turns[2]
    first["state"], third["state"] = third["state"], first["state"]


def say_that_nobody_waits(told: Told) -> None:
    place = told.operation("issue", token="token 1")
    after = told.operations[place].ended + 0.01
    nobody = {"status": 409, "nobody": True}
    told.operations.append(
        Operation("official 3", "call", {"key": "k", "official": 3}, after, after + 0.01, FAIL, nobody)
    )


def finish_who_was_not_attended(told: Told) -> None:
    told.log("finished", 2, 1, outcomes=[])


def forget_a_state(told: Told) -> None:
    told.final.turns[0]["state"] = "attending"


def undo_what_was_not_last(told: Told) -> None:
    called = told.event("called")
    told.final.events.append({**told.final.events[-1], "seq": len(told.final.events) + 1, "kind": "undone"})
    told.final.events[-1] |= {"turn": called["turn"], "detail": {"undoes": called["seq"]}}


def show_what_was_before(told: Told) -> None:
    last = max(place for place, one in enumerate(told.operations) if one.kind == "shown")
    told.operations.insert(last, replace(told.operations[last], arguments={"by": "state", "seq": 99}))


def show_a_call_nowhere(told: Told) -> None:
    """The call that stayed for half a minute is missing from all that was shown."""
    stayed = told.event("absent")["seq"] + 1
    for place, one in enumerate(told.operations):
        if one.kind == "shown":
            told.answer(place, calls=[call for call in one.answer["calls"] if call[0] != stayed])


def rest_on_an_old_call(told: Told) -> None:
    last = max(place for place, one in enumerate(told.operations) if one.kind == "shown")
    told.answer(last, calls=told.operations[last].answer["calls"][1:])


def heard(told: Told) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = told.operations[told.operation("heard")].answer["messages"]
    return messages


def publish_what_was_rolled_back(told: Told) -> None:
    heard(told).append({"seq": len(told.final.events) + 1, "over": "A 001"})


def publish_another_window(told: Told) -> None:
    message = next(message for message in heard(told) if "call" in message)
    message["call"] = {**message["call"], "window": "9"}


def publish_twice(told: Told) -> None:
    heard(told).insert(2, heard(told)[2])


def publish_all_but_the_last(told: Told) -> None:
    heard(told).pop()


def count_a_call_too_many(told: Told) -> None:
    told.final.figures["called"] += 1


def count_a_service_twice(told: Told) -> None:
    told.final.attended["2"] = 1


PLANTED: list[tuple[str, Callable[[Told], None], str]] = [
    ("I1", lose_a_turn, "is there 0 times"),
    ("I1", lose_a_step, "times too few in the log"),
    ("I1", change_a_code, "was given as A 009"),
    ("I2", invent_a_turn, "nobody asked for the turn"),
    ("I3", answer_one_press_with_two_turns, "was answered with"),
    ("I3", give_one_turn_to_two_presses, "have the same turn"),
    ("I3", take_a_step_twice, "more often in the log than it was pressed"),
    ("I4", repeat_a_number, "are [1, 1, 3, 4]"),
    ("I4", leave_a_number_out, "are [1, 2, 3, 5]"),
    ("I4", leave_the_counter_behind, "the counters say"),
    ("I4", leave_out_of_the_log, "the log has gaps"),
    ("I5", call_a_called_turn, "with nothing between"),
    ("I6", give_one_call_to_two_officials, "more often than the log says"),
    ("I6", call_without_a_press, "there are 0 presses"),
    ("I7", call_who_came_later_first, "and called after it"),
    ("I7", say_that_nobody_waits, "heard that nobody waits"),
    ("I8", finish_who_was_not_attended, "is no step from there"),
    ("I8", forget_a_state, "its steps lead to"),
    ("I8", undo_what_was_not_last, "«undone»"),
    ("I9", show_what_was_before, "went back"),
    ("I9", show_a_call_nowhere, "did not show the call"),
    ("I9", rest_on_an_old_call, "at rest"),
    ("I12", publish_what_was_rolled_back, "was not committed so"),
    ("I12", publish_another_window, "was not committed so"),
    ("I12", publish_twice, "on one connection"),
    ("I12", publish_all_but_the_last, "on entering"),
    ("I13", count_a_call_too_many, "the hall counts"),
    ("I13", count_a_service_twice, "the officials have attended"),
]
"""For each invariant, each way in which the checker sees that it is broken, with words of what it then says."""


def test_a_right_history_breaks_nothing() -> None:
    told = a_morning()
    assert violations(told.operations, told.final) == []


@pytest.mark.parametrize(("invariant", "plant", "words"), PLANTED)
def test_a_planted_violation_is_found(invariant: str, plant: Callable[[Told], None], words: str) -> None:
    told = a_morning()
    plant(told)
    found = violations(told.operations, told.final)
    assert [one for one in found if one.invariant == invariant and words in one.what], found


def test_each_invariant_is_broken_by_a_planted_violation() -> None:
    assert {invariant for invariant, _, _ in PLANTED} == RULES.keys()


def test_a_call_that_was_undone_and_is_not_known_says_nothing_of_the_order() -> None:
    office = Office()
    first, second = office.issue(), office.issue()
    assert first
    assert second
    office.call(3, Outcome.UNKNOWN)
    office.call(1)
    office.undo(first, 3)
    office.call(2)
    operations, final = office.close()
    assert violations(operations, final, within_s=5) == []


@given(st.data(), st.floats(0.05, 3.0))
@settings(max_examples=60)
def test_no_history_of_an_office_that_does_everything_right_breaks_anything(data: st.DataObject, lag: float) -> None:
    office = Office(lag)
    for _ in range(data.draw(st.integers(0, 40))):
        act(office, data)
    operations, final = office.close()
    assert violations(operations, final, within_s=5) == []


def act(office: Office, data: st.DataObject) -> None:
    """Something that somebody may do now, with an answer or without."""
    outcome = data.draw(st.sampled_from((OK, OK, OK, UNKNOWN)))
    kind = data.draw(st.sampled_from(("issue", "issue", "call", "call", "attend", "attend", "citizen", "undo", "wait")))
    official = data.draw(st.integers(1, 3))
    if kind == "issue":
        done = data.draw(st.booleans()) or outcome is OK
        office.issue(*((UNKNOWN, OK) if outcome is UNKNOWN and done else (outcome,)), done=done)
    elif kind == "call" and not office.holds(official):
        office.call(official, outcome)
    elif kind == "attend" and office.holds(official):
        (turn,) = office.holds(official)
        what = [one for one in ("recall", "start", "absent", "finish", "transfer") if turn in office.may(one)]
        office.do(data.draw(st.sampled_from(what)), turn, official, outcome)
    elif kind == "undo" and office.holds(official):
        office.undo(office.holds(official)[0], official)
    elif kind == "citizen":
        choices = [(one, turn) for one in ("leave", "return") for turn in office.may(one)]
        if choices:
            office.do(*data.draw(st.sampled_from(choices)), None, outcome)
    elif kind == "wait":
        office.pass_by(data.draw(st.floats(0, 12)))
        office.display_asks()


def test_a_call_that_was_undone_need_not_be_shown_any_more() -> None:
    office = Office()
    office.issue()
    office.call(1)
    office.undo(1, 1)
    office.pass_by(15)
    office.display_asks()
    office.pass_by(15)
    operations, final = office.close()
    told = Told(operations, final)
    for place, one in enumerate(told.operations):
        if one.kind == "shown":
            told.answer(place, calls=[])
    assert violations(told.operations, told.final) == []


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    told = a_morning()
    with History(tmp_path / "history.jsonl") as history:
        for operation in told.operations:
            history.add(operation)
        history.end(told.final)
    operations, final = read(tmp_path / "history.jsonl")
    assert final is not None
    assert [asdict(one) for one in operations] == [asdict(one) for one in told.operations]
    assert asdict(final) == asdict(told.final)
    assert main(tmp_path / "history.jsonl") == 0


def test_an_attempt_without_an_answer_is_unknown(tmp_path: Path) -> None:
    with History(tmp_path / "history.jsonl") as history:
        with history.attempt("kiosk 1", "issue", key="k"):
            raise TimeoutError
        with history.attempt("kiosk 1", "issue", key="k") as attempt:
            attempt.fail(status=409)
    assert [operation.outcome for operation in history.operations] == [UNKNOWN, FAIL]
