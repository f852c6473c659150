"""Kiosks and displays: let in by the code they show, measured in millimetres, put out within seconds."""

import pytest
from flask.testing import FlaskClient

from admin.devices import seen_text
from core import devices
from core.clock import now
from core.db import transaction
from core.devices import Device
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import Hands, House

KIOSK = {
    "name": "Quiosco",
    "diagonal_in": "21,5",
    "resolution": "1080x1920",
    "mm_per_px": "",
    "paper_mm": "58",
    "printer_host": "192.168.1.50",
    "printer_code_page": "53",
    "opinions": "",
}
DISPLAY = {"name": "Pantalla", "diagonal_in": "43", "distance_m": "6,5", "voice": "y", "volume": "70"}


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def paired(house: House) -> list[Device]:
    session = house.look()
    return devices.of_site(session, make.site(session).id)


def only(house: House) -> Device:
    (device,) = paired(house)
    return device


def code_of(house: House, kind: str = "kiosk") -> str:
    """The code that a new screen shows now."""
    with house.app.app_context(), transaction(db.session) as session:
        return devices.ask_to_pair(session, kind, now())[0]


def test_the_page_says_which_addresses_a_new_device_opens(administrator: FlaskClient) -> None:
    page = administrator.get("/admin/devices").get_data(as_text=True)
    assert "http://localhost/pair/kiosk" in page
    assert "http://localhost/pair/display" in page


@pytest.mark.parametrize("kind", ["kiosk", "display"])
def test_the_code_of_a_screen_lets_it_in(house: House, administrator: FlaskClient, kind: str) -> None:
    code = code_of(house, kind)
    answer = administrator.post("/admin/devices", data={"code": code.lower(), "name": "El de la entrada"})
    assert answer.status_code == 302
    with house.app.app_context():
        device = only(house)
        assert (device.kind, device.name) == (kind, "El de la entrada")
        assert answer.location == f"/admin/devices/{device.id}"
    assert administrator.get(answer.location).status_code == 200


def test_a_wrong_code_lets_nobody_in(house: House, administrator: FlaskClient) -> None:
    code_of(house)
    answer = administrator.post("/admin/devices", data={"code": "AAAAAAA", "name": "Quiosco"})
    assert answer.status_code == 422
    assert "Ese código no está en ninguna pantalla" in told(answer)
    with house.app.app_context():
        assert paired(house) == []


def test_a_code_lets_nobody_in_after_ten_minutes(house: House, administrator: FlaskClient, hands: Hands) -> None:
    code = code_of(house)
    hands.forward(minutes=10)
    assert administrator.post("/admin/devices", data={"code": code, "name": "Quiosco"}).status_code == 422
    with house.app.app_context():
        assert paired(house) == []


def test_a_code_lets_one_device_in_and_no_second(house: House, administrator: FlaskClient) -> None:
    asked = {"code": code_of(house), "name": "Quiosco"}
    assert administrator.post("/admin/devices", data=asked).status_code == 302
    assert administrator.post("/admin/devices", data=asked).status_code == 422
    with house.app.app_context():
        assert len(paired(house)) == 1


@pytest.mark.parametrize(("field", "value"), [("code", ""), ("name", ""), ("name", "x" * 61), ("name", "a\u202eb")])
def test_what_is_missing_or_wrong_is_told_beside_its_field(
    house: House, administrator: FlaskClient, field: str, value: str
) -> None:
    asked = {"code": code_of(house), "name": "Quiosco"} | {field: value}
    answer = administrator.post("/admin/devices", data=asked)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_a_revoked_device_is_a_stranger(house: House, administrator: FlaskClient) -> None:
    kiosk = house.device("kiosk")
    assert kiosk.get("/kiosk/", headers={"Accept": "application/json"}).status_code == 200
    with house.app.app_context():
        device_id = only(house).id
    assert administrator.post(f"/admin/devices/{device_id}/revoke").status_code == 302
    assert kiosk.get("/kiosk/", headers={"Accept": "application/json"}).status_code == 401
    assert administrator.get(f"/admin/devices/{device_id}").status_code == 404


def test_the_size_of_a_kiosk_gives_its_millimetres(house: House, administrator: FlaskClient) -> None:
    house.device("kiosk")
    with house.app.app_context():
        device_id = only(house).id
    assert administrator.post(f"/admin/devices/{device_id}", data=KIOSK).status_code == 302
    with house.app.app_context():
        settings = only(house).settings
    assert settings["mm_per_px"] == pytest.approx(0.2479, abs=1e-4)
    assert (settings["paper_mm"], settings["printer_host"], settings["printer_code_page"]) == (58, "192.168.1.50", 0x35)


def test_where_a_kiosk_asks_for_opinions_is_chosen_and_told_in_its_history(
    house: House, administrator: FlaskClient
) -> None:
    house.device("kiosk")
    with house.app.app_context():
        device_id, window_id = only(house).id, make.window(house.look(), "2").id
    page = f"/admin/devices/{device_id}"
    for chosen, kept, history in (
        ("only", "only", "Solo encuestas"),
        (str(window_id), window_id, "Ventanilla de las encuestas"),
        ("", "", "Junto a una ventanilla"),
    ):
        assert administrator.post(page, data=KIOSK | {"opinions": chosen}).status_code == 302
        with house.app.app_context():
            assert only(house).settings["opinions"] == kept
        shown = told(administrator.get(page))
        assert history in shown[shown.index("Desvincular el equipo") :], chosen
    with house.app.app_context(), transaction(db.session) as session:
        device = session.get_one(Device, device_id)
        device.settings = {name: value for name, value in device.settings.items() if name != "opinions"}
    assert administrator.get(page).status_code == 200, "one that was paired before"


def test_what_was_measured_with_a_ruler_counts_more_than_the_diagonal(house: House, administrator: FlaskClient) -> None:
    house.device("kiosk")
    with house.app.app_context():
        device_id = only(house).id
    administrator.post(f"/admin/devices/{device_id}", data=KIOSK | {"mm_per_px": "0,31"})
    with house.app.app_context():
        assert only(house).settings["mm_per_px"] == 0.31
    assert 'value="0,31"' in administrator.get(f"/admin/devices/{device_id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("diagonal_in", ["", "0", "6,9", "66", "veinte", "21.5.1", "inf", "1e1"]),
        ("resolution", ["", "10x10", "1080x1920x3"]),
        ("mm_per_px", ["0,04", "1,1", "-1"]),
        ("paper_mm", ["", "76"]),
        ("printer_host", ["http://192.168.1.50", "a b", "a..b", "-a", "x" * 254, "192.168.1.50:22"]),
        ("printer_code_page", ["", "999"]),
        ("opinions", ["all", "999", "-1"]),
        ("name", [""]),
    ],
)
def test_a_bad_measure_of_a_kiosk_is_refused_beside_its_field(
    house: House, administrator: FlaskClient, field: str, values: list[str]
) -> None:
    house.device("kiosk")
    with house.app.app_context():
        device_id, before = only(house).id, only(house).settings
    for value in values:
        answer = administrator.post(f"/admin/devices/{device_id}", data=KIOSK | {field: value})
        assert answer.status_code == 422, value
        assert f'id="{field}-error"' in answer.get_data(as_text=True), value
    with house.app.app_context():
        assert only(house).settings == before


def test_a_display_keeps_its_seat_its_zone_and_its_voice_and_the_history_tells_them(
    house: House, administrator: FlaskClient
) -> None:
    house.device("display")
    with house.app.app_context():
        device_id, window_id = only(house).id, make.window(house.look(), "2").id
        service_id, service_name = make.service(house.look()).id, make.service(house.look()).name
    zone = {"windows": window_id, "services": service_id}
    assert administrator.post(f"/admin/devices/{device_id}", data=DISPLAY | zone).status_code == 302
    with house.app.app_context():
        settings = only(house).settings
    kept = {"diagonal_in": 43, "distance_m": 6.5, "voice": True, "volume": 70}
    assert settings == kept | {"windows": [window_id], "services": [service_id]}
    history = administrator.get(f"/admin/devices/{device_id}").get_data(as_text=True).partition('id="history-title"')[2]
    assert "Trámites que anuncia" in history
    assert service_name in history


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("distance_m", ["", "0", "41"]),
        ("diagonal_in", ["14", "121"]),
        ("volume", ["", "101", "-1"]),
        ("windows", ["999999"]),
        ("services", ["999999"]),
        ("windows", ["+1"]),
        ("windows", [" 1"]),
        ("windows", ["١"]),
    ],
)
def test_a_bad_measure_of_a_display_is_refused_beside_its_field(
    house: House, administrator: FlaskClient, field: str, values: list[str]
) -> None:
    house.device("display")
    with house.app.app_context():
        device_id = only(house).id
    for value in values:
        answer = administrator.post(f"/admin/devices/{device_id}", data=DISPLAY | {field: value})
        assert answer.status_code == 422, value
        assert f'id="{field}-error"' in answer.get_data(as_text=True), value


def test_a_screen_too_small_for_its_farthest_seat_is_warned_of(house: House, administrator: FlaskClient) -> None:
    house.device("display", diagonal_in=32, distance_m=6)
    with house.app.app_context():
        device_id = only(house).id
    warning = "La pantalla es pequeña para esa distancia"
    assert warning not in told(administrator.get(f"/admin/devices/{device_id}"))
    administrator.post(f"/admin/devices/{device_id}", data=DISPLAY | {"diagonal_in": "32", "distance_m": "10"})
    assert warning in told(administrator.get(f"/admin/devices/{device_id}"))


def test_a_device_that_says_nothing_for_two_minutes_is_silent(
    house: House, administrator: FlaskClient, hands: Hands
) -> None:
    house.device("kiosk")
    with house.app.app_context(), transaction(db.session) as session:
        devices.note_seen(session, only(house).id, now())
    hands.forward(seconds=20)
    words = told(administrator.get("/admin/devices"))
    assert "hace 20 s" in words
    assert "Funciona" in words
    hands.forward(minutes=2)
    words = told(administrator.get("/admin/devices"))
    assert "hace 2 min" in words
    assert "Sin señal" in words


def test_the_time_since_a_signal_is_said_in_its_unit(house: House) -> None:
    at = make.at(0)
    with house.app.test_request_context():
        said = [seen_text(make.at(-minutes), at) for minutes in (0.5, 5, 180, 3 * 24 * 60)]
        assert [*said, seen_text(None, at)] == ["hace 30 s", "hace 5 min", "hace 3 h", "hace 3 días", "nunca"]


def test_a_device_of_nobody_is_not_touched_by_a_supervisor(house: House, enter: Enter) -> None:
    house.device("kiosk")
    with house.app.app_context():
        device_id = only(house).id
    assert press(enter("supervisor"), f"/admin/devices/{device_id}/revoke").status_code == 403
    with house.app.app_context():
        assert only(house).id == device_id
