"""A page of a survey as it is drawn: every answer that may be given, under its name, with what was answered kept."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

from flask import Flask, g

from core.surveys.questionnaire import Choice, Kind, Measure, Question, Questionnaire, Section, problems
from core.web.opinions import PREFIX

TWO = (Choice(key="a", text="Uno <b>"), Choice(key="b", text="Dos"))
PAGE = tuple(
    Question(key=kind.value, kind=kind, text=f"Pregunta {kind} &", help="Ayuda", required=True, choices=TWO)
    for kind in Kind
)


class Drawn(HTMLParser):
    """The controls of a page: what each name may send, what it sends now, and the ids that describe something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.offered: defaultdict[str, list[str]] = defaultdict(list)
        self.given: defaultdict[str, list[str]] = defaultdict(list)
        self.ids: list[str] = []
        self.described: list[str] = []
        self.written: list[str] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._in = told["name"] if tag == "textarea" else ""
        self.ids += [told["id"]] if "id" in told else []
        self.described += told.get("aria-describedby", "").split()
        if tag == "input":
            self.offered[told["name"]].append(told["value"])
            self.given[told["name"]] += [told["value"]] if "checked" in told else []

    def handle_data(self, data: str) -> None:
        self.written.append(data.strip())
        if self._in:
            self.given[self._in].append(data.removeprefix("\n"))
            self._in = ""


def draw(bare: Flask, page: tuple[Question, ...], sent: dict[str, list[str]], wrong: dict[str, str]) -> Drawn:
    with bare.test_request_context("/"):
        g.without_database = True
        macro = bare.jinja_env.get_template("ui/survey.html").module.survey_questions
        return Drawn(str(macro(page, sent, wrong)))


def test_every_answer_may_be_given_and_what_was_answered_is_kept(bare: Flask) -> None:
    whole = Questionnaire(title="Todo", sections=(Section(questions=PAGE),))
    sent = {name: [question.values[-1]] for question in PAGE if question.values for name in question.fields}
    sent |= {"text": ["\nPrimera línea\nsegunda <i>"]}
    assert problems(whole, sent) == ()
    wrong = {"matrix.b": "Falta la segunda fila.", "text": "Falta el texto."}
    page = draw(bare, PAGE, sent, wrong)
    told = {PREFIX + name: list(question.values) for question in PAGE for name in question.fields if question.values}
    assert page.offered == told
    assert {name: values for name, values in page.given.items() if values} == {
        PREFIX + name: values for name, values in sent.items()
    }
    assert set(page.described) <= set(page.ids)
    assert {"q-matrix.b-error", "q-text-error"} <= set(page.described)
    assert len(page.ids) == len(set(page.ids))
    assert {*wrong.values(), "Uno <b>", "Muy insatisfecho", "No sabe / no aplica", "Sí, acepto"} <= set(page.written)


def test_the_words_of_a_face_and_of_the_ends_of_the_scale_are_those_of_what_they_measure(bare: Flask) -> None:
    for kind, measure, words in (
        (Kind.FACES, Measure.CSAT, {"Muy insatisfecho", "Muy satisfecho"}),
        (Kind.FACES, Measure.CES, {"Muy difícil", "Muy fácil"}),
        (Kind.SCALE, Measure.NPS, {"0: seguro que no", "10: seguro que sí"}),
        (Kind.SCALE, "", {"0: lo más bajo", "10: lo más alto"}),
    ):
        question = Question(key="one", kind=kind, text="Una", measure=measure)
        assert words <= set(draw(bare, (question,), {}, {}).written), (kind, measure)
