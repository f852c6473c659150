"""The voice that a display fetches: the words of a call of its own site, as sound."""

from __future__ import annotations

import wave
from io import BytesIO

import pytest

from core.catalogue.model import Site, Window
from core.db import transaction
from core.web.database import db
from tests import make
from tests.conftest import House


def seconds(wav: bytes) -> float:
    with wave.open(BytesIO(wav), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


def window_id(house: House, label: str) -> int:
    with house.app.app_context():
        return make.window(house.look(), label).id


def test_a_call_is_chime_and_words_kept_by_the_browser_for_a_day(house: House) -> None:
    screen = house.device("display")
    spoken = screen.get(f"/display/speech/A/12/{window_id(house, '3')}.wav?lang=es")
    assert (spoken.status_code, spoken.mimetype) == (200, "audio/wav")
    assert spoken.headers["Cache-Control"] == "private, max-age=86400"
    chime = screen.get("/display/chime.wav")
    assert seconds(chime.data) == pytest.approx(0.7, abs=0.05)
    assert 3 < seconds(spoken.data) < 8


def test_a_call_is_said_in_the_language_of_the_turn(house: House) -> None:
    screen, window = house.device("display"), window_id(house, "3")
    spanish, english = (screen.get(f"/display/speech/A/12/{window}.wav?lang={lang}").data for lang in ("es", "en"))
    assert spanish != english


@pytest.mark.parametrize(
    "call",
    ["I/1/1", "a/1/1", "AA/1/1", "A/0/1", "A/10000/1", "A/-1/1", "A/x/1", "A/1/0", "A/1/" + "9" * 23, "A/1/1.5"],
)
def test_what_is_not_called_here_is_not_said(house: House, call: str) -> None:
    answer = house.device("display").get(f"/display/speech/{call}.wav", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["error"]


def test_a_language_that_the_voice_does_not_speak_is_not_said(house: House) -> None:
    answer = house.device("display").get(f"/display/speech/A/1/{window_id(house, '1')}.wav?lang=xx")
    assert answer.status_code == 404


def test_the_windows_of_another_site_are_not_said(house: House) -> None:
    screen = house.device("display")
    with house.app.app_context(), transaction(db.session) as session:
        elsewhere = Site(code="elsewhere", name="Otra sede", address="Calle 2")
        session.add(elsewhere)
        session.flush()
        foreign = Window(site_id=elsewhere.id, label="9", name="Otra")
        session.add(foreign)
        session.flush()
        number = foreign.id
    assert screen.get(f"/display/speech/A/1/{number}.wav").status_code == 404
