"""Who may enter which door of the administration: every route, every role."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from core.db import transaction
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter
from tests.conftest import House

LOOK, ACT = {"supervisor", "control"}, {"supervisor"}
ADMINISTRATOR = {"administrator"}
ALLOWED: dict[str, set[str]] = {
    "hall": LOOK,
    "hall_live": LOOK,
    "hall_help": ACT,
    "hall_free": ACT,
    "hall_clock": ACT,
    "hall_leftovers": ACT,
    "hall_turn": ACT,
    "hall_regroup": ACT,
    "hall_move": ACT,
    "hall_skip": ACT,
    "hall_cancel": ACT,
    "hall_back": ACT,
    "order": ADMINISTRATOR,
    "order_act": ADMINISTRATOR,
    "devices": ADMINISTRATOR,
    "devices_act": ADMINISTRATOR,
    "devices_one": ADMINISTRATOR,
    "devices_one_act": ADMINISTRATOR,
    "devices_revoke": ADMINISTRATOR,
    "notices": ADMINISTRATOR,
    "notices_act": ADMINISTRATOR,
    "notices_one": ADMINISTRATOR,
    "notices_one_act": ADMINISTRATOR,
    "notices_move": ADMINISTRATOR,
    "notices_withdraw": ADMINISTRATOR,
    "notices_show": ADMINISTRATOR,
    "setup": ADMINISTRATOR,
    "setup_site": ADMINISTRATOR,
    "setup_site_act": ADMINISTRATOR,
    "setup_entity": ADMINISTRATOR,
    "setup_entity_act": ADMINISTRATOR,
    "things": ADMINISTRATOR,
    "things_new": ADMINISTRATOR,
    "things_new_act": ADMINISTRATOR,
    "things_one": ADMINISTRATOR,
    "things_one_act": ADMINISTRATOR,
    "things_move": ADMINISTRATOR,
    "things_withdraw": ADMINISTRATOR,
    "things_restore": ADMINISTRATOR,
    "hours": ADMINISTRATOR,
    "hours_act": ADMINISTRATOR,
    "matrix": ADMINISTRATOR,
    "matrix_act": ADMINISTRATOR,
    "targets": ADMINISTRATOR,
    "targets_act": ADMINISTRATOR,
    "pictures_new": ADMINISTRATOR,
    "pictures_new_act": ADMINISTRATOR,
    "pictures_image": ADMINISTRATOR,
    "history": ADMINISTRATOR,
    "people": ADMINISTRATOR,
    "people_new": ADMINISTRATOR,
    "people_new_act": ADMINISTRATOR,
    "people_one": ADMINISTRATOR,
    "people_one_act": ADMINISTRATOR,
    "people_password": ADMINISTRATOR,
    "people_end_sessions": ADMINISTRATOR,
    "people_disable": ADMINISTRATOR,
    "people_enable": ADMINISTRATOR,
}
UNKNOWN = 2_000_000_000


def doors(house: House) -> list[tuple[str, str, str]]:
    """Every route of the administration: (name, method, address), with an id that nobody has."""
    rules: list[Rule] = [rule for rule in house.app.url_map.iter_rules() if rule.endpoint.startswith("admin.")]
    found = []
    with house.app.test_request_context():
        for rule in rules:
            if rule.endpoint != "admin.static":
                address = house.app.url_map.bind("").build(rule.endpoint, dict.fromkeys(rule.arguments, UNKNOWN))
                found += [
                    (rule.endpoint.removeprefix("admin."), method, address)
                    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
                ]
    return found


def test_the_table_of_rights_names_every_route(house: House) -> None:
    assert {name for name, _method, _address in doors(house)} == set(ALLOWED)


@pytest.mark.parametrize("role", ["official", "supervisor", "control", "administrator"])
def test_a_role_enters_only_where_the_table_says(house: House, enter: Enter, role: str) -> None:
    client = enter(role)
    for name, method, address in doors(house):
        status = client.open(address, method=method).status_code
        assert status < 500, (name, status)
        assert (status != 403) == (role in ALLOWED[name]), (role, name, method, status)


def test_a_stranger_is_asked_to_sign_in(house: House) -> None:
    client = house.anybody()
    for name, method, address in doors(house):
        answer = client.open(address, method=method, headers={"Accept": "text/html"})
        if method == "GET":
            assert answer.status_code == 302, name
            assert answer.location.startswith("/sign-in"), name
        else:
            assert answer.status_code == 401, name


def test_what_does_not_exist_is_missing_also_with_an_id_too_large_for_any_database(enter: Enter) -> None:
    supervisor, administrator = enter("supervisor"), enter("administrator")
    enormous = "9" * 23
    for number in (UNKNOWN, enormous):
        assert supervisor.get(f"/admin/hall/turns/{number}").status_code == 404
        for place in ("devices", "notices", "people", "setup/windows"):
            assert administrator.get(f"/admin/{place}/{number}").status_code == 404


def test_who_only_looks_is_shown_no_button_of_the_hall(enter: Enter) -> None:
    assert "data-turn-of" not in enter("control").get("/admin/hall").get_data(as_text=True)


def test_the_ways_shown_are_those_that_are_open_and_none_where_there_is_only_one(house: House, enter: Enter) -> None:
    def ways(client: FlaskClient, path: str) -> set[str]:
        page = client.get(path).get_data(as_text=True)
        return set(re.findall(r'<a href="([^"]+)"', page.partition("<nav")[2].partition("</nav>")[0]))

    assert ways(enter("supervisor"), "/admin/hall") == set()
    assert ways(enter("official"), "/counter/") == set()
    places = {"/admin/setup", "/admin/devices", "/admin/people"}
    assert ways(enter("administrator"), "/admin/people") == places
    both = enter("official")
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session).roles = ["official", "supervisor"]
    for path in ("/counter/", "/admin/hall", "/account", "/admin/nowhere"):
        assert ways(both, path) == {"/counter/", "/admin/hall"}, path
    assert 'href="/counter/" aria-current="page"' in both.get("/counter/").get_data(as_text=True)
