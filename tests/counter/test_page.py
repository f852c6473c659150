"""What the page of a window shows, to whom, and what it does with presses that come twice, late or wrong."""

from __future__ import annotations

import json
import re

import pytest

from core.turns.lifecycle import State
from core.web.forms import new_press
from tests.conftest import Hands, House
from tests.counter.conftest import Counter, Sit, words

PRESSES = (
    "next",
    "recall",
    "absent",
    "returned",
    "pick",
    "skip",
    "regroup",
    "start",
    "hold",
    "resume",
    "add",
    "transfer",
    "finish",
    "undo",
    "issue",
    "window",
    "leave",
    "pause",
    "task",
    "back",
    "help",
    "help/withdraw",
    "petition",
    "petition/kept",
)


def test_every_press_of_this_face_is_in_the_list_of_these_tests(house: House) -> None:
    rules = (rule for rule in house.app.url_map.iter_rules() if rule.endpoint.startswith("counter."))
    assert {rule.rule for rule in rules if "POST" in (rule.methods or ())} == {f"/counter/{name}" for name in PRESSES}


@pytest.mark.parametrize("username", ["supervision", "administracion"])
def test_who_does_not_attend_may_not_use_a_window(house: House, sit: Sit, username: str) -> None:
    counter = sit(username)
    assert counter.client.get("/counter/").status_code == 403
    assert counter.client.get("/counter/live").status_code == 403
    assert {counter.press(name).status_code for name in PRESSES} == {403}


def test_who_is_not_signed_in_is_sent_to_the_door(house: House) -> None:
    client = house.anybody()
    assert client.get("/counter/").headers["Location"].startswith("/sign-in")
    assert client.get("/counter/live", headers={"Accept": "application/json"}).status_code == 401
    assert {client.post(f"/counter/{name}").status_code for name in PRESSES} == {401}


def test_a_press_repeated_calls_once(counter: Counter) -> None:
    first, second, key = counter.turn(), counter.turn(1), new_press()
    assert [counter.press("next", key=key).status_code for _ in range(5)] == [302] * 5
    assert counter.look(first).state is State.CALLED
    assert counter.look(second).state is State.WAITING
    assert counter.look(first).calls == 1


def test_a_repeated_finish_and_call_does_not_finish_who_was_called(counter: Counter) -> None:
    first, second, key = counter.turn(), counter.turn(1), new_press()
    counter.press("next")
    counter.press("start", turn=first)
    fields = {"turn": first, "result": "solved", "then": "call", "quantity": 1}
    for _ in range(3):
        assert counter.press("finish", key=key, service=counter.service("property-tax"), **fields).status_code == 302
    assert [counter.look(turn).state for turn in (first, second)] == [State.FINISHED, State.CALLED]


def test_a_key_that_comes_back_with_something_else_is_refused(counter: Counter) -> None:
    first, second, key = counter.turn(), counter.turn(1), new_press()
    counter.press("skip", key=key, turn=first, reason="skip-asked-to-wait")
    before = counter.happened()
    for button, fields in (
        ("skip", {"turn": second, "reason": "skip-asked-to-wait"}),
        ("skip", {"turn": first, "reason": "skip-support"}),
        ("next", {}),
    ):
        answer = counter.press(button, key=key, **fields)
        assert answer.status_code == 409
        assert "Este botón ya se usó para otra cosa." in words(answer)
    assert counter.happened() == before


def test_a_press_without_a_good_key_is_refused(counter: Counter) -> None:
    counter.turn()
    for key in ("short", "x" * 65, "á" * 30):
        assert counter.press("next", key=key).status_code == 422
    assert counter.client.post("/counter/next").status_code == 422
    assert "Nadie espera" not in counter.page()


def test_a_stale_press_gets_the_sentence_and_the_desk_as_it_now_stands(counter: Counter, hands: Hands) -> None:
    turn_id = counter.turn()
    counter.press("next")
    counter.press("start", turn=turn_id)
    before = counter.happened()
    answer = counter.press("start", turn=turn_id)
    assert answer.status_code == 409
    said = words(answer)
    assert (
        f"El turno {counter.look(turn_id).code} ya cambió: está en atención. Mire cómo quedó antes de seguir." in said
    )
    assert "Finalizar y llamar siguiente F9" in said
    assert counter.happened() == before


def test_a_script_gets_the_refusal_as_json(counter: Counter) -> None:
    answer = counter.client.post("/counter/next", data={"press": new_press()}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()) == (409, {"error": "No hay nadie esperando para esta ventanilla."})


def test_a_result_that_says_nothing_sensible_is_refused_and_stores_nothing(counter: Counter) -> None:
    turn_id = counter.turn()
    counter.press("next")
    counter.press("start", turn=turn_id)
    before = counter.happened()
    good = {
        "turn": turn_id,
        "result": "solved",
        "then": "rest",
        "service": counter.service("property-tax"),
        "quantity": 1,
    }
    for wrong, said in (
        ({"result": ""}, "Diga cómo terminó la atención."),
        ({"result": "splendid"}, "Elija un resultado de la lista."),
        ({"quantity": ""}, "Escriba una cantidad de 1 a 99."),
        ({"quantity": "0"}, "Escriba un número de 1 a 99."),
        ({"quantity": "100"}, "Escriba un número de 1 a 99."),
        ({"quantity": "٣"}, "Escriba un número de 1 a 99."),
        ({"service": "9" * 23}, "Escriba un número de 1 a 999999999."),
        ({"service": "987654"}, "Diga cómo terminó la atención."),
        ({"quantity": ["1", "1"]}, "La página envió datos que no se esperaban."),
        ({"then": "dance"}, "Use los botones de la página."),
        ({"extra": "1"}, "La página envió datos que no se esperaban."),
    ):
        answer = counter.press("finish", **(good | wrong))
        assert answer.status_code == 422, wrong
        assert said in words(answer), wrong
    assert (counter.happened(), counter.look(turn_id).state) == (before, State.ATTENDING)


def test_all_that_is_wrong_is_told_at_once_beside_what_was_written(counter: Counter) -> None:
    turn_id = counter.turn()
    counter.press("next")
    counter.press("start", turn=turn_id)
    wrong = {"turn": turn_id, "result": "", "then": "rest", "service": counter.service("property-tax")}
    page = counter.press("finish", **wrong, quantity="100").get_data(as_text=True)
    result, quantity = page.index("Diga cómo terminó la atención."), page.index("Escriba un número de 1 a 99.")
    assert result < quantity
    assert re.search(r'name="quantity"[^>]* value="100"', page)
    assert 'data-mend="finish"' in page


def test_that_nobody_waits_is_no_error_and_passes_by_itself(counter: Counter) -> None:
    page = counter.press("next").get_data(as_text=True)
    said = page[page.index("data-passes") :]
    assert "notice--info" in said.partition("No hay nadie esperando")[0]


def test_the_same_service_twice_in_a_result_is_refused(counter: Counter) -> None:
    turn_id, service = counter.turn(), counter.service("property-tax")
    counter.press("next")
    counter.press("start", turn=turn_id)
    answer = counter.press(
        "finish", turn=turn_id, result="solved", then="rest", service=[service, service], quantity=[1, 2]
    )
    assert answer.status_code == 422
    assert "Un servicio está dos veces." in words(answer)


def test_what_is_not_in_a_list_is_refused_with_its_remedy(counter: Counter) -> None:
    turn_id = counter.turn()
    counter.press("next")
    before = counter.happened()
    for button, fields, said in (
        ("issue", {"service": "", "group": "general", "language": "es"}, "Elija un servicio de la lista."),
        ("issue", {"service": "987654", "group": "general", "language": "es"}, "Ese servicio no se atiende aquí."),
        ("issue", {"service": "1", "group": "kings", "language": "es"}, "Elija una condición de la lista"),
        ("issue", {"service": "1", "group": "general", "language": "fr"}, "Elija español o inglés."),
        ("transfer", {"service": "987654", "position": "front"}, "Elija un servicio de la lista."),
        ("transfer", {"service": "1", "position": "nowhere"}, "Elija un lugar de la lista."),
        ("add", {"service": "x"}, "Escriba un número"),
        ("undo", {"action": ""}, "Vuelva a cargar la página."),
    ):
        of_the_turn = {"turn": turn_id} if button in ("transfer", "add") else {}
        answer = counter.press(button, **of_the_turn, **fields)
        assert answer.status_code == 422, fields
        assert said in words(answer), fields
    assert counter.happened() == before


def test_the_dialog_to_mend_comes_back_open_with_what_was_chosen(counter: Counter) -> None:
    turn_id = counter.turn()
    page = counter.press("regroup", turn=turn_id, group="older").get_data(as_text=True)
    assert 'data-mend="regroup"' in page
    assert re.search(r'value="older"\s+checked', page)
    assert f'name="turn" value="{turn_id}"' in page


def test_the_page_shows_who_is_at_the_window_and_what_to_ask_for(counter: Counter, hands: Hands) -> None:
    counter.turn(48, group="older", service="tax-clearance")
    counter.turn(50)
    counter.press("next")
    page = counter.page()
    assert "A 001 Pedir paz y salvo predial Llamado 60 años o más" in page
    assert "Llegó a las 8:48 a. m. y esperó 12 min." in page
    assert "Pida esto Número predial o un recibo anterior" in page
    assert "1 espera · 0 preferenciales" in page
    assert "A 002 Pagar el impuesto predial 10 min" in page


def test_a_wait_past_its_target_is_marked_by_a_word_and_not_only_by_colour(counter: Counter) -> None:
    counter.turn(0, group="older")
    counter.turn(20)
    page = counter.client.get("/counter/").get_data(as_text=True)
    assert page.count('aria-label="Espera demasiado:"') == 1
    assert page.count('aria-label="Espera demasiado"') == 1


def test_who_asked_for_english_is_said(counter: Counter) -> None:
    counter.press("issue", service=counter.service("property-tax"), group="general", language="en")
    counter.press("next")
    assert "Pidió inglés" in counter.page()


def test_where_each_service_is_attended_now_is_on_the_page(counter: Counter, sit: Sit) -> None:
    sit("ventanilla4", "4")
    page = counter.client.get("/counter/live").get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="places"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    places = json.loads(found[1])
    assert places[str(counter.service("sisben-survey"))] == "Pase a: Ventanilla 4 (abierta)."
    closed = "Ahora no hay ventanilla abierta. Lo atiende la 3. Avise a la supervisión."
    assert places[str(counter.service("building-licence"))] == closed


def test_what_the_page_asks_for_again_is_what_it_drew_first(counter: Counter) -> None:
    def parts(page: str) -> dict[str, str]:
        page = re.sub(r'(name="(?:press|csrf_token)" value|data-now)="[^"]*"', "", page)
        found = re.findall(r'<(section|div)([^>]*id="(\w+)" data-part.*?)</\1>\n', page, re.DOTALL)
        return {name: body for _tag, body, name in found}

    counter.turn()
    counter.press("next")
    first, again = (counter.client.get(path).get_data(as_text=True) for path in ("/counter/", "/counter/live"))
    assert set(parts(again)) == {"tools", "now", "queue", "aside"}
    assert parts(first) == parts(again)
    assert "<html" not in again


def test_opening_and_refreshing_the_page_changes_nothing(counter: Counter) -> None:
    counter.turn()
    before = counter.happened()
    for _ in range(3):
        counter.client.get("/counter/")
        counter.client.get("/counter/live")
    assert counter.happened() == before
