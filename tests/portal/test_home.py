"""The front page: whether it is open, how long it takes, what to bring, and how turns work."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from sqlalchemy import delete

from core.catalogue.model import Entity, OpeningHours, Service
from core.db import transaction
from core.web.database import db
from portal.place import week_of
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


def test_it_shows_the_hours_of_the_week_and_the_address(house: House, hands: Hands) -> None:
    text = sentence(home(house))

    assert "Lunes a viernes 8:00 a. m. a 12:00 m. 2:00 p. m. a 6:00 p. m. Sábado y domingo Cerrado" in text
    assert "Palacio Municipal, California, Santander" in text


def test_it_announces_holidays_and_the_days_that_the_site_closes(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.closed(session, date(2026, 11, 27))

    assert "viernes 27 de noviembre; martes 8 de diciembre" in home(house)


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


def test_every_service_is_there_with_what_to_bring(house: House, hands: Hands) -> None:
    text = home(house)

    with house.app.app_context():
        services = house.look().query(Service).all()
        assert services
        for service in services:
            assert f"<summary>{service.name}</summary>" in text
            assert all(requirement in text for requirement in service.requirements)


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


@pytest.mark.parametrize("data", [{}, {"to": "fr"}, {"to": "es", "next": "https://example.org"}])
def test_a_language_that_it_does_not_speak_is_refused(house: House, hands: Hands, data: dict[str, str]) -> None:
    assert house.anybody().post("/language", data=data).status_code == 422


def test_a_fresh_installation_offers_only_the_way_in(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        for table in reversed(Entity.metadata.sorted_tables):
            session.execute(delete(table))

    text = home(house)

    assert "todavía no ha publicado sus horarios" in text
    assert "Cómo funcionan los turnos" not in text
    assert 'href="/sign-in"' in text


def test_days_in_a_row_with_the_same_hours_are_told_together() -> None:
    morning, short = (time(8), time(12)), (time(8), time(10))
    hours = [OpeningHours(weekday=day, opens=morning[0], closes=morning[1]) for day in (1, 2, 4)]
    hours.append(OpeningHours(weekday=6, opens=short[0], closes=short[1]))

    told = [(days.first, days.last, days.stretches) for days in week_of(hours)]

    assert told == [
        (1, 2, (morning,)),
        (3, 3, ()),
        (4, 4, (morning,)),
        (5, 5, ()),
        (6, 6, (short,)),
        (7, 7, ()),
    ]
