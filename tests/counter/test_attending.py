"""The work of a window, from the call to the result: what each press does, and what the page says then."""

from __future__ import annotations

from core.db import transaction
from core.turns.lifecycle import UNDOABLE, State
from core.web.forms import new_press
from counter.seen import UNDO
from tests import make
from tests.conftest import Hands, House
from tests.counter.conftest import Counter, Sit, words


def call(counter: Counter, **turn: object) -> int:
    """Somebody is called; the id of their turn."""
    turn_id = counter.turn(**turn)  # type: ignore[arg-type]
    assert counter.press("next").status_code == 302
    assert counter.look(turn_id).state is State.CALLED
    return turn_id


def attend(counter: Counter, **turn: object) -> int:
    turn_id = call(counter, **turn)
    assert counter.press("start", turn=turn_id).status_code == 302
    return turn_id


def finish(
    counter: Counter, turn_id: int, *rows: tuple[str, object], then: str = "rest", result: str = "solved"
) -> None:
    answer = counter.press(
        "finish",
        turn=turn_id,
        result=result,
        then=then,
        service=[counter.service(code) if code else "" for code, _quantity in rows],
        quantity=[quantity for _code, quantity in rows],
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)


def test_the_primary_button_always_says_the_next_state(counter: Counter) -> None:
    turn_id = counter.turn()
    assert "Llamar siguiente F2" in counter.page()
    counter.press("next")
    assert "Iniciar atención F2" in (page := counter.page())
    assert "Llamar otra vez F4" in page
    assert "No se presentó F8" in page
    assert "Llamar siguiente F2" not in page
    counter.press("start", turn=turn_id)
    assert "Finalizar y llamar siguiente F9" in counter.page()


def test_finishing_keeps_the_result_and_the_quantity_and_calls_the_next(counter: Counter, hands: Hands) -> None:
    first = attend(counter)
    second = counter.turn(1)
    hands.forward(minutes=4)
    finish(counter, first, ("property-tax", 3), then="call", result="oriented")
    done = counter.look(first)
    assert done.state is State.FINISHED
    assert [(a.service.code, a.quantity, a.result) for a in done.asked] == [("property-tax", 3, "oriented")]
    assert counter.look(second).state is State.CALLED


def test_finishing_alone_calls_nobody(counter: Counter) -> None:
    first, second = attend(counter), counter.turn(1)
    finish(counter, first, ("property-tax", 1))
    assert counter.look(first).state is State.FINISHED
    assert counter.look(second).state is State.WAITING


def test_finishing_and_calling_with_nobody_waiting_just_finishes(counter: Counter) -> None:
    first = attend(counter)
    finish(counter, first, ("property-tax", 1), then="call")
    assert counter.look(first).state is State.FINISHED
    assert "Nadie espera" in counter.page()


def test_a_service_also_performed_is_kept_with_its_quantity(counter: Counter) -> None:
    turn_id = attend(counter)
    finish(counter, turn_id, ("property-tax", 1), ("tax-clearance", 2))
    done = counter.look(turn_id)
    assert done.state is State.FINISHED
    assert [(a.service.code, a.quantity) for a in done.asked] == [("property-tax", 1), ("tax-clearance", 2)]


def test_an_asked_service_without_quantity_stays_to_be_attended_and_the_page_says_where(
    counter: Counter, sit: Sit
) -> None:
    sit("ventanilla3", "3")
    turn_id = attend(counter)
    assert counter.press("add", turn=turn_id, service=counter.service("building-licence")).status_code == 302
    page = counter.page()
    assert "Pagar el impuesto predial: Ahora" in page
    assert "licencia de construcción: Pendiente" in page
    finish(counter, turn_id, ("property-tax", 1), ("building-licence", ""))
    turn = counter.look(turn_id)
    assert (turn.state, turn.service_id) == (State.WAITING, counter.service("building-licence"))
    assert "Pase a: Ventanilla 3 (abierta)." in counter.page()


def test_both_asked_services_may_be_finished_here(counter: Counter) -> None:
    turn_id = attend(counter)
    counter.press("add", turn=turn_id, service=counter.service("tax-clearance"))
    finish(counter, turn_id, ("property-tax", 1), ("tax-clearance", 2))
    assert counter.look(turn_id).state is State.FINISHED


def test_who_is_on_hold_waits_while_another_is_served_and_is_resumed(counter: Counter, hands: Hands) -> None:
    parked = attend(counter)
    counter.press("hold", turn=parked)
    hands.forward(minutes=2)
    assert "Aparte desde las 9:00 a. m." in counter.page()
    other = attend(counter, minute=1)
    hands.forward(minutes=5)
    finish(counter, other, ("property-tax", 1))
    assert counter.press("resume", turn=parked).status_code == 302
    assert counter.look(parked).state is State.ATTENDING
    finish(counter, parked, ("property-tax", 1))
    assert counter.look(parked).state is State.FINISHED


def test_a_transfer_keeps_the_number_leaves_this_queue_and_appears_in_the_other(counter: Counter, sit: Sit) -> None:
    other = sit("ventanilla3", "3")
    turn_id = attend(counter)
    code = counter.look(turn_id).code
    page = counter.page_after(
        counter.press("transfer", turn=turn_id, service=counter.service("stratum"), position="arrival")
    )
    assert f"{code} espera ahora por" in page
    assert "Pase a: Ventanilla 3 (abierta)." in page
    letter, digits = code.split()
    assert f"{letter} {digits}" in other.page()
    assert other.press("next").status_code == 302
    assert counter.look(turn_id).code == code


def test_a_transfer_takes_the_position_that_was_chosen(counter: Counter, sit: Sit, hands: Hands) -> None:
    other = sit("ventanilla3", "3")
    waiting = counter.turn(10, service="stratum")
    for position, first_called in (("front", "sent"), ("end", "waiting")):
        sent = attend(counter, minute=20)
        counter.press("transfer", turn=sent, service=counter.service("stratum"), position=position)
        other.press("next")
        expected = sent if first_called == "sent" else waiting
        assert counter.look(expected).state is State.CALLED, position
        other.press("absent", turn=expected)
        hands.forward(seconds=5)


def test_a_turn_that_is_to_return_waits_for_its_official_alone(counter: Counter, sit: Sit) -> None:
    elsewhere, colleague = sit("ventanilla3", "3"), sit("ventanilla2", "2")
    turn_id = attend(counter)
    counter.press("transfer", turn=turn_id, service=counter.service("stratum"), position="front", back="y")
    elsewhere.press("next")
    elsewhere.press("start", turn=turn_id)
    finish(elsewhere, turn_id, ("stratum", 1), ("property-tax", ""))
    assert colleague.press("next").status_code == 409
    assert counter.press("next").status_code == 302
    assert counter.look(turn_id).state is State.CALLED


def test_undoing_a_finish_gives_the_turn_back_in_attention(counter: Counter) -> None:
    turn_id = attend(counter)
    finish(counter, turn_id, ("property-tax", 1))
    code = counter.look(turn_id).code
    assert f"Deshacer el cierre de {code}" in counter.page()
    assert counter.press("undo", action=counter.last_event().seq).status_code == 302
    turn = counter.look(turn_id)
    assert turn.state is State.ATTENDING
    assert [a.result for a in turn.asked] == [None]


def test_after_a_minute_nothing_is_offered_to_undo_nor_undone(counter: Counter, hands: Hands) -> None:
    turn_id = attend(counter)
    seq = counter.last_event().seq
    hands.forward(seconds=61)
    assert "Deshacer" not in counter.page()
    assert counter.press("undo", action=seq).status_code == 409
    assert counter.look(turn_id).state is State.ATTENDING


def test_undo_undoes_the_action_that_the_page_showed_and_no_later_one(counter: Counter) -> None:
    turn_id = call(counter)
    shown = counter.last_event().seq
    counter.press("start", turn=turn_id)
    answer = counter.press("undo", action=shown)
    assert answer.status_code == 409
    assert counter.look(turn_id).state is State.ATTENDING


def test_every_step_that_can_be_undone_is_named_on_its_button() -> None:
    assert set(UNDO) == UNDOABLE


def test_who_attends_and_supervises_undoes_from_the_window_what_was_annulled_in_the_hall(
    house: House, sit: Sit
) -> None:
    with house.app.app_context(), transaction(house.look()) as session:
        make.official(session).roles = ["official", "supervisor"]
    counter = sit("ventanilla1", "1")
    turn_id = counter.turn()
    code = counter.look(turn_id).code
    annulled = counter.client.post(
        f"/admin/hall/turns/{turn_id}/cancel", data={"press": new_press(), "reason": "cancel-repeated"}
    )
    assert annulled.status_code == 302, words(annulled)
    assert f"Deshacer la anulación de {code}" in counter.page()
    assert counter.press("undo", action=counter.last_event().seq).status_code == 302
    assert counter.look(turn_id).state is State.WAITING


def test_an_official_gives_a_turn_by_hand_also_when_the_kiosk_is_closed(sit: Sit, hands: Hands) -> None:
    hands.forward(hours=4)
    counter = sit("ventanilla1", "1")
    page = counter.page_after(counter.press("issue", service=counter.service("petition"), group="older", language="en"))
    assert "Turno entregado" in page
    assert "X 001" in page
    event = counter.last_event()
    assert (event.kind, event.who_kind) == ("issued", "official")
    turn = counter.look(event.turn_id or 0)
    assert (turn.group, turn.language, turn.service.code) == ("older", "en", "petition")
