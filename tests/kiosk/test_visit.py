"""A visit: its language, letters and contrast last until it ends, the page can be heard, and the kiosk is alive."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import QueuePool, select

from core.devices import Device
from core.speech import PicoVoice, VoiceUnavailable
from core.turns.model import Turn
from core.web.database import MOST_OVERFLOW, db
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger
from tests.kiosk.test_ticket import address_of, taken

Kiosk = Callable[..., Finger]


def test_in_english_the_page_and_the_turn_are_english(finger: Kiosk, house: House) -> None:
    person = finger()

    page = person.touch(person.service_page(), "English")

    assert page.attributes["lang"] == "en"
    assert "Pay property tax" in page.text
    assert "Property number or an earlier bill" in page.text
    assert "Person with a disability Even if it cannot be seen." in page.text
    assert any(button.label == "Español" for button in page.buttons)
    person.press(next(one for one in page.buttons if one.fields.get("group") == "general"))
    with house.app.app_context():
        assert house.look().scalars(select(Turn)).one().language == "en"


def test_large_letters_and_contrast_stay_until_the_visit_ends(finger: Kiosk) -> None:
    person = finger()
    person.touch(person.touch(person.open(), "Letra grande"), "Contraste")

    page = person.service_page()
    assert (page.attributes["data-text"], page.attributes["data-theme"]) == ("large", "contrast")
    assert person.open().attributes["data-idle"] == "60"

    assert person.client.post("/kiosk/reset").headers["Clear-Site-Data"] == '"storage"'
    home = person.open()
    assert not {"data-text", "data-theme"} & set(home.attributes)
    assert (home.attributes["lang"], home.attributes["data-idle"]) == ("es", "0")


def test_a_preference_is_touched_again_to_take_it_back(finger: Kiosk) -> None:
    person = finger()

    page = person.touch(person.touch(person.open(), "Letra grande"), "Letra grande")

    assert "data-text" not in page.attributes


def test_a_preference_draws_the_same_page_again(finger: Kiosk) -> None:
    person = finger()

    assert person.touch(person.service_page(), "Contraste").attributes.get("data-theme") == "contrast"
    answer = person.client.post("/kiosk/preferences", data={"theme": "plain", "back": "/kiosk/services/1"})
    assert answer.location == "/kiosk/services/1"


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "fr", "back": "/kiosk/"},
        {"text": "huge", "back": "/kiosk/"},
        {"theme": "dark", "back": "/kiosk/"},
        {"theme": "contrast"},
        {"theme": "contrast", "back": "https://otro.example/kiosk/"},
        {"theme": "contrast", "back": "//otro.example/kiosk/"},
        {"theme": "contrast", "back": "/kiosk/../admin/"},
        {"theme": "contrast", "back": "/kiosk/\n"},
    ],
)
def test_a_preference_that_the_page_does_not_offer_is_refused(finger: Kiosk, fields: dict[str, str]) -> None:
    person = finger()

    assert person.client.post("/kiosk/preferences", data=fields).status_code == 422
    assert "data-theme" not in person.open().attributes


def test_the_end_of_a_visit_leaves_an_official_of_the_same_browser_signed_in(house: House) -> None:
    client = house.official()
    kiosk = house.device("kiosk")
    cookie = kiosk.get_cookie("kiosk")
    assert cookie is not None
    client.set_cookie("kiosk", cookie.value)

    client.post("/kiosk/reset")

    assert client.get("/home").status_code in (200, 302)
    assert "/sign-in" not in (client.get("/home").location or "")


@pytest.mark.parametrize("page", ["/kiosk/speech", "/kiosk/topics/1/speech", "/kiosk/services/1/speech", "ticket"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_can_be_heard(finger: Kiosk, house: House, page: str, language: str) -> None:
    person = finger()
    taken(person)
    person.client.post("/kiosk/preferences", data={"language": language, "back": "/kiosk/"})

    heard = person.client.get(f"{address_of(house)}/speech" if page == "ticket" else page)

    assert heard.mimetype == "audio/wav"
    with wave.open(io.BytesIO(heard.data)) as sound:
        assert sound.getnframes() / sound.getframerate() > 3


def test_what_is_heard_of_a_service_is_what_the_page_says(
    finger: Kiosk, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Ear(PicoVoice):
        def say(self, text: str, language: str = "es") -> bytes:
            said.append(text)
            return b""

    monkeypatch.setitem(house.app.extensions, "voice", Ear())
    person = finger()
    taken(person)
    person.open("/kiosk/services/1/speech")
    person.open(f"{address_of(house)}/speech")

    service, turn = said
    assert "Número predial o un recibo anterior." in service
    assert "Hay 1 turno antes del suyo." in service
    assert "60 años o más." in service
    assert turn.startswith("Turno A, cero cero uno.\nPagar el impuesto predial.\nNingún turno antes del suyo.")


def test_a_kiosk_without_a_voice_says_so(finger: Kiosk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(PicoVoice):
        def say(self, text: str, language: str = "es") -> bytes:
            raise VoiceUnavailable("no engine")

    monkeypatch.setitem(house.app.extensions, "voice", Mute())

    assert finger().client.get("/kiosk/speech").status_code == 503


def test_the_heartbeat_tells_the_administrator_that_the_kiosk_lives(finger: Kiosk, house: House, hands: Hands) -> None:
    person = finger()

    answer = person.client.post("/kiosk/alive", headers={"Accept": "application/json"})

    assert answer.get_json() == {"open": True, "offered": ""}
    with house.app.app_context():
        assert house.look().scalars(select(Device.seen_at)).one() == hands.at


def test_asking_whether_the_office_answers_changes_nothing(finger: Kiosk, house: House, hands: Hands) -> None:
    person = finger()
    hands.forward(hours=3)

    assert person.client.get("/kiosk/alive").get_json() == {"open": False, "offered": ""}
    with house.app.app_context():
        assert house.look().scalars(select(Device.seen_at)).one() is None


@pytest.mark.parametrize("kind", ["kiosk", "display"])
def test_a_screen_that_waits_shows_its_code_and_looks_again_every_five_seconds(house: House, kind: str) -> None:
    client = house.anybody()

    first, second = (client.get(f"/pair/{kind}").get_data(as_text=True) for _ in range(2))

    code = first.partition("data-code>")[2].partition("<")[0]
    assert len(code.replace(" ", "")) == 7
    assert code in second
    assert '<meta http-equiv="refresh" content="5">' in first


def test_no_page_of_the_kiosk_leads_out_of_it(finger: Kiosk) -> None:
    person = finger()
    pages = [person.open(), person.touch(person.open(), "Impuestos"), person.service_page(), taken(person)]

    for page in pages:
        assert all(there.startswith("/kiosk/") for there in page.links.values())
        assert all(button.action.startswith("/kiosk/") for button in page.buttons)
        for way_out in ("target=", "mailto:", "tel:", 'type="file"'):
            assert way_out not in page.html


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_office_that_does_not_answer_is_told_by_the_kiosk(finger: Kiosk, house: House) -> None:
    person = finger()
    with house.app.app_context(), ExitStack() as everything:
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        for _ in range(pool.size() + MOST_OVERFLOW):
            everything.enter_context(db.engine.connect())

        page = person.open()

    assert page.status == 503
    assert "Espere unos segundos y vuelva a intentar." in page.text
    assert "Si necesita ayuda, acérquese a una ventanilla." in page.text
