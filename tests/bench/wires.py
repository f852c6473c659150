"""Many listening screens for the price of one thread: websockets read as bytes, each at the instant of its arrival."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Iterable
from time import monotonic
from urllib.parse import urlsplit

TEXT, PING = 0x81, 0x89
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: {cookie}\r\n\r\n"
)
PATIENCE_S = 30


class Wire:
    """One websocket that mostly listens."""

    def __init__(self, url: str, path: str, cookie: str = "") -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""
        self.socket.sendall(HANDSHAKE.format(path=path, host=parts.netloc, cookie=cookie).encode())
        while b"\r\n\r\n" not in self._got:
            self._got += self._more()
        head, _, self._got = self._got.partition(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"the wire was refused: {head[:200]!r}")

    def _more(self) -> bytes:
        if not (more := self.socket.recv(65_536)):
            raise ConnectionResetError("a wire was cut")
        return more

    def say(self, text: str, kind: int = TEXT) -> None:
        """Send a short frame; its mask is zero, which leaves the words as they are."""
        words = text.encode()
        self.socket.sendall(bytes((kind, 0x80 | len(words), 0, 0, 0, 0)) + words)

    def frames(self) -> list[bytes]:
        """The whole messages that came; when none has, what the next bytes complete."""
        return self._whole() or self._whole(self._more())

    def _whole(self, more: bytes = b"") -> list[bytes]:
        self._got += more
        found = []
        while len(self._got) >= 2:
            size, begins = self._got[1] & 0x7F, 2
            if size == 126:
                size, begins = int.from_bytes(self._got[2:4], "big"), 4
            if len(self._got) < begins + size:
                break
            kind, words = self._got[0], self._got[begins : begins + size]
            self._got = self._got[begins + size :]
            if kind == PING:
                self.say(words.decode(), 0x8A)
            else:
                found.append(words)
        return found

    def wait_for(self, beginning: bytes) -> None:
        """Listen until a message begins so."""
        while not any(words.startswith(beginning) for words in self.frames()):
            pass


def on_the_wall(url: str, cookie: str) -> Wire:
    """A paired display that has entered the room of its site."""
    wire = Wire(url, "/socket.io/?EIO=4&transport=websocket", cookie)
    wire.wait_for(b"0")
    wire.say("40/wall,")
    wire.wait_for(b"40/wall,")
    return wire


class Ears:
    """Many wires that are heard together, by one thread."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        self.wires = list(wires)
        self._ready = selectors.DefaultSelector()
        for wire in self.wires:
            self._ready.register(wire.socket, selectors.EVENT_READ, wire)

    def until_all_heard(self, told: Callable[[bytes], bool]) -> list[float]:
        """The instant at which each wire heard what is waited for. Raises TimeoutError."""
        heard: dict[Wire, float] = {}
        until = monotonic() + PATIENCE_S
        while len(heard) < len(self.wires):
            if monotonic() > until:
                raise TimeoutError(f"{len(self.wires) - len(heard)} wires heard nothing")
            for key, _events in self._ready.select(timeout=1):
                at = monotonic()
                for words in key.data.frames():
                    if words == b"2":
                        key.data.say("3")
                    elif told(words):
                        heard.setdefault(key.data, at)
        return list(heard.values())

    def close(self) -> None:
        self._ready.close()
        for wire in self.wires:
            wire.socket.close()
