"""What gunicorn and the office answer together to requests that no browser would send."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Town

FORM = b"POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
THREADS = 64
PATIENCE_S = 30


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


def test_a_body_of_two_lengths_is_read_by_none_of_them(town: Town) -> None:
    """Who reads one length before us and who reads the other would take the rest for another request (smuggling)."""
    chunks = b"0\r\n\r\nGET /account HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for both in (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 4\r\nContent-Length: 5\r\n"):
        with sent(town, FORM + both + b"\r\n" + chunks) as line:
            answered = b"".join(iter(lambda line=line: line.recv(65536), b""))
            assert answered.startswith(b"HTTP/1.1 400")
            assert answered.count(b"HTTP/1.1 ") == 1


def test_a_request_half_sent_holds_its_thread_only_for_a_while(town: Town) -> None:
    halves = (
        FORM[:-20],
        FORM + b"Content-Length: 100\r\n\r\nabc",
        FORM + b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
    )
    with ExitStack() as half_sent:
        lines = [half_sent.enter_context(sent(town, half)) for half in halves for _ in range(THREADS // 2)]
        with urllib.request.urlopen(f"{town.url}/sign-in", timeout=2 * PATIENCE_S) as page:
            assert page.status == 200
        assert lines[THREADS // 2].recv(12) == b"HTTP/1.1 400"
