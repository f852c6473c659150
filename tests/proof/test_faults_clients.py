"""Clients that lose the answer, flood, or never read (F-10, F-20, F-21): the others never notice."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
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

BAD_ONES, IMPOLITE = 30, 20
MEMORY_OF_EACH = 1_000_000
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
def entered(parts: TownHall, token: str, **options: object) -> Iterator[websocket.WebSocket]:
    """Another paired display, on the wire."""
    town = parts.town()
    address = f"{town.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    cookie = f"display={token}"
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


def answered(parts: TownHall, *, hang_up: bool) -> float:
    """The seconds until so many have been answered and told goodbye, if they hang up or if they do not."""
    since = monotonic()
    with ExitStack() as opened:
        for _ in range(IMPOLITE):
            wire = socket.create_connection(("127.0.0.1", parts.web.port), PATIENCE_S)
            opened.enter_context(wire)
            wire.sendall(b"GET /kiosk/static/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while wire.recv(65_536):
                pass
            if hang_up:
                wire.close()
    return monotonic() - since


def test_who_does_not_hang_up_keeps_nobody_waiting(parts: TownHall) -> None:
    """F-20: each is waited for two seconds; were the door not opened meanwhile, the next ones would come after them."""
    answered(parts, hang_up=True)
    assert answered(parts, hang_up=False) < answered(parts, hang_up=True) + IMPOLITE


def test_who_floods_is_cut_and_the_others_hear_on(parts: TownHall, others: Display) -> None:
    """F-21: 2,000 frames from one client, also of those that it may say now and then."""
    for said in ('42/wall,["x",1]', "3", "2", "41/desks,"):
        before = len(parts.web.log.read_text().splitlines())
        with entered(parts, parts.town().pair("display")) as wire:
            with suppress(OSError, websocket.WebSocketException):
                for _ in range(2_000):
                    wire.send(said)
            check_cut(wire, CUT_WITHIN_S)
        told = [line for line in parts.web.log.read_text().splitlines()[before:] if "] GET " not in line]
        assert len(told) < LINES_OF_A_FLOOD, told
        check_it_hears(parts, others)


class Burden:
    """What the clients that a test adds cost the processes of the office: memory, and connections that they hold."""

    def __init__(self, parts: TownHall) -> None:
        self._parts = parts
        self._held, self._before = self._connections(), self._memory()

    def until_dropped(self, clients: int, meanwhile: Callable[[], None]) -> tuple[float, float]:
        """The seconds until the office holds no more connections than before, and the bytes that each took at most.

        What goes on meanwhile is in the memory too.
        """
        since, most = monotonic(), self._memory()
        while (held := self._connections()) > self._held:
            assert monotonic() - since < PATIENCE_S, f"{held - self._held} connections are still open"
            meanwhile()
            most = max(most, self._memory())
        return monotonic() - since, (most - self._before) / clients

    def _connections(self) -> int:
        open_files = (Path(f"/proc/{pid}/fd") for pid in self._parts.web.workers())
        return sum(_leads_to(one).startswith("socket:") for files in open_files for one in files.iterdir())

    def _memory(self) -> int:
        told = (Path(f"/proc/{pid}/status").read_text() for pid in self._parts.web.workers())
        return sum(int(line.split()[1]) * 1024 for one in told for line in one.splitlines() if line[:6] == "VmRSS:")


def _leads_to(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:
        return ""


def check_cheap(what: str, burden: Burden, parts: TownHall, others: Display) -> None:
    dropped, each = burden.until_dropped(BAD_ONES, lambda: check_it_hears(parts, others))
    print(f"F-20: {what}: dropped after {dropped:.1f} s, {each / 1000:.0f} kB each")
    assert each < MEMORY_OF_EACH
    assert dropped <= DROPPED_WITHIN_S * parts.slowness
    check_it_hears(parts, others)


@pytest.mark.prove
def test_who_never_reads_is_dropped_costs_little_and_the_others_hear_on(parts: TownHall, others: Display) -> None:
    """F-20: tiny windows, never read, while the hall is busy."""
    check_it_hears(parts, others)
    tokens = [parts.town().pair("display") for _ in range(BAD_ONES)]
    burden = Burden(parts)
    with ExitStack() as opened:
        for token in tokens:
            opened.enter_context(entered(parts, token, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048),)))
        check_cheap("who never reads", burden, parts, others)


@pytest.mark.prove
def test_who_falls_silent_within_a_request_is_dropped_costs_little_and_pages_are_answered(
    parts: TownHall, others: Display
) -> None:
    """F-20: half a request each. Who drips a byte now and then is the front door's: tests/browser/test_processes.py."""
    check_it_hears(parts, others)
    burden = Burden(parts)
    with ExitStack() as opened:
        for _ in range(BAD_ONES):
            wire = opened.enter_context(socket.create_connection(("127.0.0.1", parts.web.port), PATIENCE_S))
            wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Drips:")
        assert Browser(parts.web.url).get("/sign-in").status == 200
        check_cheap("who says half a request", burden, parts, others)
