"""What gunicorn and the office answer together to requests that no browser would send."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = b"POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PATIENCE_S = 25


@contextmanager
def sent(town: Town, request: bytes) -> Iterator[socket.socket]:
    address = urlsplit(town.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE_S) as line:
        line.sendall(request)
        yield line


@pytest.mark.parametrize(
    "chunks", [b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", b"3;a=\x01\r\nabc\r\n0\r\n\r\n", b"-1\r\n\r\n"]
)
def test_a_body_in_broken_chunks_is_a_bad_request(town: Town, chunks: bytes) -> None:
    with sent(town, FORM + b"Transfer-Encoding: chunked\r\n\r\n" + chunks) as line:
        assert line.recv(12) == b"HTTP/1.1 400"
