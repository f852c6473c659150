"""The same town hall as two processes over PostgreSQL and Redis: whoever calls, every display hears."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db import transaction
from tests import make
from tests.browser.conftest import Town, serve
from tests.browser.hall import Screen, last_seq
from tests.postgresql import free_port

TURNS = 6


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    running = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    yield f"redis://127.0.0.1:{port}/0"
    running.kill()
    running.wait()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_display_hears_every_call_in_order_whichever_process_made_it(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with serve(database_url, tmp_path, WEB_PROCESSES="2", REDIS_URL=redis_url) as town:
        with town.session() as session, transaction(session):
            make.desk(session, "1", "ventanilla1")
            codes = [make.turn(session, minute).code for minute in range(TURNS)]
        displays = [Screen(town, f"display={town.pair('display')}") for _ in range(6)]
        for _ in codes:
            official = Official(town)
            official.press("/counter/next")
            official.press("/counter/absent")
        for display in displays:
            display.wait_for_seq(last_seq(town))
            seqs = [message["seq"] for message in display.heard]
            assert [message["call"]["code"] for message in display.heard if "call" in message] == codes
            assert seqs == sorted(set(seqs))
            display.client.disconnect()


class Official:
    """An official at a window, over plain HTTP; each has a connection of their own, so any process may answer."""

    def __init__(self, town: Town) -> None:
        self._town = town
        jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self._page = self._get("/sign-in")
        self.press("/sign-in", username="ventanilla1", password=make.PASSWORD, next="/counter/")

    def _get(self, path: str) -> str:
        with self._browser.open(f"{self._town.url}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def press(self, path: str, **fields: str) -> None:
        form = re.search(rf'<form[^>]*action="{path}".*?</form>', self._page, re.DOTALL)
        assert form is not None, f"the page has no button for {path}"
        inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form[0])]
        hidden = {field["name"]: field.get("value", "") for field in inputs if field.get("type") == "hidden"}
        body = urllib.parse.urlencode(hidden | fields).encode()
        with self._browser.open(f"{self._town.url}{path}", data=body, timeout=20) as answer:
            self._page = answer.read().decode()
