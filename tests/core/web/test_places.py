"""The places of the live wire: who gets one, how many there are, and what may be said from it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import transaction
from core.web.database import db
from core.web.places import (
    CONNECTION,
    DESKS,
    DISPLAYS_SHARE,
    MOST_OF_ONE,
    PATH,
    WALL,
    NoPlace,
    OneWay,
    Place,
    Places,
    Right,
    TooManyPlaces,
)
from tests import make
from tests.conftest import House

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Origin": "http://localhost",
}
ASKED = {"EIO": "4", "transport": "websocket"}


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Tests here open its wire, which goes on for as long as the application lives."""
    return own_app


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    here, there = socket.socketpair()
    with here, there:
        yield here


def knock(
    client: FlaskClient, connection: socket.socket, asked: dict[str, str] = ASKED, **headers: str
) -> TestResponse:
    sent = {name: value for name, value in (HANDSHAKE | headers).items() if value}
    return client.get(PATH, query_string=asked, headers=sent, environ_overrides={CONNECTION: connection})


# ---------------------------------------------------------------- who gets one


@on_sqlite
def test_a_cookie_proves_nothing_without_a_page_of_ours(house: House, connection: socket.socket) -> None:
    display = house.device("display")
    for origin in ("", "null", "http://evil.example", "http://localhost.evil.example", "http://["):
        assert knock(display, connection, Origin=origin).status_code == 403, origin


@on_sqlite
def test_who_has_no_room_to_hear_gets_no_place(house: House, connection: socket.socket) -> None:
    official_with_a_password_that_others_saw = house.official()
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session).must_change_password = True
    for client in (house.anybody(), house.device("kiosk"), official_with_a_password_that_others_saw):
        refused = knock(client, connection)
        assert refused.status_code == 403
        assert "Esta conexión es solo para las pantallas vinculadas" in refused.get_data(as_text=True)


@on_sqlite
def test_what_is_no_handshake_is_a_bad_request(house: House, connection: socket.socket) -> None:
    display = house.device("display")
    for header in (
        {"Upgrade": ""},
        {"Connection": "close"},
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": ""},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "x"},
    ):
        assert knock(display, connection, **header).status_code == 400, header


@on_sqlite
def test_there_is_one_way_to_the_wire(house: House, connection: socket.socket) -> None:
    display = house.device("display")
    for asked in ({}, {"EIO": "3"}, {"transport": "polling"}, {"sid": "x"}):
        wrong = ASKED | asked if asked else {}
        assert knock(display, connection, wrong).status_code == 400, asked


# ---------------------------------------------------------------- how many there are

DISPLAY, OFFICIAL = ({room: Right(1, room)} for room in (WALL, DESKS))


def of(number: int, room: str = DESKS) -> dict[str, Right]:
    return {room: Right(1, f"{room} {number}")}


def test_there_are_no_more_places_than_said(connection: socket.socket) -> None:
    places = Places(8)
    taken = [places.take(of(number, WALL), connection) for number in range(8)]
    with pytest.raises(NoPlace):
        places.take(of(8, WALL), connection)
    places.leave(taken[0])
    assert places.take(of(8, WALL), connection) in places.taken()


def test_a_share_of_the_places_is_kept_for_displays(connection: socket.socket) -> None:
    places = Places(8)
    for number in range(8 - 8 // DISPLAYS_SHARE):
        places.take(of(number), connection)
    with pytest.raises(NoPlace):
        places.take(of(8), connection)
    for number in range(8 // DISPLAYS_SHARE):
        places.take(of(number, WALL), connection)
    assert len(places.taken()) == 8


@pytest.mark.parametrize("rights", [DISPLAY, OFFICIAL])
def test_nobody_takes_every_place(connection: socket.socket, rights: dict[str, Right]) -> None:
    places = Places(100)
    for _ in range(MOST_OF_ONE):
        places.take(rights, connection)
    with pytest.raises(TooManyPlaces):
        places.take(rights, connection)
    places.take(of(2), connection)


# ---------------------------------------------------------------- what may be said


@pytest.mark.parametrize(
    ("frame", "may"),
    [
        ("3", True),
        ("1", True),
        ("41/wall,", True),
        ("40/wall,", False),
        ("40/desks,", False),
        ("40", False),
        ("41/desks,", False),
        ('42/wall,["x"]', False),
        ("", False),
        ("9", False),
        ("451-", False),
        (b"3", False),
    ],
)
def test_who_hears_a_room_says_only_that_it_is_alive_and_goodbye(
    connection: socket.socket, frame: object, may: bool
) -> None:
    place = Place(DISPLAY, connection)
    assert place.may_say("40/wall,")
    assert place.may_say(frame) == may


@pytest.mark.parametrize("frame", ["40", "40/", "40/other,", "40/desks,", '40/wall,{"a":1}', "41None,"])
def test_only_the_own_room_is_entered(connection: socket.socket, frame: str) -> None:
    place = Place(DISPLAY, connection)
    assert not place.may_say(frame)
    assert place.right is None


def test_a_connection_that_ended_meanwhile_is_said_goodbye_to_in_silence(connection: socket.socket) -> None:
    said: list[str] = []

    def ends_under_its_feet(wire: OneWay) -> None:
        wire.ws.sock.close()
        assert wire.ws.connected
        wire.close()
        said.append("goodbye")

    environ = {
        CONNECTION: connection,
        "townhall.place": Place(DISPLAY, connection),
        "HTTP_HOST": "localhost",
        "PATH_INFO": PATH,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HANDSHAKE.items()},
    }
    with suppress(StopIteration):
        OneWay(ends_under_its_feet, None)(environ, None)
    assert said == ["goodbye"]
