"""A database that dies between two words of a page takes neither the page nor the next one with it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import transaction
from core.errors import Refused
from core.web.database import db
from core.web.guard import public
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


def end_my_connection() -> None:
    """As the database ends it when somebody restarts it: we are told at the next word."""
    mine = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})


def test_a_connection_that_ends_after_the_last_question_spoils_no_answer(app: Flask, house: House) -> None:
    @app.get("/read")
    @public
    def read() -> str:
        end_my_connection()
        return "read"

    for _ in range(3):
        assert house.anybody().get("/read").get_data(as_text=True) == "read"
    assert house.anybody().get("/sign-in").status_code == 200


def test_a_connection_that_ends_before_a_refusal_leaves_the_refusal(app: Flask, house: House) -> None:
    @app.get("/refuse")
    @public
    def refuse() -> str:
        end_my_connection()
        raise Refused

    assert house.anybody().get("/refuse").status_code == 409


def test_a_connection_that_ended_before_the_work_is_replaced_and_one_that_ends_in_it_is_no_fault_of_ours(
    app: Flask, house: House
) -> None:
    @app.get("/before")
    @public
    def before() -> str:
        end_my_connection()
        with transaction(db.session) as session:
            return str(session.execute(text("SELECT 7")).scalar_one())

    @app.get("/within")
    @public
    def within() -> str:
        with transaction(db.session):
            end_my_connection()
        return "kept"

    assert house.anybody().get("/before").get_data(as_text=True) == "7"
    assert house.anybody().get("/within").status_code == 503
    assert house.anybody().get("/before").get_data(as_text=True) == "7"
