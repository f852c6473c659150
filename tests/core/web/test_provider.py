"""A provider of identities lets in whom it proves, and nobody by a letter that was written for another."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import config
from core import clock
from core.audit import Act
from core.audit.model import Entry
from core.db import transaction
from core.people import actions as people
from core.people import second_factor
from core.people.model import ProviderIdentity, SignIn
from core.web.database import db
from core.web.signing import factor_keys
from tests import make
from tests.conftest import Hands, House, quickened, settings_for
from tests.core.web.test_sign_in import inside, told
from wsgi import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUSE = Path(__file__).resolve().parents[3]
CLIENT, SECRET, SUBJECT = "townhall", "a secret of the provider", "person-7"
KEY, ANOTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


class OpenIdServer(ThreadingHTTPServer):
    """A provider of identities: it publishes what it is, and gives a signed letter for a code, once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.given: dict[str, tuple[str, str]] = {}

    def documents(self) -> dict[str, object]:
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            },
            "/keys": {"keys": [KEY.as_dict(private=False)]},
        }


class Desk(BaseHTTPRequestHandler):
    server: OpenIdServer

    def do_GET(self) -> None:
        self._say(200, self.server.documents()[self.path])

    def do_POST(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(self._body()).items()}
        letter, challenge = self.server.given.pop(asked.get("code", ""), ("", ""))
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == challenge
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode() in self.headers.get("Authorization", "")
        if letter and proven and known:
            self._say(200, {"access_token": "x", "token_type": "Bearer", "id_token": letter})
        else:
            self._say(400, {"error": "invalid_grant"})

    def _body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def _say(self, status: int, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdServer]:
    with OpenIdServer() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def app(database_url: str, instance: Path, hands: Hands, server: OpenIdServer) -> Iterator[Flask]:
    """An application with a provider; the account of the supervisor is linked to who it calls person-7."""
    provider = config.Provider(server.issuer, CLIENT, SECRET, name="Gobierno de prueba", acr="strong")
    made = quickened(create_app(replace(settings_for(database_url, instance), provider=provider)))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with made.app_context(), transaction(db.session) as session:
        linked = make.official(session, "supervision").id
        session.add(ProviderIdentity(official_id=linked, issuer=server.issuer, subject=SUBJECT, linked_at=clock.now()))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def ask(client: FlaskClient) -> dict[str, str]:
    """Press the button; what the browser takes to the provider."""
    sent = client.get("/sign-in/provider")
    assert sent.status_code == 302, told(sent)
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.location).query).items()}


def written(claims: dict[str, Any], signed_by: RSAKey | None) -> str:
    """The letter of the provider; one that nobody signed says so itself, and its provider says that this is well."""
    if signed_by is not None:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, signed_by)
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


def come_back(client: FlaskClient, server: OpenIdServer, asked: dict[str, str], **other: Any) -> TestResponse:
    """Come back from the provider with a letter; `other` is what it says otherwise than it should."""
    now = int(time.time())
    signed_by = other.pop("signed_by", KEY)
    state = other.pop("state", asked["state"])
    claims = {
        "iss": server.issuer,
        "aud": CLIENT,
        "sub": SUBJECT,
        "nonce": asked["nonce"],
        "iat": now,
        "exp": now + 300,
    } | other
    letter = written({name: value for name, value in claims.items() if value is not None}, signed_by)
    server.given["a code"] = (letter, asked["code_challenge"])
    return client.get("/sign-in/provider/back", query_string={"code": "a code", "state": state})


def test_who_is_linked_comes_in_and_the_session_is_one_like_others(house: House, server: OpenIdServer) -> None:
    client = house.anybody()
    assert "Ingresar con Gobierno de prueba" in told(client.get("/sign-in"))
    asked = ask(client)
    assert (asked["scope"], asked["response_type"], asked["code_challenge_method"]) == ("openid", "code", "S256")
    assert come_back(client, server, asked).location == "/home"
    assert client.get("/admin/hall").status_code == 200
    client.post("/sign-out")
    assert not inside(client)


HOUR = 3600
WRONG = {
    "of another moment": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "for another system": {"aud": "another"},
    "for nobody": {"aud": None},
    "by another issuer": {"iss": "http://evil.example"},
    "that is over": {"iat": int(time.time()) - 2 * HOUR, "exp": int(time.time()) - HOUR},
    "that never ends": {"exp": None},
    "of nobody": {"sub": None},
    "signed by another": {"signed_by": ANOTHER_KEY},
    "signed by nobody": {"signed_by": None},
    "for another browser": {"state": "another"},
    "of somebody whom it asked too long ago": {"auth_time": int(make.at(60).timestamp()) - 11 * HOUR},
    "with an hour that is none": {"auth_time": "now"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_letter_that_is_not_for_this_browser_and_this_moment_opens_nothing(
    house: House, server: OpenIdServer, wrong: str
) -> None:
    client = house.anybody()
    answer = come_back(client, server, ask(client), **WRONG[wrong])
    assert answer.status_code == 401, wrong
    assert "No se pudo comprobar quién es usted." in told(answer)
    assert not inside(client)
    with house.app.app_context():
        kept = house.look().scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert (kept.act, kept.who_kind, kept.result) == (Act.SIGN_IN_FAILED, "stranger", "refused")
        assert kept.detail == '{"way":"provider"}'


def test_a_machine_that_brings_letters_without_rest_leaves_no_row_of_each(house: House, server: OpenIdServer) -> None:
    answers = [house.anybody().get("/sign-in/provider/back").status_code for _ in range(32)]
    assert answers == [401] * 30 + [429] * 2
    with house.app.app_context():
        failed = select(func.count()).where(Entry.act == Act.SIGN_IN_FAILED)
        assert house.look().scalar(failed) == 30


def test_a_link_of_elsewhere_lets_the_provider_ask_the_person_again(house: House, server: OpenIdServer) -> None:
    client = house.anybody()
    for site, prompt in (("cross-site", "login"), ("same-site", "login"), ("same-origin", None)):
        sent = client.get("/sign-in/provider", headers={"Sec-Fetch-Site": site})
        asked = parse_qs(urlsplit(sent.location).query)
        assert (asked.get("prompt", [None])[0], asked["max_age"]) == (prompt, ["36000"]), site


def test_a_code_that_another_asked_for_opens_nothing(house: House, server: OpenIdServer) -> None:
    client = house.anybody()
    asked = ask(client)
    answer = come_back(client, server, asked | {"code_challenge": "of another browser"})
    assert answer.status_code == 401
    assert house.anybody().get("/sign-in/provider/back").status_code == 401
    denied = client.get("/sign-in/provider/back", query_string={"error": "access_denied", "state": asked["state"]})
    assert denied.status_code == 401
    assert not inside(client)


def test_who_is_not_linked_or_has_no_access_any_more_is_not_let_in(house: House, server: OpenIdServer) -> None:
    client = house.anybody()
    stranger = come_back(client, server, ask(client), sub="somebody else")
    with house.app.app_context(), transaction(db.session) as session:
        people.disable(session, make.official(session, "supervision").id, clock.now())
    gone = come_back(client, server, ask(client))
    assert {stranger.status_code, gone.status_code} == {401}
    assert "Ninguna cuenta de aquí está vinculada a esa identidad." in told(stranger)
    assert told(stranger) == told(gone)
    assert not inside(client)


@pytest.mark.parametrize(
    ("claims", "asked_for"),
    [
        ({}, True),
        ({"amr": ["pwd"]}, True),
        ({"amr": ["pwd", "otp"]}, False),
        ({"acr": "strong"}, False),
        ({"acr": "1"}, True),
    ],
    ids=str,
)
def test_the_own_code_is_asked_for_unless_the_provider_asked_for_one(
    house: House, server: OpenIdServer, hands: Hands, claims: dict[str, Any], asked_for: bool
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, "supervision")
        people.sign_in(session, official, "", clock.now())
        session.flush()
        number = session.query(SignIn.id).order_by(SignIn.id.desc()).limit(1).scalar()
        second_factor.propose(session, official.id, number, factor_keys(), clock.now())
        secret = second_factor.proposed(session, official.id, number, factor_keys(), clock.now())
        assert secret is not None
        second_factor.accept(session, official, number, pyotp.TOTP(secret).at(clock.now()), factor_keys(), clock.now())
    client = house.anybody()
    answer = come_back(client, server, ask(client), **claims)
    assert answer.location == ("/sign-in/code" if asked_for else "/home")
    assert inside(client) is not asked_for


def test_an_official_links_the_own_identity_by_saying_the_password_again(house: House, server: OpenIdServer) -> None:
    client = house.official("ventanilla1")
    assert come_back(client, server, ask(client), sub="person-8").location == "/account/provider"
    wrong = client.post("/account/provider", data={"password": "no es esta"})
    assert wrong.status_code == 422
    assert client.post("/account/provider", data={"password": make.PASSWORD}).status_code == 302
    assert "Vinculada" in told(client.get("/account/provider"))
    other = house.anybody()
    assert come_back(other, server, ask(other), sub="person-8").location == "/home"
    assert client.post("/account/provider/unlink").status_code == 422
    assert come_back(other, server, ask(other), sub="person-8").location == "/account/provider"
    assert client.post("/account/provider/unlink", data={"password": make.PASSWORD}).status_code == 302
    last = house.anybody()
    assert come_back(last, server, ask(last), sub="person-8").status_code == 401


def test_an_identity_opens_one_account_only(house: House, server: OpenIdServer) -> None:
    client = house.official("ventanilla1")
    come_back(client, server, ask(client))
    taken = client.post("/account/provider", data={"password": make.PASSWORD})
    assert taken.status_code == 409
    other = house.anybody()
    come_back(other, server, ask(other))
    assert "Supervisora de la sala" in told(other.get("/account"))


def test_a_provider_that_does_not_answer_leaves_the_password(house: House, database_url: str, instance: Path) -> None:
    nobody = config.Provider("http://127.0.0.1:9", CLIENT, SECRET)
    made = create_app(replace(settings_for(database_url, instance), provider=nobody))
    answer = made.test_client().get("/sign-in/provider")
    with made.app_context():
        db.engine.dispose()
    assert answer.status_code == 503
    assert "Ingrese con su usuario y contraseña." in told(answer)


def test_nothing_of_it_is_read_where_no_provider_is_configured(app: Flask, tmp_path: Path) -> None:
    asks = "import sys, config, wsgi; wsgi.create_app(config.read({'INSTANCE_DIR': sys.argv[1]}));" + (
        "sys.exit(any(m.split('.')[0] in ('authlib', 'joserfc') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", asks, str(tmp_path)], cwd=HOUSE, check=False).returncode == 0
