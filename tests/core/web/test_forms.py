"""What a form takes: what a page of ours sends, and nothing that merely looks like it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from core.web.forms import EmailAddress, Form
from core.web.sign_in import SignInForm
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

POSTED = (
    ("anybody", "/language"),
    ("anybody", "/sign-in"),
    ("official", "/sign-out"),
    ("official", "/account/end-others"),
    ("official", "/counter/next"),
    ("kiosk", "/kiosk/alive"),
    ("kiosk", "/kiosk/turns"),
)
NO_FORMS: tuple[dict[str, Any], ...] = (
    {"json": {"username": "ventanilla1", "to": "en"}},
    {"json": [1, 2]},
    {"data": "{", "content_type": "application/json"},
    {"data": "to=en", "content_type": "text/plain"},
    {"data": "to=en", "content_type": ""},
    {"data": "to=en", "headers": {"Transfer-Encoding": "chunked"}, "content_type": ""},
)


def posts(house: House, who: str) -> Any:
    return house.device("kiosk") if who == "kiosk" else getattr(house, who)()


@pytest.mark.parametrize(("who", "path"), POSTED)
def test_nothing_is_obeyed_that_no_form_of_a_page_sends(house: House, who: str, path: str) -> None:
    client = posts(house, who)
    for body in NO_FORMS:
        refused = client.post(path, **body)
        assert refused.status_code == 415, body
        assert "Use los formularios de la página." in refused.get_data(as_text=True)
    if who == "official":
        assert client.get("/account").status_code == 200


@pytest.mark.parametrize(("who", "path"), POSTED)
def test_a_file_is_refused_in_words(house: House, who: str, path: str) -> None:
    refused = posts(house, who).post(path, data={"to": "en", "username": (BytesIO(b"1"), "x.txt")})
    assert refused.status_code == 422
    assert "Aquí no se reciben archivos." in refused.get_data(as_text=True)


def test_a_form_of_either_kind_is_taken(house: House) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        assert house.anybody().post("/language", data={"to": "en"}, content_type=kind).status_code == 302


def test_a_mark_in_the_header_obeys_no_json(app: Flask, house: House) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = house.anybody()
    mark = client.get("/sign-in").get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    body = json.dumps({"username": "ventanilla1", "password": "x", "next": ""})
    refused = client.post("/sign-in", data=body, content_type="application/json", headers={"X-CSRFToken": mark})
    assert refused.status_code == 415


@pytest.mark.parametrize("wrong", [{"extra": "1"}, {"username": ["ventanilla1", "ventanilla2"]}])
def test_a_field_unknown_or_sent_twice_is_refused_in_every_kind_of_form(house: House, wrong: dict[str, Any]) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        sent = {"username": "ventanilla1", "password": "x", "next": ""} | wrong
        refused = house.anybody().post("/sign-in", data=sent, content_type=kind)
        assert refused.status_code == 422
        assert "La página envió datos que no se esperaban." in refused.get_data(as_text=True)


@pytest.mark.parametrize("sent", [{"json": {"username": "x"}}, {"data": {"username": (BytesIO(b"x"), "x.txt")}}])
def test_a_form_reads_neither_json_nor_files(app: Flask, sent: dict[str, Any]) -> None:
    with app.test_request_context("/sign-in", method="POST", **sent):
        assert not SignInForm().username.data


class WriteToMe(Form):
    address = EmailAddress("Correo")


def test_an_address_that_nothing_can_be_sent_to_is_told_and_kept_as_it_was_written(app: Flask) -> None:
    for written, kept in (("", ""), (" Ana@Alcaldía.CO ", "Ana@alcaldía.co"), ("peña@correo.co", None), ("a@b", None)):
        with app.test_request_context(method="POST", data={"address": written}):
            form = WriteToMe()
            assert form.validate() is (kept is not None), written
            if kept is None:
                assert "nombre@ejemplo.com" in form.address.errors[0]
                assert form.address.data == written
            else:
                assert form.address.data == kept
