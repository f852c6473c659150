"""Officials come in by a password that is slow to guess, and by a session that the server can end."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.db import transaction
from core.errors import Invalid
from core.people import actions as people
from core.people import hashing
from core.people.actions import (
    FAILURES_KEPT,
    FREE_FAILURES,
    FREE_FAILURES_OF_A_SOURCE,
    IDLE,
    LONGEST,
    SignInRefused,
    SlowDown,
    digest,
)
from core.people.model import FailedSignIn, SignIn
from core.people.rights import ROLES, Permission, permissions
from tests import make

HOUSE = Path(__file__).parents[2]
at = make.at
MOMENT = timedelta(milliseconds=1)
PATIENCE = 20


def come_in(session: Session, minute: float = 0, username: str = "ventanilla1") -> str:
    token = people.sign_in(session, make.official(session, username), "Firefox", at(minute))
    session.flush()
    return token


def inside(session: Session, token: str, minute: float = 0) -> bool:
    return people.signed_in(session, token, at(minute)) is not None


# Passwords.


def test_a_password_is_kept_as_argon2id_with_the_cost_that_owasp_asks() -> None:
    """In a process of its own: this one hashes as cheaply as it can."""
    say = "from core.people.hashing import hashed; print(hashed('una frase larga'), hashed('una frase larga'))"
    told = subprocess.run([sys.executable, "-c", say], cwd=HOUSE, check=True, capture_output=True, text=True)
    one, other = told.stdout.split()
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other, "each with a salt of its own"
    assert hashing.opens("una frase larga", one)
    assert hashing.opens("una frase larga", people.hash_password("una frase larga"))


@pytest.mark.parametrize(("length", "taken"), [(0, False), (11, False), (12, True), (256, True), (257, False)])
def test_a_password_has_from_12_to_256_characters(length: int, taken: bool) -> None:
    if taken:
        assert people.hash_password("ñ" * length)
        return
    with pytest.raises(Invalid) as refusal:
        people.hash_password("ñ" * length)
    assert refusal.value.field == "password"


def test_a_password_of_which_only_the_beginning_is_right_is_wrong(town: Session) -> None:
    longest = "ñ" * people.PASSWORD_LONGEST
    make.official(town).password_hash = people.hash_password(longest)
    assert people.check_password(town, make.official(town).username, longest)
    with pytest.raises(people.SignInRefused):
        people.check_password(town, make.official(town).username, longest + "y algo más")


def test_a_first_password_is_random_and_has_no_letter_that_is_taken_for_another() -> None:
    passwords = {people.random_password() for _ in range(50)}
    assert len(passwords) == 50
    letters = set("".join(passwords)) - {"-"}
    assert not letters & set("il1o0")
    assert all(20 * math.log2(31) > 95 and len(password) == 23 for password in passwords)
    assert letters <= set("abcdefghjkmnpqrstuvwxyz23456789")


def test_a_wrong_name_a_wrong_password_and_a_disabled_account_get_the_same_answer(town: Session) -> None:
    assert people.check_password(town, " Ventanilla1 ", make.PASSWORD).username == "ventanilla1"
    people.disable(town, make.official(town, "ventanilla2").id, at())
    answers = set()
    for username, password in [
        ("ventanilla1", "otra frase larga de prueba"),
        ("nobody", make.PASSWORD),
        ("ventanilla2", make.PASSWORD),
        ("", ""),
        ("ventanilla1", make.PASSWORD[:-1]),
        ("ventanilla1", make.PASSWORD.upper()),
    ]:
        with pytest.raises(SignInRefused) as refusal:
            people.check_password(town, username, password)
        answers.add((refusal.value.status, str(refusal.value)))
    assert len(answers) == 1


# Guessing is slow.


def fail(session: Session, times: int, account: str = "a", source: str = "s", minute: float = 0) -> None:
    session.add_all(FailedSignIn(at=at(minute), account=account, source=source) for _ in range(times))
    session.flush()


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 2), (6, 4), (7, 8), (8, 16), (9, 32), (10, 60), (11, 60), (100, 60)]
)
def test_each_failure_over_the_free_five_doubles_the_wait_up_to_a_minute(
    town: Session, failures: int, seconds: int
) -> None:
    fail(town, failures - 1, source="another")
    fail(town, 1, source="another still")
    with pytest.raises(SlowDown) as refusal:
        people.check_pace(town, "a", "s", at() + timedelta(seconds=seconds) - MOMENT)
    assert (refusal.value.status, refusal.value.retry_after) == (429, 1)
    people.check_pace(town, "a", "s", at() + timedelta(seconds=seconds))


def test_four_failures_cost_nothing_and_another_account_waits_for_none(town: Session) -> None:
    fail(town, 4)
    people.check_pace(town, "a", "s", at())
    fail(town, 20)
    people.check_pace(town, "another", "elsewhere", at())


def test_who_must_wait_is_told_how_many_seconds_are_left(town: Session) -> None:
    fail(town, 10)
    for passed, left in [(0, 60), (30.5, 30), (59, 1), (59.999, 1)]:
        with pytest.raises(SlowDown) as refusal:
            people.check_pace(town, "a", "elsewhere", at() + timedelta(seconds=passed))
        assert (refusal.value.retry_after, refusal.value.values) == (left, {"seconds": left})


def test_a_source_that_tries_many_accounts_waits_too(town: Session) -> None:
    for number in range(FREE_FAILURES_OF_A_SOURCE):
        people.check_pace(town, f"account {number}", "s", at())
        fail(town, 1, account=f"account {number}")
    with pytest.raises(SlowDown):
        people.check_pace(town, "one more", "s", at())
    people.check_pace(town, "one more", "elsewhere", at())


def test_failures_are_forgotten_after_a_quarter_of_an_hour(town: Session) -> None:
    fail(town, 50)
    people.check_pace(town, "a", "s", at() + FAILURES_KEPT)
    people.begin_attempt(town, "ventanilla1", "b", "t", at() + FAILURES_KEPT + MOMENT)
    assert [failure.account for failure in town.scalars(select(FailedSignIn))] == ["b"]


def test_an_attempt_counts_as_failed_until_it_turns_out_right(town: Session) -> None:
    attempts = [people.begin_attempt(town, "ventanilla1", "a", "s", at()) for _ in range(FREE_FAILURES)]
    with pytest.raises(SlowDown):
        people.begin_attempt(town, "ventanilla1", "a", "s", at())
    people.forget_attempt(town, attempts[0])
    people.begin_attempt(town, "ventanilla1", "a", "s", at())


def test_guesses_at_one_account_sent_at_once_are_slowed_like_guesses_in_a_row(engine: Engine) -> None:
    barrier, answers = Barrier(12), list[type]()

    def guess() -> None:
        with Session(engine) as session:
            session.connection()
            barrier.wait(PATIENCE)
            try:
                with transaction(session):
                    answers.append(type(people.begin_attempt(session, "ventanilla1", "a", "s", at())))
            except SlowDown:
                answers.append(SlowDown)

    threads = [Thread(target=guess, daemon=True) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (answers.count(int), answers.count(SlowDown)) == (FREE_FAILURES, 12 - FREE_FAILURES)


# Sessions.


def test_a_session_is_known_by_its_token_and_only_the_digest_is_kept(town: Session) -> None:
    token = come_in(town)
    row = town.scalars(select(SignIn)).one()
    assert (row.token_hash, len(token) >= 43) == (digest(token), True)
    who = people.signed_in(town, token, at(1))
    assert who is not None
    assert (who.username, who.site_id, who.roles, who.sign_in_id) == ("ventanilla1", 1, ("official",), row.id)
    assert who.may(Permission.ATTEND)
    assert not who.may(Permission.SUPERVISE)
    for wrong in ("", token[:-1], row.token_hash):
        assert not inside(town, wrong, 1)


def test_a_session_ends_after_an_hour_without_use(town: Session) -> None:
    token = come_in(town)
    assert people.signed_in(town, token, at() + IDLE - MOMENT) is not None
    assert people.signed_in(town, token, at() + IDLE) is None
    assert timedelta(minutes=60) == IDLE


def test_use_keeps_a_session_awake_but_never_beyond_ten_hours(town: Session) -> None:
    token = come_in(town)
    sign_in = town.scalars(select(SignIn.id)).one()
    for minute in range(50, 600, 50):
        assert inside(town, token, minute)
        people.note_use(town, sign_in, at(minute))
    assert people.signed_in(town, token, at() + LONGEST - MOMENT) is not None
    assert people.signed_in(town, token, at() + LONGEST) is None
    assert timedelta(hours=10) == LONGEST


def test_signing_out_ends_that_session_and_no_other(town: Session) -> None:
    first, second = come_in(town), come_in(town, 1)
    sign_in = town.scalar(select(SignIn.id).where(SignIn.token_hash == digest(first)))
    assert sign_in is not None
    people.sign_out(town, sign_in, at(2))
    assert (inside(town, first, 2), inside(town, second, 2)) == (False, True)
    people.sign_out(town, sign_in, at(3))
    town.expire_all()
    assert town.get_one(SignIn, sign_in).ended_at == at(2)


Ends = Callable[[Session, int], object]


@pytest.mark.parametrize(
    "end",
    [
        lambda session, who: people.disable(session, who, at(2)),
        lambda session, who: people.reset_password(session, who, at(2)),
        lambda session, who: people.sign_out_everywhere(session, who, at(2)),
    ],
    ids=["disable", "reset the password", "sign out everywhere"],
)
def test_what_takes_access_away_ends_every_session_at_once(town: Session, end: Ends) -> None:
    mine, theirs = [come_in(town), come_in(town, 1)], come_in(town, 1, "ventanilla2")
    end(town, make.official(town).id)
    town.flush()
    assert [inside(town, token, 2) for token in mine] == [False, False]
    assert inside(town, theirs, 2)


def test_a_disabled_official_is_out_though_a_session_were_left_open(town: Session) -> None:
    token = come_in(town)
    make.official(town).active = False
    town.flush()
    assert not inside(town, token, 1)


def test_changing_the_password_keeps_this_session_and_ends_the_others(town: Session) -> None:
    this, other = come_in(town), come_in(town, 1)
    who = make.official(town)
    who.must_change_password = True
    sign_in = town.scalar(select(SignIn.id).where(SignIn.token_hash == digest(this)))
    assert sign_in is not None
    people.change_password(town, who.id, make.PASSWORD, "otra frase larga y nueva", at(2), sign_in)
    town.flush()
    assert (inside(town, this, 2), inside(town, other, 2), who.must_change_password) == (True, False, False)
    assert people.check_password(town, "ventanilla1", "otra frase larga y nueva").id == who.id
    with pytest.raises(SignInRefused):
        people.check_password(town, "ventanilla1", make.PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "refusal"),
    [
        ("no es la de ahora", "otra frase larga y nueva", SignInRefused),
        (make.PASSWORD, make.PASSWORD, Invalid),
        (make.PASSWORD, "corta", Invalid),
    ],
)
def test_a_password_is_not_changed_without_the_present_one_nor_for_a_poor_one(
    town: Session, current: str, new: str, refusal: type[Exception]
) -> None:
    who = make.official(town)
    kept = who.password_hash
    with pytest.raises(refusal):
        people.change_password(town, who.id, current, new, at(), 0)
    assert who.password_hash == kept


def test_a_password_given_by_an_administrator_must_be_changed(town: Session) -> None:
    who = make.official(town)
    password = people.reset_password(town, who.id, at())
    town.flush()
    assert people.check_password(town, "ventanilla1", password).must_change_password
    seen = people.signed_in(town, come_in(town), at(1))
    assert seen is not None
    assert seen.must_change_password


# Rights.


def test_roles_add_up_and_an_unknown_one_allows_nothing() -> None:
    assert permissions(["official", "mayor"]) == ROLES["official"] | ROLES["mayor"]
    assert Permission.ATTEND in permissions(["official", "mayor"])
    assert permissions([]) == permissions(["citizen", "Administrator", ""]) == frozenset()
