"""Calls and their exceptions as an official makes them from the window."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.db import Event, transaction
from core.turns import board
from core.turns.lifecycle import State
from core.turns.model import QueueSettings, Turn
from tests import make
from tests.conftest import Hands
from tests.counter.conftest import Counter, Sit, at_once, words


def rule(counter: Counter, **settings: int) -> None:
    """The site's queue is ruled by these settings."""
    with counter.house.app.app_context(), transaction(counter.house.look()) as session:
        for current in session.scalars(select(QueueSettings)):
            for name, value in settings.items():
                setattr(current, name, value)


def test_calling_an_empty_queue_says_so_plainly(counter: Counter) -> None:
    answer = counter.press("next")
    assert answer.status_code == 409
    assert "No hay nadie esperando para esta ventanilla." in words(answer)
    assert "Llamar siguiente" in words(answer)


def test_of_two_windows_that_call_the_last_one_at_once_one_gets_it(counter: Counter, sit: Sit) -> None:
    other = sit("ventanilla2", "2")
    for minute in range(5):
        turn_id = counter.turn(minute)
        assert sorted(at_once(lambda: counter.press("next"), lambda: other.press("next"))) == [302, 409]
        turn = counter.look(turn_id)
        assert (turn.state, turn.calls) == (State.CALLED, 1)
        answers = {window.press("absent", turn=turn_id).status_code for window in (counter, other)}
        assert answers == {302, 409}


def test_two_windows_that_call_at_once_call_two_turns(counter: Counter, sit: Sit) -> None:
    other = sit("ventanilla2", "2")
    turns = [counter.turn(), counter.turn(1)]
    assert at_once(lambda: counter.press("next"), lambda: other.press("next")) == [302, 302]
    called = [counter.look(turn) for turn in turns]
    assert [turn.state for turn in called] == [State.CALLED, State.CALLED]
    assert len({turn.window_id for turn in called}) == 2


def test_two_tabs_that_call_at_once_call_one_turn(counter: Counter, sit: Sit) -> None:
    tab = sit("ventanilla1")
    turns = [counter.turn(), counter.turn(1)]
    assert sorted(at_once(lambda: counter.press("next"), lambda: tab.press("next"))) == [302, 409]
    assert sorted(counter.look(turn).state for turn in turns) == [State.CALLED, State.WAITING]


def test_with_a_turn_in_the_hand_no_other_is_called(counter: Counter) -> None:
    first, second = counter.turn(), counter.turn(1)
    counter.press("next")
    answer = counter.press("next")
    assert answer.status_code == 409
    assert f"Ya tiene el turno {counter.look(first).code} en la mano." in words(answer)
    assert counter.look(second).state is State.WAITING


def test_a_recall_waits_for_its_pause_and_ends_at_its_limit(counter: Counter, hands: Hands) -> None:
    rule(counter, recall_limit=1, recall_pause_s=15)
    turn_id = counter.turn()
    counter.press("next")
    assert "Queda 1 vez" in counter.page()
    early = counter.press("recall", turn=turn_id)
    assert early.status_code == 409
    assert "Espere 15 segundos para repetir." in words(early)
    hands.forward(seconds=15)
    assert counter.press("recall", turn=turn_id).status_code == 302
    assert "Ya se llamó 2 veces." in counter.page()
    hands.forward(seconds=15)
    late = counter.press("recall", turn=turn_id)
    assert late.status_code == 409
    assert counter.look(turn_id).calls == 2


def test_with_no_repeats_allowed_who_does_not_come_is_absent_and_can_return(counter: Counter) -> None:
    rule(counter, recall_limit=0)
    turn_id = counter.turn()
    counter.press("next")
    assert "Ya se llamó 1 vez." in counter.page()
    assert counter.press("absent", turn=turn_id).status_code == 302
    assert counter.look(turn_id).state is State.ABSENT
    assert "No se presentó. Si vuelve, conserva su lugar" in counter.page()
    assert counter.press("returned", turn=turn_id).status_code == 302
    assert counter.look(turn_id).state is State.WAITING


@pytest.mark.parametrize(("minutes", "keeps"), [(9, True), (11, False)])
def test_who_returns_within_the_tolerance_keeps_the_place_and_later_goes_to_the_end(
    counter: Counter, hands: Hands, minutes: int, keeps: bool
) -> None:
    late, other = counter.turn(0), counter.turn(30)
    counter.press("next")
    counter.press("absent", turn=late)
    hands.forward(minutes=minutes)
    promised = "conserva su lugar" if keeps else "va al final"
    assert f"Si vuelve, {promised}" in counter.page()
    counter.press("returned", turn=late)
    counter.press("next")
    assert counter.look(late if keeps else other).state is State.CALLED
    assert counter.last_event().turn_id == (late if keeps else other)


@pytest.mark.parametrize(
    ("button", "fields", "reason"),
    [
        ("pick", {}, "pick-danger"),
        ("skip", {}, "skip-asked-to-wait"),
        ("regroup", {"group": "older"}, "group-told"),
    ],
)
def test_an_exception_needs_a_reason_of_its_list_and_reaches_the_supervisor(
    counter: Counter, button: str, fields: dict[str, object], reason: str
) -> None:
    counter.turn()
    turn_id = counter.turn(1)
    before = counter.happened()
    for wrong in ({}, {"reason": ""}, {"reason": "because"}, {"reason": "pause-break"}, {"reason": "a\0b"}):
        answer = counter.press(button, turn=turn_id, **fields, **wrong)
        assert answer.status_code == 422, wrong
        assert "de la lista" in words(answer)
    assert (counter.happened(), counter.look(turn_id).state) == (before, State.WAITING)
    assert counter.press(button, turn=turn_id, reason=reason, **fields).status_code == 302
    with counter.house.app.app_context():
        session = counter.house.look()
        told = board.exceptions_of(session, make.site(session).id, make.OPENING)
        assert [(event.turn_id, event.reason, who.username) for event, _turn, who in told if who] == [
            (turn_id, reason, "ventanilla1")
        ]


def test_a_picked_turn_is_called_and_who_is_skipped_lets_the_next_pass(counter: Counter) -> None:
    first, second = counter.turn(), counter.turn(1)
    assert counter.press("skip", turn=first, reason="skip-asked-to-wait").status_code == 302
    counter.press("next")
    assert counter.look(second).state is State.CALLED
    counter.press("absent", turn=second)
    third = counter.turn(2)
    assert counter.press("pick", turn=third, reason="pick-danger").status_code == 302
    assert counter.look(third).state is State.CALLED


def test_a_changed_condition_moves_the_turn_to_the_place_it_would_have_had(counter: Counter) -> None:
    counter.turn(0)
    turn_id = counter.turn(20)
    counter.press("regroup", turn=turn_id, group="pregnant", reason="group-told")
    counter.press("next")
    assert counter.look(turn_id).state is State.CALLED


def test_a_turn_of_a_service_of_other_windows_is_not_picked(counter: Counter) -> None:
    turn_id = counter.turn(service="sisben-survey")
    answer = counter.press("pick", turn=turn_id, reason="pick-danger")
    assert answer.status_code == 409
    assert counter.look(turn_id).state is State.WAITING


VERBS: tuple[tuple[str, dict[str, object]], ...] = (
    ("skip", {"reason": "skip-asked-to-wait"}),
    ("regroup", {"reason": "group-told", "group": "older"}),
    ("returned", {}),
)


@pytest.mark.parametrize(("button", "fields"), VERBS)
def test_nothing_is_done_to_a_turn_of_a_service_of_other_windows(
    counter: Counter, sit: Sit, button: str, fields: dict[str, object]
) -> None:
    turn_id = counter.turn(service="sisben-survey")
    if button == "returned":
        other = sit("ventanilla4", "4")
        other.press("next")
        other.press("absent", turn=turn_id)
    before = counter.happened()
    answer = counter.press(button, turn=turn_id, **fields)
    assert answer.status_code == 409
    assert "no se atiende en su ventanilla" in words(answer)
    assert counter.happened() == before


def test_the_group_of_a_turn_is_changed_by_who_has_it_in_the_hand_and_by_nobody_else(
    counter: Counter, sit: Sit
) -> None:
    turn_id, other = counter.turn(), sit("ventanilla2", "2")
    counter.press("next")
    told = {"turn": turn_id, "group": "older", "reason": "group-told"}
    for button in (None, "start"):
        if button:
            counter.press(button, turn=turn_id)
        answer = other.press("regroup", **told)
        assert answer.status_code == 409
        assert f"El turno {counter.look(turn_id).code} ya cambió" in words(answer)
    assert counter.look(turn_id).group == "general"
    assert counter.press("regroup", **told).status_code == 302
    assert counter.look(turn_id).group == "older"


def test_who_lets_others_pass_stands_aside_with_the_hour_and_may_be_called(counter: Counter, hands: Hands) -> None:
    turn_id = counter.turn()
    counter.turn(1)
    counter.press("skip", turn=turn_id, reason="skip-asked-to-wait")
    page = counter.page()
    assert "Deja pasar hasta las 9:10 a. m. Llamar este…" in page.replace("\xa0", " ")
    counter.press("next")
    assert "Llamar este…" not in counter.page()
    hands.forward(minutes=10)
    assert "Deja pasar" not in counter.page()


def test_every_call_from_the_window_keeps_why(counter: Counter) -> None:
    counter.turn()
    counter.press("next")
    with counter.house.app.app_context():
        event = counter.house.look().scalars(select(Event).where(Event.kind == "called")).one()
        assert event.detail["rule"] == "head-start"
        assert event.who_kind == "official"


def test_the_turn_of_the_page_is_checked_before_anything_is_done_to_the_one_in_hand(counter: Counter) -> None:
    """Two tabs: the one that still shows the first turn must not act on the second."""
    first = counter.turn(0)
    counter.press("next")
    counter.press("absent", turn=first)
    second = counter.turn(5)
    counter.press("next")
    for button, fields in (
        ("start", {}),
        ("recall", {}),
        ("absent", {}),
        ("hold", {}),
        ("add", {"service": counter.service("petition")}),
        ("transfer", {"service": counter.service("petition"), "position": "front"}),
        (
            "finish",
            {"result": "solved", "then": "rest", "service": counter.service("property-tax"), "quantity": 1},
        ),
    ):
        before = counter.happened()
        answer = counter.press(button, turn=first, **fields)
        assert answer.status_code == 409, button
        assert f"El turno {counter.look(first).code} ya cambió: no se presentó." in words(answer)
        assert (counter.happened(), counter.look(second).state) == (before, State.CALLED)


def test_no_turn_of_another_site_is_touched(counter: Counter) -> None:
    from core.catalogue.model import Service, Site, Topic
    from core.db import Stream
    from core.events import Who
    from core.turns import actions as turns

    with counter.house.app.app_context(), transaction(counter.house.look()) as session:
        here = make.service(session)
        elsewhere = Site(code="elsewhere", name="Otra", address="Otra")
        session.add(elsewhere)
        session.flush()
        topic = {
            c.name: getattr(here.topic, c.name) for c in Topic.__table__.columns if c.name not in ("id", "site_id")
        }
        there = Topic(site_id=elsewhere.id, **topic)
        session.add_all([there, Stream(site_id=elsewhere.id, last_seq=0, priority_run=0)])
        session.flush()
        values = {c.name: getattr(here, c.name) for c in Service.__table__.columns if c.name not in ("id", "site_id")}
        service = Service(site_id=elsewhere.id, **(values | {"topic_id": there.id}))
        rules = session.scalars(select(QueueSettings)).first()
        kept = {
            c.name: getattr(rules, c.name) for c in QueueSettings.__table__.columns if c.name not in ("id", "site_id")
        }
        session.add_all([service, QueueSettings(site_id=elsewhere.id, **kept)])
        session.flush()
        foreign = turns.issue(session, turns.Asked(elsewhere.id, service.id), Who("official"), make.at(60)).id
    for button, fields in (
        ("pick", {"reason": "pick-danger"}),
        ("skip", {"reason": "skip-asked-to-wait"}),
        ("regroup", {"reason": "group-told", "group": "older"}),
        ("start", {}),
        ("resume", {}),
        ("returned", {}),
    ):
        answer = counter.press(button, turn=foreign, **fields)
        assert answer.status_code == 404, button
    with counter.house.app.app_context():
        assert counter.house.look().get_one(Turn, foreign).state is State.WAITING
