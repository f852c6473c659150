"""The two presses that make a queue, «take a turn» and «call the next», through the whole of HTTP and beside floors."""

from __future__ import annotations

from itertools import count

from core.web.forms import new_press
from tests.bench.load import Act, Line
from tests.bench.serve import Server
from tests.bench.town import Town


def issuing(server: Server, town: Town, clients: int) -> list[Act]:
    """Clients who take turns at the kiosks, each time at another one."""
    presses = count()

    def client() -> Act:
        line = Line(server.url)

        def take(_n: int) -> None:
            key = town.kiosks[next(presses) % len(town.kiosks)]
            fields = {"service": str(town.service_id), "group": "general", "press": new_press(), "csrf_token": key.csrf}
            answer = line.post("/kiosk/turns", key.cookie, fields)
            if answer.status != 302 or "/kiosk/ticket/" not in answer.headers["location"]:
                raise RuntimeError(f"no turn was given: {answer.status} {answer.body.decode()}")

        return take

    return [client() for _ in range(clients)]


def calling(server: Server, town: Town, clients: int) -> list[Act]:
    """Clients who call the next turn, each time as another official with empty hands."""

    def client() -> Act:
        line = Line(server.url)

        def call(n: int) -> None:
            key = town.officials[n]
            answer = line.post("/counter/next", key.cookie, {"press": new_press(), "csrf_token": key.csrf})
            if answer.status != 302:
                raise RuntimeError(f"nobody was called: {answer.status} {answer.body.decode()}")

        return call

    return [client() for _ in range(clients)]


def one_line(server: Server, clients: int) -> list[Act]:
    """Clients who ask for the one line."""

    def client() -> Act:
        line = Line(server.url)

        def ask(_n: int) -> None:
            if line.get("/bench/one-line").status != 200:
                raise RuntimeError("the one line did not answer")

        return ask

    return [client() for _ in range(clients)]
