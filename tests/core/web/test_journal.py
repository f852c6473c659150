"""What the processes say: a line for each event, which machines read and nobody can forge or be found in."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from flask import Flask, request

from core.web.guard import public
from core.web.journal import AsJson
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CANARY = "Ana Rojas 1.098.765"
FORGED = f"{CANARY}\r\n2026-11-26 ERROR forged\x1b[31m"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """With an address that fails over what it was sent."""

    @public
    def fails() -> str:
        raise ValueError(f"cannot read {request.args['said']}")

    own_app.add_url_rule("/fails", "fails", fails)
    own_app.config.update(PROPAGATE_EXCEPTIONS=False)
    return own_app


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is written to the standard error of a process that says things as JSON."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(AsJson())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def read(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_failure_is_one_line_with_its_place_and_without_what_was_sent(house: House, lines: StringIO) -> None:
    answer = house.anybody().get("/fails", query_string={"said": FORGED}, headers={"X-Forged": CANARY})
    assert answer.status_code == 500
    (said,) = read(lines)
    assert (said["level"], said["error"], said["door"], said["method"]) == ("error", "ValueError", "fails", "GET")
    assert str(said["request"]) in answer.get_data(as_text=True), "the number that the person tells"
    assert str(said["at"]).endswith("+00:00")
    assert any("test_journal.py" in str(line) for line in said["lines"])  # type: ignore[attr-defined]
    assert lines.getvalue().isascii()
    for secret in (CANARY, "forged", "1.098", "\x1b", "\r"):
        assert secret not in lines.getvalue()


def test_attempts_to_get_round_a_control_are_lines_and_name_nobody(house: House, lines: StringIO) -> None:
    house.app.config["WTF_CSRF_ENABLED"] = True
    assert house.anybody().post("/sign-in", data={"username": CANARY}).status_code == 400
    house.app.config["WTF_CSRF_ENABLED"] = False
    client = house.official("ventanilla1")
    client.get("/admin/people")
    client.post("/counter/pick", data={"turn_id": "99999", "reason": CANARY, "role": CANARY})
    client.get("/", headers={"Host": "mal.example"})
    client.post("/sign-in", data=CANARY, content_type="application/json")
    for _ in range(8):
        house.anybody().post("/sign-in", data={"username": "supervision", "password": CANARY, "next": ""})
    for _ in range(31):
        house.anybody().get("/t/AAAAAAAAAAAAAAAAAAAAAA")
    told = read(lines)
    kinds = {str(line["event"]).split(": ")[1].split(",")[0] for line in told if line["from"] == "townhall.doors"}
    assert kinds == {
        "form without its mark",
        "no right",
        "fields that the page does not have",
        "foreign host",
        "what no page sends (415)",
        "guessing",
        "too often",
    }
    assert {line["level"] for line in told} == {"warning"}
    for secret in (CANARY, "Rojas", "AAAAAAAA", "supervision"):
        assert secret not in lines.getvalue()
