"""Taking a window, leaving it, pausing and asking for help."""

from __future__ import annotations

import re
from threading import Thread

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from core import desks
from core.breaks import actions as breaks
from core.breaks.planned import Break
from core.db import Event, transaction
from core.desks import Away, HelpCall, Sitting
from core.events import Who
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands
from tests.counter.conftest import Counter, Sit, at_once, words


def window(counter: Counter, label: str) -> int:
    with counter.house.app.app_context():
        return make.window(counter.house.look(), label).id


def sits_at(counter: Counter, username: str) -> str | None:
    with counter.house.app.app_context():
        session = counter.house.look()
        sitting = session.scalar(
            select(Sitting).where(
                Sitting.official_id == make.official(session, username).id, Sitting.ended_at.is_(None)
            )
        )
        return sitting.window.label if sitting else None


def test_without_a_window_the_page_offers_the_free_ones_and_says_who_uses_the_others(sit: Sit) -> None:
    sit("ventanilla2", "2")
    counter = sit("ventanilla1")
    page = counter.page()
    assert "Elija su ventanilla" in page
    assert "La usa Funcionario de ventanilla 2." in page
    assert "Atender en la 1" in page
    assert "Atender en la 2" not in page
    assert "Ventanilla 1" in counter.page_after(counter.press("window", window=window(counter, "1")))
    assert sits_at(counter, "ventanilla1") == "1"


def test_a_window_that_somebody_forgot_is_taken_the_next_day_with_what_was_left_there_back_in_line(
    sit: Sit, hands: Hands
) -> None:
    """Neither of the two stays before a turn that they can neither end nor let go, and the log says who sat where."""
    gone = sit("ventanilla1", "1")
    turn_id = gone.turn()
    gone.press("next")
    gone.press("pause", reason="pause-break")
    hands.forward(hours=23)
    counter = sit("ventanilla2")
    assert counter.press("window", window=window(counter, "1")).status_code == 302
    assert (sits_at(counter, "ventanilla1"), sits_at(counter, "ventanilla2")) == (None, "1")
    assert counter.look(turn_id).state is State.WAITING
    back = sit("ventanilla1")
    assert back.press("window", window=window(back, "2")).status_code == 302
    today = counter.turn(minute=24 * 60)
    assert counter.press("next").status_code == 302
    assert counter.look(today).state is State.CALLED
    with counter.house.app.app_context():
        kinds = [event.kind for event in counter.house.look().scalars(select(Event).order_by(Event.seq))]
    assert kinds.count("stood up") == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_calls_from_a_window_that_was_freed_while_they_stood_in_line(counter: Counter) -> None:
    """On PostgreSQL, where the two overlap: the press is seen waiting before the window is freed."""
    turn_id, answers = counter.turn(), list[TestResponse]()
    pressing = Thread(target=lambda: answers.append(counter.press("next")), daemon=True)
    with counter.house.app.app_context(), transaction(counter.house.look()) as session:
        site, official = make.site(session).id, make.official(session).id
        turns.let_go(session, site, official, Who("system"), make.at(60))
        pressing.start()
        with db.engine.connect() as look:
            while not look.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                assert pressing.is_alive(), answers
        desks.free(session, site, official, make.official(session, "supervision").id, make.at(60))
    pressing.join(30)
    assert answers[0].status_code == 409
    assert "Elija primero la ventanilla" in words(answers[0])
    assert counter.look(turn_id).state is State.WAITING


def test_a_window_that_somebody_uses_cannot_be_taken(sit: Sit) -> None:
    sit("ventanilla2", "2")
    counter = sit("ventanilla1")
    answer = counter.press("window", window=window(counter, "2"))
    assert answer.status_code == 409
    assert "La ventanilla 2 ya la usa otra persona." in words(answer)
    assert (sits_at(counter, "ventanilla1"), sits_at(counter, "ventanilla2")) == (None, "2")


def test_a_window_that_does_not_exist_is_refused(sit: Sit) -> None:
    counter = sit("ventanilla1")
    assert counter.press("window", window=987654).status_code == 404
    assert counter.press("window", window="1_0").status_code == 422
    assert counter.press("window", window="1" * 23).status_code == 422


def test_without_a_window_nobody_is_called(sit: Sit) -> None:
    counter = sit("ventanilla1")
    turn_id = counter.turn()
    answer = counter.press("next")
    assert answer.status_code == 409
    assert "Elija primero la ventanilla en que va a atender." in words(answer)
    assert counter.look(turn_id).state is State.WAITING


def test_in_a_pause_nobody_is_called_until_the_official_comes_back(counter: Counter, hands: Hands) -> None:
    turn_id = counter.turn()
    assert "En pausa Descanso" in counter.page_after(counter.press("pause", reason="pause-break"))
    assert "Espera 1 persona por sus servicios." in counter.page()
    assert counter.press("next").status_code == 409
    assert counter.look(turn_id).state is State.WAITING
    hands.forward(minutes=12)
    assert "Llamar siguiente F2" in counter.page_after(counter.press("back"))
    with counter.house.app.app_context():
        away = counter.house.look().scalars(select(Away)).one()
        assert ((away.ended_at or away.started_at) - away.started_at).total_seconds() == 12 * 60


def test_who_pauses_says_when_they_come_back_and_a_break_that_is_due_says_it_for_them(
    counter: Counter, hands: Hands
) -> None:
    """The break is from 9:30 to 9:45; nine o'clock is an hour after the opening."""

    def until(**fields: object) -> float | None:
        """Press it, come back, and in how many minutes they would have."""
        counter.page_after(counter.press("pause", reason="pause-break", **fields))
        counter.page_after(counter.press("back"))
        with counter.house.app.app_context():
            away = counter.house.look().scalars(select(Away).order_by(Away.id.desc()).limit(1)).one()
            return away.expected_until and (away.expected_until - away.started_at).total_seconds() / 60

    def chosen() -> str:
        page = counter.client.get("/counter/").get_data(as_text=True)
        return "".join(re.findall(r'name="back" value="(\w+)" checked', page))

    with counter.house.app.app_context(), transaction(counter.house.look()) as session:
        supervisor = make.official(session, "supervision").id
        wanted = Break(frozenset({1}), make.at(90).time(), make.at(105).time())
        breaks.plan(session, make.site(session).id, make.window(session).id, wanted, supervisor, make.at())
    assert (chosen(), "Pausa prevista" in counter.page()) == ("unknown", False)
    for back, minutes in (("5", 5), ("30", 30), ("unknown", None), ("planned", None)):
        assert until(back=back) == minutes, back
    assert until() is None, "a page of before"
    for back in ("", "7", "-5"):
        assert "Elija una opción de la lista." in words(counter.press("pause", reason="pause-break", back=back)), back
    hands.forward(minutes=21)
    assert "Pausa prevista 09:30–09:45" in counter.page()
    assert "A las 09:45, lo previsto" in counter.page()
    assert chosen() == "planned"
    refused = counter.press("pause", reason="", back="10").get_data(as_text=True)
    assert 'value="10" checked' in refused, "what was chosen stays"
    hands.forward(minutes=12)
    assert "Descanso · hasta las 9:45 a. m." in counter.page_after(
        counter.press("pause", reason="pause-break", back="planned")
    )
    hands.forward(minutes=3)
    counter.press("back")
    assert "Pausa prevista" not in counter.page(), "it was taken"


def test_a_pause_and_other_work_need_a_reason_of_their_own_list(counter: Counter) -> None:
    before = counter.happened()
    for button, reason in (("pause", ""), ("pause", "task-mail"), ("task", "pause-break"), ("task", "nothing")):
        answer = counter.press(button, reason=reason)
        assert answer.status_code == 422, (button, reason)
        assert "de la lista" in words(answer)
    assert counter.happened() == before
    assert "En otra labor Responder cartas o correos" in counter.page_after(counter.press("task", reason="task-mail"))


def test_with_a_turn_in_the_hand_nobody_goes_away_nor_leaves_nor_moves(counter: Counter) -> None:
    turn_id = counter.turn()
    counter.press("next")
    before = counter.happened()
    for button, fields in (
        ("pause", {"reason": "pause-break"}),
        ("task", {"reason": "task-mail"}),
        ("leave", {}),
        ("window", {"window": window(counter, "2")}),
    ):
        answer = counter.press(button, **fields)
        assert answer.status_code == 409, button
        assert counter.look(turn_id).code in words(answer)
    assert (counter.happened(), sits_at(counter, "ventanilla1")) == (before, "1")


def test_nobody_is_in_a_pause_with_a_turn_in_the_hand_though_two_tabs_press_at_once(counter: Counter, sit: Sit) -> None:
    tab = sit("ventanilla1")
    for minute in range(5):
        turn_id = counter.turn(minute)
        both = at_once(lambda: counter.press("next"), lambda: tab.press("pause", reason="pause-break"))
        assert sorted(both) == [302, 409]
        counter.press("back")
        counter.press("next")
        assert counter.press("absent", turn=turn_id).status_code == 302


def test_leaving_frees_the_window_and_gives_back_who_was_on_hold(counter: Counter) -> None:
    turn_id = counter.turn()
    counter.press("next")
    counter.press("hold", turn=turn_id)
    assert "Los turnos que dejó aparte volverán a la fila" in counter.client.get("/counter/").get_data(as_text=True)
    assert "Elija su ventanilla" in counter.page_after(counter.press("leave"))
    assert sits_at(counter, "ventanilla1") is None
    assert counter.look(turn_id).state is State.WAITING


def test_a_call_for_help_reaches_the_supervisor_once(counter: Counter) -> None:
    assert "La supervisión ya sabe" in counter.page_after(counter.press("help"))
    assert "Ayuda pedida 0:00 Ya no hace falta" in counter.page()
    counter.press("help")
    with counter.house.app.app_context():
        assert len(counter.house.look().scalars(select(HelpCall)).all()) == 1


def test_a_call_for_help_is_withdrawn_when_it_is_not_needed_any_more(counter: Counter) -> None:
    counter.press("help")
    assert "Ya no hace falta" in counter.page()
    page = counter.page_after(counter.press("help/withdraw"))
    assert "Pedir ayuda" in page
    assert "va para allá" not in page
    assert counter.last_event().kind == "withdrew help"
    before = counter.happened()
    assert counter.press("help/withdraw").status_code == 302
    assert counter.happened() == before


def test_who_asked_for_help_sees_who_is_on_the_way_for_ten_minutes(counter: Counter, sit: Sit, hands: Hands) -> None:
    counter.press("help")
    with counter.house.app.app_context():
        help_id = counter.house.look().scalars(select(HelpCall.id)).one()
    sit("supervision").client.post(f"/admin/hall/help/{help_id}", data={"press": new_press()})
    said = "Supervisora de la sala va para allá"
    assert said in counter.page()
    hands.forward(minutes=9)
    assert said in counter.page()
    hands.forward(minutes=1)
    assert "va para allá" not in counter.page()


def test_who_was_freed_is_told_by_whom_until_they_sit_again(counter: Counter, sit: Sit, hands: Hands) -> None:
    said = "La supervisión liberó su ventanilla."
    counter.press("leave")
    assert said not in counter.page()
    counter.press("window", window=window(counter, "1"))
    with counter.house.app.app_context():
        me = make.official(counter.house.look()).id
    sit("supervision").client.post(f"/admin/hall/officials/{me}/free", data={"press": new_press()})
    assert said in counter.page()
    hands.forward(minutes=1)
    counter.press("window", window=window(counter, "1"))
    counter.press("leave")
    assert said not in counter.page()
