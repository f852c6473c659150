"""Signing in and out: what lets an official enter, what keeps strangers slow, and what ends a session."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import clock, first_content
from core.db import transaction
from core.people import actions as people
from core.people.actions import FREE_FAILURES, FREE_FAILURES_OF_A_SOURCE
from core.people.model import SignIn
from core.web.database import db
from tests import make
from tests.conftest import Hands, House

ANOTHER = "otra frase larga y distinta"
AGAIN = {"password": make.PASSWORD}


def enter(
    client: FlaskClient, username: str = "ventanilla1", password: str = make.PASSWORD, **more: str
) -> TestResponse:
    return client.post("/sign-in", data={"username": username, "password": password, "next": "", **more})


def told(response: TestResponse) -> str:
    """The words of the page in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(house: House) -> None:
    answers = [enter(house.anybody(), password="no es esta"), enter(house.anybody(), username="nadie")]
    assert {answer.status_code for answer in answers} == {401}
    sentence = "El usuario o la contraseña no son correctos. Escríbalos de nuevo."
    assert all(sentence in told(answer) for answer in answers)


def test_a_disabled_account_gets_the_same_answer_as_a_wrong_password(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        people.disable(session, make.official(session).id, clock.now())
    refused = enter(house.anybody())
    assert refused.status_code == 401
    assert "no son correctos" in told(refused)


@pytest.mark.parametrize("missing", ["username", "password"])
def test_an_empty_field_is_named(house: House, missing: str) -> None:
    answer = enter(house.anybody(), **{missing: ""})
    assert answer.status_code == 422
    assert {"username": "Escriba su usuario.", "password": "Escriba su contraseña."}[missing] in told(answer)


def test_after_five_failures_an_account_waits_and_then_the_right_password_opens_it(house: House, hands: Hands) -> None:
    client = house.anybody()
    for _ in range(people.FREE_FAILURES):
        assert enter(client, password="no es esta").status_code == 401
    slow = enter(client)
    assert slow.status_code == 429
    wait = int(slow.headers["Retry-After"])
    assert f"Espere {wait} segundos" in told(slow)
    hands.forward(seconds=wait)
    assert enter(client).status_code == 302
    assert inside(client)


def test_many_guesses_at_once_are_slowed_like_many_in_a_row(house: House) -> None:
    def guess(_number: int) -> int:
        return enter(house.anybody(), password="no es esta").status_code

    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(guess, range(24)))
    assert answers.count(401) == people.FREE_FAILURES
    assert answers.count(429) == 24 - people.FREE_FAILURES


def test_signing_in_many_times_in_a_row_slows_nobody(house: House) -> None:
    for _ in range(people.FREE_FAILURES + 2):
        assert enter(house.anybody()).status_code == 302


def test_who_guesses_one_account_does_not_slow_another(house: House) -> None:
    client = house.anybody()
    for _ in range(people.FREE_FAILURES + 1):
        enter(client, password="no es esta")
    assert enter(client, username="ventanilla2").status_code == 302


def test_guessing_many_names_from_one_place_is_slowed_too(house: House) -> None:
    client = house.anybody()
    answers = [enter(client, username=f"nadie{n}") for n in range(people.FREE_FAILURES_OF_A_SOURCE + 1)]
    assert [answer.status_code for answer in answers] == [401] * people.FREE_FAILURES_OF_A_SOURCE + [429]


def test_a_browser_in_which_the_account_was_opened_waits_only_for_its_own_failures(house: House) -> None:
    mine = house.anybody()
    enter(mine)
    mine.post("/sign-out")
    for _ in range(FREE_FAILURES):
        enter(house.anybody(), password="no es esta")
    for number in range(FREE_FAILURES_OF_A_SOURCE):
        enter(house.anybody(), username=f"nadie{number}")
    assert enter(house.anybody()).status_code == 429
    assert enter(house.anybody(), username="ventanilla2").status_code == 429
    for _ in range(FREE_FAILURES):
        assert enter(mine, password="no es esta").status_code == 401
    assert enter(mine).status_code == 429


def known_by(entered: TestResponse) -> tuple[str, str]:
    """The cookie by which this browser is known from now on."""
    cookie = next(kept for kept in entered.headers.getlist("Set-Cookie") if kept.startswith("known-"))
    name, _, value = cookie.split(";")[0].partition("=")
    return name, value


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["of another account", "forged"])
def test_a_browser_is_known_only_by_what_it_was_given_for_that_account(house: House, how: str) -> None:
    stranger = house.anybody()
    _, of_another = known_by(enter(stranger, username="ventanilla2"))
    name, right = known_by(enter(house.anybody()))
    stranger.set_cookie(name, of_another if how == "of another account" else f"x{right}")
    for _ in range(FREE_FAILURES):
        enter(house.anybody(), password="no es esta")
    assert enter(stranger).status_code == 429


def test_the_session_that_a_stranger_prepared_is_not_the_one_that_is_opened(house: House) -> None:
    client = house.anybody()
    client.get("/account", headers={"Accept": "text/html"})
    before = client.get_cookie("session")
    enter(client)
    after = client.get_cookie("session")
    assert after is not None
    assert before is None or before.value != after.value
    with client.session_transaction() as opened:
        first = opened["_user_id"]
        opened["planted"] = "by somebody else"
    enter(client)
    with client.session_transaction() as opened:
        assert opened["_user_id"] != first
        assert "planted" not in opened


def test_a_cookie_replayed_after_signing_out_gets_the_sign_in_page(house: House) -> None:
    client = house.official()
    kept = client.get_cookie("session")
    assert kept is not None
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"storage"'
    thief = house.anybody()
    thief.set_cookie("session", kept.value)
    answer = thief.get("/account")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_disabled_official_is_out_at_the_next_request(house: House) -> None:
    client = house.official()
    assert inside(client)
    with house.app.app_context(), transaction(db.session) as session:
        people.disable(session, make.official(session).id, clock.now())
    assert not inside(client)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/.//evil.example",
        "/@evil.example",
        "javascript:alert(1)",
        "evil.example",
        "//[",
        "http://[",
        "/home\r\nX: 1",
        "/home\n",
        "/%0d%0aX:1",
        "/a?b=//[",
        "/\0",
    ],
)
def test_signing_in_never_leads_out_of_the_house(house: House, elsewhere: str) -> None:
    assert enter(house.anybody(), next=elsewhere).location == "/home"


@pytest.mark.parametrize("path", ["/account", "/admin/people/3", "/counter/", "/admin/order"])
def test_signing_in_leads_to_the_page_that_was_asked_for(house: House, path: str) -> None:
    assert enter(house.anybody(), next=path).location == path


@pytest.mark.parametrize("name", ["SECRETO\x00x", "SECRETO\u202ex", "SECRETO" * 20])
def test_a_user_name_that_nobody_can_have_is_refused_in_words_and_not_written_down(
    house: House, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    refused = enter(house.anybody(), username=name)
    assert refused.status_code == 422
    assert "Tiene caracteres no permitidos" in told(refused) or "Escriba 120 caracteres o menos" in told(refused)
    assert "SECRETO" not in caplog.text


def test_an_hour_without_use_ends_the_session(house: House, hands: Hands) -> None:
    client = house.official()
    hands.forward(minutes=59)
    assert inside(client)
    hands.forward(minutes=59)
    assert inside(client)
    hands.forward(minutes=60)
    assert not inside(client)


def test_ten_hours_end_the_session_however_much_it_is_used(house: House, hands: Hands) -> None:
    client = house.official()
    for _ in range(19):
        hands.forward(minutes=30)
        assert inside(client)
    hands.forward(minutes=30)
    assert not inside(client)


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(house: House) -> None:
    here, elsewhere = house.official(), house.official()
    changed = here.post("/account/password", data={"current": make.PASSWORD, "new": ANOTHER})
    assert changed.status_code == 302
    assert inside(here)
    assert not inside(elsewhere)
    assert enter(house.anybody()).status_code == 401
    assert enter(house.anybody(), password=ANOTHER).status_code == 302


def test_the_wrong_current_password_is_told_beside_its_field_and_changes_nothing(house: House) -> None:
    client = house.official()
    answer = client.post("/account/password", data={"current": "no es esta", "new": ANOTHER})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="current-error"' in page
    assert "No es su contraseña actual." in page
    assert enter(house.anybody()).status_code == 302


def test_guessing_the_current_password_is_slowed(house: House) -> None:
    client = house.official()
    guess = {"current": "no es esta", "new": ANOTHER}
    answers = [client.post("/account/password", data=guess) for _ in range(people.FREE_FAILURES + 1)]
    assert [answer.status_code for answer in answers] == [422] * people.FREE_FAILURES + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("new", "because"),
    [
        ("corta", "de 12 a 256 caracteres"),
        ("x" * 257, "de 12 a 256 caracteres"),
        ("", "Escriba la contraseña nueva."),
        (make.PASSWORD, "distinta de la actual"),
        ("Ventanilla1-2026", "se adivina fácil"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_beside_its_field(house: House, new: str, because: str) -> None:
    client = house.official()
    answer = client.post("/account/password", data={"current": make.PASSWORD, "new": new})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="new-error"' in page
    assert because in page
    assert enter(house.anybody()).status_code == 302


def test_a_new_password_that_will_not_do_is_no_guess_of_the_current_one(house: House) -> None:
    client = house.official()
    asked = {"current": make.PASSWORD, "new": "corta"}
    answers = {client.post("/account/password", data=asked).status_code for _ in range(people.FREE_FAILURES + 2)}
    assert answers == {422}


def test_every_character_of_a_password_counts(house: House) -> None:
    client = house.official()
    exact = "una eñe al final y un espacio ñ "
    assert client.post("/account/password", data={"current": make.PASSWORD, "new": exact}).status_code == 302
    assert enter(house.anybody(), password=exact.strip()).status_code == 401
    assert enter(house.anybody(), password=exact.replace("ñ", "n")).status_code == 401
    assert enter(house.anybody(), password=exact).status_code == 302


def test_the_password_form_gives_nobody_a_role(house: House) -> None:
    client = house.official()
    asked = {"current": make.PASSWORD, "new": ANOTHER, "roles": "administrator"}
    assert client.post("/account/password", data=asked).status_code == 422
    with house.app.app_context():
        assert make.official(house.look()).roles == ["official"]
    assert enter(house.anybody()).status_code == 302


def test_whoever_signs_in_begins_where_they_work(house: House) -> None:
    for username, place in (
        ("ventanilla1", "/counter/"),
        ("supervision", "/admin/hall"),
        ("pqrsd", "/admin/petitions"),
        ("administracion", "/admin/setup"),
    ):
        assert house.official(username).get("/home").location == place, username


def test_who_has_a_password_that_others_saw_enters_only_the_own_account(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        given = people.reset_password(session, make.official(session, "supervision").id, clock.now())
    client = house.anybody()
    assert enter(client, "supervision", given, next="/admin/hall").status_code == 302
    assert client.get("/admin/hall").location == "/account"
    assert client.get("/home").location == "/account"
    refused = client.get("/admin/hall", headers={"Accept": "application/json"})
    assert refused.status_code == 403
    client.post("/account/password", data={"current": given, "new": ANOTHER})
    assert client.get("/home").location == "/admin/hall"


def test_a_password_of_an_example_account_ends_in_fourteen_days_and_the_server_gives_another(
    empty: Flask, hands: Hands
) -> None:
    with empty.app_context(), transaction(db.session) as session:
        given = first_content.load(session, first_content.california(), clock.now())
    hands.forward(days=13)
    assert enter(empty.test_client(), "supervision", given["supervision"]).status_code == 302
    client = empty.test_client()
    enter(client, "ventanilla1", given["ventanilla1"])
    client.post("/account/password", data={"current": given["ventanilla1"], "new": ANOTHER})
    hands.forward(days=2)
    assert enter(empty.test_client(), "supervision", given["supervision"]).status_code == 401
    assert enter(empty.test_client(), "ventanilla1", ANOTHER).status_code == 302
    said = empty.test_cli_runner().invoke(args=["people", "password", "supervision"])
    assert said.exit_code == 0, said.output
    again = empty.test_client()
    assert enter(again, "supervision", said.output.split()[0]).status_code == 302
    assert again.get("/admin/hall").location == "/account"
    assert empty.test_cli_runner().invoke(args=["people", "password", "nadie"]).exit_code == 1


def test_ending_the_other_sessions_keeps_this_one(house: House) -> None:
    here, elsewhere = house.official(), house.official()
    assert here.post("/account/end-others").status_code == 422
    assert here.post("/account/end-others", data={"password": "no es esta"}).status_code == 422
    assert inside(elsewhere)
    here.post("/account/end-others", data=AGAIN)
    assert inside(here)
    assert not inside(elsewhere)


def test_who_proves_again_who_they_are_goes_on_under_another_name(house: House) -> None:
    client = house.official()
    before = client.get_cookie("session")
    assert before is not None
    client.post("/account/end-others", data=AGAIN)
    copy = house.anybody()
    copy.set_cookie("session", before.value)
    assert inside(client)
    assert not inside(copy)


def test_who_comes_in_again_leaves_the_session_that_was_open_in_that_browser(house: House) -> None:
    client = house.official()
    before = client.get_cookie("session")
    assert before is not None
    assert enter(client, "ventanilla2").status_code == 302
    copy = house.anybody()
    copy.set_cookie("session", before.value)
    assert inside(client)
    assert not inside(copy)


def test_one_of_the_own_sessions_is_ended_and_that_of_another_person_is_not(house: House) -> None:
    here, elsewhere, another = house.official(), house.official(), house.official("ventanilla2")
    ends = re.findall(r'action="(/account/sessions/[0-9]+/end)"', here.get("/account").get_data(as_text=True))
    assert len(ends) == 1, "this one is left by going out"
    assert another.post(ends[0], data=AGAIN).status_code == 404
    assert here.post(ends[0]).status_code == 422
    assert inside(elsewhere)
    assert here.post(ends[0], data=AGAIN).status_code == 302
    assert not inside(elsewhere)
    assert inside(here)
    assert here.post(ends[0], data=AGAIN).status_code == 404


def test_the_account_lists_the_own_open_sessions_and_nobody_elses(house: House, hands: Hands) -> None:
    house.official("ventanilla2")
    client = house.official()
    assert client.get("/account").get_data(as_text=True).count('scope="row"') == 1
    house.official()
    assert client.get("/account").get_data(as_text=True).count('scope="row"') == 2


def test_the_database_keeps_no_token_that_opens_a_session(house: House) -> None:
    client = house.official()
    with client.session_transaction() as opened:
        token = opened["_user_id"]
    with house.app.app_context():
        kept = house.look().scalars(select(SignIn)).all()
        assert token not in [row.token_hash for row in kept]
        assert people.signed_in(house.look(), token, clock.now() + timedelta(minutes=1)) is not None
