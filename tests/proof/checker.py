"""Decides over a history whether the queue held: pure, after the checkers of Jepsen.

Jepsen's `set` checker gives *lost* and *unexpected*; calls have unique turns, so no search is needed. The order of
what happened is that of the site's log, never of a clock; the clients' clock only says which of two operations had
ended before the other began. `python -m tests.proof.checker FILE` judges a file again.

    I1   nothing acknowledged is lost: each turn given is there once, each step taken is in the log
    I2   nothing unexpected: each turn there is was asked for
    I3   one press, one effect: one turn, the same in every answer; one step
    I4   numbers of a day and series are 1..N, and so are those of the log
    I5   a turn is called once, unless something that puts it back in line lies between
    I6   a call acknowledged is one call of the log, of that official, and every call of the log was pressed
    I7   of two of the same service and group, who had a turn before the other asked is not called after them;
         «nobody waits» is not said while somebody does. Only those whose first step is being called in order are
         judged: who was sent, let others pass, changed group or was picked has another place by right
    I8   only legal steps, in the order of the log; the rows are what the steps lead to
    I9   displays: what they show only goes forward; a call that stayed was shown by all that were there; at rest
         they show what the database holds
    I12  what is published was committed, in order and once for each connection
    I13  the figures of the hall and of each official are those of the log
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from core.turns.lifecycle import State, Step, leads_to
from tests.proof.case import ANNOUNCED, CALLS, STEPS, UNDONE, Case, Press, Row, understand
from tests.proof.history import Final, Operation, Outcome, read

Effect = tuple[str, int | None, int | None]
BACK_IN_LINE = (Step.RETURNED, Step.TRANSFERRED, Step.PASSED_ON, UNDONE)
SHOWN = 6
"""The call on the panel and the last five."""


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def violations(operations: Sequence[Operation], final: Final, within_s: float = 20) -> list[Violation]:
    """What of a history must not be; `within_s`: how soon a display that asks has to show a call."""
    case = understand(operations, final, within_s)
    return [Violation(invariant, what) for invariant, rule in RULES.items() for what in rule(case)]


# ---------------------------------------------------------------- turns given, and steps taken


def _effects_in_the_log(case: Case) -> Counter[Effect]:
    """How often each step was taken: its kind, the official or None for a citizen, and the turn or what was undone."""
    kinds = {step: kind for kind, steps in STEPS.items() for step in steps}
    return Counter(
        (
            kinds[event["kind"]],
            event["who"] if event["who_kind"] == "official" else None,
            event["detail"]["undoes"] if event["kind"] == UNDONE else event["turn"],
        )
        for event in case.events.values()
        if event["kind"] in kinds
    )


def _effects_pressed(case: Case, which: Callable[[Press], bool]) -> Counter[Effect]:
    return Counter(
        (press.kind, press.arguments.get("official"), press.arguments.get("undoes") or case.turn_of(press))
        for press in case.presses
        if press.kind in STEPS and which(press)
    )


def _issues(case: Case) -> list[Press]:
    return [press for press in case.presses if press.kind == "issue"]


def _lost(case: Case) -> Iterator[str]:
    there = Counter(turn["token"] for turn in case.final.turns)
    codes = {turn["token"]: f"{turn['series']} {turn['number']:03d}" for turn in case.final.turns}
    for press in _issues(case):
        token, code = press.told("token"), press.told("code")
        if press.outcome is Outcome.OK and there[token] != 1:
            yield f"the turn {code} {token} of the press {press.key} is there {there[token]} times"
        elif press.outcome is Outcome.OK and code and codes[token] != code:
            yield f"the turn {token} was given as {code} and is {codes[token]}"
    for effect, missing in (
        _effects_pressed(case, lambda press: press.outcome is Outcome.OK) - _effects_in_the_log(case)
    ).items():
        yield f"{effect} was acknowledged, and is {missing} times too few in the log"


def _unexpected(case: Case) -> Iterator[str]:
    asked = {token for press in _issues(case) for token in (press.told("token"), case.final.given.get(press.key))}
    for turn in case.final.turns:
        if turn["token"] not in asked:
            yield f"nobody asked for the turn {turn['series']} {turn['number']:03d} ({turn['token']})"


def _more_than_once(case: Case) -> Iterator[str]:
    owner: dict[str, str] = {}
    for press in _issues(case):
        for name in ("token", "code"):
            said = {answer[name] for answer in press.answers if answer.get(name)}
            if press.outcome is Outcome.OK and len(said) > 1:
                yield f"the press {press.key} was answered with {sorted(said)}"
        for token in {press.told("token"), case.final.given.get(press.key)} - {None}:
            if owner.setdefault(token, press.key) != press.key:
                yield f"the presses {press.key} and {owner[token]} have the same turn {token}"
    for effect, extra in (
        _effects_in_the_log(case) - _effects_pressed(case, lambda press: press.may_have_happened)
    ).items():
        yield f"{effect} is {extra} times more often in the log than it was pressed"


def _numbers(case: Case) -> Iterator[str]:
    given: dict[str, list[int]] = defaultdict(list)
    for turn in case.final.turns:
        given[f"{turn['day']} {turn['series']}"].append(turn["number"])
    for series, numbers in given.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"the numbers of {series} are {sorted(numbers)}"
    if case.final.counters != {series: len(numbers) for series, numbers in given.items()}:
        yield f"the counters say {case.final.counters}"
    seqs = sorted(event["seq"] for event in case.final.events)
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"the log has gaps or repeats: {len(seqs)} events up to {max(seqs)}"


# ---------------------------------------------------------------- calls


def _called_again(case: Case) -> Iterator[str]:
    for turn, events in case.of_turn.items():
        cycle = [event for event in events if event["kind"] in (*CALLS, *BACK_IN_LINE)]
        for before, after in pairwise(cycle):
            if before["kind"] in CALLS and after["kind"] in CALLS:
                yield f"turn {turn} was called at {before['seq']} and again at {after['seq']}, with nothing between"


def _calls_and_presses(case: Case) -> Iterator[str]:
    logged = Counter((event["who"], event["turn"]) for event in case.events.values() if event["kind"] in CALLS)
    answered = Counter((press.arguments["official"], turn) for press, turn in case.called())
    for (official, turn), missing in (answered - logged).items():
        yield f"official {official} was given turn {turn} {missing} times more often than the log says"
    known = {press.key for press, _ in case.called()}
    unclear = Counter(
        press.arguments["official"]
        for press in case.presses
        if press.calls and press.may_have_happened and press.key not in known
    )
    rest: dict[int, list[int]] = defaultdict(list)
    for official, turn in (logged - answered).elements():
        rest[official].append(turn)
    for official, turns in rest.items():
        if len(turns) > unclear[official]:
            yield f"the log says that official {official} called {turns}, and there are {unclear[official]} presses"


def _order(case: Case) -> Iterator[str]:
    plain = _plain_turns(case)
    alike: dict[tuple[int, str], list[Plain]] = defaultdict(list)
    for turn in plain:
        alike[turn.service, turn.group].append(turn)
    for turns in alike.values():
        for later in (turn for turn in turns if turn.call):
            for earlier in turns:
                if earlier.issue.ended < later.issue.invoked and _called_before(later, earlier):
                    yield f"turn {earlier.id} was given before turn {later.id} was asked for, and called after it"
    for press in case.presses:
        if press.kind == "call" and press.outcome is Outcome.FAIL and press.told("nobody"):
            for turn in plain:
                served = turn.service in case.final.serves.get(str(press.arguments["official"]), [])
                waits = turn.issue.ended < press.invoked and (turn.call is None or turn.call.invoked > press.ended)
                if served and waits:
                    yield f"official {press.arguments['official']} heard that nobody waits while turn {turn.id} did"


@dataclass(frozen=True, slots=True)
class Plain:
    """A turn whose first step, if any, is being called in its order; `call` is None while it waits."""

    id: int
    service: int
    group: str
    issue: Press
    call: Press | None


def _plain_turns(case: Case) -> list[Plain]:
    """The turns whose place nobody changed before their first call, and whose presses are known."""
    known: dict[int, list[Press]] = defaultdict(list)
    for press, turn in case.called():
        known[turn].append(press)
    given = {press.told("token"): press for press in _issues(case) if press.outcome is Outcome.OK}
    found = []
    for turn in case.final.turns:
        steps = [event for event in case.of_turn[turn["id"]] if event["kind"] != "issued"]
        issue, calls = given.get(turn["token"]), known[turn["id"]]
        all_known = len(calls) == sum(event["kind"] in CALLS for event in steps)
        untouched = not steps or (steps[0]["kind"] == Step.CALLED and all_known)
        if issue and untouched:
            asked = case.of_turn[turn["id"]][0]["detail"]
            found.append(Plain(turn["id"], asked["service_id"], asked["group"], issue, calls[0] if steps else None))
    return found


def _called_before(one: Plain, other: Plain) -> bool:
    """Whether the first call of one had ended before that of the other began, if it ever did."""
    assert one.call is not None
    return other.call is None or one.call.ended < other.call.invoked


# ---------------------------------------------------------------- the life of a turn, and the figures


def _steps(case: Case) -> Iterator[str]:
    for turn, events in case.of_turn.items():
        state: State | None = None
        before: list[tuple[int, State]] = []
        for event in events:
            to = _after(event, state, before)
            if to is None:
                yield f"turn {turn} was {state} and «{event['kind']}» at {event['seq']} is no step from there"
                break
            state = to
        else:
            kept = case.turns.get(turn, {}).get("state")
            if kept != state:
                yield f"turn {turn} is {kept}, and its steps lead to {state}"


def _after(event: Row, state: State | None, before: list[tuple[int, State]]) -> State | None:
    """The state after an event, or None if it is not legal; `before`: what each step that stands began from."""
    if event["kind"] == "issued":
        return State.WAITING if state is None else None
    if state is None:
        return None
    if event["kind"] == UNDONE:
        return before.pop()[1] if before and before[-1][0] == event["detail"]["undoes"] else None
    before.append((event["seq"], state))
    return leads_to(Step(event["kind"]), state)


def _standing(case: Case) -> list[Row]:
    """The events that nobody undid."""
    undone = {event["detail"]["undoes"] for event in case.events.values() if event["kind"] == UNDONE}
    return [event for seq, event in case.events.items() if seq not in undone]


def _figures(case: Case) -> Iterator[str]:
    standing = _standing(case)
    states = Counter(turn["state"] for turn in case.final.turns)
    told = {
        "issued": sum(event["kind"] == "issued" for event in standing),
        "called": len({event["turn"] for event in standing if event["kind"] in CALLS}),
        "finished": states[State.FINISHED],
        "absent": states[State.ABSENT],
        "left": states[State.LEFT],
    }
    if case.final.figures != told:
        yield f"the hall counts {case.final.figures}, and the log {told}"
    done: Counter[str] = Counter()
    for event in standing:
        if event["kind"] in (Step.FINISHED, Step.PASSED_ON):
            done[str(event["who"])] += len(event["detail"]["outcomes"])
    if case.final.attended != dict(+done):
        yield f"the officials have attended {case.final.attended}, and the log tells of {dict(done)}"


# ---------------------------------------------------------------- displays


def _displays(case: Case) -> Iterator[str]:
    at_rest = _wall(case)
    calls = _calls_that_stayed(case)
    for display, shown in case.of_displays("shown").items():
        for before, after in pairwise(shown):
            if after.arguments["seq"] < before.arguments["seq"]:
                yield f"{display} went back from {before.arguments['seq']} to {after.arguments['seq']}"
        for event, since, until in calls:
            if _missed(shown, event["seq"], since, min(until, since + case.within_s)):
                yield f"{display} did not show the call {event['seq']} of {event['public']['code']}"
        if [list(call) for call in shown[-1].answer["calls"][:SHOWN]] != at_rest:
            yield f"{display} shows {shown[-1].answer['calls'][:SHOWN]} at rest, and it should be {at_rest}"


def _wall(case: Case) -> list[list[Any]]:
    """The last call of each turn that is not waiting, newest first, as a display holds it."""
    last: dict[int, Row] = {}
    for event in case.events.values():
        if event["kind"] in ANNOUNCED and case.turns.get(event["turn"], {}).get("state") != State.WAITING:
            last[event["turn"]] = event
    newest = sorted(last.values(), key=lambda event: -int(event["seq"]))[:SHOWN]
    return [[event["seq"], event["public"]["code"], event["public"]["window"]] for event in newest]


def _calls_that_stayed(case: Case) -> list[tuple[Row, float, float]]:
    """The calls after which nobody did anything with the turn for so long, with that while."""
    end = max((operation.ended for operation in case.operations), default=0)
    answered: dict[tuple[int, int], list[Press]] = defaultdict(list)
    for press, turn in case.called():
        answered[press.arguments["official"], turn].append(press)
    touched: dict[int | None, list[float]] = defaultdict(list)
    for press in case.presses:
        if press.kind in STEPS and press.may_have_happened:
            touched[case.turn_of(press)].append(press.invoked)
    found = []
    for (official, turn), known in answered.items():
        events = [one for one in case.of_turn.get(turn, []) if one["kind"] in CALLS and one["who"] == official]
        if len(events) == len(known):
            for event, press in zip(events, known, strict=True):
                until = min((at for at in touched[turn] if at > press.invoked), default=end)
                if until - press.ended >= case.within_s:
                    found.append((event, press.ended, until))
    return found


def _missed(shown: Sequence[Operation], seq: int, since: float, until: float) -> bool:
    """Whether a display asked after the call and did not show it, nor so many newer ones that it had no place."""
    if any(call[0] == seq for one in shown if one.ended <= until for call in one.answer["calls"]):
        return False
    asked = [one for one in shown if one.arguments["by"] == "state" and one.invoked >= since and one.ended <= until]
    return any(sum(call[0] > seq for call in one.answer["calls"]) < SHOWN for one in asked)


def _publications(case: Case) -> Iterator[str]:
    last = max(case.events, default=0)
    for display, connections in case.of_displays("heard").items():
        for connection in connections:
            messages = connection.answer["messages"]
            for message in messages:
                if not _as_committed(message, case.events.get(message["seq"])):
                    yield f"{display} heard {message}, which was not committed so"
            seqs = [message["seq"] for message in messages]
            if any(after != before + 1 for before, after in pairwise(seqs)):
                yield f"{display} heard {seqs} on one connection"
            first = connection.answer["from"]
            heard_to_the_end = {seq for seq in seqs if first is not None and seq > first}
            if connection.arguments["open"] and first is not None and len(heard_to_the_end) != last - first:
                yield f"{display} was told {first} on entering and heard {seqs} of {last}"


def _as_committed(message: Row, event: Row | None) -> bool:
    """Whether a message says of an event what the log says."""
    if event is None or ("call" in message) != (event["kind"] in ANNOUNCED):
        return False
    if "call" in message:
        return bool(message["call"] == event["public"])
    return bool(message.get("over") in (None, event["public"].get("code")))


RULES: dict[str, Callable[[Case], Iterator[str]]] = {
    "I1": _lost,
    "I2": _unexpected,
    "I3": _more_than_once,
    "I4": _numbers,
    "I5": _called_again,
    "I6": _calls_and_presses,
    "I7": _order,
    "I8": _steps,
    "I9": _displays,
    "I12": _publications,
    "I13": _figures,
}


def main(path: Path) -> int:
    """Judge a file; 1 if something in it must not be."""
    operations, final = read(path)
    if final is None:
        print("the run did not come to its final read", file=sys.stderr)
        return 1
    found = violations(operations, final)
    print(*found, f"{len(operations)} operations, {len(found)} violations", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
