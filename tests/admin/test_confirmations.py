"""The second person meets what waits for them, and encargos count at once on every open page and connection."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.web.database import db
from core.web.live import still_hears
from core.web.places import Right
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import Hands, House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ENCARGO = {"roles": "supervisor", "starts": "2026-11-23", "ends": "2026-11-24", "act": "Resolución 7 de 2026"}


@pytest.fixture
def administrator(house: House) -> FlaskClient:
    return house.official("administracion")


@pytest.fixture
def control(house: House) -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla4").roles = ["control"]
    return house.official("ventanilla4")


def id_of(house: House, username: str) -> int:
    with house.app.app_context():
        return make.official(house.look(), username).id


def deputise(house: House, administrator: FlaskClient, **other: str) -> int:
    """Ask that ventanilla1 stands in for the supervisor; returns who that is."""
    whom = id_of(house, "ventanilla1")
    asked = ENCARGO | {"stands_for": str(id_of(house, "supervision"))} | other
    answer = press(administrator, f"/admin/people/{whom}/deputy", **asked)
    assert answer.status_code == 302, told(answer)
    return whom


def button(page: str, what: str) -> str:
    """Where the button of a proposal or an encargo leads."""
    found = re.search(rf'action="([^"]+/{what})"', page)
    assert found is not None, what
    return found[1]


def test_the_second_person_finds_the_proposal_and_confirms_it(
    house: House, administrator: FlaskClient, control: FlaskClient
) -> None:
    official_id, client = id_of(house, "ventanilla1"), house.official("ventanilla1")
    answer = press(administrator, f"/admin/people/{official_id}", name="Ana", roles=["official", "supervisor"])
    assert "esperan que otra persona los confirme" in told(administrator.get(answer.location))
    mine = administrator.get("/admin/people").get_data(as_text=True)
    assert "Retirar" in mine
    assert "/confirm" not in mine
    assert client.get("/admin/hall").status_code == 403
    theirs = control.get("/admin/people").get_data(as_text=True)
    assert "Lo propuso Administrador del sistema." in theirs
    refused = press(administrator, button(theirs, "confirm"))
    assert refused.status_code == 409
    assert press(control, button(theirs, "confirm")).status_code == 302
    assert client.get("/admin/hall").status_code == 200
    assert press(control, button(theirs, "confirm")).status_code == 409


def test_who_proposed_may_take_it_back(house: House, administrator: FlaskClient, control: FlaskClient) -> None:
    press(administrator, f"/admin/people/{id_of(house, 'ventanilla1')}", name="Ana", roles="control")
    page = administrator.get("/admin/people").get_data(as_text=True)
    assert press(administrator, button(page, "refuse")).status_code == 302
    assert "Esperan a una segunda persona" not in control.get("/admin/people").get_data(as_text=True)


def test_an_encargo_opens_the_hall_at_once_is_seen_in_both_accounts_and_closes_it_at_once(
    house: House, administrator: FlaskClient
) -> None:
    deputy, replaced = house.official("ventanilla1"), house.official("supervision")
    assert deputy.get("/admin/hall").status_code == 403
    whom = deputise(house, administrator)
    assert deputy.get("/admin/hall").status_code == 200
    assert "Reemplaza a Supervisora de la sala" in told(deputy.get("/account"))
    assert "Resolución 7 de 2026" in told(deputy.get("/account"))
    assert "En su lugar está Funcionaria de ventanilla 1" in told(replaced.get("/account"))
    assert "data-opens" not in deputy.get("/account").get_data(as_text=True)
    page = administrator.get(f"/admin/people/{whom}").get_data(as_text=True)
    assert press(administrator, button(page, r"deputies/\d+/end")).status_code == 302
    assert deputy.get("/admin/hall").status_code == 403
    assert press(administrator, button(page, r"deputies/\d+/end")).status_code == 404


def test_an_encargo_is_over_the_day_after_its_last(house: House, administrator: FlaskClient, hands: Hands) -> None:
    deputise(house, administrator)
    hands.forward(hours=24)
    assert house.official("ventanilla1").get("/admin/hall").status_code == 200
    hands.forward(hours=24)
    assert house.official("ventanilla1").get("/admin/hall").status_code == 403


def test_an_open_connection_is_heard_no_more_when_the_encargo_ends(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session).roles = ["planning"]
    client, whom = house.official("ventanilla1"), deputise(house, administrator)
    with client.session_transaction() as opened:
        right = Right(1, "official", sign_in=opened["_user_id"])
    with house.app.app_context():
        assert still_hears(right, clock.now())
    press(administrator, button(administrator.get(f"/admin/people/{whom}").get_data(as_text=True), r"deputies/\d+/end"))
    with house.app.app_context():
        assert not still_hears(right, clock.now())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stands_for", ""),
        ("stands_for", "999"),
        ("starts", ""),
        ("starts", "20261123"),
        ("starts", "2026-W48-1"),
        ("starts", "2026-02-30"),
        ("ends", "31/02/2026"),
        ("ends", "2026-11-22"),
        ("ends", "9999-12-31"),
        ("act", " "),
        ("act", "x" * 161),
        ("roles", "control"),
    ],
)
def test_an_encargo_badly_written_comes_back_as_it_was_with_the_reason_beside_its_field(
    house: House, administrator: FlaskClient, field: str, value: str
) -> None:
    asked = ENCARGO | {"stands_for": str(id_of(house, "supervision")), field: value}
    answer = press(administrator, f"/admin/people/{id_of(house, 'ventanilla1')}/deputy", **asked)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="{field}-error"' in page
    if field != "act":
        assert "Resolución 7 de 2026" in page


def test_the_matrix_is_shown_as_it_is_obeyed(administrator: FlaskClient) -> None:
    page = told(administrator.get("/admin/people/roles"))
    for words in ("Leer una denuncia reservada", "solo si se le nombra", "con otra persona", "Gestiona PQRSD"):
        assert words in page, words


def test_a_given_password_opens_nothing_after_a_day(house: House, administrator: FlaskClient, hands: Hands) -> None:
    answer = press(administrator, f"/admin/people/{id_of(house, 'ventanilla1')}/password")
    shown = re.search(r'class="secret">([^<]+)<', answer.get_data(as_text=True))
    assert shown is not None
    hands.forward(hours=24)
    late = house.anybody().post("/sign-in", data={"username": "ventanilla1", "password": shown[1], "next": ""})
    assert late.status_code == 401
    assert "El usuario o la contraseña no son correctos" in told(late)
