"""The page of the display: meaningful without scripts, sized for its hall, and only for paired displays."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core import clock, devices
from core.db import transaction
from core.devices import Device
from core.web.database import db
from tests.conftest import House
from tests.display.conftest import Hall

PAGES = ("/display/", "/display/state", "/display/device.css", "/display/chime.wav", "/display/speech/A/1/1.wav")


def test_the_first_draw_shows_the_call_the_last_ones_and_refreshes_itself_without_scripts(
    house: House, hall: Hall
) -> None:
    screen = house.device("display")
    hall.call("2")
    hall.call("1")
    page = screen.get("/display/").get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    shown = " ".join(re.sub(r"<script.*?</script>|<[^>]+>|&nbsp;", " ", page, flags=re.DOTALL).split())
    assert re.search(r"Turno A 002 Ventanilla 1", shown)
    assert re.search(r"Últimos llamados Turno Ventanilla A 001 2", shown)
    assert "9:00 a. m." in shown


def test_after_ten_minutes_the_panel_greets_and_the_call_stays_among_the_last_ones(house: House, hall: Hall) -> None:
    screen = house.device("display")
    hall.call("1")
    hall.hands.forward(minutes=11)
    page = screen.get("/display/").get_data(as_text=True)
    assert re.search(r'id="call"[^>]*hidden', page)
    assert not re.search(r'id="idle"[^>]*hidden', page)
    assert "Bienvenidos" in page


def test_the_page_keeps_the_content_policy(house: House) -> None:
    page = house.device("display").get("/display/").get_data(as_text=True)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*(src=|application/json))", page)


def test_the_style_sheet_holds_the_sizes_that_the_hall_needs(house: House) -> None:
    far = house.device("display", diagonal_in=43, distance_m=10).get("/display/device.css")
    assert far.mimetype == "text/css"
    sheet = far.get_data(as_text=True)
    assert "--turn: calc(350 * var(--u))" in sheet
    assert "nth-child(n + 4)" in sheet


def test_modules_without_a_version_in_their_address_are_asked_for_again(house: House) -> None:
    screen = house.device("display")
    for address, kept in (("wire.js", "no-cache"), ("main.js?v=1", "public, max-age=31536000")):
        with screen.get(f"/display/static/{address}") as answer:
            assert answer.headers["Cache-Control"] == kept


@pytest.mark.parametrize("path", PAGES)
def test_nobody_but_a_paired_display_sees_or_hears_anything(house: House, path: str) -> None:
    kiosk = house.device("kiosk")
    token = kiosk.get_cookie("kiosk")
    assert token is not None
    disguised = house.anybody()
    disguised.set_cookie("display", token.value)
    for stranger in (house.anybody(), house.official(), kiosk, disguised):
        refused = stranger.get(path, headers={"Accept": "application/json"})
        assert refused.status_code == 401, path
        assert stranger.get(path, headers={"Accept": "text/html"}).headers["Location"].endswith("/pair/display")


@pytest.mark.parametrize("path", PAGES)
def test_a_revoked_display_is_shut_out_at_once(house: House, path: str) -> None:
    screen = house.device("display")
    assert screen.get(path).status_code == 200
    with house.app.app_context(), transaction(db.session) as session:
        device = session.scalars(select(Device)).one()
        devices.revoke(session, device.id, device.site_id, device.paired_by, clock.now())
    assert screen.get(path, headers={"Accept": "application/json"}).status_code == 401
