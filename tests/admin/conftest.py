"""What the tests of the administration share: who enters, a press, and the words of a page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import transaction
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import House

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def enter(house: House) -> Enter:
    """Somebody with exactly one role, signed in."""
    accounts = {
        "official": "ventanilla1",
        "supervisor": "supervision",
        "administrator": "administracion",
        "control": "ventanilla4",
        "petitions": "ventanilla3",
    }

    def entered(role: str) -> FlaskClient:
        with house.app.app_context(), transaction(db.session) as session:
            make.official(session, accounts[role]).roles = [role]
        return house.official(accounts[role])

    return entered


def press(client: FlaskClient, path: str, **asked: object) -> TestResponse:
    """Press a button of the page with a fresh key."""
    return client.post(path, data={"press": new_press(), **asked})


def told(response: TestResponse) -> str:
    """The words of the page in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))
