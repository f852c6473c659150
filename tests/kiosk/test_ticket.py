"""The ticket: the number and what will happen, on screen, on paper and by its code, and nothing that is private."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import closing

import pytest
import zxingcpp
from sqlalchemy import select

from core import printing
from core.db import transaction
from core.turns import actions as turns
from core.turns.model import Turn
from core.web.database import db
from kiosk import paper, ticket
from tests import make
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger, Page

Kiosk = Callable[..., Finger]
MODULE_PX = 8


def taken(
    person: Finger, choice: str = "Tomar turno general", topic: str = "Impuestos", service: str = "Pagar el"
) -> Page:
    return person.touch(person.service_page(topic, service), choice)


def address_of(house: House) -> str:
    with house.app.app_context():
        return f"/kiosk/ticket/{house.look().scalars(select(Turn).order_by(Turn.id.desc())).first().token}"


def read_code(svg: str) -> str:
    """What a camera reads in the drawing: its modules painted as pixels."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg)}
    wide = range(side * MODULE_PX)
    pixels = bytes(0 if (x // MODULE_PX, y // MODULE_PX) in dark else 255 for y in wide for x in wide)
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (len(wide), len(wide))))
    return str(code.text)


def test_the_ticket_says_the_number_the_service_and_what_will_happen(finger: Kiosk, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session, "1")
        make.turn(session, 55)

    page = taken(finger())

    for told in (
        "Su turno es A",
        "002",
        "Pagar el impuesto predial",
        "Siéntese en la sala de espera.",
        "La pantalla y una voz dirán su turno.",
        "Espera: menos de 10 minutos",
        "Hay 1 turno antes del suyo",
        "lunes 23 de noviembre, 9:00 a. m.",
    ):
        assert told in page.text


def test_without_an_open_window_the_ticket_says_that_the_turn_is_valid(finger: Kiosk) -> None:
    page = taken(finger())

    assert page.text.count("Aún no hay ventanilla abierta. Su turno es válido") == 2, "on the screen and on paper"
    assert "Turno A" in page.text.replace("\xa0", "")


def test_the_code_of_the_ticket_leads_to_the_page_of_the_turn(finger: Kiosk, house: House) -> None:
    page = taken(finger())
    token = address_of(house).rpartition("/")[2]

    drawings = re.findall(r'<svg class="qr".*?</svg>', page.html)

    assert {read_code(drawing) for drawing in drawings} == {f"{house.app.config['PUBLIC_URL']}/t/{token}"}
    assert len(drawings) == 2, "one for the screen and one for the paper"


def test_the_ticket_tells_neither_the_group_nor_what_the_service_is_about(finger: Kiosk) -> None:
    page = taken(finger(), "Persona con discapacidad", "Familia y apoyo social", "Hablar en privado")

    assert "Hablar en privado" in page.text
    for private in ("discapacidad", "disability", "preferencial", "Comisaría", "Gobierno"):
        assert private.lower() not in page.html.lower()


def test_a_ticket_is_seen_only_at_its_kiosk_in_its_visit_and_for_ten_minutes(
    finger: Kiosk, house: House, hands: Hands
) -> None:
    person, other = finger(), finger()
    taken(person)
    address = address_of(house)
    with other.client.session_transaction() as visit:
        visit["ticket"] = address.rpartition("/")[2]

    assert other.open(address).status == 404
    assert person.open(address).status == 200
    hands.forward(minutes=9, seconds=59)
    assert person.open(address).status == 200
    hands.forward(seconds=1)
    assert person.open(address).status == 404


def test_the_next_person_does_not_see_the_ticket_of_the_last(finger: Kiosk, house: House) -> None:
    person = finger()
    page = taken(person)

    person.touch(page, "Terminar")

    for there in ("", "/no-paper", "/print-state", "/speech"):
        assert person.open(address_of(house) + there).status == 404


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00", "..%2f", "ñ" * 30, "9" * 5000])
def test_a_ticket_that_nobody_has_is_not_found(finger: Kiosk, token: str) -> None:
    assert finger().open(f"/kiosk/ticket/{token}").status == 404


def test_a_turn_called_meanwhile_sends_its_person_to_the_screen(finger: Kiosk, house: House, hands: Hands) -> None:
    person = finger()
    taken(person)
    with house.app.app_context(), transaction(db.session) as session:
        turns.call_next(session, make.desk(session, "1"), hands.forward(seconds=5))

    page = person.open(address_of(house))

    assert "Ya llamaron su turno. Mire la pantalla." in page.text
    assert "Aún no hay ventanilla" not in page.text


def test_when_no_paper_came_out_the_number_and_the_code_stay_twice_as_long(finger: Kiosk, house: House) -> None:
    person = finger()
    page = taken(person)
    assert (page.attributes["data-close"], page.attributes["data-print"]) == ("30", "browser")

    failed = person.touch(page, "No salió el papel")

    assert failed.attributes["data-close"] == "60"
    assert "data-print" not in failed.attributes
    assert "Su turno sigue siendo válido." in failed.text
    assert 'class="qr"' in failed.html


@pytest.mark.parametrize(("width", "printable"), [(80, 72), (58, 48)])
def test_the_paper_is_as_wide_as_the_kiosk_has_it(finger: Kiosk, width: int, printable: int) -> None:
    css = finger(paper_mm=width, mm_per_px=0.254).client.get("/kiosk/device.css")

    told = css.get_data(as_text=True)
    assert css.mimetype == "text/css"
    assert re.search(rf"@page {{\s+size: {width}mm \d+mm;\s+margin: 0;", told)
    assert f"width: {printable}mm;" in told
    assert "--mm: 3.9370px;" in told


class Printer(threading.Thread):
    """A thermal printer of the network that takes what it is sent."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.tickets: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))

    def run(self) -> None:
        with closing(self.socket):
            while True:
                connection, _address = self.socket.accept()
                with closing(connection), connection.makefile("rb") as received:
                    self.tickets.append(received.read())


def listens_at(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Look for printers at this port instead of 9100."""
    monkeypatch.setattr(printing.send, "__defaults__", (port, *printing.send.__defaults__[1:]))


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    """A printer that works."""
    made = Printer()
    made.start()
    listens_at(monkeypatch, made.socket.getsockname()[1])
    return made


@pytest.fixture
def no_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that is switched off."""
    with closing(socket.create_server(("127.0.0.1", 0))) as off:
        listens_at(monkeypatch, off.getsockname()[1])


def state_of(person: Finger, house: House) -> str:
    """How the printing went, once it is over."""
    for thread in threading.enumerate():
        if thread.name == paper.THREAD:
            thread.join(10)
    answer = person.client.get(address_of(house) + "/print-state").get_json()
    return str(answer["state"])


def test_a_network_printer_gets_the_ticket_once_though_the_touch_is_repeated(
    finger: Kiosk, house: House, printer: Printer
) -> None:
    person = finger(printer_host="127.0.0.1")
    page = person.service_page()

    first = person.press(page.button("60 años o más"))
    assert state_of(person, house) == "printed"
    person.press(page.button("60 años o más"))
    assert state_of(person, house) == "printed"

    assert first.attributes["data-print"] == "network"
    (sent,) = printer.tickets
    assert b"A 001" in sent
    assert "Pagar el impuesto predial".encode("cp858") in sent
    assert b"60" not in sent.replace(b"/t/", b"").split(b"1P0")[0]


def test_a_printer_that_does_not_answer_costs_no_turn_and_is_told(
    finger: Kiosk, house: House, no_printer: None
) -> None:
    person = finger(printer_host="127.0.0.1")

    page = taken(person)

    assert page.status == 200
    assert state_of(person, house) == "failed"


def test_a_ticket_is_printed_again_with_its_number_but_not_without_end(
    finger: Kiosk, house: House, no_printer: None
) -> None:
    person = finger(printer_host="127.0.0.1")
    page = taken(person)

    again = [person.touch(page, "Imprimir otra vez") for _ in range(paper.MOST_COPIES)]

    assert [one.status for one in again] == [200, 200, 429]
    assert "001" in again[0].text
    assert "Anote el número o pida ayuda en una ventanilla." in again[-1].text
    state_of(person, house)


def test_the_memory_of_printed_tickets_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "REMEMBERED", 3)
    kept = paper.Paper()
    blank = printing.Ticket("", "", "", "A 001", "", "", "", "", "", "")

    for number in range(5):
        kept.print(str(number), blank, {"printer_host": "", "paper_mm": 0, "printer_code_page": 19})

    assert [kept.is_new(str(number)) for number in range(5)] == [True, True, False, False, False]


def test_the_turns_before_are_said_in_words(house: House) -> None:
    with house.app.test_request_context("/kiosk/"):
        assert [ticket.ahead_text(count) for count in (0, 1, 7)] == [
            "Ningún turno antes del suyo",
            "Hay 1 turno antes del suyo",
            "Hay 7 turnos antes del suyo",
        ]
