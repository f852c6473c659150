"""Two press at once (F-09) and one presses twice (F-10): each gets a turn of their own, and a touch gives one."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.catalogue.model import Window
from core.db import transaction
from core.people.model import Official
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House

LONGEST = 60
"""Seconds after which somebody who presses is stuck."""


def at_once(*presses: Callable[[], TestResponse]) -> list[TestResponse]:
    """Press all in the same instant; the answers, in the order given."""
    together = Barrier(len(presses))

    def pressed(press: Callable[[], TestResponse]) -> TestResponse:
        together.wait(LONGEST)
        return press()

    with ThreadPoolExecutor(len(presses)) as hands:
        return list(hands.map(pressed, presses, timeout=LONGEST))


def officials(house: House, count: int) -> dict[int, FlaskClient]:
    """So many officials signed in, each at a window where the property tax is attended, by their ids."""
    with house.app.app_context(), transaction(db.session) as session:
        site, tax, known = make.site(session), make.service(session), make.official(session).password_hash
        for number in range(count):
            window = Window(site_id=site.id, label=f"X{number}", name="", services=[tax])
            hired = Official(site_id=site.id, username=f"x{number}", name="", password_hash=known, roles=["official"])
            session.add_all([window, hired])
    clients = [house.official(f"x{number}", f"X{number}") for number in range(count)]
    with house.app.app_context():
        ids = [make.official(house.look(), f"x{number}").id for number in range(count)]
    return dict(zip(ids, clients, strict=True))


def queue(house: House, count: int) -> list[str]:
    with house.app.app_context(), transaction(db.session) as session:
        return [make.turn(session, n / 60).code for n in range(count)]


def in_hands(house: House) -> dict[int, Turn]:
    """By official, the turn that they called."""
    with house.app.app_context():
        rows = house.look().scalars(select(Turn).where(Turn.state == State.CALLED)).all()
        return {turn.official_id: turn for turn in rows if turn.official_id is not None}


def test_of_officials_who_call_at_once_each_gets_another_turn_in_order_until_there_is_none(house: House) -> None:
    """F-09: barrier-synchronised 2, 4 and 16 windows, over the pages."""
    everybody = officials(house, 16)
    for count in (2, 4, 16):
        some = dict(list(everybody.items())[:count])
        left = queue(house, count + 1)
        while left:
            answers = at_once(
                *(lambda c=client: c.post("/counter/next", data={"press": new_press()}) for client in some.values())
            )
            held = in_hands(house)
            got = [who for who, answer in zip(some, answers, strict=True) if answer.status_code == 302]
            assert sorted(got) == sorted(held), "who was told so holds a turn, and nobody else"
            assert sorted(turn.code for turn in held.values()) == left[:count], "those who came first, each once"
            assert {answer.status_code for answer in answers} <= {302, 409}
            assert all(turn.calls == 1 for turn in held.values())
            del left[:count]
            for who, turn in held.items():
                form = {"press": new_press(), "turn": turn.id}
                assert some[who].post("/counter/absent", data=form).status_code == 302


def test_one_official_in_two_tabs_who_calls_at_once_holds_one_turn(house: House) -> None:
    """F-09: the same official in two tabs of a browser."""
    ((official, tab),) = officials(house, 1).items()
    other = house.app.test_client()
    session = tab.get_cookie("session")
    assert session is not None
    other.set_cookie("session", session.value)
    waiting = queue(house, 6)
    for code in waiting:
        answers = at_once(
            *(lambda c=client: c.post("/counter/next", data={"press": new_press()}) for client in (tab, other))
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        turn = in_hands(house)[official]
        assert turn.code == code
        assert tab.post("/counter/absent", data={"press": new_press(), "turn": turn.id}).status_code == 302


@pytest.fixture
def kiosk(house: House) -> FlaskClient:
    return house.device("kiosk")


def touch(kiosk: FlaskClient, key: str, service: str = "1") -> TestResponse:
    return kiosk.post("/kiosk/turns", data={"press": key, "service": service, "group": "general"})


def given(house: House) -> list[str]:
    with house.app.app_context():
        return [turn.code for turn in house.look().scalars(select(Turn).order_by(Turn.id))]


def code_and_qr(ticket: TestResponse) -> tuple[str, str]:
    page = ticket.get_data(as_text=True)
    code, drawing = re.search(r"Su turno es (\w \d+)", page), re.search(r'<svg class="qr".*?</svg>', page, re.DOTALL)
    assert code is not None, page
    assert drawing is not None, page
    return code[1], drawing[0]


def test_a_double_tap_gives_one_turn_and_the_same_ticket_on_every_answer(house: House, kiosk: FlaskClient) -> None:
    """F-10: the same key from two taps in the same instant, then five times more, and the ticket read again."""
    other = house.app.test_client()
    cookie = kiosk.get_cookie("kiosk")
    assert cookie is not None
    other.set_cookie("kiosk", cookie.value)
    key = new_press()
    answers = at_once(lambda: touch(kiosk, key), lambda: touch(other, key))
    answers += [touch(kiosk, key) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {302}
    (ticket,) = {answer.headers["Location"] for answer in answers}
    assert given(house) == ["A 001"]
    (drawn,) = {code_and_qr(kiosk.get(ticket)) for _ in range(3)}
    assert drawn[0] == "A 001"


def test_a_key_that_comes_back_for_another_service_is_refused(house: House, kiosk: FlaskClient, hands: Hands) -> None:
    """F-10: the key reused with another service."""
    key = new_press()
    first = touch(kiosk, key)
    assert touch(kiosk, key, service="2").status_code == 409
    hands.forward(hours=47)
    assert touch(kiosk, key).headers["Location"] == first.headers["Location"], "kept for a kiosk that was off a night"
    assert given(house) == ["A 001"]
