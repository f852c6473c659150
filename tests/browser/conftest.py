"""A town hall running under gunicorn, a real browser, and the accessibility engine to judge its pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from core import devices
from core.db import prepare, transaction
from tests import make, nursery
from tests.conftest import AUDIT_KEY, RESERVE_KEY, fresh_town_hall, templates
from tests.postgresql import free_port

HOUSE = Path(__file__).parents[2]
AXE = HOUSE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HALF_PAST_EIGHT = "2026-11-23T08:30:00"

PATIENCE_MS = 15_000
"""How long a page may take to become what is expected, on a busy machine; a test that times something says so."""

expect.set_options(timeout=PATIENCE_MS)

KIOSK = {"width": 1080, "height": 1920}
TV = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}


@dataclass
class Town:
    """A running installation: its address and its database."""

    url: str
    database_url: str
    folder: Path
    began: datetime
    contexts: list[BrowserContext] = field(default_factory=list)

    def session(self) -> Session:
        engine = create_engine(self.database_url, poolclass=NullPool)
        prepare(engine)
        return Session(engine)

    def pair(self, kind: str, **settings: object) -> str:
        """Let a device in, as an administrator would; returns the token that its cookie holds."""
        with self.session() as session, transaction(session):
            code, secret = devices.ask_to_pair(session, kind, self.began)
            session.flush()
            administrator = make.official(session, "administracion")
            device = devices.let_in(session, code, kind, make.site(session).id, administrator.id, self.began)
            device.settings = {**device.settings, **settings}
            pairing = devices.pairing_of(session, secret, self.began)
            assert pairing is not None
            token = devices.claim(session, pairing)
        assert token is not None
        return token

    def measures(self, kind: str, **settings: object) -> str:
        """The style sheet that the office sends to a device of that kind with these settings."""
        cookie = {"Cookie": f"{kind}={self.pair(kind, **settings)}"}
        asked = urllib.request.Request(f"{self.url}/{kind}/device.css", headers=cookie)
        with urllib.request.urlopen(asked, timeout=PATIENCE_MS / 1000) as answer:
            return str(answer.read().decode())


BROWSERS = ("chromium-headless-shell", "chromium-browser", "google-chrome", "chromium")
"""The engine alone first: the same pages for half the work, since no window with its bars is drawn around them."""


def chromium() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise RuntimeError("chromium is missing: run tests/machine.sh")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=[*quiet, "--autoplay-policy=no-user-gesture-required"]
        )
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh town hall; a page is the same on every database, so a browser opens it on one unless a test asks."""
    with fresh_town_hall(request, tmp_path, f"town_{free_port()}") as address:
        yield address


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """The product as it is shipped: one process."""
    with serve(database_url, tmp_path) as running:
        yield running


@contextmanager
def serve(database_url: str, folder: Path, **environment: str) -> Iterator[Town]:
    """Run the product under gunicorn, at half past eight of a working Monday; a traceback in its log is a failure."""
    port = free_port()
    complete = {
        **os.environ,
        "DATABASE_URL": database_url,
        "AUDIT_KEY": AUDIT_KEY,
        "RESERVE_KEY": RESERVE_KEY,
        "INSTANCE_DIR": str(folder),
        "PORT": str(port),
        "TEST_CLOCK": HALF_PAST_EIGHT,
        "TEST_TEMPLATES": templates.name,
        "WEB_THREADS": "64",
        **environment,
    }
    server = nursery.start(complete, folder / "server.log")
    running = Town(
        f"http://127.0.0.1:{port}",
        database_url,
        folder,
        datetime.fromisoformat(HALF_PAST_EIGHT).replace(tzinfo=make.OPENING.tzinfo),
    )
    try:
        _wait_for(running.url, server)
        yield running
    finally:
        for context in running.contexts:
            context.close()
        server.stop()
    told = (folder / "server.log").read_text()
    assert "Traceback" not in told, told


def _wait_for(url: str, server: nursery.Server) -> None:
    until = monotonic() + 30
    while monotonic() < until and server.lives():
        try:
            urllib.request.urlopen(f"{url}/sign-in", timeout=5).close()
            return
        except OSError:
            sleep(0.1)
    raise RuntimeError(f"the server did not answer at {url}")


Open = Callable[..., Page]


@pytest.fixture
def begin(browser: Browser, town: Town) -> Open:
    """An empty page in a browser of its own; `device` is the kind of paired device that it is.

    Anything the page complains of on its console, a violated content policy included, fails the test. Nothing moves
    on its way to another colour or place: what is judged is a page at rest.
    """

    def begun(size: dict[str, int], device: str | None = None, **settings: object) -> Page:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="es-CO",
            timezone_id="America/Bogota",
            base_url=town.url,
            reduced_motion="reduce",
        )
        town.contexts.append(context)
        if device:
            token = town.pair(device, **settings)
            context.add_cookies([{"name": device, "value": token, "url": town.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    return begun


@pytest.fixture
def visit(begin: Open) -> Open:
    """Open a page as `begin` does, at a path."""

    def opened(path: str, size: dict[str, int], device: str | None = None, **settings: object) -> Page:
        page = begin(size, device, **settings)
        page.goto(path)
        return page

    return opened


@pytest.fixture
def sign_in(begin: Open) -> Callable[..., Page]:
    """An official at work, in a browser of their own; the form was sent without being drawn (test_doors.py does)."""

    def entered(username: str, path: str = "/home", size: dict[str, int] = DESK) -> Page:
        page = begin(size)
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.request.get("/sign-in").text())
        assert token
        form = {"csrf_token": token[1], "username": username, "password": make.PASSWORD, "next": ""}
        answer = page.request.post("/sign-in", form=form, max_redirects=0)
        assert answer.status == 302, answer.text()
        page.goto(path)
        return page

    return entered


DRESS = """([measures, attributes]) => {
  const own = [...document.styleSheets].find((sheet) => sheet.href?.includes("/device.css"));
  own.disabled = true;
  const other = new CSSStyleSheet();
  other.replaceSync(measures);
  document.adoptedStyleSheets = [other];
  for (const [name, value] of Object.entries(attributes)) {
    if (value) document.documentElement.setAttribute(name, value);
    else document.documentElement.removeAttribute(name);
  }
}"""


def dress(page: Page, size: dict[str, int], measures: str, **attributes: str | None) -> None:
    """Draw the page as on another screen: of that size, with its measures and these `data-` attributes of its root.

    It is what the office would send there, so one visit sees a page on many screens.
    """
    if page.viewport_size != size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    page.evaluate(DRESS, [measures, {f"data-{name}": value for name, value in attributes.items()}])


def check_no_wider(page: Page, *sizes: dict[str, int]) -> None:
    """Fail if anything of the open page hangs out sideways of a screen of one of these sizes."""
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], (page.url, size, wide)


JUDGE = """(rules) => axe
  .run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] })
  .then((found) => found.violations)"""


def check_accessible(page: Page) -> None:
    """Fail with what WCAG 2.2 AA finds wrong on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    told = [
        {"rule": one["id"], "where": [node["target"] for node in one["nodes"]], "help": one["help"]}
        for one in page.evaluate(JUDGE, RULES)
    ]
    assert not told, json.dumps(told, indent=1, ensure_ascii=False)
