"""The window as its official meets it: buttons to press, a page to read, and the rows to look at."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.db import Event, transaction
from core.turns.model import Turn
from core.turns.policy import GENERAL
from core.web.forms import new_press
from tests import make
from tests.conftest import House


@dataclass
class Counter:
    """An official's browser, and what was kept of what it did."""

    house: House
    client: FlaskClient

    def press(self, button: str, key: str | None = None, **fields: object) -> TestResponse:
        """Press a button of the page; each press has a key of its own unless it repeats one."""
        return self.client.post(f"/counter/{button}", data={"press": key or new_press(), **fields})

    def page(self) -> str:
        """The words of the page."""
        answer = self.client.get("/counter/")
        assert answer.status_code == 200
        return words(answer)

    def page_after(self, answer: TestResponse) -> str:
        """The words of the page to which a press that was obeyed leads."""
        assert answer.status_code == 302, words(answer)
        return self.page()

    def turn(self, minute: float = 0, group: str = GENERAL, service: str = "property-tax") -> int:
        """Somebody took a turn, so many minutes after the opening; its id."""
        with self.house.app.app_context(), transaction(self.house.look()) as session:
            return make.turn(session, minute, group, service).id

    def service(self, code: str) -> int:
        with self.house.app.app_context():
            return make.service(self.house.look(), code).id

    def look(self, turn_id: int) -> Turn:
        """The turn as it was kept, with the services asked on it."""
        with self.house.app.app_context():
            session = self.house.look()
            turn = session.get_one(Turn, turn_id)
            assert turn.service.code
            assert all(asked.service.code for asked in turn.asked)
            session.expunge_all()
            return turn

    def happened(self) -> int:
        """How many facts the site's log holds."""
        with self.house.app.app_context():
            return self.house.look().scalar(select(func.count()).select_from(Event)) or 0

    def last_event(self) -> Event:
        with self.house.app.app_context():
            session = self.house.look()
            event = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
            session.expunge_all()
            return event


def at_once(*presses: Callable[[], TestResponse]) -> list[int]:
    """Press all in the same instant; the statuses, in the order given."""
    together = Barrier(len(presses))

    def pressed(press: Callable[[], TestResponse]) -> int:
        together.wait()
        return press().status_code

    with ThreadPoolExecutor(len(presses)) as hands:
        return list(hands.map(pressed, presses))


def words(answer: TestResponse) -> str:
    """A page without its tags, spaces joined."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


Sit = Callable[..., Counter]


@pytest.fixture
def sit(house: House) -> Sit:
    """Somebody signed in, at a window if one is named."""

    def seated(username: str = "ventanilla1", window: str | None = None) -> Counter:
        return Counter(house, house.official(username, window))

    return seated


@pytest.fixture
def counter(sit: Sit) -> Counter:
    """The official of window 1, where taxes and petitions are attended."""
    return sit("ventanilla1", "1")
