"""The live wire under gunicorn: what a connection costs the office, and how it ends."""

from __future__ import annotations

import http.client
import re
import urllib.request
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
import websocket
from playwright.sync_api import Page
from sqlalchemy import update

from core.db import transaction
from core.devices import Device
from tests.browser.conftest import Town

THREADS = 64
CUT_WITHIN_S = 12
MALFORMED = (
    '42/wall,["x"]',
    '42/wall,["ev"',
    "42/wall,[]",
    '451-/wall,["x",{"_placeholder":true,"num":0}]',
    "42/wall," + "[" * 900,
    "4",
    "4x",
    "9",
    "",
    "44/wall,",
    "40/wall,",
    "40",
    "x" * 20_000,
    b"\0\xff",
)


Wire = websocket.WebSocket
Open = Callable[..., Wire]


@pytest.fixture
def open_wire(town: Town) -> Iterator[Open]:
    """Shake hands as a page of ours would, with a cookie, and enter a room if one is named."""
    address = f"{town.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    opened: list[Wire] = []

    def knock(cookie: str = "", room: str = "", origin: str | None = "") -> Wire:
        from_where = {"suppress_origin": True} if origin is None else {"origin": origin or town.url}
        wire = websocket.create_connection(address, timeout=CUT_WITHIN_S, cookie=cookie, **from_where)
        opened.append(wire)
        assert wire.recv().startswith("0")
        if room:
            wire.send(f"40{room},")
            assert wire.recv().startswith(f"40{room},")
        return wire

    yield knock
    for wire in opened:
        wire.shutdown()


@pytest.fixture
def display(town: Town) -> str:
    """The cookie of a paired display."""
    return f"display={town.pair('display')}"


def check_cut(wire: websocket.WebSocket) -> None:
    """The connection itself ends, also for a client that never says goodbye."""
    until = monotonic() + CUT_WITHIN_S
    while monotonic() < until:
        try:
            if not wire.sock.recv(1_000):
                return
        except ConnectionError:
            return
    pytest.fail("the connection is still open")


def test_who_has_no_place_holds_no_thread(town: Town, open_wire: Open, display: str) -> None:
    for cookie, origin in (("", ""), ("", None), (display, None), ("display=x", "")):
        for _ in range(THREADS // 2):
            with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
                open_wire(cookie, origin=origin)
    assert urllib.request.urlopen(f"{town.url}/sign-in", timeout=5).status == 200


def test_one_display_holds_few_threads(open_wire: Open, display: str) -> None:
    wires = [open_wire(display, "/wall") for _ in range(5)]
    with pytest.raises(websocket.WebSocketBadStatusException, match="429"):
        open_wire(display)
    wires.pop().shutdown()
    until = monotonic() + CUT_WITHIN_S
    while len(wires) < 5 and monotonic() < until:
        try:
            wires.append(open_wire(display, "/wall"))
        except websocket.WebSocketBadStatusException:
            continue
    assert len(wires) == 5


def test_who_says_what_no_listener_says_is_cut(town: Town, open_wire: Open, display: str) -> None:
    for frame in MALFORMED:
        wire = open_wire(display, "/wall")
        wire.send(frame, websocket.ABNF.OPCODE_BINARY if isinstance(frame, bytes) else websocket.ABNF.OPCODE_TEXT)
        check_cut(wire)
    log = (town.folder / "server.log").read_text()
    assert len(log.splitlines()) < 10 + len(MALFORMED), log


def test_who_enters_no_room_is_cut(open_wire: Open, display: str) -> None:
    check_cut(open_wire(display))


def test_a_revoked_display_keeps_no_connection(town: Town, open_wire: Open, display: str) -> None:
    wire = open_wire(display, "/wall")
    with town.session() as session, transaction(session):
        session.execute(update(Device).values(revoked_at=town.began))
    check_cut(wire)


def test_who_signed_out_keeps_no_connection(open_wire: Open, sign_in: Callable[..., Page]) -> None:
    page = sign_in("ventanilla1", "/account")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    wire = open_wire(cookie, "/desks")
    page.get_by_role("button", name=re.compile("Salir")).first.click()
    check_cut(wire)
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        open_wire(cookie)


@pytest.mark.parametrize("header", ["User-Agent", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"])
def test_no_header_of_a_handshake_makes_the_wire_stumble(town: Town, display: str, header: str) -> None:
    sent = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": town.url,
        "Cookie": display,
        header: "permessage-deflate; server_max_window_bits=99;\xff",
    }
    line = http.client.HTTPConnection(town.url.removeprefix("http://"), timeout=5)
    line.putrequest("GET", "/socket.io/?EIO=4&transport=websocket")
    for name, value in sent.items():
        line._buffer.append(f"{name}: {value}".encode("latin-1"))  # type: ignore[attr-defined]
    line.endheaders()
    assert line.getresponse().status == 101
    line.close()
