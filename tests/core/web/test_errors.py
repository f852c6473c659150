"""What is answered when something goes wrong: in Spanish, with the right status, and without telling secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from core.people.model import FailedSignIn
from core.web.database import db
from core.web.guard import public, requires
from core.web.office import HEADERS, LARGEST_BODY
from tests import make, postgresql
from tests.conftest import House, settings_for
from wsgi import create_app

JSON = {"Accept": "application/json"}
SECRET = "lo que nadie debe leer"


@pytest.fixture
def own_house(own_app: Flask) -> House:
    """For a test that adds addresses to its application, or takes its database away."""
    return House(own_app)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def check_page(answer: TestResponse, status: int, *sentences: str) -> None:
    """A whole page in Spanish, with the headers of every page."""
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert '<html lang="es"' in text(answer)
    assert "</html>" in text(answer)
    for sentence in sentences:
        assert sentence in text(answer)
    check_headers(answer)


def check_headers(answer: TestResponse) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value], name
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


# ---------------------------------------------------------------- what is asked wrongly


def test_a_name_that_is_not_ours_is_refused(house: House) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "a b"):
        refused = house.anybody().get("/sign-in", headers={"Host": host})
        assert refused.status_code == 400, host
        assert text(refused) == "Esta dirección no es de este sistema."
        assert refused.mimetype == "text/plain"
        check_headers(refused)


def test_our_own_names_are_answered(house: House) -> None:
    for host in ("localhost", "127.0.0.1:8000"):
        assert house.anybody().get("/sign-in", headers={"Host": host}).status_code == 200, host


def test_a_wrong_method_says_which_are_right(house: House) -> None:
    refused = house.anybody().delete("/sign-in")
    check_page(refused, 405, "Eso no se puede hacer aquí")
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))


def test_a_page_that_does_not_exist_is_not_found(house: House) -> None:
    official = house.official("administracion")
    strange = ("/static/../config.py", "/static/css/nada.css?v=1", "/%00", "/admin/%ff")
    for path in ("/nada", "/sign-in/", "/pair/toaster", *strange):
        check_page(official.get(path), 404, "No lo encontramos")


def asked(app: Flask, number: int) -> Iterator[tuple[str, str]]:
    """Every address that carries a whole number, with this one in it, and a method to ask for it."""
    for rule in app.url_map.iter_rules():
        if "<int" in rule.rule:
            numbered = re.sub(r"<int[^>]*>", str(number), rule.rule)
            yield ("GET" if "GET" in (rule.methods or ()) else "POST"), re.sub(r"<[^>]+>", "x", numbered)


def test_a_number_that_no_row_can_have_is_not_found(own_app: Flask, own_house: House) -> None:
    @own_app.get("/row/<int:row>")
    @public
    def row(row: int) -> str:
        return str(db.session.execute(select(FailedSignIn.id).where(FailedSignIn.id == row)).first())

    official = own_house.official("administracion")
    assert official.get(f"/row/{2**31 - 1}").status_code == 200
    for number in (2**31, 2**63, 10**22):
        addresses = list(asked(own_app, number))
        assert ("GET", f"/row/{number}") in addresses
        for method, path in addresses:
            assert official.open(path, method=method, headers=JSON).status_code in (403, 404, 405), path
        check_page(official.get(f"/row/{number}"), 404, "No lo encontramos")


def test_a_number_in_other_digits_is_no_address(own_app: Flask, own_house: House) -> None:
    @own_app.get("/row/<int:row>")
    @public
    def row(row: int) -> str:
        return str(row)

    assert text(own_house.anybody().get("/row/1")) == "1"
    check_page(own_house.anybody().get("/row/١"), 404)


def test_more_than_64_kb_are_refused_unread(house: House) -> None:
    client = house.anybody()
    check_page(client.post("/sign-in", data={"username": "a" * 65_000, "password": "b"}), 413, "Es demasiado grande")
    assert LARGEST_BODY < 65_000
    almost = client.post("/sign-in", data={"username": "a" * 63_000, "password": "b"})
    assert almost.status_code == 422


def test_a_form_without_its_mark_is_refused_and_changes_nothing(app: Flask, house: House) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = house.anybody()
    typed = {"username": "ventanilla1", "password": "equivocada"}
    refused = client.post("/sign-in", data=typed)
    check_page(refused, 400, "Vuelva a cargar la página y repita lo que hizo.")
    assert "Set-Cookie" not in refused.headers
    assert failures(house) == 0
    mark = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(client.get("/sign-in")))
    assert mark
    assert client.post("/sign-in", data=typed | {"csrf_token": mark[1]}).status_code == 401
    assert failures(house) == 1


def failures(house: House) -> int:
    with house.app.app_context():
        return house.look().scalar(select(func.count()).select_from(FailedSignIn)) or 0


def test_whoever_wants_json_gets_json(house: House) -> None:
    asked = (("GET", "/nada", 404), ("DELETE", "/sign-in", 405), ("GET", "/account", 401), ("POST", "/sign-out", 401))
    for method, path, status in asked:
        refused = house.anybody().open(path, method=method, headers=JSON)
        assert refused.status_code == status, path
        assert refused.is_json
        assert refused.json.keys() == {"error"}
        check_headers(refused)


def test_whoever_has_not_signed_in_is_refused_or_taken_to_a_door_everywhere(app: Flask, house: House) -> None:
    nobody = house.anybody()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(int|any\((\w+))?[^>]+>", lambda part: part[2] or ("1" if part[1] else "x"), rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for headers in ({}, JSON):
                with nobody.open(path, method=method, headers=headers) as answer:
                    if getattr(app.view_functions[rule.endpoint], "guard", "public") != "public":
                        assert answer.status_code in (302, 401), (method, path)
                    assert answer.status_code < 500, (method, path)


def test_whoever_has_not_signed_in_is_taken_to_the_door(house: House) -> None:
    taken = house.anybody().get("/account")
    assert taken.status_code == 302
    assert taken.headers["Location"] == "/sign-in?next=/account"
    check_headers(taken)


def test_asking_again_and_again_says_only_once_to_sign_in(house: House) -> None:
    client = house.anybody()
    for _ in range(5):
        there = client.get("/home").headers["Location"]
    assert text(client.get(there)).count("Ingrese con su usuario para continuar.") == 1


# ---------------------------------------------------------------- what fails on our side


def test_the_way_back_from_a_refusal_is_that_of_who_reads_it(house: House) -> None:
    stranger, official = house.anybody(), house.official()
    for client, path, way in (
        (official, "/counter/nowhere", ("/home", "Volver a su trabajo")),
        (stranger, "/nowhere", ("/", "Volver al inicio")),
    ):
        page = client.get(path).get_data(as_text=True)
        assert all(word in page for word in (f'href="{way[0]}"', way[1])), path
    put_out = stranger.post("/counter/next")
    assert put_out.status_code == 401
    assert 'href="/sign-in?next=/home"' in put_out.get_data(as_text=True)


def test_the_pages_of_officials_are_in_spanish_whatever_a_citizen_chose_in_this_browser(house: House) -> None:
    client = house.official()
    assert client.post("/language", data={"to": "en"}).status_code == 302
    assert 'lang="en"' in client.get("/").get_data(as_text=True)
    for path in ("/counter/", "/account", "/sign-in"):
        page = client.get(path).get_data(as_text=True)
        assert 'lang="es"' in page, path


def test_a_failure_gives_a_number_to_tell_and_no_secret(
    own_app: Flask, own_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    @own_app.get("/fails")
    @public
    def fails() -> str:
        raise ZeroDivisionError(SECRET)

    failed = own_house.anybody().get("/fails")
    check_page(failed, 500, "Algo falló de nuestro lado", "No se guardó nada")
    reference = re.search(r"con este número: ([0-9a-f]{8})", text(failed))
    assert reference
    for told in (SECRET, "Traceback", "ZeroDivisionError", ".py"):
        assert told not in text(failed)
    assert reference[1] in caplog.text
    assert "ZeroDivisionError" in caplog.text
    as_json = own_house.anybody().get("/fails", headers=JSON)
    assert as_json.status_code == 500
    assert SECRET not in text(as_json)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("account", "table", "status"), [("\0", "failed_sign_ins", 422), ("", "nowhere", 500)])
def test_what_the_database_refuses_is_not_written_down(
    own_app: Flask, own_house: House, caplog: pytest.LogCaptureFixture, account: str, table: str, status: int
) -> None:
    @own_app.get("/asks")
    @public
    def asks() -> str:
        db.session.execute(sql(f"SELECT * FROM {table} WHERE account = :account"), {"account": SECRET + account})
        return ""

    check_page(own_house.anybody().get("/asks"), status)
    assert "asks" in caplog.text
    assert SECRET not in caplog.text


def test_a_failure_keeps_nothing_of_what_it_had_begun(own_app: Flask, own_house: House) -> None:
    @own_app.get("/fails-after-writing")
    @public
    def fails_after_writing() -> str:
        db.session.add(FailedSignIn(at=make.at(), account="x", source="y"))
        db.session.flush()
        raise ZeroDivisionError

    assert own_house.anybody().get("/fails-after-writing").status_code == 500
    assert failures(own_house) == 0


@pytest.fixture
def emptied(tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser of an office whose database is a folder: it cannot be opened."""
    (tmp_path / "database").mkdir()
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'database'}", tmp_path))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def check_no_database(answer: TestResponse) -> None:
    check_page(answer, 503, "El sistema no responde por ahora", "Los turnos ya tomados siguen valiendo.")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/sign-in", "/pair/kiosk"])
def test_without_a_database_every_page_says_so_in_spanish(emptied: FlaskClient, path: str) -> None:
    check_no_database(emptied.get(path))
    refused = emptied.get(path, headers=JSON)
    assert refused.status_code == 503
    assert refused.is_json


def test_without_a_database_a_page_that_does_not_exist_is_still_not_found(emptied: FlaskClient) -> None:
    check_page(emptied.get("/nada"), 404, "No lo encontramos")


def test_a_database_that_goes_away_takes_nobody_s_page_with_it(
    own_app: Flask, own_house: House, database_url: str
) -> None:
    official, kiosk = own_house.official(), own_house.device("kiosk")
    assert official.get("/account").status_code == 200
    with taken_away(own_app, database_url):
        for client in (official, kiosk, own_house.anybody()):
            check_no_database(client.get("/sign-in"))
            check_page(client.get("/nada"), 404, "No lo encontramos")
            for path in pages(own_app):
                assert client.get(path).status_code in (302, 404, 503), path
        check_no_database(official.get("/account"))


def test_the_page_that_says_that_there_is_no_database_asks_it_nothing(own_app: Flask, own_house: House) -> None:
    """It went away while an official's page was being made: who they are was read already."""
    asked: list[str] = []

    @own_app.get("/gone-meanwhile")
    @requires()
    def gone_meanwhile() -> str:
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        raise OperationalError("SELECT", {}, Exception("the connection is closed"))

    check_no_database(own_house.official().get("/gone-meanwhile"))
    assert asked == []


def pages(app: Flask) -> Iterator[str]:
    """Every page that an address without variable parts opens."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.websocket and rule.endpoint != "static":
            yield rule.rule


@contextmanager
def taken_away(app: Flask, database_url: str) -> Iterator[None]:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()
        file.mkdir()
        try:
            yield
        finally:
            file.rmdir()
    else:
        address, name = database_url.replace("+psycopg", "").rsplit("/", 1)
        postgresql.run(address, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        yield


# ---------------------------------------------------------------- what is kept


def test_files_are_kept_for_a_year_only_by_the_address_that_changes_with_them(app: Flask, house: House) -> None:
    page = text(house.anybody().get("/sign-in"))
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert addresses
    for address in addresses:
        with house.anybody().get(address) as file:
            assert file.status_code == 200, address
            assert file.cache_control.max_age == 31_536_000, address
            assert not file.cache_control.no_store
            assert file.headers["X-Content-Type-Options"] == "nosniff"
            assert file.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        with house.anybody().get(address.split("?")[0]) as bare:
            assert bare.cache_control.no_cache, address
            assert bare.cache_control.max_age is None
        with house.anybody().get(address, headers={"If-None-Match": file.headers["ETag"]}) as again:
            assert again.status_code == 304
