"""A code of the telephone is good once and at its time, a recovery code once, and a copied secret is of no use."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta

import pyotp
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.people import actions as people
from core.people import confirming, second_factor, staff
from core.people.confirming import NotYourself
from core.people.model import Official, RecoveryCode, SecondFactor, SignIn
from core.people.second_factor import BeginAgain, ClocksApart, ClockSetBack, Unreadable, UsedCode, WrongCode
from tests import make
from tests.core.people.test_confirming import give

KEY, ANOTHER = [b"k" * 32], [b"a" * 32]
STEP = timedelta(seconds=30)
at = make.at


@pytest.fixture
def official(town: Session) -> Official:
    return make.official(town, "supervision")


def shown(session: Session, official: Official, when: datetime) -> tuple[str, int]:
    """The secret that the official's telephone reads, and the sign-in in which it was shown."""
    people.sign_in(session, official, "Firefox", when)
    session.flush()
    number = session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    assert number is not None
    second_factor.propose(session, official.id, number, KEY, when)
    secret = second_factor.proposed(session, official.id, number, KEY, when)
    assert secret is not None
    return secret, number


def set_up(session: Session, official: Official) -> tuple[str, list[str]]:
    secret, number = shown(session, official, at(-5))
    words = second_factor.accept(session, official, number, pyotp.TOTP(secret).at(at(-5)), KEY, at(-5))
    session.flush()
    return secret, words


def test_a_code_is_taken_at_its_half_minute_and_the_one_beside_it_and_at_no_other(
    town: Session, official: Official
) -> None:
    secret, _words = set_up(town, official)
    for away, fits in [(-2, False), (-1, True), (0, True), (1, True), (2, False)]:
        town.get_one(SecondFactor, official.id).last_step = 0
        code = pyotp.TOTP(secret).at(at() + away * STEP)
        if fits:
            assert second_factor.check(town, official, code, KEY, at()) == "code"
        else:
            with pytest.raises(ClocksApart):
                second_factor.check(town, official, code, KEY, at())


def test_a_code_is_good_once_and_so_are_those_before_it(town: Session, official: Official) -> None:
    secret, _words = set_up(town, official)
    now, before = (pyotp.TOTP(secret).at(at() + away * STEP) for away in (0, -1))
    assert second_factor.check(town, official, f" {now[:3]} {now[3:]} ", KEY, at()) == "code"
    for code in (now, before):
        with pytest.raises(UsedCode):
            second_factor.check(town, official, code, KEY, at())
    assert second_factor.check(town, official, pyotp.TOTP(secret).at(at() + STEP), KEY, at() + STEP) == "code"


def test_the_code_that_set_the_telephone_up_does_not_also_open_the_door(town: Session, official: Official) -> None:
    secret, _words = set_up(town, official)
    with pytest.raises(UsedCode):
        second_factor.check(town, official, pyotp.TOTP(secret).at(at(-5)), KEY, at(-5))


def test_a_wrong_clock_is_told_with_its_minutes(town: Session, official: Official) -> None:
    secret, _words = set_up(town, official)
    with pytest.raises(ClocksApart) as refusal:
        second_factor.check(town, official, pyotp.TOTP(secret).at(at(5)), KEY, at())
    assert refusal.value.values == {"minutes": 5}
    with pytest.raises(WrongCode):
        second_factor.check(town, official, pyotp.TOTP(secret).at(at(60)), KEY, at())


def test_when_the_clock_of_the_system_goes_back_no_code_opens_and_a_recovery_code_does(
    town: Session, official: Official
) -> None:
    secret, words = set_up(town, official)
    second_factor.check(town, official, pyotp.TOTP(secret).at(at(60)), KEY, at(60))
    with pytest.raises(ClockSetBack):
        second_factor.check(town, official, pyotp.TOTP(secret).at(at()), KEY, at())
    assert second_factor.check(town, official, words[0], KEY, at()) == "recovery"


@pytest.mark.parametrize("written", ["", "000", "abcdef", "1234567", "aaaa-bbbb-cccc", "x" * 5000, "١٢٣٤٥٦"])
def test_what_is_no_code_opens_nothing(town: Session, official: Official, written: str) -> None:
    set_up(town, official)
    with pytest.raises(WrongCode):
        second_factor.check(town, official, written, KEY, at())


def test_a_recovery_code_is_good_once_however_it_is_written_and_kept_as_argon2id(
    town: Session, official: Official
) -> None:
    _secret, words = set_up(town, official)
    assert len(set(words)) == second_factor.WORDS == second_factor.words_left(town, official.id)
    assert second_factor.check(town, official, words[3].upper().replace("-", " "), KEY, at()) == "recovery"
    with pytest.raises(WrongCode):
        second_factor.check(town, official, words[3], KEY, at())
    assert second_factor.words_left(town, official.id) == second_factor.WORDS - 1
    kept = town.scalars(select(RecoveryCode.code_hash)).all()
    assert all(row.startswith("$argon2id$") for row in kept)


def test_the_database_holds_no_secret_in_the_clear_and_another_key_or_account_reads_none(
    town: Session, official: Official
) -> None:
    secret, _words = set_up(town, official)
    factor = town.get_one(SecondFactor, official.id)
    assert factor.secret is not None
    assert secret not in factor.secret
    with pytest.raises(Unreadable):
        second_factor.check(town, official, pyotp.TOTP(secret).at(at()), ANOTHER, at())
    other = make.official(town)
    town.add(SecondFactor(official_id=other.id, secret=factor.secret, last_step=0))
    town.flush()
    with pytest.raises(Unreadable):
        second_factor.check(town, other, pyotp.TOTP(secret).at(at()), KEY, at())


def test_a_secret_says_its_key_and_is_sealed_anew_with_the_newest_when_it_is_used(
    town: Session, official: Official
) -> None:
    secret, _words = set_up(town, official)
    factor, codes = town.get_one(SecondFactor, official.id), pyotp.TOTP(secret)
    for minute, keys in ((0, [*KEY, *ANOTHER]), (1, ANOTHER), (2, [b"lost" * 8, *ANOTHER])):
        assert second_factor.check(town, official, codes.at(at(minute)), keys, at(minute)) == "code"
        town.refresh(factor)
    with pytest.raises(Unreadable):
        second_factor.check(town, official, codes.at(at(3)), KEY, at(3))


def test_a_secret_that_says_nothing_of_its_key_is_still_read(town: Session, official: Official) -> None:
    secret, _words = set_up(town, official)
    factor = town.get_one(SecondFactor, official.id)
    nonce = b"n" * 12
    old = nonce + AESGCM(KEY[0]).encrypt(nonce, secret.encode(), str(official.id).encode())
    factor.secret = b64encode(old).decode()
    town.flush()
    assert second_factor.check(town, official, pyotp.TOTP(secret).at(at()), KEY, at()) == "code"
    for broken in ("no es base64 ñ", "YQ=="):
        factor.secret = broken
        town.flush()
        with pytest.raises(Unreadable):
            second_factor.check(town, official, pyotp.TOTP(secret).at(at(2)), KEY, at(2))


def test_a_secret_is_confirmed_in_the_session_that_was_shown_it_and_within_ten_minutes(
    town: Session, official: Official
) -> None:
    secret, number = shown(town, official, at())
    for session_number, when in ((number + 1, at(1)), (number, at(10)), (number, at(-1))):
        code = pyotp.TOTP(secret).at(when)
        with pytest.raises(BeginAgain):
            second_factor.accept(town, official, session_number, code, KEY, when)
    assert not second_factor.is_set_up(town, official.id)


def test_the_old_telephone_serves_until_the_new_one_has_said_its_first_code(town: Session, official: Official) -> None:
    old, words = set_up(town, official)
    new, number = shown(town, official, at())
    assert second_factor.check(town, official, pyotp.TOTP(old).at(at()), KEY, at()) == "code"
    with pytest.raises(WrongCode):
        second_factor.accept(town, official, number, "000000", KEY, at(1))
    second_factor.accept(town, official, number, pyotp.TOTP(new).at(at(1)), KEY, at(1))
    town.flush()
    with pytest.raises(WrongCode):
        second_factor.check(town, official, pyotp.TOTP(old).at(at(2)), KEY, at(2))
    with pytest.raises(WrongCode):
        second_factor.check(town, official, words[0], KEY, at(2))


def test_a_lost_factor_is_forgotten_by_two_people_and_another_is_due_at_once(town: Session, official: Official) -> None:
    set_up(town, official)
    administrator, control = make.official(town, "administracion"), give(town, "ventanilla4", "control")
    with pytest.raises(NotYourself):
        staff.lose_factor(town, 1, administrator.id, administrator.id, at())
    staff.lose_factor(town, 1, official.id, administrator.id, at())
    assert second_factor.is_set_up(town, official.id)
    (proposal,) = confirming.waiting(town, 1, at(1))
    confirming.confirm(town, 1, proposal.id, control.id, at(1))
    assert not second_factor.is_set_up(town, official.id)
    token = people.sign_in(town, official, "Firefox", at(2))
    town.flush()
    who = people.signed_in(town, token, at(2))
    assert who is not None
    assert who.lacks_factor(at(2), 7)


@pytest.mark.parametrize(
    ("role", "days", "passed", "lacks"),
    [
        ("supervisor", 7, 6.9, False),
        ("supervisor", 7, 7, True),
        ("control", 0, 0, True),
        ("administrator", None, 400, False),
        ("official", 0, 30, False),
        ("mayor", 0, 30, False),
    ],
)
def test_an_elevated_role_works_some_days_without_a_second_factor_and_then_not(
    town: Session, role: str, days: int | None, passed: float, lacks: bool
) -> None:
    somebody = give(town, "ventanilla1", role)
    people.sign_in(town, somebody, "Firefox", at())
    later = at() + timedelta(days=passed)
    token = people.sign_in(town, somebody, "Firefox", later)
    town.flush()
    who = people.signed_in(town, token, later)
    assert who is not None
    assert who.lacks_factor(later, days) is lacks
