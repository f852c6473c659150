"""The results of surveys: what is told of few and of many answers, and to whom."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO
from zipfile import ZipFile

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import delete, select

from core.catalogue.model import Office, Service
from core.db import transaction
from core.surveys.attention import Detail
from core.surveys.model import Mode, Of, Survey, SurveyVersion
from core.surveys.questionnaire import Choice, Kind, Question, Questionnaire, Section, written
from core.turns.lifecycle import State
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House

PAGE = "/admin/surveys/results"
GLAD = {"all": ["5"], "solved": ["yes"]}
SAD = {"all": ["1"], "solved": ["no"]}


def cells(client: FlaskClient, address: str = "") -> dict[tuple[str, str, str], str]:
    """The figures of the file: by table, row and column."""
    text = client.get(f"{PAGE}.csv{address}").data.decode("utf-8-sig")
    return {
        (row[0], row[1].strip("\N{NO-BREAK SPACE}"), row[2]): row[3]
        for row in csv.reader(StringIO(text), delimiter=";")
    }


def test_of_few_answers_nothing_is_told_and_of_less_than_ten_no_percentage(house: House, enter: Enter) -> None:
    control = enter("control")
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(delete(SurveyVersion))
        session.execute(delete(Survey))
    assert "Todavía no hay encuestas publicadas" in told(control.get(PAGE))
    assert control.get(f"{PAGE}.pdf").location == PAGE
    with house.app.app_context(), transaction(db.session) as session:
        make.survey(session, code="hoy")
    cases = [
        (0, "Nadie ha contestado", False, "—"),
        (1, "Contestaron menos de cinco personas", False, "—"),
        (4, "Contestaron menos de cinco personas", False, "—"),
        (5, "Contestaron 5 personas", True, "—"),
        (9, "Contestaron 9 personas", True, "—"),
        (10, "De cada 100 personas que contestaron, 100 califican con 4 o 5", True, "100,0"),
    ]
    answered = 0
    for count, says, is_told, csat in cases:
        with house.app.app_context(), transaction(db.session) as session:
            version = session.scalars(select(SurveyVersion)).one()
            for _n in range(count - answered):
                make.opinion(session, version, GLAD)
        answered = count
        page, figures = told(control.get(PAGE)), cells(control)
        assert says in page, count
        assert ("5 · Muy satisfecho" in page) == is_told, count
        quarter = "cuarto trimestre de 2026"
        assert figures.get(("Resumen", "Satisfacción (CSAT): 4 y 5 de cada 100", quarter), "—") == csat, count
        assert figures["Resumen", "Respuestas", quarter] == ("menos de 5" if 0 < count < 5 else str(count))
        if is_told:
            assert figures["En general", "5 · Muy satisfecho", "Personas"] == str(count)
            assert figures["En general", "5 · Muy satisfecho", "De cada 100"] == csat, count
    assert control.get(f"{PAGE}?survey=otra").status_code == 404
    assert "cuarto trimestre de 2026" in told(control.get(f"{PAGE}?period=2031-T1"))


def filled(house: House) -> tuple[str, str]:
    """Forty answers of two offices, two of them not glad, and a few that tell no service; the offices' names."""
    with house.app.app_context(), transaction(db.session) as session:
        version, first = make.survey(session), make.service(session)
        other = session.scalars(select(Service).where(Service.office_id != first.office_id)).first()
        assert other is not None
        for n in range(40):
            service = first if n < 24 else other
            detail = Detail(
                site_id=service.site_id, office_id=service.office_id, service_id=service.id, group="general"
            )
            made = {"mode": Mode.PAPER, "typing": make.official(session).id} if n % 4 == 0 else {}
            make.opinion(session, version, GLAD if n not in (3, 30) else SAD, detail, **made)
        for _n in range(6):
            make.opinion(session, version, GLAD, Detail(site_id=first.site_id))
        for n in range(12):
            make.opinion(session, version, GLAD if n < 6 else SAD, month=date(2026, 8, 3))
        for n in range(12):
            turn = make.turn(session, n)
            turn.state, turn.state_since = State.FINISHED, make.at(n + 9)
        names = {row.id: row.name for row in session.execute(select(Office.id, Office.name))}
        make.official(session, "ventanilla3").office = session.get_one(Office, other.office_id)
        return names[first.office_id], names[other.office_id]


def test_each_sees_as_far_as_their_role_reaches_and_who_attends_sees_no_groups(house: House, enter: Enter) -> None:
    first, other = filled(house)
    control = enter("control")
    page, figures = told(control.get(PAGE)), cells(control)
    assert "Por sede, dependencia y servicio" in page
    assert "6 respuestas no dicen su servicio" in page
    assert "95 o más" not in page
    quarter = "cuarto trimestre de 2026"
    assert figures["Resumen", "Satisfacción (CSAT): 4 y 5 de cada 100", quarter] == "91 o más"
    assert figures["Resumen", "Satisfacción (CSAT): 4 y 5 de cada 100", "tercer trimestre de 2026"] == "50,0"
    assert figures["Resumen", "Turnos terminados", quarter] == "12"
    assert figures["Por sede, dependencia y servicio", first, "Contestaron"] == "24"
    assert figures["¿Resolvió lo que necesitaba?", "No", "Personas"] == "*"
    assert figures["Ficha técnica", "Digitadas desde papel", "Lo que se sabe"] == "10"
    assert figures["Ficha técnica", "Margen de error", "Lo que se sabe"].startswith("No existe")
    office = enter("petitions")
    page = told(office.get(PAGE))
    assert "su dependencia" in page
    assert first not in page
    assert cells(office)["Resumen", "Respuestas", quarter] == "16"
    assert cells(enter("supervisor"))["Resumen", "Respuestas", quarter] == "46"
    attends = told(enter("official").get(PAGE))
    assert "5 · Muy satisfecho" in attends
    for name in ("Por sede, dependencia y servicio", "Por grupo de atención", first, other):
        assert name not in attends
    assert enter("administrator").get(PAGE).status_code == 403


def test_the_results_are_read_on_paper_and_in_a_spreadsheet_and_no_text_is_a_formula(
    house: House, enter: Enter
) -> None:
    choices = (Choice(key="a", text="=1+1"), Choice(key="b", text="Más horas"))
    themes = Question(key="t", kind=Kind.MULTIPLE, text="¿Qué mejorar?", measure="themes", choices=choices)
    parts = (Section(questions=(themes, make.QUESTIONNAIRE.questions[0])),)
    asked = Questionnaire(title="Necesidades", sections=parts)
    with house.app.app_context(), transaction(db.session) as session:
        version = make.survey(session, Of.NEEDS, asked, code="needs", sampled=True, population=900, frame="El padrón")
        for month, often in ((date(2026, 11, 3), 9), (date(2026, 8, 3), 6)):
            for n in range(20):
                chosen = ["a"] if n < often else ["a", "b"] if n == 19 else ["b"]
                make.opinion(session, version, {"t": chosen, "all": ["2" if n < 5 else "4"]}, month=month)
    control = enter("control")
    figures = cells(control, "?survey=needs")
    assert figures["¿Qué mejorar?", "Más horas", "Personas"] == "11"
    assert figures["¿Qué mejorar?", "Más horas", "De cada 100"] == "55,0"
    assert figures["¿Qué mejorar?", "Más horas", "Antes, de cada 100"] == "70,0"
    assert figures["¿Qué mejorar?", "Más horas", "Cambio en puntos"] == "-15,0"
    assert figures["¿Qué mejorar?", "'=1+1", "Personas"] == "10"
    assert figures["Ficha técnica", "De dónde salen", "Lo que se sabe"] == "El padrón"
    margin = figures["Ficha técnica", "Margen de error", "Lo que se sabe"]
    assert "entre 53,4 y 88,7 de cada 100" in margin, "15 of 20, as Wilson says, of 900 people"
    assert "población finita de 900" in margin
    assert "Lo que más se nombra: Más horas, con 11." in told(control.get(f"{PAGE}?survey=needs"))
    with ZipFile(BytesIO(control.get(f"{PAGE}.xlsx?survey=needs").data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets" in name]
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) > 2
    assert not any("<f>" in sheet for sheet in sheets)
    paper = PdfReader(BytesIO(control.get(f"{PAGE}.pdf?survey=needs").data))
    words = " ".join(page.extract_text() for page in paper.pages)
    for said in ("Resultados de la encuesta", "Más horas", "Ficha técnica", "El padrón"):
        assert said in words


def test_versions_are_added_where_they_ask_the_same_and_a_question_of_before_says_of_which(
    house: House, enter: Enter
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        first = make.survey(session)
        first.until = make.at(1)
        again = Question(key="again", kind=Kind.YES_NO, text="¿Volvería?")
        asked = Questionnaire(title="Otra", sections=(Section(questions=(make.QUESTIONNAIRE.questions[0], again)),))
        session.flush()
        second = SurveyVersion(survey=first.survey, number=2, questionnaire=written(asked), written_at=make.at())
        second.published_at = make.at(1)
        session.add(second)
        session.flush()
        for _n in range(6):
            make.opinion(session, first, GLAD)
            make.opinion(session, second, {"all": ["5"], "again": ["yes"]})
    figures = cells(enter("control"))
    assert figures["En general", "5 · Muy satisfecho", "Personas"] == "12"
    assert figures["¿Volvería?", "Sí", "Personas"] == "6"
    assert figures["¿Resolvió lo que necesitaba? (versión 1)", "Sí", "Personas"] == "6"
    assert figures["Ficha técnica", "Versión del cuestionario", "Lo que se sabe"] == "2, 1"
