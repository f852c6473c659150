"""Opinions at the kiosk and on a tablet: who may give one, once, and that nothing kept says whose it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from core.audit.model import Entry
from core.catalogue.model import Site
from core.db import Event, transaction
from core.presses import KeptPress
from core.surveys.model import Answer, Comment, Mark, Mode, Of, Response, Survey, SurveyVersion
from core.turns import actions as turns
from core.turns.model import ServiceDay, Turn
from core.web.database import db
from core.web.forms import new_press
from core.web.opinions import ticket_code
from kiosk.opinion import TICKETS_PER_MINUTE
from tests import make
from tests.conftest import Hands, House
from tests.kiosk.conftest import Finger, Page
from tests.kiosk.test_ticket import taken

Kiosk = Callable[..., Finger]
JSON = {"Accept": "application/json"}
GOOD = {"q.all": "5", "q.solved": "no", "q.lacked": "Una silla"}


class Hall:
    """A town hall that asks how it attended, and a turn that it attended five minutes ago."""

    def __init__(self, house: House, hands: Hands) -> None:
        self.house, self.hands = house, hands
        with house.app.app_context(), transaction(db.session) as session:
            self.version = make.survey(session).id
            turn = make.finished(session, 52)
            self.turn, self.token, self.code, self.window = turn.id, turn.token, turn.code, turn.window_id
        self.digits = self.digits_of(self.turn)

    def digits_of(self, turn_id: int) -> str:
        with self.house.app.test_request_context():
            return ticket_code(self.house.look().get_one(Turn, turn_id))

    def sends(self, **more: object) -> dict[str, object]:
        return {"press": new_press(), "version": self.version, "turn": self.token, **GOOD, **more}

    def kept(self) -> tuple[int, ...]:
        """How many marks, whole answers, values and comments there are."""
        with self.house.app.app_context():
            session = self.house.look()
            return tuple(
                session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Mark, Response, Answer, Comment)
            )


@pytest.fixture
def hall(house: House, hands: Hands) -> Hall:
    return Hall(house, hands)


def typed(client: FlaskClient, number: str, code: str) -> Page:
    return Page(client.post("/kiosk/opinion", data={"number": number, "code": code}, follow_redirects=True))


def test_a_ticket_and_the_first_page_speak_of_opinions_only_while_they_are_asked_for(
    finger: Kiosk, house: House
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(update(Survey).values(active=False))
    silent = finger()
    assert "opinar" not in (silent.open().text + taken(silent).text).lower()
    assert silent.open("/kiosk/opinion").status == 404
    hall = Hall(house, Hands(make.at(60)))

    page = taken(finger())

    with house.app.app_context():
        last = house.look().scalars(select(Turn.id).order_by(Turn.id.desc())).first()
    assert last is not None
    assert page.text.count(f"Para opinar en el quiosco: {hall.digits_of(last)}") == 2, "on the screen and on paper"
    assert "Opine sobre la atención" in finger().touch(silent.open(), "Opinar sobre la atención").text


def test_the_number_and_the_code_of_a_ticket_open_its_survey_and_nothing_else_does(
    finger: Kiosk, hall: Hall, house: House
) -> None:
    wrong = "No encontramos ese turno con ese código."
    with house.app.app_context(), transaction(db.session) as session:
        waits, left, before = make.turn(session, 55).id, make.turn(session, 56).id, make.finished(session, 50, "2")
        turns.leave(session, session.get_one(Turn, left), make.at(57))
        day = ServiceDay(site_id=before.site_id, day=make.OPENING.date() - timedelta(days=2), opened_at=make.at())
        session.add(day)
        session.flush()
        session.execute(update(Turn).where(Turn.id == before.id).values(service_day_id=day.id, number=9))
        old = before.id
    other_digits = str((int(hall.digits) + 1) % 10_000).zfill(4)
    for number, code, status, said in (
        (hall.code, other_digits, 422, wrong),
        ("A 777", hall.digits, 422, wrong),
        ("Z 001", hall.digits, 422, wrong),
        ("A 009", hall.digits_of(old), 422, wrong),
        ("A 002", hall.digits_of(waits), 409, "todavía no termina"),
        ("A 003", hall.digits_of(left), 409, "no se atendió en ventanilla"),
        ("A", hall.digits, 422, "como A 012"),
        ("", hall.digits, 422, "Escriba la letra y el número del turno."),
        (hall.code, "48", 422, "El código tiene cuatro números."),
        (hall.code, "٤٨٢١", 422, "El código tiene cuatro números."),
    ):
        page = typed(finger().client, number, code)
        assert (page.status, said in page.text) == (status, True), (number, code, page.text)
        assert f'value="{number}"' in page.html, "what was typed stays"
    for number in (hall.code, "a001", "A-001", "A 1"):
        page = typed(finger().client, number, hall.digits)
        assert (page.status, "En general" in page.text) == (200, True), number
    finger().client.post("/kiosk/opinion/answer", data=hall.sends(), headers=JSON)
    page = typed(finger().client, hall.code, hall.digits)
    assert (page.status, "Esta encuesta ya se respondió." in page.text) == (409, True)
    letters = re.compile('data-type="([A-Z])"')
    assert letters.findall(finger().open("/kiosk/opinion").html) == ["A"]
    hall.hands.forward(days=7)
    assert letters.findall(finger().open("/kiosk/opinion").html) == ["A", "H", "J", "R", "U", "X"]


def test_who_tries_codes_at_a_kiosk_has_to_wait_and_another_kiosk_does_not(finger: Kiosk, hall: Hall) -> None:
    tries = finger().client
    answers = [typed(tries, hall.code, f"{n:04d}").status for n in range(TICKETS_PER_MINUTE)]
    assert set(answers) <= {200, 422}
    assert typed(tries, hall.code, hall.digits).status == 429
    assert typed(finger().client, hall.code, hall.digits).status == 200
    hall.hands.forward(minutes=1)
    assert typed(tries, hall.code, hall.digits).status == 200


def test_an_answer_is_kept_once_and_beside_it_nothing_that_names_its_turn_or_its_hour(
    finger: Kiosk, hall: Hall, house: House
) -> None:
    def others() -> list[int | None]:
        with house.app.app_context():
            session = house.look()
            return [
                session.scalar(select(func.count()).select_from(model)) for model in (Event, Entry, KeptPress, Turn)
            ]

    client, before, sends = finger().client, others(), hall.sends()
    given = client.post("/kiosk/opinion/answer", data=sends, headers=JSON)
    assert (given.status_code, given.get_json()) == (200, {"kept": True})
    for again in (sends, hall.sends()):
        assert client.post("/kiosk/opinion/answer", data=again, headers=JSON).status_code == 409
    assert (hall.kept(), others()) == ((1, 1, 2, 1), before)
    with house.app.app_context():
        response = house.look().scalars(select(Response)).one()
        assert (response.mode, response.month, response.service_id) == (
            Mode.KIOSK,
            make.at().date().replace(day=1),
            None,
        )


def test_without_a_script_the_same_answer_is_thanked_on_a_page(finger: Kiosk, hall: Hall) -> None:
    page = Page(finger().client.post("/kiosk/opinion/answer", data=hall.sends()))
    assert (page.status, page.attributes["data-close"]) == (200, "8")
    assert "Gracias por su opinión" in page.text


def test_what_is_no_answer_is_refused_and_nothing_is_kept(finger: Kiosk, hall: Hall, house: House) -> None:
    client = finger().client
    with house.app.app_context(), transaction(db.session) as session:
        waits, elsewhere = make.turn(session, 58).token, make.finished(session, 55, "2")
        foreign = elsewhere.token
        site = Site(code="rural", name="Sede rural", address="Vereda")
        session.add(site)
        session.flush()
        elsewhere.site_id = site.id
    for status, more in (
        (422, {"q.all": "6"}),
        (422, {"q.all": ["1", "2"]}),
        (422, {"q.all": ""}),
        (422, {"q.other": "1"}),
        (422, {"q.solved": "yes"}),
        (422, {"q.lacked": "x" * 1001}),
        (422, {"press": "short"}),
        (422, {"version": "one"}),
        (422, {"other": "1"}),
        (404, {"version": hall.version + 1}),
        (404, {"turn": "nobody's"}),
        (404, {"turn": waits}),
        (404, {"turn": foreign}),
        (404, {"turn": ""}),
    ):
        for headers in (JSON, {}):
            answer = client.post("/kiosk/opinion/answer", data=hall.sends(**more), headers=headers)
            assert answer.status_code == status, (more, answer.get_data(as_text=True))
    assert hall.kept() == (0, 0, 0, 0)


def test_a_tablet_asks_by_itself_about_what_its_window_has_just_finished(finger: Kiosk, hall: Hall) -> None:
    hall.hands.at = make.at(57)
    there, elsewhere = finger(opinions=hall.window), finger(opinions=hall.window + 1)

    def asks(person: Finger) -> str:
        return str(person.client.get("/kiosk/alive").get_json()["offered"])

    assert (asks(there), asks(elsewhere)) == (hall.code, "")
    page = there.open()
    assert page.attributes["data-offered"] == hall.code
    assert f"{hall.code}: ¿cómo lo atendimos?" in page.text
    assert hall.token not in page.html
    survey = there.touch(page, "Responder la encuesta")
    assert "En general" in survey.text
    hall.hands.at = make.at(58)
    assert asks(there) == "", "three minutes later nobody of that turn is there"
    assert "Cuando termine su atención" in there.open().text
    assert there.client.post("/kiosk/opinion/begin").location == "/kiosk/"

    hall.hands.at = make.at(57)
    there.client.post("/kiosk/opinion/answer", data=hall.sends(), headers=JSON)
    assert asks(there) == ""
    with hall.house.app.app_context():
        assert hall.house.look().scalars(select(Response.mode)).one() is Mode.TABLET


def test_a_tablet_speaks_the_language_of_the_turn_that_it_asks_about(finger: Kiosk, hall: Hall, house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(update(Turn).values(language="en"))
    hall.hands.at = make.at(57)
    there = finger(opinions=hall.window)
    assert there.open().attributes["lang"] == "en"
    page = there.press(there.open().buttons[0])
    assert (page.attributes["lang"], "Was it solved?" in page.text) == ("en", True)
    there.client.post("/kiosk/reset")
    hall.hands.at = make.at(59)
    assert there.open().attributes["lang"] == "es"


def test_a_kiosk_that_only_asks_has_the_open_surveys_and_takes_each_page_once(
    finger: Kiosk, hall: Hall, house: House
) -> None:
    person = finger(opinions="only")
    with house.app.app_context(), transaction(db.session) as session:
        version = make.survey(session, Of.OPEN, code="needs-2026").id
    page = person.open()
    assert "Tome su turno" not in page.text
    assert page.link("La atención que recibió hoy o ayer") == "/kiosk/opinion"
    assert person.client.post("/kiosk/opinion/begin", data={"survey": "gone"}).status_code == 404
    assert "En general" in person.touch(page, "¿Cómo lo atendimos?").text

    sends = hall.sends(version=version, turn="")
    for status in (200, 409):
        assert person.client.post("/kiosk/opinion/answer", data=sends, headers=JSON).status_code == status
    assert person.client.post("/kiosk/opinion/answer", data={**sends, "press": new_press()}).status_code == 200
    assert hall.kept() == (2, 2, 4, 2)
    with house.app.app_context():
        assert house.look().scalars(select(Response.mode)).all() == [Mode.TABLET, Mode.TABLET]


def test_the_end_of_a_visit_leaves_nothing_of_an_opinion_but_what_waits_to_be_sent(finger: Kiosk, hall: Hall) -> None:
    person = finger()
    typed(person.client, hall.code, hall.digits)
    assert "Clear-Site-Data" not in person.client.post("/kiosk/reset", data={"unsent": "2"}).headers
    for path in ("/kiosk/opinion/survey", "/kiosk/opinion/survey/1/speech"):
        assert person.client.get(path).status_code == 404
    with person.client.session_transaction() as visit:
        assert hall.token not in str(dict(visit))
    assert person.client.post("/kiosk/reset", data={"unsent": ""}).headers["Clear-Site-Data"] == '"storage"'


def test_what_a_kiosk_asks_can_be_heard(finger: Kiosk, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    voice = hall.house.app.extensions["voice"]
    monkeypatch.setattr(type(voice), "say", lambda _self, text, _language: heard.append(text) or b"RIFF")
    hall.hands.at = make.at(57)
    person = finger()
    typed(person.client, hall.code, hall.digits)
    for client, path, said in (
        (person.client, "/kiosk/opinion/speech", "los cuatro números del código"),
        (person.client, "/kiosk/opinion/survey/1/speech", "En general.\nMuy insatisfecho."),
        (person.client, "/kiosk/opinion/survey/2/speech", "¿Resolvió lo que necesitaba?.\nSí.\nEn parte.\nNo."),
        (finger(opinions="only").client, "/kiosk/speech", "Opine sobre la atención."),
        (finger(opinions=hall.window).client, "/kiosk/speech", "¿Cómo lo atendimos?"),
        (finger(opinions=hall.window + 1).client, "/kiosk/speech", "Cuando termine su atención"),
    ):
        assert client.get(path).status_code == 200, path
        assert said in heard[-1], path
    assert person.client.get("/kiosk/opinion/survey/9/speech").status_code == 404


def test_an_answer_to_a_version_that_another_followed_is_kept_for_a_week(
    finger: Kiosk, hall: Hall, house: House
) -> None:
    client = finger().client
    for followed, status in ((timedelta(days=8), 404), (timedelta(days=6), 200)):
        with house.app.app_context(), transaction(db.session) as session:
            session.get_one(SurveyVersion, hall.version).until = hall.hands.at - followed
        assert client.post("/kiosk/opinion/answer", data=hall.sends(), headers=JSON).status_code == status, followed
