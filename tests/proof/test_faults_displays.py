"""Five hundred displays on one process (F-19): each hears everything, and after a restart all are right again."""

from __future__ import annotations

import json
import selectors
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
import websocket

from tests.browser.conftest import Town
from tests.browser.hall import Hall, last_seq
from tests.proof.people import Browser
from tests.proof.rig import town_hall

DISPLAYS, CONNECTIONS_EACH = 100, 5
CALLS = 30
PATIENCE_S = 120.0
"""What is asked for is 30 s, on a machine that does nothing else."""

pytestmark = pytest.mark.prove


class Crowd:
    """So many connections in one thread, which answers every ping and keeps the numbers of what each hears."""

    def __init__(self, town: Town, tokens: list[str]) -> None:
        self._town, self._ends = town, threading.Event()
        with ThreadPoolExecutor(16) as doors:
            self._wires = list(doors.map(self._enter, tokens * CONNECTIONS_EACH))
        self.heard: list[list[int]] = [[] for _ in self._wires]
        self._thread = threading.Thread(target=self._listen, name="displays")
        self._thread.start()

    def __len__(self) -> int:
        return len(self._wires)

    def leave(self) -> None:
        self._ends.set()
        self._thread.join()
        for wire in self._wires:
            wire.shutdown()

    def wait_for(self, seq: int) -> float:
        """The seconds until all have heard of it."""
        began = monotonic()
        while not all(heard and heard[-1] >= seq for heard in self.heard):
            late = sum(not heard or heard[-1] < seq for heard in self.heard)
            assert monotonic() - began < PATIENCE_S, f"{late} of {len(self)} did not hear of {seq}"
            sleep(0.05)
        return monotonic() - began

    def _enter(self, token: str) -> websocket.WebSocket:
        address = f"{self._town.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        cookie = f"display={token}"
        wire = websocket.create_connection(address, timeout=PATIENCE_S, cookie=cookie, origin=self._town.url)
        assert wire.recv().startswith("0")
        wire.send("40/wall,")
        assert wire.recv().startswith("40/wall,")
        return wire

    def _listen(self) -> None:
        with selectors.DefaultSelector() as ready:
            for wire, heard in zip(self._wires, self.heard, strict=True):
                ready.register(wire.sock, selectors.EVENT_READ, (wire, heard))
            while not self._ends.is_set():
                for key, _ in ready.select(0.2):
                    wire, heard = key.data
                    frame = str(wire.recv())
                    if frame == "2":
                        wire.send("3")
                    elif frame.startswith("42/wall,"):
                        heard.append(json.loads(frame.removeprefix("42/wall,"))[1]["seq"])
                    elif not frame:
                        ready.unregister(key.fileobj)


@contextmanager
def displays(town: Town, tokens: list[str]) -> Iterator[Crowd]:
    crowd = Crowd(town, tokens)
    try:
        yield crowd
    finally:
        crowd.leave()


def call(hall: Hall) -> None:
    hall.press("call_next", "1")
    hall.press("mark_absent", "1")


def test_five_hundred_displays_hear_everything_and_are_right_after_a_restart(tmp_path: Path) -> None:
    with town_hall(tmp_path, "sqlite", WEB_THREADS="640") as parts:
        town = parts.town()
        tokens = [town.pair("display") for _ in range(DISPLAYS)]
        hall = Hall(town)
        hall.wait(2 * CALLS)
        with displays(town, tokens) as crowd:
            assert len(crowd) == DISPLAYS * CONNECTIONS_EACH
            first = last_seq(town) + 1
            for _ in range(CALLS):
                call(hall)
                sleep(0.2)
            last = last_seq(town)
            print(f"F-19: {len(crowd)} displays knew of the last call {crowd.wait_for(last):.2f} s after it")
            assert all(heard == list(range(first, last + 1)) for heard in crowd.heard), "all, once, in order"

        parts.web.restart()
        parts.web.wait_until_it_answers()
        began = monotonic()
        with displays(town, tokens) as crowd, ThreadPoolExecutor(16) as asking:
            seqs = asking.map(
                lambda token: json.loads(Browser(town.url, f"display={token}").get("/display/state").text)["seq"],
                tokens * CONNECTIONS_EACH,
            )
            assert set(seqs) == {last}
            print(f"F-19: all at once again: right after {monotonic() - began:.1f} s")
            call(hall)
            crowd.wait_for(last_seq(town))
        assert parts.complaints() == []
