"""A small clamd on a real socket: it speaks INSTREAM and VERSION, unpacks zips, and knows one virus."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.core.files.samples import EICAR

VERSION = "ClamAV 1.4.3/27810/Thu Nov 26 2026"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            more = self.rfile.read(1)
            if not more:
                return
            command += more
        self.wfile.write(self._told(command).encode() + b"\0")

    def _told(self, command: bytes) -> str:
        if command == b"zVERSION\0":
            return VERSION
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.most:  # type: ignore[attr-defined]
                return "INSTREAM size limit exceeded. ERROR"
        return "stream: Eicar-Test-Signature FOUND" if _sick(content) else "stream: OK"


def _sick(content: bytes) -> bool:
    if content.startswith(EICAR):
        return True
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as inside:
        return any(_sick(inside.read(name)) for name in inside.namelist())


@contextmanager
def clamd(path: Path | None = None, most: int = 25_000_000) -> Iterator[str]:
    """Its address, as the setting CLAMAV says it: on a Unix socket, or on a port."""
    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    with kind(str(path) if path else ("127.0.0.1", 0), _Talk) as server:  # type: ignore[arg-type]
        server.most = most  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"unix:{path}" if path else f"tcp:127.0.0.1:{server.server_address[1]}"
        server.shutdown()
