"""What may become of a turn: every step from every state, and a hall where anything is pressed at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import desks
from core.db import Event, Stream, transaction
from core.desks import Desk, IsAway
from core.errors import Invalid, Refused
from core.events import Who
from core.turns import actions as turns
from core.turns.actions.asked import MOST_SERVICES, Outcome
from core.turns.actions.attend import NotYours
from core.turns.actions.call import HandsFull, NobodyWaiting, NotForThisWindow, RecalledEnough, RecallTooSoon
from core.turns.actions.change import NoTurnInHand, WrongState, settings_of
from core.turns.actions.citizen import AlreadyPostponed, AlreadyReturned
from core.turns.actions.release import StillHolding
from core.turns.actions.undo import NothingToUndo
from core.turns.lifecycle import ENDED, IN_HAND, LEGAL, UNDOABLE, State, Step, leads_to
from core.turns.model import AskedService, Turn
from core.turns.policy import GENERAL, Order
from tests import make
from tests.core.in_memory import engine_of
from tests.core.turns.read_back import Log

# fmt: off
TABLE = """
                waiting   called     attending  on-hold    absent     finished  left  cancelled
called          called    .          .          .          .          .         .     .
picked          called    .          .          .          .          .         .     .
recalled        .         called     .          .          .          .         .     .
started         .         attending  .          .          .          .         .     .
absent          .         absent     .          .          .          .         .     .
returned        .         .          .          .          waiting    .         .     .
held            .         on-hold    on-hold    .          .          .         .     .
resumed         .         .          .          attending  .          .         .     .
transferred     waiting   waiting    waiting    waiting    .          .         .     .
passed-on       .         .          waiting    .          .          .         .     .
service-added   .         called     attending  .          .          .         .     .
skipped         waiting   .          .          .          .          .         .     .
regrouped       waiting   called     attending  .          .          .         .     .
postponed       waiting   .          .          .          .          .         .     .
released        waiting   called     attending  on-hold    absent     .         .     .
finished        .         .          finished   .          .          .         .     .
left            left      left       .          left       left       .         .     .
cancelled       cancelled cancelled  cancelled  cancelled  cancelled  .         .     .
"""
# fmt: on
HEADER, *LINES = TABLE.strip("\n").splitlines()
GRID = {
    (line.split()[0].replace("-", " "), state.replace("-", " ")): None if to == "." else to.replace("-", " ")
    for line in LINES
    for state, to in zip(HEADER.split(), line.split()[1:], strict=True)
}


def test_the_table_names_every_step_and_every_state() -> None:
    assert {step for step, _ in GRID} == set(Step) == set(LEGAL)
    assert {state for _, state in GRID} == set(State)


@pytest.mark.parametrize(("step", "state"), GRID)
def test_a_step_is_legal_from_the_states_of_the_table_and_from_no_other(step: str, state: str) -> None:
    assert leads_to(Step(step), State(state)) == GRID[step, state]


def test_nothing_leads_out_of_an_ended_turn() -> None:
    assert not [cell for cell, to in GRID.items() if cell[1] in ("finished", "left", "cancelled") and to]


# Every action against every state, in the database.

OTHER = "2"
BY_HAND: dict[str, Callable[[Session, Desk, Turn, datetime], object]] = {
    "recalled": lambda session, desk, turn, at: turns.recall(session, desk, at),
    "started": lambda session, desk, turn, at: turns.start(session, desk, at),
    "absent": lambda session, desk, turn, at: turns.mark_absent(session, desk, at),
    "held": lambda session, desk, turn, at: turns.hold(session, desk, at),
    "transferred": lambda session, desk, turn, at: turns.transfer(session, desk, 1, "arrival", False, at),
    "service added": lambda session, desk, turn, at: turns.add_service(session, desk, 1, at),
    "finished": lambda session, desk, turn, at: turns.finish(session, desk, [Outcome(turn.service_id, "solved")], at),
}
BY_NAME: dict[str, tuple[str, Callable[[Session, Desk, Turn, datetime], object]]] = {
    "pick": ("picked", lambda session, desk, turn, at: turns.pick(session, desk, turn.id, "pick-back", at)),
    "resume": ("resumed", lambda session, desk, turn, at: turns.resume(session, desk, turn.id, at)),
    "skip": (
        "skipped",
        lambda session, desk, turn, at: turns.skip(session, 1, turn.id, "skip-support", desk.who, at),
    ),
    "regroup": (
        "regrouped",
        lambda session, desk, turn, at: turns.regroup(session, 1, turn.id, "older", "group-told", desk.who, at),
    ),
    "move": (
        "transferred",
        lambda session, desk, turn, at: turns.move(session, 1, turn.id, 1, "end", "transfer-next-step", desk.who, at),
    ),
    "cancel": (
        "cancelled",
        lambda session, desk, turn, at: turns.cancel(session, 1, turn.id, "cancel-asked", desk.who, at),
    ),
    "return": ("returned", lambda session, desk, turn, at: turns.return_absent(session, 1, turn.id, desk.who, at)),
    "leave": ("left", lambda session, desk, turn, at: turns.leave(session, turn, at)),
    "more time": ("postponed", lambda session, desk, turn, at: turns.ask_more_time(session, turn, at)),
    "come back": ("returned", lambda session, desk, turn, at: turns.come_back(session, turn, at)),
}


def bring_to(session: Session, desk: Desk, state: State) -> Turn:
    """A turn in `state`, brought there by `desk`."""
    turn = make.turn(session, 0)
    if state is State.WAITING:
        return turn
    if state is State.LEFT:
        turns.leave(session, turn, make.at(1))
        return turn
    if state is State.CANCELLED:
        return turns.cancel(session, desk.site_id, turn.id, "cancel-asked", desk.who, make.at(1))
    turns.call_next(session, desk, make.at(1))
    if state is State.ABSENT:
        turns.mark_absent(session, desk, make.at(2))
    elif state is not State.CALLED:
        turns.start(session, desk, make.at(2))
    if state is State.ON_HOLD:
        turns.hold(session, desk, make.at(3))
    elif state is State.FINISHED:
        turns.finish(session, desk, [Outcome(turn.service_id, "solved")], make.at(3))
    return turn


def everything(session: Session) -> list[Any]:
    tables = (Turn.__table__, AskedService.__table__, Event.__table__, Stream.__table__)
    return [session.execute(select(table)).all() for table in tables]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", BY_NAME)
def test_an_action_on_a_turn_in_the_wrong_state_is_refused_and_stores_nothing(
    town_in_memory: Session, action: str, state: State
) -> None:
    step, act = BY_NAME[action]
    with transaction(town_in_memory):
        own, other = make.desk(town_in_memory, "1"), make.desk(town_in_memory, OTHER)
        turn = bring_to(town_in_memory, own if action == "resume" and state not in IN_HAND else other, state)
    before = everything(town_in_memory)
    to = GRID[step, state]
    if to is not None:
        with transaction(town_in_memory):
            act(town_in_memory, own, turn, make.at(5))
        assert turn.state == to
        return
    with pytest.raises(WrongState), transaction(town_in_memory):
        act(town_in_memory, own, turn, make.at(5))
    assert everything(town_in_memory) == before


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", BY_HAND)
def test_an_action_on_the_turn_in_hand_needs_one_in_a_fitting_state_and_stores_nothing_else(
    town_in_memory: Session, action: str, state: State
) -> None:
    with transaction(town_in_memory):
        desk = make.desk(town_in_memory, "1")
        turn = bring_to(town_in_memory, desk, state)
    before = everything(town_in_memory)
    to = GRID[action, state]
    if to is not None and state in IN_HAND:
        with transaction(town_in_memory):
            BY_HAND[action](town_in_memory, desk, turn, make.at(5))
        assert turn.state == to
        return
    refusal = WrongState if state in IN_HAND else NoTurnInHand
    with pytest.raises(refusal), transaction(town_in_memory):
        BY_HAND[action](town_in_memory, desk, turn, make.at(5))
    assert everything(town_in_memory) == before


# A hall where anything is pressed at any time.

SERVICES = ("property-tax", "petition", "land-use", "residence")
WINDOWS = ("1", "2", "3")
USERNAMES = {label: f"ventanilla{label}" for label in WINDOWS}

presses = st.integers(0, 59)
labels = st.sampled_from(WINDOWS)
services = st.sampled_from(SERVICES)
anybody = st.integers(0, 40)
groups = st.sampled_from((GENERAL, GENERAL, "older", "disability", "child"))


@dataclass
class Known:
    """What the model knows of a turn."""

    id: int
    group: str
    service: int
    asked: list[int]
    state: str = "waiting"
    window: str | None = None
    reserved_for: str | None = None
    back: dict[int, str] = field(default_factory=dict)
    passes_until: datetime | None = None
    calls: int = 0
    postponed: bool = False
    returned: int = 0
    version: int = 0


@dataclass
class Done:
    """An official's action on a turn, for undoing: the turn before it and after it."""

    at: datetime
    step: str
    turn_id: int
    before: Known
    after: Known
    undone: bool = False
    outdated: bool = False


@dataclass
class Model:
    """The hall as it should be."""

    turns: dict[int, Known] = field(default_factory=dict)
    done: dict[str, list[Done]] = field(default_factory=lambda: {label: [] for label in WINDOWS})
    away: set[str] = field(default_factory=set)
    called_at: dict[int, datetime] = field(default_factory=dict)

    def hand(self, window: str) -> Known | None:
        return next((t for t in self.turns.values() if t.window == window and t.state in ("called", "attending")), None)


class Hall(RuleBasedStateMachine):
    """Officials, citizens and a supervisor press anything; the model says what must come of it."""

    def __init__(self, template: sqlite3.Connection) -> None:
        super().__init__()
        self.engine = engine_of(template)
        self.session = Session(self.engine)
        self.now = make.at(0)
        self.model = Model()
        self.versions = count(1)

    @initialize()
    def open(self) -> None:
        with transaction(self.session) as session:
            self.desks = {label: make.desk(session, label) for label in WINDOWS}
            self.site = make.site(session).id
            self.services = {code: make.service(session, code).id for code in SERVICES}
            rules = settings_of(session, self.site).rules
        self.ids = {desk.official_id: label for label, desk in self.desks.items()}
        self.log = Log(rules)
        self.log.read(self.session, self.site)
        self.supervisor = Who("official", self._one(make.official, "supervision"))
        for code, group in zip(SERVICES * 2, ("older", GENERAL, "child", GENERAL, "older", GENERAL), strict=False):
            self.issue(code, group)

    def _one(self, find: Callable[..., Any], *args: Any) -> int:
        found = find(self.session, *args)
        return int(found.id)

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()

    def turn(self, number: int) -> Known:
        return list(self.model.turns.values())[number % len(self.model.turns)]

    def row(self, known: Known) -> Turn:
        return self.session.get_one(Turn, known.id)

    def press(self, act: Callable[[], Any], *refusals: type[Refused] | None) -> Any:
        """Act; if the model expects one of `refusals`, exactly that must come of it, and nothing be stored."""
        expected = tuple(refusal for refusal in refusals if refusal is not None)
        seq = self.log.seq
        if not expected:
            with transaction(self.session):
                answer = act()
            self.log.read(self.session, self.site)
            return answer
        with pytest.raises(expected), transaction(self.session):
            act()
        assert self.session.scalar(select(Stream.last_seq).where(Stream.site_id == self.site)) == seq
        return None

    def step(self, label: str | None, step: str, known: Known, **changes: Any) -> None:
        """The model takes a step that the hall took."""
        before = Known(**vars(known))
        changes = {"passes_until": None} | changes if changes.get("state") in ("called", "waiting") else changes
        for name, value in {**changes, "version": next(self.versions)}.items():
            setattr(known, name, value)
        if label is not None:
            self.model.done[label].append(Done(self.now, step, known.id, before, Known(**vars(known))))

    @rule(seconds=st.sampled_from((1, 10, 20, 61, 300, 900)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(code=services, group=groups)
    def issue(self, code: str, group: str) -> None:
        self.now += timedelta(milliseconds=1)
        service = self.services[code]
        asked = turns.Asked(self.site, service, group)
        issued = self.press(lambda: turns.issue(self.session, asked, self.supervisor, self.now))
        self.model.turns[issued.id] = Known(issued.id, group, service, [service])

    @rule(busy=st.lists(labels, min_size=1, max_size=6), code=services)
    def work_goes_on(self, busy: list[str], code: str) -> None:
        """What windows do most of the day: call, start, finish; and somebody comes."""
        self.issue(code, GENERAL)
        for label in busy:
            press = next(n for n in range(1, 60) if n % 6 and self.window(n, self.at(label)) == label)
            match self.at(label):
                case None:
                    self.call(press)
                case "called":
                    self.start(press)
                case _:
                    self.finish(press, also=None, then_call=label != "1", said=True)
            self.now += timedelta(seconds=1)

    @precondition(lambda self: self.some(None))
    @rule(press=presses)
    def call(self, press: int) -> None:
        label = self.window(press, None)
        desk, model = self.desks[label], self.model
        mine = [
            t
            for t in model.turns.values()
            if t.state == "waiting" and t.service in desk.services and t.reserved_for in (None, label)
            if t.passes_until is None or t.passes_until <= self.now
        ]
        called = self.press(
            lambda: turns.call_next(self.session, desk, self.now).id,
            IsAway if label in model.away else HandsFull if model.hand(label) else None if mine else NobodyWaiting,
        )
        if called is not None:
            self.called(label, model.turns[called], "called", mine)

    def called(self, label: str, known: Known, step: str, mine: list[Known]) -> None:
        assert known in mine
        self.step(label, step, known, state="called", window=label, reserved_for=None, calls=1)
        self.model.called_at[known.id] = self.now

    @precondition(lambda self: self.model.turns and self.some(None))
    @rule(press=presses, number=anybody)
    def pick(self, press: int, number: int) -> None:
        label = self.window(press, None)
        known, desk = self.turn(number), self.desks[label]
        fits = known.service in desk.services and known.reserved_for in (None, label)
        refusal: type[Refused] | None
        if label in self.model.away:
            refusal = IsAway
        elif self.model.hand(label):
            refusal = HandsFull
        else:
            refusal = NotForThisWindow if not fits else WrongState if known.state != "waiting" else None
        if self.press(lambda: turns.pick(self.session, desk, known.id, "pick-back", self.now), refusal):
            self.called(label, known, "picked", [known])

    def window(self, press: int, *states: str | None) -> str:
        """A window whose hand is in one of `states`; one press in six is at any window, fitting or not."""
        fitting = [label for label in WINDOWS if self.at(label) in states]
        return (WINDOWS if press % 6 == 0 or not fitting else fitting)[press % len(fitting or WINDOWS)]

    def at(self, label: str) -> str | None:
        known = self.model.hand(label)
        return known.state if known else None

    def some(self, *states: str | None) -> bool:
        return any(self.at(label) in states for label in WINDOWS)

    def in_hand(self, label: str, *states: str) -> tuple[Known | None, type[Refused] | None]:
        known = self.model.hand(label)
        if known is None:
            return None, NoTurnInHand
        return known, None if known.state in states else WrongState

    @precondition(lambda self: self.some("called"))
    @rule(press=presses)
    def recall(self, press: int) -> None:
        label = self.window(press, "called")
        known, refusal = self.in_hand(label, "called")
        if known and not refusal:
            if known.calls > 3:
                refusal = RecalledEnough
            elif self.now - self.model.called_at[known.id] < timedelta(seconds=15):
                refusal = RecallTooSoon
        if self.press(lambda: turns.recall(self.session, self.desks[label], self.now), refusal):
            assert known
            self.step(label, "recalled", known, calls=known.calls + 1)
            self.model.called_at[known.id] = self.now

    @precondition(lambda self: self.some("called"))
    @rule(press=presses)
    def start(self, press: int) -> None:
        label = self.window(press, "called")
        known, refusal = self.in_hand(label, "called")
        if self.press(lambda: turns.start(self.session, self.desks[label], self.now), refusal):
            assert known
            self.step(label, "started", known, state="attending")

    @precondition(lambda self: self.some("called"))
    @rule(press=presses)
    def absent(self, press: int) -> None:
        label = self.window(press, "called")
        known, refusal = self.in_hand(label, "called")
        if self.press(lambda: turns.mark_absent(self.session, self.desks[label], self.now), refusal):
            assert known
            self.step(label, "absent", known, state="absent")

    @precondition(lambda self: self.some("called", "attending"))
    @rule(press=presses)
    def hold(self, press: int) -> None:
        label = self.window(press, "called", "attending")
        known, refusal = self.in_hand(label, "called", "attending")
        if self.press(lambda: turns.hold(self.session, self.desks[label], self.now), refusal):
            assert known
            self.step(label, "held", known, state="on hold")

    @precondition(lambda self: any(t.state == "on hold" for t in self.model.turns.values()) and self.some(None))
    @rule(press=presses, number=anybody)
    def resume(self, press: int, number: int) -> None:
        label = self.window(press, None)
        parked = [t for t in self.model.turns.values() if t.state == "on hold"]
        known = parked[number % len(parked)] if number % 6 else self.turn(number)
        refusal: type[Refused] | None
        if label in self.model.away:
            refusal = IsAway
        elif self.model.hand(label):
            refusal = HandsFull
        else:
            refusal = WrongState if known.state != "on hold" else NotYours if known.window != label else None
        if self.press(lambda: turns.resume(self.session, self.desks[label], known.id, self.now), refusal):
            self.step(label, "resumed", known, state="attending")

    @precondition(lambda self: self.some("called", "attending"))
    @rule(press=presses, code=services)
    def add_service(self, press: int, code: str) -> None:
        label = self.window(press, "called", "attending")
        known, refusal = self.in_hand(label, "called", "attending")
        service = self.services[code]
        if self.press(lambda: turns.add_service(self.session, self.desks[label], service, self.now), refusal):
            assert known
            self.step(label, "service added", known, asked=sorted({*known.asked, service}))

    @precondition(lambda self: self.some("called", "attending"))
    @rule(press=presses, code=services, position=st.sampled_from(("front", "arrival", "end")), back=st.booleans())
    def transfer(self, press: int, code: str, position: Any, back: bool) -> None:
        label = self.window(press, "called", "attending")
        known, refusal = self.in_hand(label, "called", "attending")
        service, desk = self.services[code], self.desks[label]
        if self.press(lambda: turns.transfer(self.session, desk, service, position, back, self.now), refusal):
            assert known
            left = set(known.asked) if back else set(known.asked) - {known.service}
            returns = {at: to for at, to in known.back.items() if at != known.service}
            self.step(
                label,
                "transferred",
                known,
                state="waiting",
                window=None,
                service=service,
                asked=sorted(left | {service}),
                back=returns | ({known.service: label} if back else {}),
                calls=0,
            )

    @precondition(lambda self: self.some("attending"))
    @rule(press=presses, also=st.sampled_from((None, *SERVICES)), then_call=st.booleans(), said=st.booleans())
    def finish(self, press: int, also: str | None, then_call: bool, said: bool) -> None:
        label = self.window(press, "attending")
        known, refusal = self.in_hand(label, "attending")
        desk, model = self.desks[label], self.model
        if known and not refusal:
            refusal = None if said else Invalid
        done = {self.services[also]} if also else set()
        outcomes = [Outcome(service, "solved") for service in done]
        if known and said:
            done |= {known.service}
            outcomes = [Outcome(service, "solved") for service in sorted(done)]
        elif known:
            done -= {known.service}
            outcomes = [Outcome(service, "solved") for service in sorted(done)]
            refusal = Invalid
        if then_call and label in model.away and not refusal:
            refusal = IsAway
        seen = self.log.seq
        if not self.press(lambda: turns.finish(self.session, desk, outcomes, self.now, then_call=then_call), refusal):
            return
        assert known
        pending = [service for service in known.asked if service not in done]
        if pending:
            row = self.row(known)
            back = next(
                (a.service_id for a in reversed(row.asked) if a.service_id in set(pending) & set(known.back)), 0
            )
            assert row.service_id in pending
            self.step(
                label,
                "passed on",
                known,
                state="waiting",
                window=None,
                calls=0,
                service=back or row.service_id,
                asked=pending,
                reserved_for=known.back.get(back),
                back={at: to for at, to in known.back.items() if at in pending and at != back},
            )
        else:
            self.step(label, "finished", known, state="finished", asked=[], back={})
        if then_call:
            event = self.session.scalar(select(Event).where(Event.seq > seen, Event.kind == "called"))
            waits = [t for t in model.turns.values() if t.state == "waiting" and t.service in desk.services]
            ready = [t for t in waits if t.passes_until is None or t.passes_until <= self.now]
            mine = [t for t in ready if t.reserved_for in (None, label)]
            assert (event is not None) == bool(mine)
            if event is not None and event.turn_id is not None:
                self.called(label, model.turns[event.turn_id], "called", mine)

    @rule(label=labels)
    def undo(self, label: str) -> None:
        recent = [d for d in self.model.done[label] if not d.undone and self.now - d.at < timedelta(seconds=60)]
        last = recent[-1] if recent else None
        undoable = last is not None and last.step in UNDOABLE and not last.outdated
        known = self.model.turns[last.turn_id] if last else None
        refusal: type[Refused] | None = NothingToUndo
        if last and undoable and known == last.after:
            taken, into_hand = self.model.hand(label), last.before.state in ("called", "attending")
            fills = into_hand and taken is not None and taken is not known
            refusal = IsAway if into_hand and label in self.model.away else NothingToUndo if fills else None
        if self.press(lambda: turns.undo_last(self.session, self.desks[label], self.now), refusal):
            assert last
            assert known
            vars(known).update(vars(last.before))
            last.undone = True

    @precondition(lambda self: self.model.turns)
    @rule(number=anybody)
    def skip(self, number: int) -> None:
        known = self.turn(number)
        refusal = None if known.state == "waiting" else WrongState
        act = lambda: turns.skip(self.session, self.site, known.id, "skip-support", self.supervisor, self.now)  # noqa: E731
        if self.press(act, refusal):
            self.touch(known, passes_until=self.now + timedelta(minutes=10))

    def touch(self, known: Known, **changes: Any) -> None:
        """Somebody else changed the turn: what was done before can no longer be undone for certain."""
        self.step(None, "", known, **changes)

    @precondition(lambda self: self.model.turns)
    @rule(number=anybody, group=groups)
    def regroup(self, number: int, group: str) -> None:
        known = self.turn(number)
        refusal = None if known.state in ("waiting", "called", "attending") else WrongState
        if self.press(
            lambda: turns.regroup(self.session, self.site, known.id, group, "group-told", self.supervisor, self.now),
            refusal,
        ):
            self.touch(known, group=group)

    @precondition(lambda self: self.model.turns)
    @rule(number=anybody, code=services, position=st.sampled_from(("front", "arrival", "end")))
    def move(self, number: int, code: str, position: Any) -> None:
        known, service = self.turn(number), self.services[code]
        refusal = None if known.state in ("waiting", "called", "attending", "on hold") else WrongState
        reason = "transfer-next-step"
        act = lambda: turns.move(  # noqa: E731
            self.session, self.site, known.id, service, position, reason, self.supervisor, self.now
        )
        if self.press(act, refusal):
            asked = sorted({service, *(a for a in known.asked if a != known.service)})
            moved = known.service != service
            back = {at: to for at, to in known.back.items() if not moved or at != known.service}
            self.touch(
                known,
                state="waiting",
                window=None,
                calls=0,
                service=service,
                asked=asked,
                reserved_for=None,
                back=back,
            )

    @precondition(lambda self: self.model.turns)
    @rule(number=anybody, by=st.sampled_from(("cancel", "leave")))
    def end(self, number: int, by: str) -> None:
        known = self.turn(number)
        refusal: type[Refused] | None
        if by == "cancel":
            refusal = WrongState if known.state in ("finished", "left", "cancelled") else None
            self.press(
                lambda: turns.cancel(self.session, self.site, known.id, "cancel-asked", self.supervisor, self.now),
                refusal,
            )
        else:
            refusal = WrongState if known.state in ("attending", "finished", "left", "cancelled") else None
            self.press(lambda: turns.leave(self.session, self.row(known), self.now), refusal)
        if refusal is None:
            self.touch(known, state="cancelled" if by == "cancel" else "left")

    @precondition(lambda self: self.model.turns)
    @rule(number=anybody)
    def more_time(self, number: int) -> None:
        known = self.turn(number)
        refusal = AlreadyPostponed if known.postponed else None if known.state == "waiting" else WrongState
        self.press(lambda: turns.ask_more_time(self.session, self.row(known), self.now), refusal)
        if refusal is None:
            self.touch(known, postponed=True, passes_until=self.now + timedelta(minutes=10))

    @precondition(lambda self: any(t.state == "absent" for t in self.model.turns.values()))
    @rule(number=anybody, by_phone=st.booleans())
    def come_back(self, number: int, by_phone: bool) -> None:
        gone = [t for t in self.model.turns.values() if t.state == "absent"]
        known = gone[number % len(gone)] if number % 6 else self.turn(number)
        refusal: type[Refused] | None = None if known.state == "absent" else WrongState
        if by_phone:
            refusal = AlreadyReturned if known.returned else refusal
            self.press(lambda: turns.come_back(self.session, self.row(known), self.now), refusal)
        else:
            self.press(
                lambda: turns.return_absent(self.session, self.site, known.id, self.supervisor, self.now), refusal
            )
        if refusal is None:
            self.touch(known, state="waiting", window=None, calls=0, returned=known.returned + 1)

    @rule(label=labels, press=presses)
    def go_away_or_come_back(self, label: str, press: int) -> None:
        label = min(self.model.away, default=label) if press % 6 else label
        desk = self.desks[label]
        if label in self.model.away:
            self.press(lambda: desks.come_back(self.session, self.site, desk.official_id, self.now))
            self.model.away.discard(label)
        else:
            self.press(lambda: desks.go_away(self.session, desk, "pause", "pause-break", self.now))
            self.model.away.add(label)

    @rule(label=labels)
    def let_go(self, label: str) -> None:
        """The official is about to leave the window: what waits for them alone waits for anybody."""
        desk, model = self.desks[label], self.model
        refusal = StillHolding if model.hand(label) else None
        self.press(lambda: turns.let_go(self.session, self.site, desk.official_id, desk.who, self.now), refusal)
        if refusal:
            return
        open_turns = [t for t in model.turns.values() if t.state not in ("finished", "left", "cancelled")]
        for known in open_turns:
            if known.state == "on hold" and known.window == label:
                self.step(label, "transferred", known, state="waiting", window=None, calls=0)
            if label in (known.reserved_for, *known.back.values()):
                self.touch(
                    known,
                    reserved_for=None if known.reserved_for == label else known.reserved_for,
                    back={at: to for at, to in known.back.items() if to != label},
                )
                model.done[label].append(Done(self.now, "released", known.id, known, known))

    @precondition(lambda self: self.log.seq % 4 == 0)
    @rule(order=st.sampled_from(list(Order)), ratio=st.integers(1, 3), older=st.sampled_from((0, 60, 240)))
    def set_order(self, order: Order, ratio: int, older: int) -> None:
        wanted = turns.QueueOrder(order=order, ratio=ratio, head_start={"older": older, "disability": 60, "child": 60})
        self.press(lambda: turns.set_order(self.session, self.site, wanted, "prueba", self.supervisor, self.now))
        for doings in self.model.done.values():
            for done in doings:
                done.outdated = True

    @invariant()
    def the_log_tells_the_rows(self) -> None:
        if not hasattr(self, "log"):
            return
        self.log.check_rows(self.session, self.site)
        assert self.session.scalar(select(Stream.last_seq).where(Stream.site_id == self.site)) == self.log.seq

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        for known in self.model.turns.values():
            row = self.row(known)
            assert row.state == known.state
            assert (row.service_id, row.group) == (known.service, known.group)
            assert self.ids.get(row.official_id or 0) == known.window, (row.official_id, known)
            assert self.ids.get(row.reserved_for or 0) == known.reserved_for
            back = {a.service_id: self.ids[a.back_to] for a in row.asked if a.back_to and a.attended_at is None}
            assert (back if row.state not in ENDED else {}) == (known.back if row.state not in ENDED else {})
            assert row.not_before == known.passes_until or row.state not in ("waiting", "called", "attending")
            pending = [asked.service_id for asked in row.asked if asked.attended_at is None]
            assert sorted(pending) == sorted(known.asked), "each pending service once"
            assert (row.calls, row.postponed, row.returns) == (known.calls, known.postponed, known.returned) or (
                row.state not in ("waiting", "called", "attending")
            )

    @invariant()
    def nobody_holds_two_turns_and_no_waiting_turn_has_an_official(self) -> None:
        held = select(func.count(), func.count(Turn.official_id.distinct()), func.count(Turn.window_id.distinct()))
        count, officials, windows = self.session.execute(held.where(Turn.state.in_(IN_HAND))).one()
        assert count == officials == windows
        waiting = Turn.state == State.WAITING, Turn.official_id.is_not(None) | Turn.window_id.is_not(None)
        assert not self.session.scalars(select(Turn).where(*waiting)).all()

    @invariant()
    def the_numbers_of_each_series_are_one_to_n(self) -> None:
        by_series = select(Turn.series, func.count(), func.min(Turn.number), func.max(Turn.number)).group_by(
            Turn.service_day_id, Turn.series
        )
        for _, given, first, last in self.session.execute(by_series):
            assert (first, last) == (1, given)


def test_whatever_is_pressed_the_rows_the_log_and_the_model_agree(sqlite_template: Path) -> None:
    assert len(SERVICES) < MOST_SERVICES
    template = sqlite3.connect(sqlite_template)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Hall(template),
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            report_multiple_bugs=False,
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    template.close()
