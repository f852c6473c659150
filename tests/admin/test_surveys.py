"""Surveys are prepared on paper-like pages: whatever button is pressed, nothing that was typed is lost."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from admin.survey_form import as_sent, builder_form
from core.db import transaction
from core.surveys import answering
from core.surveys.model import Answer, Comment, Of, Response, Survey, SurveyVersion
from core.surveys.questionnaire import Kind, Questionnaire, read
from core.web.database import db
from core.web.opinions import PREFIX
from tests import make
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Fields = dict[str, list[str]]
EVIL = '<script>alert(1)</script> & "comillas"'


class Builder(HTMLParser):
    """A browser in which the builder is open: what its form would send, and the buttons that send it."""

    def __init__(self, client: FlaskClient, survey_id: int) -> None:
        super().__init__()
        self.client, self.path = client, f"/admin/surveys/{survey_id}/edit"
        self.read(client.get(self.path))

    def read(self, answer: TestResponse) -> None:
        self.status, self.page = answer.status_code, answer.get_data(as_text=True)
        self.fields: defaultdict[str, list[str]] = defaultdict(list)
        self.acts: list[str] = []
        self._select = self._text = ""
        self.reset()
        self.feed(self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "button" and name == "act":
            self.acts.append(value)
        elif (
            tag == "input" and name not in ("", "csrf_token") and (told.get("type") != "checkbox" or "checked" in told)
        ):
            self.fields[name].append(value)
        elif tag in ("select", "textarea"):
            self._select, self._text = (name, "") if tag == "select" else ("", name)
            self.fields[name] = [""] if tag == "textarea" else []
        elif tag == "option" and self._select and ("selected" in told or not self.fields[self._select]):
            self.fields[self._select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._select = self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][0] += data.strip("\r\n")

    def type(self, **typed: str) -> None:
        for name, value in typed.items():
            self.fields[name.replace("__", ".")] = [value]

    def press(self, act: str) -> TestResponse:
        assert act in self.acts
        answer = self.client.post(self.path, data={**self.fields, "act": act})
        if answer.status_code != 302:
            self.read(answer)
        return answer


@pytest.fixture
def administrator(house: House) -> FlaskClient:
    return house.official("administracion")


def new(client: FlaskClient, kind: str = "open") -> int:
    answer = client.post("/admin/surveys", data={"name": "La atención", "kind": kind})
    assert answer.status_code == 302
    found = re.search(r"/surveys/(\d+)/edit", answer.location)
    assert found
    return int(found[1])


def kept(house: House, survey_id: int) -> tuple[SurveyVersion, Questionnaire]:
    """The newest version, and what it asks."""
    with house.app.app_context():
        mine = select(SurveyVersion).where(SurveyVersion.survey_id == survey_id).order_by(SurveyVersion.number.desc())
        version = house.look().scalars(mine).first()
        assert version is not None
        return version, read(version.questionnaire)


def test_a_survey_is_written_published_and_put_in_use_without_losing_a_word(
    house: House, administrator: FlaskClient
) -> None:
    number = new(administrator)
    page = Builder(administrator, number)
    page.type(title="¿Cómo le fue?", intro=EVIL, kind_to_add="single")
    page.press("add")
    page.type(q1__text="¿Volvería?", q1__o1__text="Sí", q1__o2__text="No")
    for act in ("option q1", "below q1", "section", "up section-1", "jump q1", "show q2"):
        before = dict(page.fields)
        assert page.press(act).status_code == 200, act
        lost = {name for name, values in before.items() if not set(values) <= set(page.fields[name])}
        assert lost == set(), act
    page.type(q1__o3__text="Tal vez", q2__text="¿Y con el trato?", **{"section-1.title": "El trato"})
    page.type(q1__j1__value="o2", q1__j1__to="end", q1__required="y", q2__measure="csat")
    assert page.fields["intro"] == [EVIL]
    assert page.press("done").status_code == 302
    version, asked = kept(house, number)
    assert version.published_at is None
    assert [(part.title, [q.key for q in part.questions]) for part in asked.sections] == [
        ("", ["q1"]),
        ("El trato", ["q2"]),
    ]
    assert [(choice.key, choice.text) for choice in asked.question("q1").choices] == [
        ("o1", "Sí"),
        ("o2", "No"),
        ("o3", "Tal vez"),
    ]
    assert [(jump.values, jump.to) for jump in asked.question("q1").jumps] == [(("o2",), "end")]
    assert (asked.question("q2").measure, asked.question("q2").kind) == ("csat", Kind.FACES)
    here = f"/admin/surveys/{number}"
    assert administrator.post(f"{here}/publish", data={"seen": str(version.saving)}).status_code == 302
    assert administrator.post(f"{here}/use").status_code == 302
    with house.app.app_context():
        assert answering.open_one(house.look(), "la-atencion", make.OPENING.date()).number == 1
    shown = administrator.get(here).get_data(as_text=True)
    address = house.app.config["PUBLIC_URL"] + "/encuestas/la-atencion"
    assert (f'href="{address}"' in shown, 'class="qr"' in shown) == (True, True)
    assert house.anybody().get("/encuestas/la-atencion").status_code == 200
    assert "En uso" in administrator.get("/admin/surveys").get_data(as_text=True)


def test_a_draft_with_faults_is_not_published_and_each_fault_stands_beside_its_question(
    house: House, administrator: FlaskClient
) -> None:
    number = new(administrator)
    page = Builder(administrator, number)
    page.type(kind_to_add="single")
    page.press("add")
    page.press("add")
    page.type(title="", q2__text="¿Dos?", q2__o1__text="Solo una", english="y")
    page.press("jump q2")
    page.type(q2__j1__value="o1", q2__j1__to="q1")
    page.press("save")
    faulty = administrator.get(f"/admin/surveys/{number}").get_data(as_text=True)
    assert "Escriba el título." in faulty
    page.read(administrator.post(f"/admin/surveys/{number}/publish", data={"seen": "2"}))
    assert page.status == 422
    for field, told in (
        ("title", "Escriba el título."),
        ("q1.text", "Escriba la pregunta."),
        ("q2.o2.text", "Escriba la opción, o quítela."),
        ("q2.text_en", "Falta en inglés."),
        ("q2.j1.to", "Solo se puede pasar a una pregunta que viene después."),
    ):
        error = re.search(rf'id="{re.escape(field)}-error">(.*?)</p>', page.page, re.S)
        assert error, field
        assert told in unescape(error[1]), field
    assert kept(house, number)[0].published_at is None


def test_what_is_typed_badly_comes_back_with_the_reason_beside_it(house: House, administrator: FlaskClient) -> None:
    number = new(administrator)
    long = "x" * 101
    cases = [
        ({"title": [long]}, long, "100 caracteres o menos"),
        ({"title": ["con\u202eveneno"]}, "con\u202eveneno", "caracteres no permitidos"),
        ({"foreign": ["1"]}, "La atención", "datos que no se esperaban"),
    ]
    for wrong, typed, told in cases:
        page = Builder(administrator, number)
        page.fields |= wrong
        assert page.press("save").status_code == 422, wrong
        assert (page.fields["title"], told in page.page) == ([typed], True), wrong
    for forged in (
        {"order": ["q1", "q1"]},
        {"order": ["Q 1"]},
        {"order": ["end"]},
        {"order": ["q1"], "q1.kind": ["poem"]},
        {"order": ["q1"], "q1.kind": ["single"], "q1.options": ["o.1"]},
        {"order": [f"q{n}" for n in range(60)]},
    ):
        for act in ("save", "section"):
            page = Builder(administrator, number)
            page.fields |= forged
            assert page.press(act).status_code == 422, forged
    assert kept(house, number)[0].saving == 1
    assert administrator.post("/admin/surveys", data={"name": "", "kind": "poem"}).status_code == 422
    assert administrator.get("/admin/surveys/999/edit").status_code == 404


def test_who_saves_after_somebody_else_is_told_so_and_may_then_save_over_it(
    house: House, administrator: FlaskClient
) -> None:
    number = new(administrator)
    first, second = Builder(administrator, number), Builder(administrator, number)
    first.type(title="De la primera")
    assert first.press("save").status_code == 302
    second.type(title="De la segunda")
    assert second.press("save").status_code == 409
    assert (second.fields["title"], "Otra persona guardó" in second.page) == (["De la segunda"], True)
    assert second.press("save").status_code == 302
    assert kept(house, number)[1].title == "De la segunda"


def test_a_question_of_another_kind_in_another_version_is_another_question(
    house: House, administrator: FlaskClient
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        number = make.survey(session).survey_id
    here = f"/admin/surveys/{number}"
    assert administrator.post(f"{here}/version").status_code == 302
    page = Builder(administrator, number)
    page.type(all__kind="scale")
    page.press("show all")
    assert page.press("save").status_code == 302
    assert [question.key for question in kept(house, number)[1].questions] == ["q1", "solved", "lacked", "comment"]
    assert administrator.post(f"{here}/discard").status_code == 302
    assert kept(house, number)[0].number == 1
    assert administrator.post(f"{here}/take-back").status_code == 302
    assert kept(house, number)[0].published_at is None
    assert administrator.post(f"{here}/discard").location == "/admin/surveys"


def test_the_largest_survey_that_may_be_published_fits_in_its_form(house: House, administrator: FlaskClient) -> None:
    number = new(administrator)
    page = Builder(administrator, number)
    page.type(kind_to_add="single")
    page.press("add")
    for n in range(1, 31):
        page.fields[f"q{n}.kind"], page.fields[f"q{n}.text"] = ["single"], ["ñ" * 200]
        page.fields[f"q{n}.options"] = [f"o{m}" for m in range(1, 21)]
        for m in range(1, 21):
            page.fields[f"q{n}.o{m}.text"] = ["ñ" * 20]
            page.fields[f"q{n}.o{m}.text_en"] = ["n" * 20]
    page.fields["order"] = [f"q{n}" for n in range(1, 31)]
    assert page.press("save").status_code == 302
    assert len(kept(house, number)[1].questions) == 30


def test_the_form_says_what_the_questionnaire_says(house: House) -> None:
    with house.app.test_request_context():
        for version in house.look().scalars(select(SurveyVersion)):
            asked = read(version.questionnaire)
            assert builder_form(as_sent(asked, True, 1)).questionnaire() == asked, version.survey.code


def test_a_survey_is_tried_as_on_a_phone_and_nothing_of_it_is_kept(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        version = make.survey(session)
        here = f"/admin/surveys/{version.survey_id}/preview/{version.id}"
    first = administrator.get(here).get_data(as_text=True)
    assert f'name="{PREFIX}all"' in first
    assert f'name="{PREFIX}lacked"' not in first

    def send(after: str, **sent: str) -> str:
        fields = {"after": after} | {PREFIX + name: value for name, value in sent.items()}
        answer = administrator.post(here, data=fields)
        assert answer.status_code == 200
        return unescape(answer.get_data(as_text=True))

    assert "Falta responder esta pregunta." in send("", all="4")
    told = send("", all="4", solved="no")
    assert f'name="{PREFIX}lacked"' in told
    assert f'<input type="hidden" name="{PREFIX}solved" value="no">' in told
    short = send("", all="4", solved="yes")
    assert (f'name="{PREFIX}lacked"' in short, f'name="{PREFIX}comment"' in short) == (False, True)
    assert "Gracias." in send("solved", all="4", solved="yes", comment="Bien")
    assert "Was it solved?" in administrator.get(f"{here}?language=en").get_data(as_text=True)
    with house.app.app_context():
        for model in (Response, Answer, Comment):
            assert house.look().scalar(select(func.count()).select_from(model)) == 0


def test_the_days_and_the_technical_sheet_of_a_survey_are_written_by_form(
    house: House, administrator: FlaskClient
) -> None:
    number = new(administrator)
    here, good = f"/admin/surveys/{number}/facts", {"name": "La atención", "opens_on": "2026-11-01", "sampled": "y"}
    wrong = administrator.post(here, data={**good, "population": "muchas", "frame": "El SISBÉN"})
    page = unescape(wrong.get_data(as_text=True))
    assert (wrong.status_code, "Escriba un número de 1" in page, 'value="muchas"' in page) == (422, True, True)
    assert administrator.post(here, data=good).status_code == 422
    sent = {**good, "population": "2000", "frame": "El SISBÉN", "closes_on": "2026-11-30"}
    assert administrator.post(here, data=sent).status_code == 302
    with house.app.app_context():
        survey = house.look().get_one(Survey, number)
        assert (survey.kind, survey.population, survey.sampled) == (Of.OPEN, 2000, True)
