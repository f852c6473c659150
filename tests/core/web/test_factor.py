"""Who has a second factor is asked for it, at the door and never before the password."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.audit import Act
from core.audit.model import Entry
from core.people.actions import FREE_FAILURES
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House
from tests.core.web.test_sign_in import enter, inside, told

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SENTENCE = "El usuario o la contraseña no son correctos."


class Telephone:
    """An official's telephone, which shows a code of the office's own hour."""

    def __init__(self, secret: str, hands: Hands) -> None:
        self._codes, self._hands = pyotp.TOTP(secret), hands

    def code(self, minutes: float = 0) -> str:
        """The code of the next half minute, so that it was not used; or that of a telephone whose clock is wrong."""
        self._hands.forward(seconds=30)
        return self._codes.at(int(self._hands.at.timestamp() + minutes * 60))


def set_up(client: FlaskClient, hands: Hands) -> tuple[Telephone, list[str]]:
    """Set the second factor up as a person does; the telephone and the recovery codes."""
    assert client.post("/account/second-factor", data={"password": make.PASSWORD}).status_code == 302
    page = client.get("/account/second-factor").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    telephone = Telephone(secret[1].replace(" ", ""), hands)
    answer = client.post("/account/second-factor/code", data={"code": telephone.code()})
    assert answer.status_code == 200, told(answer)
    return telephone, re.findall(r"<code>([a-z0-9-]{14})</code>", answer.get_data(as_text=True))


@pytest.fixture
def supervisor(house: House) -> FlaskClient:
    return house.official("supervision")


def say(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/sign-in/code", data={"code": code})


def half(house: House) -> FlaskClient:
    """Somebody who gave the right password."""
    client = house.anybody()
    assert enter(client, "supervision", next="/admin/hall").location == "/sign-in/code"
    return client


def test_the_code_is_asked_for_after_the_password_and_opens_the_page_that_was_wanted(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, _words = set_up(supervisor, hands)
    client = half(house)
    for closed in ("/admin/hall", "/account", "/home"):
        assert client.get(closed).location.startswith("/sign-in?"), "the password alone opens nothing"
    assert say(client, telephone.code()).location == "/admin/hall"
    assert inside(client)


def test_each_code_is_good_once_and_the_same_again_is_told_so(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, words = set_up(supervisor, hands)
    code = telephone.code()
    assert say(half(house), code).status_code == 302
    again = say(half(house), code)
    assert again.status_code == 401
    assert "Ese código ya se usó." in told(again)
    client = half(house)
    assert say(client, words[0]).status_code == 302
    assert "Le quedan 7." in told(client.get("/account"))
    assert "El código no es correcto." in told(say(half(house), words[0]))


def test_a_telephone_whose_clock_is_wrong_is_told_by_how_much(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, _words = set_up(supervisor, hands)
    assert "difieren en unos 4 minutos" in told(say(half(house), telephone.code(minutes=4)))


def test_guessing_the_code_is_slowed_like_guessing_the_password(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, _words = set_up(supervisor, hands)
    client = half(house)
    answers = [say(client, f"{number:06}").status_code for number in range(FREE_FAILURES + 1)]
    assert answers == [401] * FREE_FAILURES + [429]
    with house.app.app_context():
        failed = select(func.count()).select_from(Entry).where(Entry.act == Act.SIGN_IN_FAILED)
        assert house.look().scalar(failed) == FREE_FAILURES
    hands.forward(minutes=2)
    assert say(client, telephone.code()).status_code == 302


def test_the_question_for_the_code_waits_ten_minutes_and_is_of_one_browser(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, _words = set_up(supervisor, hands)
    client = half(house)
    assert say(house.anybody(), telephone.code()).location == "/sign-in"
    hands.forward(minutes=10)
    assert say(client, telephone.code()).location == "/sign-in"
    assert client.get("/sign-in/code").location == "/sign-in"
    assert not inside(client)


def test_a_wrong_password_gets_one_answer_whatever_the_account_has(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    before = enter(house.anybody(), "supervision", "no es esta")
    set_up(supervisor, hands)
    after = enter(house.anybody(), "supervision", "no es esta")
    nobody = enter(house.anybody(), "nadie", "no es esta")
    assert {answer.status_code for answer in (before, after, nobody)} == {401}
    pages = [re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in (before, after, nobody)]
    assert pages[0] == pages[1] == pages[2]
    assert SENTENCE in told(after)


def test_the_session_gets_a_new_name_with_the_code(house: House, supervisor: FlaskClient, hands: Hands) -> None:
    telephone, _words = set_up(supervisor, hands)
    client = half(house)
    with client.session_transaction() as opened:
        half_token = opened["half open"]
    say(client, telephone.code())
    with client.session_transaction() as opened:
        assert opened["_user_id"] != half_token
        assert "half open" not in opened
    thief = house.anybody()
    with thief.session_transaction() as opened:
        opened["half open"] = half_token
    assert say(thief, telephone.code()).location == "/sign-in"


def test_setting_it_up_asks_for_the_password_and_closes_the_other_sessions(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    other = house.official("supervision")
    wrong = supervisor.post("/account/second-factor", data={"password": "no es esta"})
    assert wrong.status_code == 422
    assert "No es su contraseña actual." in told(wrong)
    assert "<code>" not in supervisor.get("/account/second-factor").get_data(as_text=True)
    assert supervisor.post("/account/second-factor/code", data={"code": "123456"}).status_code == 422
    set_up(supervisor, hands)
    assert inside(supervisor)
    assert not inside(other)
    assert "Vuelva a empezar" in told(supervisor.post("/account/second-factor/code", data={"code": "123456"}))


def test_another_telephone_is_set_up_only_with_a_code_of_the_present_one(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    telephone, words = set_up(supervisor, hands)
    said = {"password": make.PASSWORD}
    for code in ("", "000000", telephone.code(minutes=-30)):
        answer = supervisor.post("/account/second-factor", data=said | {"again_code": code})
        assert answer.status_code == 422, code
        assert "again_code-error" in answer.get_data(as_text=True)
    good = supervisor.post("/account/second-factor", data=said | {"again_code": telephone.code()})
    assert good.status_code == 302, told(good)
    assert supervisor.post("/account/second-factor", data=said | {"again_code": words[0]}).status_code == 302


def test_a_reset_password_does_not_open_without_the_code(house: House, supervisor: FlaskClient, hands: Hands) -> None:
    set_up(supervisor, hands)
    administrator = house.official("administracion")
    with house.app.app_context():
        number = make.official(house.look(), "supervision").id
    answer = administrator.post(f"/admin/people/{number}/password", data={"press": new_press()})
    shown = re.search(r'class="secret">([^<]+)<', answer.get_data(as_text=True))
    assert shown is not None
    assert enter(house.anybody(), "supervision", shown[1]).location == "/sign-in/code"


@pytest.fixture
def in_a_hurry(house: House) -> None:
    house.app.config["SECOND_FACTOR_DAYS"] = 0


@pytest.mark.usefixtures("in_a_hurry")
def test_where_it_is_due_an_elevated_role_enters_only_the_own_account_until_it_is_set_up(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    assert supervisor.get("/admin/hall").location == "/account/second-factor"
    assert supervisor.get("/home").location == "/account/second-factor"
    refused = supervisor.post("/admin/hall/leftovers", headers={"Accept": "application/json"})
    assert refused.status_code == 403
    assert "su papel lo pide" in told(supervisor.get("/account/second-factor"))
    set_up(supervisor, hands)
    assert supervisor.get("/admin/hall").status_code == 200
    assert house.official("ventanilla1").get("/home").location == "/counter/"


def test_in_the_last_days_of_grace_it_is_said_at_the_door(house: House, supervisor: FlaskClient, hands: Hands) -> None:
    hands.forward(hours=24 * 3)
    assert "Active pronto" not in told(house.official("supervision").get("/admin/hall"))
    hands.forward(hours=24)
    assert "Active pronto su segundo factor" in told(house.official("supervision").get("/admin/hall"))
    hands.forward(hours=24 * 3)
    assert house.official("supervision").get("/admin/hall").location == "/account/second-factor"
