"""Clients that lose the answer, flood, or never read (F-10, F-20, F-21): the others never notice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
import websocket

from tests.browser.hall import Hall, last_seq
from tests.proof.history import History
from tests.proof.people import Browser, Kiosk, Pace
from tests.proof.rig import Cable, TownHall, town_hall
from tests.proof.screens import Display

CUT_WITHIN_S = 15.0
DROPPED_WITHIN_S = 30.0
"""The server asks every 10 s whether somebody lives, and waits 10 s for the answer."""

LINES_OF_A_FLOOD = 5
PATIENCE_S = 60.0


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[TownHall]:
    with town_hall(tmp_path, "sqlite") as running:
        yield running
        assert running.complaints() == []


def test_a_kiosk_that_loses_the_answer_after_the_commit_gets_that_turn_when_it_asks_again(
    parts: TownHall, tmp_path: Path
) -> None:
    """F-10: the cable drops the answer five times; the sixth time it arrives."""
    with Cable(parts.web.port) as cable, History(tmp_path / "history.jsonl") as history:
        town = parts.town(cable.port)
        kiosk = Kiosk(
            "kiosk",
            Browser(town.url, f"kiosk={town.pair('kiosk')}"),
            history,
            Pace(20),
            "1",
            services=[1],
            groups=["general"],
        )
        (fields, *_) = kiosk.look("/kiosk/services/1").forms("/kiosk/turns")
        for _ in range(5):
            cable.lose_next_answer()
        attempt = kiosk.press("issue", "/kiosk/turns", fields)
        assert cable.answers_lost == 5
        assert [one.outcome for one in history.operations] == ["unknown"] * 5 + ["ok"]
        assert attempt.answer["code"] == "A 001"
        assert kiosk.press("issue", "/kiosk/turns", fields).answer == attempt.answer


@pytest.fixture
def others(parts: TownHall, tmp_path: Path) -> Iterator[Display]:
    """A display that behaves."""
    with History(tmp_path / "shown.jsonl") as history:
        display = Display("display", parts.web.url, parts.town().pair("display"), history, "1")
        display.switch_on()
        yield display
        display.switch_off()


@contextmanager
def entered(parts: TownHall, **options: object) -> Iterator[websocket.WebSocket]:
    """Another paired display, on the wire."""
    town = parts.town()
    address = f"{town.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    cookie = f"display={town.pair('display')}"
    wire = websocket.create_connection(address, timeout=CUT_WITHIN_S, cookie=cookie, origin=town.url, **options)
    try:
        assert wire.recv().startswith("0")
        wire.send("40/wall,")
        assert wire.recv().startswith("40/wall,")
        yield wire
    finally:
        wire.shutdown()


def check_cut(wire: websocket.WebSocket, within_s: float) -> None:
    until = monotonic() + within_s
    wire.sock.settimeout(1)
    while monotonic() < until:
        try:
            if not wire.sock.recv(65_536):
                return
        except TimeoutError:
            continue
        except OSError:
            return
    pytest.fail("the connection is still open")


def check_it_hears(parts: TownHall, display: Display) -> None:
    """Somebody is called, and the display knows."""
    hall = Hall(parts.town())
    hall.wait()
    hall.press("call_next", "1")
    hall.press("mark_absent", "1")
    until = monotonic() + PATIENCE_S
    while not display.is_at(last_seq(parts.town())):
        assert monotonic() < until
        sleep(0.05)


def test_who_floods_is_cut_and_the_others_hear_on(parts: TownHall, others: Display) -> None:
    """F-21: 2,000 frames from one client, also of those that it may say now and then."""
    for said in ('42/wall,["x",1]', "3", "2", "41/desks,"):
        before = len(parts.web.log.read_text().splitlines())
        with entered(parts) as wire:
            with suppress(OSError, websocket.WebSocketException):
                for _ in range(2_000):
                    wire.send(said)
            check_cut(wire, CUT_WITHIN_S)
        told = [line for line in parts.web.log.read_text().splitlines()[before:] if "] GET " not in line]
        assert len(told) < LINES_OF_A_FLOOD, told
        check_it_hears(parts, others)


@pytest.mark.prove
def test_who_never_reads_is_dropped_and_the_others_hear_on(parts: TownHall, others: Display) -> None:
    """F-20: a tiny window, never read, while the hall is busy."""
    with entered(parts, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048),)) as wire:
        began = monotonic()
        while monotonic() < began + DROPPED_WITHIN_S:
            check_it_hears(parts, others)
            sleep(0.2)
        check_cut(wire, 5)
