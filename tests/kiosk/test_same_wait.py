"""Whoever looks is told the same wait of the same turn at the same time: all read what was drawn for the site."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from sqlalchemy import select

from core.db import transaction
from core.turns.model import Turn
from core.turns.outlook.model import WaitOutlook, WaitPrediction
from core.web.database import db
from core.web.foreseeing import Foreseer
from tests import make
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger, Page

Kiosk = Callable[..., Finger]
RANGE = re.compile(r"(?:entre \d+ y \d+ minutos|menos de \d+ minutos|de .{2,20}? a .{2,20}? (?:minutos|horas?))")


def drawn(house: House) -> int:
    """One round of the process that draws."""
    foreseer = Foreseer()
    with house.app.app_context():
        return foreseer.go_round()


def say(house: House, low: int, high: int) -> None:
    """Write another range into the row than anybody would draw."""
    with house.app.app_context(), transaction(db.session) as session:
        row = session.scalars(select(WaitOutlook)).one()
        content = copy.deepcopy(row.content)
        for packed in (*content["turns"].values(), *content["newcomers"]):
            packed[0], packed[1] = low, high
        row.content = content


def range_in(page: str) -> str:
    found = RANGE.search(page.replace("\xa0", " "))
    assert found, page
    return found[0]


def test_the_kiosk_the_ticket_the_phone_the_portal_and_the_display_tell_one_wait(
    finger: Kiosk, house: House, hands: Hands
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session, "1", minute=50)
        for n in range(6):
            make.turn(session, 51 + n)
        service = make.service(session).id
    screen, somebody, person = house.device("display"), house.anybody(), finger()

    def told_now() -> set[str]:
        """What is told to who might come now, everywhere."""
        waits = screen.get("/display/state").get_json()["waits"]
        return {
            range_in(person.service_page().text),
            range_in(Page(somebody.get(f"/services/{service}")).text.partition("Espera si llega ahora")[2].lower()),
            *(range_in(topic["wait"]) for topic in waits if topic["topic"] == "Impuestos"),
        }

    before = told_now()
    assert drawn(house) == 1
    assert len(told_now()) == 1
    assert told_now() != before, "what is drawn is told, and not the forward run"
    say(house, 35, 55)
    hands.forward(minutes=1)
    assert told_now() == {"entre 35 y 55 minutos"}

    ticket = person.touch(person.service_page(), "Tomar turno general")
    with house.app.app_context():
        turn = house.look().scalars(select(Turn).order_by(Turn.id.desc()).limit(1)).one()
        token, turn_id = turn.token, turn.id

    def told_of_it() -> set[str]:
        pages = person.open(f"/kiosk/ticket/{token}"), Page(somebody.get(f"/t/{token}"))
        return {range_in(page.text) for page in pages}

    assert range_in(ticket.text) == "entre 35 y 55 minutos"
    assert told_of_it() == {"entre 35 y 55 minutos"}, "not in the row yet: what newcomers are told"
    hands.forward(seconds=5)
    assert drawn(house) == 1
    assert len(told_of_it()) == 1
    say(house, 40, 50)
    assert told_of_it() == {"entre 40 y 50 minutos"}, "its own line of the row"
    with house.app.app_context():
        kept = house.look().get_one(WaitPrediction, turn_id)
        assert (kept.low, kept.high) == (35, 55), "what the ticket told is what is kept"
    hands.forward(minutes=2)
    assert told_of_it() != {"entre 35 y 55 minutos"}, "who drew is gone: a forward run says it"
