"""The product under gunicorn as it is shipped, with a one-line neighbour that shows what the server costs by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from flask import Flask, jsonify

import config
from core import events
from core.events import Happened
from tests import serve as product
from tests.bench.load import Line
from tests.bench.town import BEGAN, SECRET, Town
from tests.postgresql import free_port

NEIGHBOUR = "/bench/"
STARTS_WITHIN_S = 60
committed: dict[int, float] = {}
"""When each event of this process stood, by its number, on the clock that all processes of a machine share."""


def create_app() -> Flask:
    """The product with its neighbour."""
    events.listen(_note)
    return beside_a_neighbour(product.create_app())


def beside_a_neighbour(town: Flask) -> Flask:
    """What begins with NEIGHBOUR goes to an application of one line on the same server, past all that the town does."""
    house, neighbour = town.wsgi_app, _neighbour()

    def door(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (neighbour if environ["PATH_INFO"].startswith(NEIGHBOUR) else house)(environ, start_response)

    town.wsgi_app = door  # type: ignore[method-assign]
    return town


def _note(fact: Happened) -> None:
    committed[fact.seq] = monotonic()


def _neighbour() -> Flask:
    app = Flask("neighbour")

    @app.get("/bench/one-line")
    def one_line() -> Any:
        return jsonify(ok=True)

    @app.get("/bench/committed/<int:seq>")
    def when(seq: int) -> Any:
        return jsonify(at=committed.get(seq))

    return app


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and how long it took from nothing to its first answer."""

    url: str
    pid: int
    started_in: float

    def memory(self) -> float:
        """Megabytes of all its processes; what they share is counted once."""
        return sum(_kilobytes(pid) for pid in (self.pid, *_children(self.pid))) / 1024


@contextmanager
def serving(town: Town, *, processes: int = 1, threads: int = 200, redis_url: str = "") -> Iterator[Server]:
    """Run the town hall; raises RuntimeError if it does not answer."""
    port = free_port()
    environment = {
        "DATABASE_URL": town.database_url,
        "INSTANCE_DIR": str(town.folder),
        "SECRET_KEY": SECRET,
        "AUDIT_KEY": SECRET,
        "RESERVE_KEY": SECRET,
        "PORT": str(port),
        "TEST_CLOCK": BEGAN.replace(tzinfo=None).isoformat(),
        "WEB_PROCESSES": str(processes),
        "WEB_THREADS": str(threads),
        "REDIS_URL": redis_url,
        "PYTHONPATH": str(config.ROOT),
    }
    with (town.folder / "server.log").open("w") as log:
        began = monotonic()
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "tests.bench.serve:create_app()"],
            cwd=config.ROOT, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server)
            yield Server(url, server.pid, monotonic() - began)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + STARTS_WITHIN_S
    while monotonic() < until and server.poll() is None:
        try:
            if Line(url).get("/").status == 200:
                return
        except OSError:
            sleep(0.02)
    raise RuntimeError(f"the server did not answer at {url}")


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as told:
        return [int(child) for child in told.read().split()]


def _kilobytes(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("Pss:"))
