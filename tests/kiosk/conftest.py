"""What the tests of the kiosk need besides the town hall: a finger that reads pages and presses their buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import House

HIDDEN_FROM_SIGHT = ("script", "style", "title")


@dataclass(frozen=True)
class Button:
    """A form of the page: where it goes, what it carries, and what its button says."""

    action: str
    fields: dict[str, str]
    label: str


class Page(HTMLParser):
    """A page as a person meets it: its words in order, its links, its buttons."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.links: dict[str, str] = {}
        self.buttons: list[Button] = []
        self.attributes: dict[str, str | None] = {}
        self._words: list[str] = []
        self._open: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._form: tuple[str, dict[str, str], list[str]] | None = None
        self.feed(self.html)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in ("meta", "link", "input", "br", "path", "use"):
            self._open.append(tag)
        if tag == "html":
            self.attributes = values
        elif tag == "a":
            self._link = (values.get("href") or "", [])
        elif tag == "form":
            self._form = (values.get("action") or "", {}, [])
        elif tag == "input" and self._form:
            self._form[1][values.get("name") or ""] = values.get("value") or ""
            self._form[1].pop("csrf_token", None)  # switched off in tests, and then an unknown field

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        if tag == "a" and self._link:
            self.links[" ".join(" ".join(self._link[1]).split())] = self._link[0]
            self._link = None
        elif tag == "form" and self._form:
            action, fields, words = self._form
            self.buttons.append(Button(action, fields, " ".join(" ".join(words).split())))
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in HIDDEN_FROM_SIGHT:
            self._words.append(data)
        if self._link:
            self._link[1].append(data)
        if self._form:
            self._form[2].append(data)

    def link(self, label: str) -> str:
        """Where the link that begins with `label` goes."""
        return next(there for words, there in self.links.items() if words.startswith(label))

    def button(self, label: str) -> Button:
        """The button that begins with `label`."""
        return next(button for button in self.buttons if button.label.startswith(label))


@dataclass
class Finger:
    """Somebody at a kiosk, and how often they touched it."""

    client: FlaskClient
    touches: int = 0

    def open(self, path: str = "/kiosk/") -> Page:
        return Page(self.client.get(path))

    def touch(self, page: Page, label: str) -> Page:
        """Touch the link or the button that begins with `label`, and see what comes."""
        self.touches += 1
        if any(words.startswith(label) for words in page.links):
            return self.open(page.link(label))
        return self.press(page.button(label))

    def press(self, button: Button) -> Page:
        return Page(self.client.post(button.action, data=button.fields, follow_redirects=True))

    def service_page(self, topic: str = "Impuestos", service: str = "Pagar el impuesto predial") -> Page:
        return self.touch(self.touch(self.open(), topic), service)


@pytest.fixture
def finger(house: House) -> Callable[..., Finger]:
    """A person at a kiosk of their own; settings as in `House.device`."""
    return lambda **settings: Finger(house.device("kiosk", **settings))
