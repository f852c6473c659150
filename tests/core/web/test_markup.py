"""A name that holds markup, format marks and the end of a script is text on each of the five faces."""

from __future__ import annotations

import json
from html import unescape
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from core.catalogue.model import Entity, Notice, PriorityGroup, Service, Site, Topic, Window
from core.db import transaction
from core.people.model import Official
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVIL = "</script><img src=x onerror=alert(1)>\"'%s{0}{{7*7}}&amp;"


def rename(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        for model, names in (
            (Entity, ("name", "short_name", "municipality")),
            (Site, ("name", "address")),
            (Service, ("name", "name_en", "hint")),
            (Topic, ("name", "name_en", "hint")),
            (Window, ("name",)),
            (PriorityGroup, ("name", "who")),
            (Notice, ("text",)),
            (Official, ("name",)),
        ):
            session.execute(update(model).values(dict.fromkeys(names, EVIL)))


class Elements(HTMLParser):
    """What a browser would make of a page: whether anything of it would run, and the blocks that scripts read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.runs: list[object] = []
        self.blocks: list[str] = []
        self._in_block = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._in_block = tag == "script" and told.get("type") == "application/json"
        if told.get("src") == "x" or any(name.startswith("on") for name in told):
            self.runs.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self._in_block = False

    def handle_data(self, data: str) -> None:
        if self._in_block:
            self.blocks.append(data)


def check(page: str, path: str) -> None:
    """The name is there as text, and as nothing else: also in what scripts read."""
    found = Elements(page)
    assert found.runs == [], path
    for block in found.blocks:
        json.loads(block)
    assert "{{7*7}}" in unescape(page) or "onerror" not in page, path


def test_a_name_with_markup_is_text_on_the_five_faces(house: House) -> None:
    kiosk, display = house.device("kiosk"), house.device("display")
    desk, supervisor = house.official("ventanilla1", window="1"), house.official("supervision")
    administrator = house.official("administracion")
    rename(house)
    with house.app.app_context(), transaction(db.session) as session:
        service, topic = make.service(session), make.service(session).topic_id
        service_id, token = service.id, make.turn(session).token
    desk.post("/counter/next", data={"press": new_press()})
    walked = [
        (
            house.anybody(),
            ("/", "/services", f"/services/{service_id}", "/services?q=onerror", "/hours", f"/t/{token}"),
        ),
        (kiosk, ("/kiosk/", f"/kiosk/topics/{topic}", f"/kiosk/services/{service_id}")),
        (display, ("/display/", "/display/state")),
        (desk, ("/counter/", "/account")),
        (supervisor, ("/admin/hall",)),
        (administrator, ("/admin/setup", "/admin/people", "/admin/devices", "/admin/notices", "/admin/history")),
    ]
    seen = 0
    for client, paths in walked:
        for path in paths:
            answer = client.get(path)
            if path.startswith("/kiosk/topics") and answer.status_code == 404:
                continue
            assert answer.status_code in (200, 302), (path, answer.status_code)
            text = answer.get_data(as_text=True)
            if answer.mimetype == "text/html":
                check(text, path)
                seen += EVIL in unescape(text)
            else:
                assert EVIL in json.dumps(answer.get_json(), ensure_ascii=False).replace('\\"', '"'), path
    assert seen >= 12, "the name stands on the pages, as it was written"
