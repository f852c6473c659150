"""From a call that stands in the database to the displays that hear it, beside a bare broadcast to as many."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import sleep

import config
from core.web.forms import new_press
from tests.bench import broadcast
from tests.bench.load import Line
from tests.bench.serve import Server
from tests.bench.town import Town, as_it_was
from tests.bench.wires import Ears, Wire, on_the_wall
from tests.postgresql import free_port

CALLS = 20
SETTLES_S = 0.05
"""Between one call and the next, so that each is heard by itself."""


def listening(server: Server, town: Town, displays: int) -> Ears:
    """So many paired displays that have entered their room."""
    return Ears(on_the_wall(server.url, cookie) for cookie in town.displays[:displays])


def heard_calls(server: Server, town: Town, displays: int, waiting: int) -> list[float]:
    """Seconds from the commit of a call to each display that heard it."""
    line = Line(server.url)
    with closing(listening(server, town, displays)) as ears:
        taken: list[float] = []
        for n in range(CALLS):
            key = town.officials[n]
            answer = line.post("/counter/next", key.cookie, {"press": new_press(), "csrf_token": key.csrf})
            if answer.status != 302:
                raise RuntimeError(f"nobody was called: {answer.status}")
            told: list[int] = []
            heard = ears.until_all_heard(_keeps_seq(told))
            began = json.loads(line.get(f"/bench/committed/{told[0]}").body)["at"]
            taken += [at - began for at in heard]
            sleep(SETTLES_S)
    as_it_was(town, waiting)
    return taken


def _keeps_seq(told: list[int]) -> Callable[[bytes], bool]:
    def is_call(words: bytes) -> bool:
        if b'"call"' not in words:
            return False
        if not told:
            told.append(json.loads(words[words.index(b"[") :])[1]["seq"])
        return True

    return is_call


def bare_broadcasts(url: str, displays: int) -> list[float]:
    """Seconds from each broadcast to each wire that heard it."""
    with closing(Ears(Wire(url, "/") for _ in range(displays))) as ears:
        taken: list[float] = []
        for _ in range(CALLS):
            told: list[float] = []

            def keeps(words: bytes, told: list[float] = told) -> bool:
                told.append(json.loads(words)["began"])
                return True

            ears.wires[0].say(broadcast.GO)
            heard = ears.until_all_heard(keeps)
            taken += [at - told[0] for at in heard]
            sleep(SETTLES_S)
    return taken


@contextmanager
def bare_server() -> Iterator[str]:
    port = free_port()
    running = subprocess.Popen([sys.executable, "-m", "tests.bench.broadcast", str(port)], cwd=config.ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                Wire(url, "/").socket.close()
                break
            except ConnectionRefusedError:
                sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait()
