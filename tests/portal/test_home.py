"""The front page: whether it is open, how long it takes, what to bring, and how turns work."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.catalogue.model import Service
from core.db import transaction
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.portal.test_turn import sentence


def home(house: House) -> str:
    answer = house.anybody().get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (0, "Abierto ahora, hasta las 12:00 m."),
        (3 * 60, "Cerrado ahora. Abre hoy a las 2:00 p. m."),
        (5 * 60, "Abierto ahora, hasta las 6:00 p. m."),
        (9 * 60, "Cerrado ahora. Abre el martes 24 de noviembre a las 8:00 a. m."),
    ],
)
def test_it_says_by_the_clock_whether_it_is_open_and_until_or_from_when(
    house: House, hands: Hands, minutes: int, says: str
) -> None:
    hands.forward(minutes=minutes)

    assert says in home(house)


def test_it_shows_how_many_wait_for_each_topic_and_a_range(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
        for minute in range(5):
            make.turn(session, 30 + minute)

    text = sentence(home(house))

    assert "Esperan 5 personas en la sala." in text
    assert re.search(r"Impuestos 5 Entre \d+ y \d+ minutos", text)
    assert "Sisbén 0 Sin ventanilla abierta" in text


@pytest.mark.parametrize("somebody", [True, False])
def test_closed_it_shows_no_waits_and_speaks_of_who_has_a_turn_only_if_anybody_has(
    house: House, hands: Hands, somebody: bool
) -> None:
    if somebody:
        with house.app.app_context(), transaction(db.session) as session:
            make.turn(session, 30)
    hands.forward(hours=10)

    text = home(house)

    assert "en la sala." not in text
    assert ("Quienes ya tienen turno serán atendidos." in text) is somebody


def test_every_service_is_a_way_to_its_page(house: House, hands: Hands) -> None:
    text = home(house)

    with house.app.app_context():
        services = house.look().query(Service).all()
        assert services
        for service in services:
            assert f'<a href="/services/{service.id}">{service.name}</a>' in text


def test_on_a_holiday_it_says_which(house: House, hands: Hands) -> None:
    hands.forward(days=15)

    assert "Hoy no abre: La Inmaculada Concepción." in sentence(home(house))


def test_a_service_that_is_no_longer_attended_is_not_there(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.service(session).active = False

    assert "Pagar el impuesto predial" not in home(house)


def test_it_says_who_goes_first_and_that_nobody_asks_for_proof(house: House, hands: Hands) -> None:
    text = home(house)

    assert "Niño, niña o adolescente" in text
    assert "No pedimos certificados ni diagnósticos." in text


def test_it_can_be_indexed_and_leads_officials_in(house: House, hands: Hands) -> None:
    text = home(house)

    assert "noindex" not in text
    assert 'href="/sign-in">Funcionarios: ingresar</a>' in text


def test_it_speaks_english_when_asked_by_the_switch_and_not_by_the_address(house: House, hands: Hands) -> None:
    client = house.anybody()
    by_address = client.get("/?idioma=en").get_data(as_text=True)
    switched = client.post("/language", data={"to": "en"})
    text = client.get("/").get_data(as_text=True)

    assert '<html lang="es"' in by_address
    assert switched.headers["Location"] == "/"
    assert '<html lang="en"' in text
    assert "Pay property tax" in text
    assert "60 years old or over" in text


def test_the_other_language_is_the_same_page(house: House, hands: Hands) -> None:
    client = house.anybody()
    for page in ("/hours", "/services?q=casa+%C3%B1", "/services/1"):
        assert client.post("/language", data={"to": "en", "back": page}).headers["Location"] == page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"to": "fr"},
        {"to": "es", "next": "https://example.org"},
        {"to": "es", "back": "https://example.org"},
        {"to": "es", "back": "//example.org"},
        {"to": "es", "back": "/\\example.org"},
        {"to": "es", "back": "/hours\n"},
    ],
)
def test_a_language_that_it_does_not_speak_is_refused(house: House, hands: Hands, data: dict[str, str]) -> None:
    assert house.anybody().post("/language", data=data).status_code == 422


def test_a_fresh_installation_offers_only_the_way_in(empty: Flask) -> None:
    text = home(House(empty))

    assert "todavía no ha publicado sus horarios" in text
    assert "Cómo funcionan los turnos" not in text
    assert 'href="/sign-in"' in text
