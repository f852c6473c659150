"""Who works here: first passwords shown once, roles that count at once, and somebody always in charge."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock, desks
from core.db import Event, transaction
from core.people.model import Official
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import House

NEW = {"username": "maria.rojas", "name": "María Rojas", "roles": "official"}
MINE = "otra frase larga y distinta"


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def id_of(house: House, username: str) -> int:
    with house.app.app_context():
        return make.official(house.look(), username).id


def shown(answer: object) -> str:
    """The password that a page shows."""
    found = re.search(r'class="secret">([^<]+)<', answer.get_data(as_text=True))  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def signs_in(house: House, username: str, password: str) -> FlaskClient | None:
    client = house.anybody()
    entered = client.post("/sign-in", data={"username": username, "password": password, "next": ""})
    return client if entered.status_code == 302 else None


def test_a_new_account_opens_with_the_password_shown_and_must_change_it(
    house: House, administrator: FlaskClient
) -> None:
    answer = press(administrator, "/admin/people/new", **NEW)
    assert answer.status_code == 200
    client = signs_in(house, "maria.rojas", shown(answer))
    assert client is not None
    assert client.get("/home").location == "/account"


def test_a_password_is_shown_in_one_answer_and_kept_nowhere(house: House, administrator: FlaskClient) -> None:
    body = {"press": new_press(), **NEW}
    password = shown(administrator.post("/admin/people/new", data=body))
    again = administrator.post("/admin/people/new", data=body)
    assert again.status_code == 409
    assert password not in again.get_data(as_text=True)
    assert password not in administrator.get("/admin/people").get_data(as_text=True)
    cookie = administrator.get_cookie("session")
    assert cookie is not None
    assert password not in cookie.value
    with house.app.app_context():
        session = house.look()
        assert not [event for event in session.scalars(select(Event)) if password in str(event.detail)]
        assert make.official(session, "maria.rojas").password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("username", ["", "ab", "con espacio", "tildé", "ventanilla1", "VENTANILLA1", "x" * 41, "../x", "-x"]),
        ("name", ["", "x" * 81, "a\u202eb"]),
        ("roles", ["", "root"]),
        ("services", ["999999"]),
    ],
)
def test_a_bad_account_is_refused_beside_its_field(
    house: House, administrator: FlaskClient, field: str, values: list[str]
) -> None:
    with house.app.app_context():
        before = len(house.look().scalars(select(Official.id)).all())
    for value in values:
        answer = press(administrator, "/admin/people/new", **{**NEW, field: value})
        assert answer.status_code == 422, value
        assert f'id="{field}-error"' in answer.get_data(as_text=True), value
    with house.app.app_context():
        assert len(house.look().scalars(select(Official.id)).all()) == before


@pytest.mark.parametrize("extra", ["must_change_password", "active", "password_hash", "site_id", "id"])
def test_no_field_of_the_account_is_set_that_the_form_does_not_have(administrator: FlaskClient, extra: str) -> None:
    assert press(administrator, "/admin/people/new", **NEW, **{extra: "1"}).status_code == 422


def test_a_role_counts_from_the_next_request_of_who_has_it(house: House, administrator: FlaskClient) -> None:
    client, official_id = house.official("ventanilla1"), id_of(house, "ventanilla1")
    assert client.get("/admin/hall").status_code == 403
    asked = {"name": "Otra", "roles": ["official", "supervisor"]}
    assert press(administrator, f"/admin/people/{official_id}", **asked).status_code == 302
    assert client.get("/admin/hall").status_code == 200


def test_who_administers_cannot_also_be_internal_control(house: House, administrator: FlaskClient) -> None:
    official_id = id_of(house, "ventanilla1")
    asked = {"name": "Otra", "roles": ["administrator", "control"]}
    assert press(administrator, f"/admin/people/{official_id}", **asked).status_code == 422


def test_the_services_that_somebody_attends_are_those_marked(house: House, administrator: FlaskClient) -> None:
    official_id = id_of(house, "ventanilla1")
    with house.app.app_context():
        services = [make.service(house.look(), code).id for code in ("petition", "property-tax")]
    press(administrator, f"/admin/people/{official_id}", name="Otra", roles="official", services=services)
    with house.app.app_context(), transaction(db.session) as session:
        assert make.desk(session, "1").services == set(services)


def test_a_given_password_replaces_the_old_one_and_ends_the_sessions(house: House, administrator: FlaskClient) -> None:
    client, official_id = house.official("ventanilla1"), id_of(house, "ventanilla1")
    answer = press(administrator, f"/admin/people/{official_id}/password")
    assert client.get("/account").status_code == 302
    assert signs_in(house, "ventanilla1", make.PASSWORD) is None
    assert signs_in(house, "ventanilla1", shown(answer)) is not None


def test_taking_the_access_frees_the_window_and_gives_the_turn_in_hand_back_to_the_line(
    house: House, administrator: FlaskClient
) -> None:
    official_id = id_of(house, "ventanilla1")
    with house.app.app_context(), transaction(db.session) as session:
        desk, turn_id = make.desk(session), make.turn(session).id
        turns.call_next(session, desk, clock.now())
    assert press(administrator, f"/admin/people/{official_id}/disable").status_code == 302
    with house.app.app_context():
        session = house.look()
        assert session.get_one(Turn, turn_id).state is State.WAITING
        assert desks.sitting_of(session, official_id) is None


def test_ended_sessions_ask_to_sign_in_again_with_the_same_password(house: House, administrator: FlaskClient) -> None:
    client, official_id = house.official("ventanilla1"), id_of(house, "ventanilla1")
    press(administrator, f"/admin/people/{official_id}/sessions/end")
    assert client.get("/account").status_code == 302
    assert signs_in(house, "ventanilla1", make.PASSWORD) is not None


@pytest.mark.parametrize("path", ["", "/sessions/end", "/enable"])
def test_no_button_does_anything_without_its_key(house: House, administrator: FlaskClient, path: str) -> None:
    client, official_id = house.official("ventanilla1"), id_of(house, "ventanilla1")
    asked = {"name": "Otra", "roles": "official"} if path == "" else {}
    answer = administrator.post(f"/admin/people/{official_id}{path}", data=asked)
    assert answer.status_code == 422
    assert "Falta la clave de la pulsación." in told(answer)
    assert client.get("/account").status_code == 200
    with house.app.app_context():
        assert make.official(house.look()).name != "Otra"


def test_a_button_pressed_twice_ends_sessions_once(house: House, administrator: FlaskClient) -> None:
    path, key = f"/admin/people/{id_of(house, 'ventanilla1')}/sessions/end", {"press": new_press()}
    assert administrator.post(path, data=key).status_code == 302
    client = house.official("ventanilla1")
    assert administrator.post(path, data=key).status_code == 302
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("number", ["+1", "1_0", " 1", "٣"])
def test_a_service_is_named_by_a_number_of_the_page_only(administrator: FlaskClient, number: str) -> None:
    answer = press(administrator, "/admin/people/new", **NEW, services=number)
    assert answer.status_code == 422


def test_access_taken_ends_at_once_and_can_be_given_back(house: House, administrator: FlaskClient) -> None:
    client, official_id = house.official("ventanilla1"), id_of(house, "ventanilla1")
    press(administrator, f"/admin/people/{official_id}/disable")
    assert client.get("/account").status_code == 302
    assert signs_in(house, "ventanilla1", make.PASSWORD) is None
    press(administrator, f"/admin/people/{official_id}/enable")
    assert signs_in(house, "ventanilla1", make.PASSWORD) is not None


def test_nobody_takes_their_own_access(house: House, administrator: FlaskClient) -> None:
    me = id_of(house, "administracion")
    refused = press(administrator, f"/admin/people/{me}/disable")
    assert refused.status_code == 409
    assert "No puede quitarse el acceso" in told(refused)
    assert administrator.get("/admin/people").status_code == 200


def test_the_last_administrator_keeps_the_role(house: House, administrator: FlaskClient) -> None:
    me = id_of(house, "administracion")
    refused = press(administrator, f"/admin/people/{me}", name="Yo", roles="official")
    assert refused.status_code == 409
    assert "última persona que administra" in told(refused)
    other = id_of(house, "ventanilla1")
    press(administrator, f"/admin/people/{other}", name="Otra", roles="administrator")
    assert press(administrator, f"/admin/people/{me}", name="Yo", roles="official").status_code == 302


def test_a_disabled_administrator_does_not_count_as_in_charge(house: House, administrator: FlaskClient) -> None:
    other, me = id_of(house, "ventanilla1"), id_of(house, "administracion")
    press(administrator, f"/admin/people/{other}", name="Otra", roles="administrator")
    press(administrator, f"/admin/people/{other}/disable")
    assert press(administrator, f"/admin/people/{me}", name="Yo", roles="official").status_code == 409


def test_every_change_of_an_account_says_in_the_log_who_made_it(house: House, administrator: FlaskClient) -> None:
    official_id = id_of(house, "ventanilla1")
    press(administrator, "/admin/people/new", **NEW)
    press(administrator, f"/admin/people/{official_id}", name="Otra", roles="supervisor")
    for act in ("password", "sessions/end", "disable", "enable"):
        press(administrator, f"/admin/people/{official_id}/{act}")
    with house.app.app_context():
        session = house.look()
        by = make.official(session, "administracion").id
        kept = session.execute(select(Event.kind, Event.who_id, Event.public).where(Event.kind.like("official%")))
        rows = [tuple(row) for row in kept]
    assert [row[0] for row in rows] == [
        "official hired",
        "official's duties changed",
        "official's password reset",
        "official's sessions ended",
        "official's access taken",
        "official's access given",
    ]
    assert all(row[1:] == (by, {}) for row in rows)
