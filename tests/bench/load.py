"""Cheap load: connections that stay open, and a closed loop of clients who each wait for their answer."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from time import perf_counter, process_time
from urllib.parse import urlencode, urlsplit

from tests.bench.town import BROWSER

Act = Callable[[int], None]
"""What a client does the n-th time; raises what went wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; `wire` is the size of its body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One keep-alive connection to a server; it speaks HTTP/1.1 by hand, because a library costs more than the load."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._host = parts.netloc
        self._socket: socket.socket | None = None

    def get(self, path: str, cookie: str = "") -> Answer:
        return self.ask(f"GET {path} HTTP/1.1\r\n", cookie)

    def post(self, path: str, cookie: str, fields: dict[str, str]) -> Answer:
        body = urlencode(fields)
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self.ask(f"POST {path} HTTP/1.1\r\n{form}", cookie, body)

    def ask(self, head: str, cookie: str, body: str = "") -> Answer:
        """Send a request, again on a new connection if the server had closed the old one while it was idle."""
        sent = f"{head}Host: {self._host}\r\nUser-Agent: {BROWSER}\r\nCookie: {cookie}\r\n\r\n{body}".encode()
        if self._socket is not None:
            with suppress(ConnectionError):
                return self._exchange(self._socket, sent)
        self._socket = socket.create_connection(self._address, timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._exchange(self._socket, sent)

    def _exchange(self, wire: socket.socket, sent: bytes) -> Answer:
        wire.sendall(sent)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more(wire)
        head, _, body = got.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        parts, left = [body], int(headers.get("content-length", 0)) - len(body)
        while left > 0:
            parts.append(self._more(wire))
            left -= len(parts[-1])
        if headers.get("connection") == "close":
            wire.close()
            self._socket = None
        return Answer(int(first.split()[1]), headers, b"".join(parts))

    @staticmethod
    def _more(wire: socket.socket) -> bytes:
        if not (got := wire.recv(65_536)):
            raise ConnectionResetError
        return got


@dataclass(frozen=True, slots=True)
class Round:
    """A round of a closed loop: seconds of each act, of the whole, and of the processor that the load itself took."""

    latencies: Sequence[float]
    seconds: float
    own_cpu: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


def closed_loop(acts: Sequence[Act], total: int) -> Round:
    """As many clients as acts share `total` turns; each takes the next when it has its answer."""
    together, numbers = Barrier(len(acts) + 1), count()

    def client(act: Act) -> list[float]:
        taken: list[float] = []
        together.wait()
        while (n := next(numbers)) < total:
            began = perf_counter()
            act(n)
            taken.append(perf_counter() - began)
        return taken

    with ThreadPoolExecutor(len(acts)) as clients:
        waiting = [clients.submit(client, act) for act in acts]
        together.wait()
        began, cpu = perf_counter(), process_time()
        latencies = [seconds for one in waiting for seconds in one.result()]
        return Round(latencies, perf_counter() - began, process_time() - cpu)
