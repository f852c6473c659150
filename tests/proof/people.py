"""Kiosks, officials and phones as they use the pages over HTTP: each fills in the forms that the pages hold."""

from __future__ import annotations

import html
import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from random import Random
from time import monotonic, sleep
from typing import Any

from core.turns.actions.call import NobodyWaiting
from tests import make
from tests.proof.history import Attempt, History

PATIENCE_S = 20.0
RETRIES_FOR_S = 60.0
RETRY_AFTER_S = 0.3
Fields = list[tuple[str, str]]


class Meeting:
    """Whoever comes waits for somebody else who does the same, a moment at most, so that both do it at once."""

    MOMENT_S = 0.3

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: threading.Event | None = None

    def wait(self) -> None:
        with self._lock:
            if self._first is not None:
                self._first.set()
                self._first = None
                return
            came = self._first = threading.Event()
        came.wait(self.MOMENT_S)
        with self._lock:
            if self._first is came:
                self._first = None


class Pace:
    """At most so many operations a second, of all the clients together; the kinds in `at_once` are done in pairs."""

    def __init__(self, per_second: float, at_once: Collection[str] = ()) -> None:
        self._between = 1 / per_second
        self._lock = threading.Lock()
        self._next = monotonic()
        self._meetings = {kind: Meeting() for kind in at_once}

    def wait(self, kind: str = "") -> None:
        """Until this client's place comes, and then a moment for somebody else who is about to do the same."""
        with self._lock:
            at = self._next = max(self._next + self._between, monotonic())
        sleep(max(0.0, at - monotonic()))
        if kind in self._meetings:
            self._meetings[kind].wait()


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as it came: redirections are not followed."""

    status: int
    text: str
    location: str

    def forms(self, action: str) -> list[Fields]:
        """What the forms that go to `action` send if nothing is written in them: their hidden fields."""
        found = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.text, re.DOTALL)
        return [list(_hidden(form)) for form in found]

    def attribute(self, name: str, of: str) -> str:
        """The value of an attribute of the element with the id `of`, or nothing."""
        element = re.search(rf'<[^>]*\sid="{of}"[^>]*>', self.text)
        value = re.search(rf'\s{name}="([^"]*)"', element[0]) if element else None
        return html.unescape(value[1]) if value else ""


def _hidden(form: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]*>", form):
        field = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if field.get("type") == "hidden":
            yield field["name"], html.unescape(field.get("value", ""))


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """A browser with cookies of its own; each request is a connection of its own, so any process may answer."""

    def __init__(self, url: str, cookie: str = "") -> None:
        self._url = url
        self._headers = {"Cookie": cookie} if cookie else {}
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar), _StayHere)
        self._device_cookie = cookie

    def get(self, path: str) -> Page:
        """Raises OSError or HTTPException if there is no answer."""
        return self._open(path, None)

    def post(self, path: str, fields: Fields) -> Page:
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def _open(self, path: str, body: bytes | None) -> Page:
        request = urllib.request.Request(f"{self._url}{path}", body)
        if self._device_cookie:
            kept = "; ".join(f"{one.name}={one.value}" for one in self._jar)
            request.add_unredirected_header("Cookie", f"{self._device_cookie}; {kept}" if kept else self._device_cookie)
        try:
            answer = self._opener.open(request, timeout=PATIENCE_S)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return Page(answer.status, answer.read().decode(), answer.headers.get("Location", ""))


class Person:
    """Somebody who presses buttons; all that they do is in the history."""

    def __init__(self, name: str, browser: Browser, history: History, pace: Pace, seed: str) -> None:
        self.name, self.browser, self.history, self.pace = name, browser, history, pace
        self.chance = Random(f"{seed} {name}")

    def look(self, path: str) -> Page:
        """A page, as soon as the server gives it. Raises TimeoutError."""
        until = monotonic() + RETRIES_FOR_S
        while monotonic() < until:
            try:
                page = self.browser.get(path)
                if page.status < 500:
                    return page
            except (OSError, HTTPException):
                pass
            sleep(RETRY_AFTER_S)
        raise TimeoutError(f"{self.name} did not see {path} in {RETRIES_FOR_S} s")

    def press(self, kind: str, path: str, fields: Fields, **arguments: Any) -> Attempt:
        """Send a form, and again with the same key while it is unknown whether it had its effect."""
        what = "call" if arguments.get("then") == "call" else kind
        until = monotonic() + RETRIES_FOR_S
        key = dict(fields)["press"]
        while True:
            self.pace.wait(what)
            with self.history.attempt(self.name, kind, key=key, **arguments) as attempt:
                answer = self.browser.post(path, fields)
                if answer.status == 302:
                    attempt.ok(**self.told(kind, answer))
                elif answer.status < 500:
                    attempt.fail(status=answer.status, nobody=str(NobodyWaiting.message) in answer.text)
                else:
                    attempt.unknown(status=answer.status)
            if attempt.outcome != "unknown" or monotonic() > until:
                return attempt
            sleep(RETRY_AFTER_S)

    def told(self, kind: str, answer: Page) -> dict[str, Any]:
        """What the person learns from where a press led them."""
        return {}


class Kiosk(Person):
    """A paired kiosk: each time a service and a group by chance; sometimes the button is touched twice."""

    def __init__(self, *args: Any, services: list[int], groups: list[str], twice: float = 0.1) -> None:
        super().__init__(*args)
        self._services, self._groups, self._twice = services, groups, twice

    def issue(self) -> str | None:
        """Take a turn; its token, if one was given."""
        page = self.look(f"/kiosk/services/{self.chance.choice(self._services)}")
        wanted = self.chance.choice(self._groups)
        fields = next(form for form in page.forms("/kiosk/turns") if ("group", wanted) in form)
        if self.chance.random() < self._twice:
            again = threading.Thread(target=self._press, args=(fields,), name=f"{self.name} again")
            again.start()
            attempt = self._press(fields)
            again.join()
        else:
            attempt = self._press(fields)
        return attempt.answer.get("token")

    def _press(self, fields: Fields) -> Attempt:
        asked = dict(fields)
        return self.press("issue", "/kiosk/turns", fields, service=int(asked["service"]), group=asked["group"])

    def told(self, kind: str, answer: Page) -> dict[str, Any]:
        token = answer.location.rpartition("/")[2]
        with_code: dict[str, Any] = {"token": token}
        try:
            code = re.search(r"Su turno es (\w+ \d+)", html.unescape(self.browser.get(answer.location).text))
        except (OSError, HTTPException):
            code = None
        return with_code | ({"code": code[1]} if code else {})


class Official(Person):
    """An official at a window, who does what the page offers; `id` is that of the database."""

    def __init__(self, *args: Any, username: str, official: int, window: int) -> None:
        super().__init__(*args)
        self.id = official
        self._page: Page | None = None
        self._username, self._window = username, window

    def sit_down(self) -> None:
        """Sign in and take the window. Raises RuntimeError."""
        form = self.look("/sign-in").forms("/sign-in")[0]
        said = [*form, ("username", self._username), ("password", make.PASSWORD)]
        entered = self.browser.post("/sign-in", said)
        windows = self.look("/counter/").forms("/counter/window")
        mine = next((fields for fields in windows if ("window", str(self._window)) in fields), None)
        if entered.status != 302 or mine is None or self.browser.post("/counter/window", mine).status != 302:
            raise RuntimeError(f"{self._username} cannot sit down: {entered.status}")

    def act(self) -> bool:
        """Do one thing that the page offers; whether there was anything to do."""
        page = self._page or self.look("/counter/")
        self._page = None
        state, turn = page.attribute("data-state", "now"), page.attribute("data-turn", "now")
        if state == "called":
            return self._attend_or_not(page, int(turn))
        if state == "attending":
            return self._end(page, int(turn))
        return self._begin(page)

    def _begin(self, page: Page) -> bool:
        for action, kind, odds in (("returned", "return", 0.3), ("resume", "resume", 0.6)):
            offered = page.forms(f"/counter/{action}")
            if offered and self.chance.random() < odds:
                fields = self.chance.choice(offered)
                return self._do(kind, action, fields, turn=int(dict(fields)["turn"]))
        offered = page.forms("/counter/undo")
        if offered and self.chance.random() < 0.1:
            return self._do("undo", "undo", offered[0], undoes=int(dict(offered[0])["action"]))
        return self._do("call", "next", page.forms("/counter/next")[0])

    def _attend_or_not(self, page: Page, turn: int) -> bool:
        action, kind = self.chance.choices(
            (("start", "start"), ("absent", "absent"), ("recall", "recall"), ("hold", "hold")), (80, 10, 6, 4)
        )[0]
        return self._do(kind, action, page.forms(f"/counter/{action}")[0], turn=turn)

    def _end(self, page: Page, turn: int) -> bool:
        action = self.chance.choices(("finish", "transfer", "hold"), (80, 14, 6))[0]
        fields = page.forms(f"/counter/{action}")[0]
        if action == "finish":
            rows = sum(name == "service" for name, _ in fields)
            then = self.chance.choice(("call", "call", "rest"))
            result = self.chance.choice(re.findall(r'name="result" value="([^"]*)"', page.text))
            fields += [("quantity", "1")] * rows + [("result", result), ("then", then)]
            return self._do("finish", "finish", fields, turn=turn, then=then)
        if action == "transfer":
            services = re.findall(r'<option value="(\d+)"', page.text)
            place = self.chance.choice(("arrival", "front", "end"))
            fields += [("service", self.chance.choice(services)), ("position", place)]
            fields += [("back", "y")] if self.chance.random() < 0.2 else []
        return self._do(action, action, fields, turn=turn)

    def _do(self, kind: str, action: str, fields: Fields, **about: Any) -> bool:
        attempt = self.press(kind, f"/counter/{action}", fields, official=self.id, **about)
        return attempt.outcome == "ok"

    def told(self, kind: str, answer: Page) -> dict[str, Any]:
        try:
            page = self.browser.get(answer.location)
        except (OSError, HTTPException):
            return {}
        if page.status != 200:
            return {}
        self._page = page
        turn = page.attribute("data-turn", "now")
        if turn and page.attribute("data-state", "now") == "called":
            return {"turn" if kind == "call" else "next": int(turn)}
        return {}


class Phone(Person):
    """The phone of somebody who waits: it looks, and now and then gives up or comes back."""

    def follow(self, token: str) -> None:
        """Look at the turn, and perhaps press what the page offers."""
        self.pace.wait()
        with self.history.attempt(self.name, "look", token=token) as attempt:
            page = self.browser.get(f"/t/{token}")
            if page.status == 200:
                attempt.ok(state=page.attribute("data-state", "turn"))
            elif page.status < 500:
                attempt.fail(status=page.status)
            else:
                attempt.unknown(status=page.status)
        if attempt.outcome != "ok":
            return
        for action, kind, odds in (("return", "return", 0.7), ("leave", "leave", 0.08)):
            offered = page.forms(f"/t/{token}/{action}")
            if offered and self.chance.random() < odds:
                self.press(kind, f"/t/{token}/{action}", offered[0], token=token)
                return
