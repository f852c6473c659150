"""The same town hall as two processes over PostgreSQL and Redis: whoever calls, every display hears."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio

from core.db import transaction
from tests import make
from tests.browser.conftest import Town, serve
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
        displays = [Display(town) for _ in range(6)]
        for code in codes:
            official = Official(town)
            official.press("/counter/next")
            official.press("/counter/absent")
            for display in displays:
                display.wait_for(code)
        for display in displays:
            assert display.codes == codes
            assert display.seqs == sorted(set(display.seqs))
            display.client.disconnect()


class Display:
    """A paired display that keeps what it hears."""

    def __init__(self, town: Town) -> None:
        self.codes: list[str] = []
        self.seqs: list[int] = []
        self._heard = threading.Condition()
        self.client = socketio.Client()
        self.client.on("happened", self._happened, namespace="/wall")
        headers = {"Cookie": f"display={town.pair('display')}", "Origin": town.url}
        self.client.connect(town.url, headers=headers, transports=["websocket"], namespaces=["/wall"])

    def _happened(self, message: dict[str, object]) -> None:
        with self._heard:
            self.seqs.append(int(str(message["seq"])))
            call = message.get("call")
            if isinstance(call, dict):
                self.codes.append(str(call["code"]))
            self._heard.notify_all()

    def wait_for(self, code: str) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: code in self.codes, timeout=15), (code, self.codes)


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
        hidden = dict(re.findall(r'type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', form[0]))
        body = urllib.parse.urlencode(hidden | fields).encode()
        with self._browser.open(f"{self._town.url}{path}", data=body, timeout=20) as answer:
            self._page = answer.read().decode()
