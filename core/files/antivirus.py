"""The antivirus of the machine (ClamAV), if there is one: asked through its socket, and never waited for in vain.

Source: clamd(8), INSTREAM and VERSION.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

_PATIENCE_S = 30


class Scan(StrEnum):
    """What the antivirus says of a file."""

    CLEAN = "clean"
    UNSCANNED = "unscanned"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: what was said, and by which engine and definitions (empty when nobody looked)."""

    scan: Scan
    engine: str = ""


NOBODY_LOOKED = Found(Scan.UNSCANNED)


class Antivirus:
    """The ClamAV at an address, `unix:/path` or `tcp:host:port`; without one, nobody looks."""

    def __init__(self, address: str | None = None) -> None:
        self.address = address

    def look(self, content: Iterable[bytes]) -> Found:
        """What it says of these bytes; that nobody looked, if it cannot be reached or does not know."""
        if self.address is None:
            return NOBODY_LOOKED
        try:
            engine = self._ask(b"zVERSION\x00", ())
            told = self._ask(b"zINSTREAM\x00", content)
        except OSError as error:
            log.warning("antivirus: no responde (%s). Los archivos quedan sin analizar.", type(error).__name__)
            return NOBODY_LOOKED
        if told.endswith(" FOUND"):
            return Found(Scan.QUARANTINED, engine)
        if told == "stream: OK":
            return Found(Scan.CLEAN, engine)
        log.warning("antivirus: no pudo analizar un archivo. Queda sin analizar.")
        return NOBODY_LOOKED

    def _ask(self, command: bytes, content: Iterable[bytes]) -> str:
        """One question, one answer. Raises OSError."""
        with closing(self._connect()) as line:
            line.sendall(command)
            try:
                for piece in content:
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                if command.startswith(b"zINSTREAM"):
                    line.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough, and says why
            return _answer(line)

    def _connect(self) -> socket.socket:
        parts = urlsplit(self.address or "")
        if parts.scheme == "unix":
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(_PATIENCE_S)
            try:
                line.connect(parts.path)
            except OSError:
                line.close()
                raise
            return line
        host, _colon, port = parts.path.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), _PATIENCE_S)


def _answer(line: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\x00") and len(told) < 4096:
        more = line.recv(4096)
        if not more:
            break
        told += more
    return told.rstrip(b"\x00").decode("utf-8", "replace").strip()
