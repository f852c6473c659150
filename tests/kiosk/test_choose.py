"""The way to a turn: three touches at most, what to bring before taking it, and a calm page outside hours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import PriorityGroup, Service, Site, Topic
from core.db import transaction
from core.turns.model import Turn
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger

Kiosk = Callable[..., Finger]


@pytest.mark.parametrize("choice", ["Tomar turno general", "Persona con discapacidad"])
def test_every_citizen_needs_three_touches_to_a_turn(finger: Kiosk, choice: str) -> None:
    person = finger()

    ticket = person.touch(person.service_page(), choice)

    assert person.touches == 3
    assert ticket.status == 200
    assert "Su turno es A 001" in ticket.text.replace("\xa0 ", "")


def test_every_service_of_the_town_hall_is_two_touches_away(finger: Kiosk, house: House) -> None:
    person = finger()
    home = person.open()
    with house.app.app_context():
        services = {(one.topic.name, one.name) for one in house.look().scalars(select(Service))}

    reached = set()
    for label, there in home.links.items():
        offered = " ".join(person.open(there).links)
        reached |= {(topic, name) for topic, name in services if label.startswith(topic) and name in offered}

    assert reached == services != set()


def test_what_to_bring_is_read_before_the_turn_can_be_taken(finger: Kiosk, house: House) -> None:
    page = finger().service_page()

    before, button, _after = page.text.partition("Tomar turno general")

    assert button
    assert "Traiga esto Número predial o un recibo anterior" in before
    assert "Nombre o cédula del propietario, si no tiene el número" in before
    with house.app.app_context():
        assert house.look().scalars(select(Turn)).all() == []


def test_the_wait_and_the_people_ahead_are_told_before_the_turn_is_taken(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        for window in ("1", "2"):
            make.desk(session, window)
        for minute in range(50, 60):
            make.turn(session, minute)

    page = finger().service_page()

    assert "Espera: entre 15 y 50 minutos" in page.text
    assert "Hay 10 turnos antes del suyo" in page.text


def test_somebody_without_priority_is_told_of_all_who_would_go_first(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session, 59)
        make.turn(session, 59, group="older")

    assert "Hay 2 turnos antes del suyo" in finger().service_page().text


def test_a_service_that_nobody_attends_now_says_so(finger: Kiosk) -> None:
    assert "Aún no hay ventanilla abierta" in finger().service_page().text


def test_a_topic_tells_the_wait_of_each_service(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session, "1")
    person = finger()

    page = person.touch(person.open(), "Impuestos")

    assert page.text.count("Espera: menos de 5 minutos") == 5


def test_priority_is_offered_first_with_who_qualifies_and_asks_for_no_proof(finger: Kiosk, house: House) -> None:
    page = finger().service_page()
    with house.app.app_context():
        groups = house.look().scalars(select(PriorityGroup).order_by(PriorityGroup.position)).all()

    taking = [button.label for button in page.buttons if button.action == "/kiosk/turns"]

    assert taking == [f"{group.name} {group.who}" for group in groups] + ["Tomar turno general"]
    for forbidden in ("certificado", "diagnóstico", "carné", "cédula del"):
        assert forbidden not in page.text.partition("Atención preferencial")[2].lower()


def test_home_names_who_has_priority_and_when_to_say_it(finger: Kiosk) -> None:
    page = finger().open()

    assert "60 años o más" in page.text
    assert "La elige en el último paso." in page.text


@pytest.mark.parametrize(
    ("hour", "again"),
    [
        ({"hours": 3, "minutes": 30}, "hoy a las 2:00 p. m."),
        ({"hours": 10}, "el martes 24 de noviembre a las 8:00 a. m."),
        ({"days": 5}, "el lunes 30 de noviembre a las 8:00 a. m."),
    ],
)
def test_a_closed_kiosk_says_when_turns_are_given_again(
    finger: Kiosk, hands: Hands, hour: dict[str, float], again: str
) -> None:
    hands.forward(**hour)

    page = finger().open()

    assert page.status == 200
    assert f"Volvemos a dar turnos {again}" in page.text
    assert not any("topics" in there for there in page.links.values())


@pytest.mark.parametrize("somebody", [True, False])
def test_outside_hours_those_who_have_a_turn_are_told_of_only_while_there_are_any(
    finger: Kiosk, house: House, hands: Hands, somebody: bool
) -> None:
    if somebody:
        with house.app.app_context(), transaction(db.session) as session:
            make.turn(session, 59)
    hands.forward(hours=3, minutes=30)
    person = finger()

    for page in (person.open(), person.open("/kiosk/services/1")):
        assert ("quienes ya tienen turno serán atendidos" in page.text) is somebody


@pytest.mark.parametrize("service", ["private-talk", "information"])
def test_a_service_that_asks_for_nothing_says_so_instead_of_a_list(finger: Kiosk, house: House, service: str) -> None:
    with house.app.app_context():
        number = make.service(house.look(), service).id

    page = finger().open(f"/kiosk/services/{number}")

    assert "No tiene que traer documentos" in page.text
    assert "Traiga esto" not in page.text


@pytest.mark.parametrize("page", ["topics", "services"])
def test_a_page_that_was_open_at_closing_time_leads_to_the_calm_page(
    finger: Kiosk, house: House, hands: Hands, page: str
) -> None:
    hands.forward(hours=3)

    closed = finger().open(f"/kiosk/{page}/1")

    assert closed.status == 409
    assert "hoy a las 2:00 p. m." in closed.text


@pytest.mark.parametrize("page", ["topics", "services"])
@pytest.mark.parametrize("number", ["0", "999", "2147483648", "99999999999999999999999", "-1", "1x", "1%00"])
def test_weird_numbers_are_not_found(finger: Kiosk, page: str, number: str) -> None:
    assert finger().open(f"/kiosk/{page}/{number}").status == 404


@pytest.mark.parametrize("path", ["nowhere", "topics/", "ticket/x/y/z", ".git/config", "%2e%2e/admin"])
def test_an_address_that_the_kiosk_does_not_have_leads_back_to_its_first_page(finger: Kiosk, path: str) -> None:
    page = finger().open(f"/kiosk/{path}")

    assert page.status == 404
    assert "Esta página ya se cerró" in page.text
    assert page.link("Empezar de nuevo") == "/kiosk/"
    assert page.attributes["data-close"] == "20"


@pytest.mark.parametrize("page", ["topics", "services"])
def test_what_another_site_offers_is_not_found(finger: Kiosk, house: House, page: str) -> None:
    person = finger()
    with house.app.app_context(), transaction(db.session) as session:
        topic, service = elsewhere(session)
        number = {"topics": topic.id, "services": service.id}[page]

    assert person.open(f"/kiosk/{page}/{number}").status == 404


def test_a_service_that_is_no_longer_attended_is_neither_shown_nor_found(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        gone = make.service(session)
        gone.active = False
        number = gone.id
    person = finger()

    assert "Pagar el impuesto predial" not in person.touch(person.open(), "Impuestos").text
    assert person.open(f"/kiosk/services/{number}").status == 404


def elsewhere(session: Session) -> tuple[Topic, Service]:
    """A topic and a service of a site that is not the kiosk's."""
    known = make.service(session)
    site = Site(code="rural", name="Sede rural", address="Vereda")
    session.add(site)
    session.flush()
    words = {"name": "Otro", "name_en": "Other", "hint": "Otro.", "hint_en": "Other."}
    topic = Topic(site_id=site.id, code="other", series="F", icon="sun", position=1, **words)
    session.add(topic)
    session.flush()
    service = Service(
        site_id=site.id,
        topic_id=topic.id,
        office_id=known.office_id,
        code="other",
        minutes=5,
        requirements=["Nada"],
        requirements_en=["Nothing"],
        position=1,
        **words,
    )
    session.add(service)
    session.flush()
    return topic, service
