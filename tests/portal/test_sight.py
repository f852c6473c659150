"""Services with their whole sheet, a search in the citizen's words, hours, rights, complaints, and following a turn."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete

from core.catalogue import publishing
from core.catalogue.model import Service, Site
from core.catalogue.sheet import Norm, Sheet
from core.clock import now
from core.db import transaction
from core.information import actions as information
from core.information.actions import Written
from core.information.model import CHARTER, COMPLAINTS, PublicText
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.portal.test_turn import sentence

WHOLE = Sheet(
    name="Renovar el permiso de ventas",
    name_en="Renew the sales permit",
    hint="Pídalo antes de que venza.",
    who="Quien ya tiene permiso.",
    who_en="Whoever holds a permit.",
    result="El permiso por un año.",
    requirements=("Permiso anterior",),
    requirements_en=("Earlier permit",),
    steps=("Tome turno.", "Pague."),
    cost_kind="tariff",
    cost="Un salario mínimo diario.",
    cost_act="Acuerdo 3 de 2025",
    time_unit="working_days",
    time_value=1,
    norms=(Norm("Ley 1801 de 2016", "artículo 87", "https://example.org/ley"),),
    online="https://example.org/tramite",
    suit="T123",
    keywords=("ambulante", "chaza"),
)


def read(house: House, path: str, status: int = 200) -> str:
    answer = house.anybody().get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def publish(house: House, sheet: Sheet = WHOLE) -> int:
    """The sheet, published in the place of the property tax; its service."""
    with house.app.app_context(), transaction(db.session) as session:
        site, by, service = make.site(session).id, make.official(session, "administracion").id, make.service(session).id
        publishing.save_draft(session, site, service, sheet, 0, by, now())
        publishing.publish(session, site, service, "", by, now())
    return service


def test_the_page_of_a_service_says_all_of_its_sheet_and_where_to_take_a_turn(house: House, hands: Hands) -> None:
    text = read(house, f"/services/{publish(house)}")
    said = sentence(text)

    for part in (
        "Renovar el permiso de ventas",
        "Cuánto demora 1 día hábil",
        "Cuánto cuesta Un salario mínimo diario. Acuerdo 3 de 2025",
        "Permiso anterior",
        "Tome turno. Pague.",
        "El permiso por un año.",
        "Venga a Palacio Municipal y tome su turno en el quiosco.",
        "Abierto ahora, hasta las 12:00 m. Espera si llega ahora: Sin ventanilla abierta",
        "Secretaría de Hacienda. Ventanillas 1, 2",
        "Ley 1801 de 2016 , artículo 87",
        "SUIT T123",
    ):
        assert part in said, part
    assert 'href="https://example.org/tramite" rel="noopener noreferrer"' in text


def test_in_english_what_nobody_has_translated_is_marked_as_spanish(house: House, hands: Hands) -> None:
    service, client = publish(house), house.anybody()
    client.post("/language", data={"to": "en"})

    text = client.get(f"/services/{service}").get_data(as_text=True)

    assert "<h1><span>Renew the sales permit</span></h1>" in text
    assert '<span lang="es">Pídalo antes de que venza.</span>' in text
    assert "Earlier permit" in text


def test_the_wait_of_a_service_is_the_range_that_the_kiosk_says(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
        for minute in range(5):
            make.turn(session, 30 + minute)
        service = make.service(session).id
    kiosk = sentence(house.device("kiosk").get(f"/kiosk/services/{service}").get_data(as_text=True))
    told = re.search(r"Espera: (entre \d+ y \d+ minutos)", kiosk)
    assert told

    assert f"Espera si llega ahora: {told[1].capitalize()}" in sentence(read(house, f"/services/{service}"))


def test_a_service_that_is_withdrawn_or_never_was_leads_to_the_search(house: House, hands: Hands) -> None:
    service = publish(house)
    with house.app.app_context(), transaction(db.session) as session:
        by = make.official(session, "administracion").id
        publishing.withdraw(session, make.site(session).id, service, "Ya no se ofrece", by, now())

    for number in (service, 999_999, 2**31):
        assert 'name="q"' in read(house, f"/services/{number}", 404) or number == 2**31


@pytest.mark.parametrize("words", ["chazas", "permiso VENTAS", "sales permits", "ambulantes", "bentas"])
def test_a_service_is_found_by_the_words_of_a_citizen(house: House, hands: Hands, words: str) -> None:
    service = publish(house)

    text = read(house, f"/services?q={words}")

    assert (
        re.search(r'<ul class="found">\s*<li class="panel">\s*<h3><a href="(.*?)"', text)[1] == f"/services/{service}"
    )  # type: ignore[index]
    assert "1 día hábil" in text


def test_words_that_find_nothing_get_help_and_every_service(house: House, hands: Hands) -> None:
    text = read(house, "/services?q=<dragones>")

    assert "No encontramos «&lt;dragones&gt;»" in text
    assert "Pruebe con una sola palabra" in text
    assert text.count('href="/services/') >= 20


def test_hours_tell_the_week_the_next_closed_days_with_their_holiday_and_the_way_in(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        site = make.site(session)
        make.closed(session, date(2026, 11, 27))
        by = make.official(session, "administracion").id
        information.tell_the_way(session, site.id, "Entre por la rampa de la carrera 4.", "", by, now())

    said = sentence(read(house, "/hours"))

    assert "Lunes a viernes 8:00 a. m. a 12:00 m. 2:00 p. m. a 6:00 p. m. Sábado y domingo Cerrado" in said
    assert "viernes 27 de noviembre (Decreto 30); martes 8 de diciembre (La Inmaculada Concepción)" in said
    assert "Palacio Municipal, California, Santander" in said
    assert "Entre por la rampa de la carrera 4." in said
    reader = house.anybody()
    reader.post("/language", data={"to": "en"})
    english = sentence(reader.get("/hours").get_data(as_text=True))
    assert "(Decreto 30)" in english
    assert "(Immaculate Conception)" in english


def test_rights_are_the_charter_in_force_with_its_year_version_and_act(house: House, hands: Hands) -> None:
    assert "Que lo traten con respeto." in read(house, "/rights")
    with house.app.app_context(), transaction(db.session) as session:
        site, by = make.site(session).id, make.official(session, "administracion").id
        information.write(session, site, CHARTER, Written("# Nuevo\n- Esto vale.", "", 2027), by, now())
        draft = read(house, "/rights")
        information.publish(session, site, CHARTER, "Decreto 2 de 2027", by, now())

    text = sentence(read(house, "/rights"))

    assert "Esto vale" not in draft
    assert "Año 2027." in text
    assert "Esto vale." in text
    assert "Versión 2" in text
    assert "Decreto 2 de 2027." in text


def test_complaints_name_the_office_the_person_and_the_position_once_they_are_known(house: House, hands: Hands) -> None:
    assert "Diríjala a" not in read(house, "/complaints")
    contact = {
        "person": "Ana Ruiz",
        "position": "Secretaria de Gobierno",
        "office": "Gobierno",
        "phone": "607 000 0000",
    }
    with house.app.app_context(), transaction(db.session) as session:
        site, by = make.site(session).id, make.official(session, "administracion").id
        information.write(session, site, COMPLAINTS, Written("- Dígalo.", "", 2026, contact), by, now())
        information.publish(session, site, COMPLAINTS, "", by, now())

    text = read(house, "/complaints")

    assert "Ana Ruiz Secretaria de Gobierno Gobierno" in sentence(text)
    assert 'href="tel:6070000000"' in text


def test_a_text_that_nobody_has_published_is_not_there(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(delete(PublicText))

    for path in ("/rights", "/complaints"):
        assert "No lo encontramos" in read(house, path, 404)


def test_a_turn_is_followed_by_its_whole_address_and_by_nothing_shorter(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        turn = make.turn(session)
        token, code = turn.token, turn.code
    client = house.anybody()

    for address in (token, f"/t/{token}", f"http://127.0.0.1:8000/t/{token}", f" https://example.org/t/{token}/ "):
        assert client.post("/follow", data={"address": address}).headers["Location"] == f"/t/{token}"
    for address in (code, "", token[:-1], "x" * 300, f"{token}x"):
        refused = client.post("/follow", data={"address": address})
        assert refused.status_code == 422
        assert 'id="address-error"' in refused.get_data(as_text=True)
    assert f'value="{code}"' in client.post("/follow", data={"address": code}).get_data(as_text=True)


def test_the_same_facts_are_open_data_that_any_page_may_read(house: House, hands: Hands) -> None:
    service = publish(house)

    answer = house.anybody().get("/information.json")
    told = answer.get_json()

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert told["rights"]["year"] == 2026
    assert [part["title"] for part in told["rights"]["sections"]["es"]][1] == "Sus derechos"
    assert told["complaints"]["contact"]["person"] == ""
    [site] = told["sites"]
    assert {"weekday": 1, "opens": "08:00", "closes": "12:00"} in site["hours"]
    offered = {one["id"]: one for topic in site["topics"] for one in topic["services"]}
    assert offered[service]["name"] == WHOLE.name
    assert offered[service]["time_value"] == 1
    assert offered[service]["address"].endswith(f"/services/{service}")


def asked(statements: list[str]) -> list[str]:
    """Those that ask for something; the others begin and end."""
    return [statement for statement in statements if statement.startswith("SELECT")]


def test_many_who_look_cost_one_forecast(house: House, hands: Hands, statements: Callable[[], list[str]]) -> None:
    client = house.anybody()
    client.get("/")
    first = len(asked(statements()))
    for path in ("/", "/services/1", "/services?q=predial", "/hours"):
        client.get(path)
    again = asked(statements())

    assert len(again) <= 4 * 7 < first
    assert not [statement for statement in again if "FROM turns" in statement]
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
        make.turn(session, 50)
    assert "Espera 1 persona en la sala." in client.get("/").get_data(as_text=True)


def test_a_town_hall_without_anything_still_answers(empty: Flask) -> None:
    for path in ("/services", "/services?q=x", "/hours", "/follow", "/information.json"):
        read(House(empty), path)


def test_a_second_place_tells_its_own_hours(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        session.add(Site(code="rural", name="Centro rural", address="Vereda Angosturas"))
        assert session.query(Service).count()

    said = sentence(read(house, "/hours"))

    assert "Centro rural Cerrado ahora" in said
    assert "Centro rural. Cerrado ahora" in sentence(read(house, "/"))
