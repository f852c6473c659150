"""«Información» at the kiosk: the six contents before a turn, also outside hours, page by page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from core.clock import now
from core.db import transaction
from core.information import actions as information
from core.information.actions import Written
from core.information.model import COMPLAINTS, PublicText
from core.information.writing import sections
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger, Page

Kiosk = Callable[..., Finger]


def whole(finger: Finger, first: Page) -> str:
    """All that is read from this page on, turning the leaves."""
    told = page = first
    text = told.text
    while "Siguiente" in page.links:
        page = finger.touch(page, "Siguiente")
        text += " " + page.text
    return text


def test_a_touch_on_the_first_page_opens_the_information_and_gives_no_turn(finger: Kiosk, house: House) -> None:
    somebody = finger()
    page = somebody.touch(somebody.open(), "Solo quiero información")

    for content in ("Trámites", "Sus derechos", "Horarios y puntos", "Poner una queja"):
        assert any(words.startswith(content) for words in page.links), content
    assert somebody.touch(page, "Empezar de nuevo").text.count("Tome su turno") == 1


@pytest.mark.parametrize("large", [False, True])
def test_the_whole_charter_is_read_page_by_page_and_nothing_is_lost(finger: Kiosk, house: House, large: bool) -> None:
    somebody = finger()
    if large:
        somebody.press(somebody.open().button("Letra grande"))
    menu = somebody.touch(somebody.open("/kiosk/information"), "Sus derechos")
    with house.app.app_context():
        charter = information.in_force(house.look(), "charter")
        assert charter is not None
        parts = sections(charter.body)

    for part in parts:
        text = whole(somebody, somebody.touch(menu, part.title or "Carta de trato digno"))
        for block in part.blocks:
            for line in block.lines:
                assert line in text


def test_a_service_says_what_to_bring_how_long_it_takes_and_where(finger: Kiosk) -> None:
    somebody = finger()
    topics = somebody.touch(somebody.open("/kiosk/information"), "Trámites")
    services = somebody.touch(topics, "Impuestos")
    text = whole(somebody, somebody.touch(services, "Pagar el impuesto predial"))

    for fact in (
        "Qué traer Número predial o un recibo anterior",
        "Cuánto demora En la misma visita",
        "Dónde Secretaría de Hacienda. Ventanillas 1, 2",
    ):
        assert fact in text
    assert somebody.touch(services, "Volver").links.keys() == topics.links.keys()


def test_whom_to_complain_to_comes_first_once_it_is_known(finger: Kiosk, house: House) -> None:
    contact = {"person": "Ana Ruiz", "position": "Secretaria", "office": "Gobierno"}
    with house.app.app_context(), transaction(db.session) as session:
        site, by = make.site(session).id, make.official(session, "administracion").id
        information.write(session, site, COMPLAINTS, Written("# Primero\n- Dígalo.", "", 2026, contact), by, now())
        information.publish(session, site, COMPLAINTS, "", by, now())
    somebody = finger()

    menu = somebody.touch(somebody.open("/kiosk/information"), "Poner una queja")

    assert next(iter(menu.links)) == "Diríjala a"
    assert "Ana Ruiz Secretaria Gobierno" in somebody.touch(menu, "Diríjala a").text


def test_outside_hours_there_is_still_information(finger: Kiosk, hands: Hands) -> None:
    hands.forward(hours=12)
    somebody = finger()

    page = somebody.touch(somebody.touch(somebody.open(), "Ver información"), "Horarios y puntos")

    assert "Lunes a viernes: 8:00 a. m. a 12:00 m. y de 2:00 p. m. a 6:00 p. m." in page.text


def test_in_english_the_information_is_english(finger: Kiosk) -> None:
    somebody = finger()
    somebody.press(somebody.open().button("English"))

    menu = somebody.touch(somebody.open("/kiosk/information"), "Your rights")

    assert "To be treated with respect." in somebody.touch(menu, "Your rights").text


@pytest.mark.parametrize(
    "path",
    ["rights/9/1", "rights/1/9", "rights/0/1", "gossip", "gossip/1/1", "service/999/1", "topics/999", "hours/1/9"],
)
def test_what_is_not_there_leads_back(finger: Kiosk, path: str) -> None:
    page = finger().open(f"/kiosk/information/{path}")

    assert page.status == 404
    assert "Empezar de nuevo" in page.links


def test_a_text_that_nobody_has_published_is_not_offered(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(delete(PublicText))

    page = finger().open("/kiosk/information")

    assert not any(words.startswith(("Sus derechos", "Poner una queja")) for words in page.links)


@pytest.mark.parametrize("path", ["", "/rights", "/services", "/topics/1", "/rights/2/1", "/service/1/1", "/hours/1/1"])
def test_every_page_can_be_heard(finger: Kiosk, path: str) -> None:
    somebody = finger()
    page = somebody.open(f"/kiosk/information{path}")

    assert f'data-listen="/kiosk/information{path}/speech"' in page.html
    heard = somebody.client.get(f"/kiosk/information{path}/speech")
    assert (heard.status_code, heard.mimetype) == (200, "audio/wav")
