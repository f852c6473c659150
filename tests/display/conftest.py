"""What the tests of the display share: a town hall that calls, and the present state as a screen reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.turns import actions as turns
from core.web.database import db
from tests import make
from tests.conftest import Hands, House


@dataclass
class Hall:
    """Turns are taken and called, each in a transaction of its own, at the hour of the test's clock."""

    house: House
    hands: Hands

    def wait(self, service_code: str = "property-tax", group: str = "general") -> str:
        """Somebody takes a turn; its code."""
        with self.house.app.app_context(), transaction(db.session) as session:
            minutes = (clock.now() - make.OPENING).total_seconds() / 60
            return make.turn(session, minutes, group, service_code).code

    def press(self, verb: str, window: str = "1", *also: Any) -> str:
        """The official of a window does something («call_next», «recall»…); the code of the turn."""
        with self.house.app.app_context(), transaction(db.session) as session:
            turn = getattr(turns, verb)(session, make.desk(session, window), *also, clock.now())
            return str(turn.code)

    def call(self, window: str = "1") -> str:
        """Somebody takes a turn of taxes and is called at once."""
        self.wait()
        return self.press("call_next", window)


@pytest.fixture
def hall(house: House, hands: Hands) -> Hall:
    return Hall(house, hands)


def state_of(screen: FlaskClient) -> dict[str, Any]:
    answer = screen.get("/display/state", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    state: dict[str, Any] = answer.get_json()
    return state


def codes(screen: FlaskClient) -> list[str]:
    return [call["code"] for call in state_of(screen)["calls"]]
