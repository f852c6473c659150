"""What every answer carries against whoever listens, forges or hammers, behind HTTPS as on one machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from core.web.database import db
from core.web.guard import public
from core.web.office import preferred
from tests.conftest import House, settings_for
from wsgi import create_app

HOST = "turnos.ejemplo.gov.co"
FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "mal.example"}


def kept(answer: TestResponse) -> dict[str, Morsel[str]]:
    """The cookies that an answer asks the browser to keep."""
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        found.load(line)
    return dict(found)


MADE: list[Flask] = []


@pytest.fixture(autouse=True)
def _no_connection_is_left() -> Iterator[None]:
    yield
    for app in MADE:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    MADE.clear()


def installed(url: str, folder: Path, **told: object) -> Flask:
    """The product as it is installed for its citizens, with an address that says what it understood of a request."""
    app = create_app(replace(settings_for(url, folder), **told))
    MADE.append(app)
    app.config.update(TESTING=True)

    @public
    def said() -> dict[str, object]:
        return {"from": request.remote_addr, "scheme": request.scheme, "host": request.host}

    app.add_url_rule("/said", "said", said)
    return app


def test_behind_https_every_cookie_is_bound_to_the_host_and_browsers_come_by_https_only(
    database_url: str, tmp_path: Path
) -> None:
    app = installed(database_url, tmp_path, public_url=f"https://{HOST}")
    client = app.test_client()
    door = client.get("/sign-in", base_url=f"https://{HOST}")
    screen = client.get("/pair/display", base_url=f"https://{HOST}")
    wrong = client.get("/no-such-page", base_url=f"https://{HOST}")

    cookies = kept(door) | kept(screen)
    assert set(cookies) == {"__Host-session", "__Host-display-pairing"}
    for name, cookie in cookies.items():
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", ""), name
    assert (cookies["__Host-session"]["samesite"], cookies["__Host-display-pairing"]["samesite"]) == ("Lax", "Strict")
    for answer in (door, screen, wrong):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_preference_is_read_from_the_cookie_that_only_this_host_may_set(tmp_path: Path) -> None:
    app = installed(f"sqlite:///{tmp_path / 'none'}", tmp_path, public_url=f"https://{HOST}")
    for sent, read in (("__Host-theme=contrast", "contrast"), ("theme=contrast", None)):
        with app.test_request_context("/", base_url=f"https://{HOST}", headers={"Cookie": sent}):
            assert preferred("theme") == read


@pytest.mark.parametrize(
    ("proxies", "understood"),
    [
        (0, {"from": "127.0.0.1", "scheme": "http", "host": HOST}),
        (1, {"from": "203.0.113.9", "scheme": "https", "host": HOST}),
    ],
)
def test_what_a_proxy_would_say_is_believed_of_as_many_as_there_are(
    tmp_path: Path, proxies: int, understood: dict[str, str]
) -> None:
    app = installed(f"sqlite:///{tmp_path / 'none'}", tmp_path, public_url=f"https://{HOST}", proxies=proxies)
    client, forged = app.test_client(), FORGED | {"X-Forwarded-Host": HOST}
    twice = forged | {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}

    assert client.get("/said", base_url=f"http://{HOST}", headers=forged).json == understood
    assert client.get("/said", base_url=f"http://{HOST}", headers=twice).json == understood
    by_another_name = client.get("/said", base_url=f"http://{HOST}", headers=FORGED)
    assert by_another_name.status_code == (400 if proxies else 200)


def test_cookies_and_marks_of_forms_are_signed_with_sha_256(tmp_path: Path) -> None:
    app = installed(f"sqlite:///{tmp_path / 'none'}", tmp_path)
    ours = app.session_interface.get_signing_serializer(app)
    assert ours is not None
    assert ours.loads(ours.dumps({"a": 1})) == {"a": 1}
    old = SecureCookieSessionInterface()
    old.digest_method = staticmethod(hashlib.sha1)
    theirs = old.get_signing_serializer(app)
    assert theirs is not None
    assert not ours.loads_unsafe(theirs.dumps({"a": 1}))[0]
    mark = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps("x")
    assert len(mark.rpartition(".")[2]) == 43, "256 bits in base64"


def test_a_session_of_the_key_of_before_goes_on_while_the_key_is_changed(database_url: str, tmp_path: Path) -> None:
    old, new = "the key of before, long enough " * 2, "the new key, long enough too " * 2
    with installed(database_url, tmp_path, secret_key=old).test_client() as client:
        client.get("/sign-in")
        kept = client.get_cookie("session")
        assert kept is not None
    for before, goes_on in ((old, True), ("", False)):
        app = installed(database_url, tmp_path, secret_key=new, secret_key_before=before)
        with app.test_request_context("/", headers={"Cookie": f"session={kept.value}"}):
            assert bool(session) is goes_on


def test_what_an_address_says_twice_is_not_obeyed(house: House) -> None:
    for path in ("/services?q=a&q=b", "/sign-in?next=/home&next=/account", "/pair/display?x=1&x=1"):
        assert house.anybody().get(path).status_code == 422, path
    assert house.anybody().get("/services?q=a").status_code == 200


def test_a_machine_that_searches_or_asks_for_codes_without_rest_waits(house: House) -> None:
    for path, free in (("/services?q=agua", 120), ("/pair/kiosk", 30)):
        answers = [house.anybody().get(path) for _ in range(free + 1)]
        assert {answer.status_code for answer in answers[:free]} == {200}, path
        assert answers[-1].status_code == 429, path
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        elsewhere = house.anybody().get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert elsewhere.status_code == 200, path
    assert house.anybody().get("/services").status_code == 200
    assert house.device("kiosk").get("/kiosk/").status_code == 200
