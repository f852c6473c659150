"""Kiosks and displays: let in by a code that lives ten minutes, known by a token, and put out at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import devices
from core.db import Event, transaction
from core.devices import (
    CODE_LENGTH,
    CODE_LETTERS,
    PAIRING_LIFE,
    PAIRINGS_OPEN_AT_ONCE,
    SEEN_EVERY,
    Device,
    Pairing,
    UnknownCode,
)
from core.errors import Invalid, Missing
from core.people.actions import digest
from tests import make

at = make.at


def ask(session: Session, kind: str = "kiosk", minute: float = 0) -> tuple[str, str]:
    code, secret = devices.ask_to_pair(session, kind, at(minute))
    session.flush()
    return code, secret


def let_in(session: Session, code: str, moment: datetime | None = None, name: str = "Entrada") -> Device:
    by = make.official(session, "administracion").id
    return devices.let_in(session, code, name, make.site(session).id, by, moment or at(1))


def token_of(session: Session, secret: str, minute: float = 1) -> str | None:
    pairing = devices.pairing_of(session, secret, at(minute))
    return devices.claim(session, pairing) if pairing else None


def paired(session: Session, kind: str = "kiosk") -> tuple[Device, str]:
    code, secret = ask(session, kind)
    device, token = let_in(session, code), token_of(session, secret)
    assert token is not None
    return device, token


def test_a_screen_is_let_in_by_its_code_and_then_known_by_its_token(town: Session) -> None:
    code, secret = ask(town, "display")
    assert token_of(town, secret) is None, "it still waits"
    device = let_in(town, code, name="  Sala de espera ")
    token = token_of(town, secret)
    assert token is not None
    known = devices.recognise(town, token)
    assert known is not None
    assert (known.id, known.site_id, known.kind, known.name) == (device.id, 1, "display", "Sala de espera")
    assert known.settings == devices.DEFAULTS["display"]


def test_only_digests_of_what_a_screen_holds_are_kept(town: Session) -> None:
    _, secret = ask(town)
    assert town.scalar(select(Pairing.secret_hash)) == digest(secret)
    device, token = paired(town)
    assert device.token_hash == digest(token)
    assert len(token) >= 43


def test_a_code_is_seven_letters_none_of_which_is_taken_for_another(town: Session) -> None:
    codes = {ask(town)[0] for _ in range(20)}
    assert len(codes) == 20
    for code in codes:
        assert len(code) == CODE_LENGTH
        assert set(code) <= set(CODE_LETTERS)
    assert not set(CODE_LETTERS) & set("0O1I8B5S2Z6GQ")


def test_a_code_lives_ten_minutes(town: Session) -> None:
    code, _ = ask(town)
    with pytest.raises(UnknownCode):
        let_in(town, code, at() + PAIRING_LIFE)
    let_in(town, code, at() + PAIRING_LIFE - timedelta(milliseconds=1))


def test_the_secret_lives_no_longer_than_the_code(town: Session) -> None:
    _, secret = ask(town)
    assert devices.pairing_of(town, secret, at(9.99)) is not None
    assert devices.pairing_of(town, secret, at(10)) is None


def test_a_code_and_a_secret_are_used_once(town: Session) -> None:
    code, secret = ask(town)
    let_in(town, code)
    with pytest.raises(UnknownCode):
        let_in(town, code)
    assert token_of(town, secret) is not None
    assert token_of(town, secret) is None


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
@pytest.mark.parametrize(
    "how", [str.upper, str.lower, str.title, "-".join, " ".join], ids=["capital", "small", "mixed", "hyphens", "spaces"]
)
def test_a_code_may_be_typed_with_spaces_hyphens_and_small_letters(town: Session, typed: str, how: object) -> None:
    code, _ = ask(town)
    assert callable(how)
    assert let_in(town, typed.format(how(code))).id


@pytest.mark.parametrize("typed", ["", "ABC", "1111111", "'; DROP TABLE devices; --", "A" * 5000, "ÑÑÑÑÑÑÑ"])
def test_a_code_that_no_screen_shows_lets_nobody_in(town: Session, typed: str) -> None:
    ask(town)
    with pytest.raises(UnknownCode):
        let_in(town, typed)


def test_a_device_needs_a_name_by_which_people_know_it(town: Session) -> None:
    code, _ = ask(town)
    with pytest.raises(Invalid) as refusal:
        let_in(town, code, name="   ")
    assert refusal.value.field == "name"


def test_a_token_that_is_not_of_a_device_is_not_known(town: Session) -> None:
    device, token = paired(town)
    for wrong in ("", token[:-1], token + "a", device.token_hash):
        assert devices.recognise(town, wrong) is None


def test_between_being_let_in_and_its_claim_nobody_holds_the_token(town: Session) -> None:
    code, secret = ask(town)
    device = let_in(town, code)
    assert devices.recognise(town, secret) is None
    before = device.token_hash
    token_of(town, secret)
    assert device.token_hash != before


def test_a_revoked_device_is_not_known_any_more(town: Session) -> None:
    device, token = paired(town)
    by = make.official(town, "administracion").id
    with pytest.raises(Missing):
        devices.revoke(town, device.id, 2, by, at(2))
    assert devices.recognise(town, token) is not None, "another site has no say"
    devices.revoke(town, device.id, 1, by, at(3))
    town.flush()
    assert devices.recognise(town, token) is None
    with pytest.raises(Missing):
        devices.revoke(town, device.id, 1, by, at(4))
    assert device.revoked_at == at(3)


def test_the_log_says_who_let_a_device_in_and_who_put_it_out(town: Session) -> None:
    by = make.official(town, "administracion").id
    with transaction(town):
        device, _token = paired(town)
        devices.revoke(town, device.id, 1, by, at(3))
    of_devices = select(Event).where(Event.kind.startswith("device")).order_by(Event.seq)
    told = [(event.kind, event.who_id, event.detail["device_id"]) for event in town.scalars(of_devices)]
    assert told == [("device let in", by, device.id), ("device revoked", by, device.id)]


def test_strangers_cannot_fill_the_table_of_screens_that_wait_nor_close_the_door(town: Session) -> None:
    code, secret = ask(town)
    let_in(town, code)
    forgotten, _ = ask(town)
    codes = [ask(town)[0] for _ in range(PAIRINGS_OPEN_AT_ONCE)]
    assert set(town.scalars(select(Pairing.code).where(Pairing.device_id.is_(None)))) == set(codes)
    with pytest.raises(UnknownCode):
        let_in(town, forgotten)
    assert let_in(town, codes[0]).id
    assert token_of(town, secret) is not None


def test_old_codes_are_forgotten_when_a_screen_asks(town: Session) -> None:
    ask(town)
    town.flush()
    devices.ask_to_pair(town, "kiosk", at(11))
    town.flush()
    assert len(town.scalars(select(Pairing)).all()) == 1


def test_a_device_is_noted_as_seen_at_most_every_half_minute(town: Session) -> None:
    device, _ = paired(town)
    for second, seen in [(0, 0), (29, 0), (30, 0), (30.001, 30.001), (45, 30.001)]:
        devices.note_seen(town, device.id, at() + timedelta(seconds=second))
        town.refresh(device)
        assert device.seen_at == at() + timedelta(seconds=seen)
    assert timedelta(seconds=30) == SEEN_EVERY


def test_a_kiosk_asks_for_opinions_only_at_a_window_of_its_site(town: Session) -> None:
    device, _token = paired(town)
    where, by = (town, device.id, make.site(town).id, "Entrada"), make.official(town, "administracion").id
    for opinions in ("", devices.SURVEYS_ONLY, make.window(town, "1").id):
        devices.set_up(*where, {"opinions": opinions}, by, at(2))
        assert device.settings["opinions"] == opinions
    for wrong in ("all", "1", 999, None):
        with pytest.raises(Invalid):
            devices.set_up(*where, {"opinions": wrong}, by, at(3))
