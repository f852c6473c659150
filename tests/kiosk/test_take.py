"""One touch is one turn: replayed, refused, hammered or forged, what is kept is what was meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from core import devices
from core.clock import now
from core.db import transaction
from core.devices import Device
from core.presses import KeptPress
from core.turns.model import QueueSettings, SeriesCounter, Turn
from core.web.database import db
from core.web.forms import new_press
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger, Page
from tests.kiosk.test_choose import elsewhere

Kiosk = Callable[..., Finger]
TAX = {"service": "1", "group": "general"}


def take(person: Finger, **fields: str) -> TestResponse:
    """Press with a fresh key, unless the fields say otherwise."""
    return person.client.post("/kiosk/turns", data={"press": new_press(), **TAX, **fields})


def kept(house: House) -> list[Turn]:
    return list(house.look().scalars(select(Turn).order_by(Turn.id)))


def nothing_kept(house: House) -> bool:
    session = house.look()
    return not any(session.scalar(select(func.count()).select_from(one)) for one in (Turn, SeriesCounter, KeptPress))


def test_a_touch_gives_the_turn_that_was_asked_for(finger: Kiosk, house: House) -> None:
    person = finger()

    person.touch(person.service_page(), "60 años o más")

    with house.app.app_context():
        (turn,) = kept(house)
        assert (turn.code, turn.service.name) == ("A 001", "Pagar el impuesto predial")
        assert (turn.group, turn.language) == ("older", "es")
        assert turn.device_id is not None


def test_the_same_touch_sent_again_gets_the_same_ticket(finger: Kiosk, house: House) -> None:
    person, key = finger(), new_press()

    answers = {take(person, press=key).location for _ in range(3)}

    assert len(answers) == 1
    assert answers.pop().startswith("/kiosk/ticket/")
    with house.app.app_context():
        assert [turn.code for turn in kept(house)] == ["A 001"]


def test_two_buttons_of_one_page_give_one_turn(finger: Kiosk, house: House) -> None:
    person = finger()
    page = person.service_page()

    first = person.press(page.button("Tomar turno general"))
    second = person.press(page.button("En embarazo"))

    assert (first.status, second.status) == (200, 409)
    assert "Este botón ya se usó para otra cosa" in second.text
    with house.app.app_context():
        assert [turn.group for turn in kept(house)] == ["general"]


def test_the_same_key_at_two_kiosks_is_two_citizens(finger: Kiosk, house: House) -> None:
    key = new_press()

    take(finger(), press=key)
    take(finger(), press=key)

    with house.app.app_context():
        assert [turn.code for turn in kept(house)] == ["A 001", "A 002"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"service": "999"}, "Ese servicio no se atiende aquí. Elija uno de la lista."),
        ({"service": ""}, "Servicio: Elija un servicio de la lista."),
        ({"service": "uno"}, "Servicio: Elija un servicio de la lista."),
        ({"service": "99999999999999999999999"}, "Servicio: Elija un servicio de la lista."),
        ({"group": "vip"}, "Elija una condición de la lista"),
        ({"group": ""}, "Atención preferencial: Elija una opción de la lista."),
        ({"group": "a" * 41}, "Atención preferencial: Escriba 40 caracteres o menos."),
        ({"first_of_all": "true"}, "La página envió datos que no se esperaban."),
        ({"device_id": "7"}, "La página envió datos que no se esperaban."),
        ({"press": ""}, "Falta la clave de la pulsación"),
        ({"press": "corta"}, "Falta la clave de la pulsación"),
    ],
)
def test_what_no_button_says_is_refused_with_its_remedy_and_nothing_is_kept(
    finger: Kiosk, house: House, fields: dict[str, str], says: str
) -> None:
    answer = Page(take(finger(), **fields))

    assert answer.status == 422
    assert says in answer.text
    assert "Empezar de nuevo" in answer.text
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_service_of_another_site_is_refused_and_nothing_is_kept(finger: Kiosk, house: House) -> None:
    person = finger()
    with house.app.app_context(), transaction(db.session) as session:
        _topic, service = elsewhere(session)
        number = str(service.id)

    assert take(person, service=number).status_code == 422
    with house.app.app_context():
        assert nothing_kept(house)


def test_outside_hours_no_turn_is_given_and_the_page_says_when(finger: Kiosk, house: House, hands: Hands) -> None:
    person = finger()
    page = person.service_page()
    hands.forward(hours=3)

    closed = person.press(page.button("Tomar turno general"))

    assert closed.status == 409
    assert "hoy a las 2:00 p. m." in closed.text
    with house.app.app_context():
        assert nothing_kept(house)


def test_the_twenty_first_turn_in_a_minute_waits_and_the_next_kiosk_does_not(
    finger: Kiosk, house: House, hands: Hands
) -> None:
    person, neighbour = finger(), finger()
    assert {take(person).status_code for _ in range(20)} == {302}

    refused = take(person)

    assert refused.status_code == 429
    assert "Espere un minuto o acérquese a una ventanilla." in refused.get_data(as_text=True)
    assert refused.headers["Retry-After"] == "60"
    assert take(neighbour).status_code == 302
    hands.forward(minutes=1)
    assert take(person).status_code == 302


def test_a_screen_that_is_not_paired_is_sent_to_ask_and_gets_no_turn(house: House) -> None:
    stranger = Finger(house.anybody())

    assert stranger.client.get("/kiosk/").location == "/pair/kiosk"
    assert take(stranger).status_code == 401
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_display_is_not_a_kiosk(house: House) -> None:
    assert take(Finger(house.device("display"))).status_code == 401


def test_a_revoked_kiosk_gives_no_more_turns(finger: Kiosk, house: House) -> None:
    person = finger()
    with house.app.app_context(), transaction(db.session) as session:
        device = session.scalars(select(Device)).one()
        devices.revoke(session, device.id, device.site_id, device.paired_by, now())

    assert take(person).status_code == 401
    assert person.client.get("/kiosk/").location == "/pair/kiosk"
    asks = person.client.get("/kiosk/alive", headers={"Accept": "application/json"})
    assert asks.status_code == 401
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_huge_body_is_refused_in_the_words_of_the_kiosk(finger: Kiosk, house: House) -> None:
    answer = Page(take(finger(), group="a" * 70_000))

    assert answer.status == 413
    assert "Envíe menos texto." in answer.text
    assert "Empezar de nuevo" in answer.text
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_turn_is_not_taken_by_looking(finger: Kiosk, house: House) -> None:
    answer = finger().open("/kiosk/turns")

    assert answer.status in (404, 405)
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_kiosk_without_the_secret_of_its_page_gets_no_turn(house: House, finger: Kiosk) -> None:
    person = finger()
    house.app.config["WTF_CSRF_ENABLED"] = True

    answer = Page(take(person))

    assert answer.status == 400
    assert "Vuelva a cargar la página" in answer.text
    with house.app.app_context():
        assert nothing_kept(house)


def test_a_fault_of_ours_is_told_with_a_number_and_not_with_its_cause(finger: Kiosk, house: House) -> None:
    person = finger()
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(delete(QueueSettings))

    answer = Page(take(person))

    assert answer.status == 500
    assert "avise con este número" in answer.text
    assert "NoResultFound" not in answer.html
    with house.app.app_context():
        assert nothing_kept(house)
