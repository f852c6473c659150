"""Officials bring a risk onto the map: identified, valued, controlled, treated, reviewed, verified and published."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from core.clock import reading
from core.db import transaction
from core.mail.model import OutgoingMail
from core.petitions import reminders
from core.plan.risks.model import Risk, RiskMap
from core.web import reminding
from core.web.database import db
from tests import make, make_risks
from tests.admin.conftest import press, told
from tests.conftest import House

SENTENCE = "Posibilidad de ajustar los requisitos de un contrato, usando la facultad de elaborar los estudios previos"
TEXT = {
    "process_name": "Contratación",
    "act": "Ajustar los requisitos de un contrato",
    "power": "la facultad de elaborar los estudios previos",
    "deviation": "la alcaldía no escoge la mejor oferta",
    "benefit": "un proponente que paga por ello",
    "internal": "Los estudios previos los hace una sola persona.",
    "external": "Hay pocos proponentes en la región.\nNadie vigila desde afuera.",
    "consequences": "Obras que cuestan más.",
}
CONTROL = {
    "what": "Dos personas revisan los estudios previos.",
    "who": "Jefe de Planeación",
    "how_often": "En cada contrato",
    "evidence": "Acta de revisión",
    "kind": "preventive",
    "aim": "probability",
    "by": "automatic",
    **dict.fromkeys(("has_documented", "has_responsible", "has_frequent", "has_evidence", "has_effective"), "yes"),
}


def answers(*yes: int, of: int = 19) -> dict[str, str]:
    return {f"q{n}": "yes" if n in yes else "no" for n in range(1, of + 1)}


def in_role(house: House, role: str, username: str = "ventanilla2") -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, username)
        official.roles, official.office = [role], make.office(session)
    return house.official(username)


def ids(house: House) -> dict[str, int]:
    with house.app.app_context():
        session = db.session()
        return {"office": make.office(session).id, "official": make.official(session, "pqrsd").id}


def do(client: FlaskClient, path: str, **asked: Any) -> str:
    """Press, and follow to the page that it leads to; its words."""
    answer = press(client, path, **asked)
    assert answer.status_code == 302, told(answer)
    return told(client.get(answer.location))


def text_of(paper: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())


def test_a_risk_is_brought_onto_the_map_by_some_and_verified_by_another(house: House) -> None:
    clerk, judge, planner = (
        house.official("pqrsd"),
        in_role(house, "control"),
        in_role(house, "planning", "ventanilla3"),
    )
    hands = ids(house)
    assert "Todavía no hay riesgos identificados" in told(clerk.get("/admin/risks"))
    made = press(clerk, "/admin/risks/new", **TEXT, office=hands["office"])
    assert made.status_code == 302, told(made)
    page = made.location
    assert SENTENCE in told(clerk.get(page))
    words = do(clerk, f"{page}/write/rate", probability="4", why="Hubo un hallazgo en 2025.", **answers(*range(1, 8)))
    for said in ("7 de 19 respuestas son sí: de 6 a 11 el impacto es mayor.", "zona extrema", "No tiene controles"):
        assert said in words, said
    words = do(clerk, f"{page}/write/control", **CONTROL)
    assert "Con sus controles queda en probabilidad 2, improbable e impacto mayor: zona alta." in words
    plan = {"action": "Adoptar la lista de chequeo.", "response": "reduce", "indicator": "Listas usadas / contratos"}
    words = do(clerk, f"{page}/write/treat", **plan, **hands, due_on="2026-12-20")
    assert "Para reducirlo. Indicador: Listas usadas / contratos. Vence el 20/12/2026" in words
    review = {"cutoff": "2026-3", "causes_hold": "yes", "note": "Se mira el acta de cada contrato.", "changed": ""}
    assert "hecha Corte 3 de 2026" in do(clerk, f"{page}/write/review", **review)
    waiting = judge.get(page)
    verify = re.search(r'action="(/admin/risks/\d+/reviews/\d+)"', waiting.get_data(as_text=True))
    assert verify is not None
    assert press(clerk, verify[1], agrees="yes", note="Bien.").status_code == 403
    assert "Está bien hecha." in do(judge, verify[1], agrees="yes", note="Vi las actas.")
    assert "Todavía no hay un mapa" in told(house.anybody().get("/plan/risks"))
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', planner.get("/admin/risks/map").get_data(as_text=True))
    assert seen is not None
    published = do(planner, "/admin/risks/map/publish", act="Resolución 12 de 2026", seen=seen[1])
    assert "Versión 1 Resolución 12 de 2026" in published
    draft = do(clerk, "/admin/risks/new", **TEXT | {"process_name": "Nómina"}, office=hands["office"])
    assert "Nómina" in draft
    portal = told(house.anybody().get("/plan/risks"))
    for said in (SENTENCE, "Zona alta", "Resolución 12 de 2026", "Adoptar la lista de chequeo.", "20/12/2026"):
        assert said in portal, said
    assert "Nómina" not in portal
    with house.app.app_context():
        name = make.official(house.look(), "pqrsd").name
    assert name not in portal


def test_who_made_a_review_or_valued_the_risk_is_told_that_another_verifies_it(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        risk = make_risks.whole(session).id
    clerk = house.official("pqrsd")
    review = {"cutoff": "2026-3", "causes_hold": "no", "note": "Ya no es igual.", "changed": "Ahora firman dos."}
    do(clerk, f"/admin/risks/{risk}/write/review", **review)
    own = in_role(house, "control", "pqrsd")
    page = own.get(f"/admin/risks/{risk}")
    assert "Otra persona verifica la revisión" in told(page)
    assert "/reviews/" not in page.get_data(as_text=True)
    with house.app.app_context():
        made = house.look().get_one(Risk, risk).reviews[0].id
    refused = press(own, f"/admin/risks/{risk}/reviews/{made}", agrees="yes", note="Bien.")
    assert (refused.status_code, "Verifica otra persona" in told(refused)) == (403, True)


def test_what_is_missing_is_told_beside_its_field_and_what_was_typed_stays(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        page = f"/admin/risks/{make_risks.whole(session).id}"
    clerk, hands = house.official("pqrsd"), ids(house)
    new, rate, control = "/admin/risks/new", f"{page}/write/rate", f"{page}/write/control"
    whole = TEXT | {"office": hands["office"]}
    good = {"probability": "4", "why": "Pasó.", **answers(1)}
    treat = {"action": "A", "response": "accept", "indicator": "B", **hands, "due_on": "2026-12-20"}
    review = {"cutoff": "2026-3", "causes_hold": "no", "note": "N", "changed": ""}
    cases: list[tuple[str, dict[str, Any], str]] = [
        *((new, whole | {name: ""}, "Falta este elemento") for name in ("act", "power", "deviation", "benefit")),
        (new, whole | {"act": "plata"}, "Dígalo con más palabras"),
        (new, whole | {"benefit": TEXT["act"]}, "Aquí dice lo mismo"),
        (new, whole | {"internal": " "}, "Escriba al menos una"),
        (new, whole | {"external": ""}, "Escriba al menos una"),
        (new, whole | {"office": "999"}, "Elija una dependencia"),
        (new, whole | {"consequences": "Lo dice 310 555 1234"}, "Aquí no van datos de personas"),
        (rate, good | {"probability": "6"}, "(?i)v[áa]lida"),
        (rate, {name: said for name, said in good.items() if name != "probability"}, "Elija de 1 a 5"),
        (rate, {name: said for name, said in good.items() if name != "q7"}, "Conteste sí o no"),
        (rate, good | answers(), "no es un riesgo de corrupción"),
        (rate, good | {"why": ""}, "Escriba este dato"),
        (control, CONTROL | {"evidence": ""}, "Escriba este dato"),
        (control, {name: said for name, said in CONTROL.items() if name != "has_effective"}, "Conteste sí o no"),
        (f"{page}/controls/1", CONTROL | {"why": ""}, "Escriba este dato"),
        (f"{page}/controls/1/drop", {"why": ""}, "Escriba este dato"),
        (f"{page}/write/treat", treat, "(?i)v[áa]lida"),
        (f"{page}/write/treat", treat | {"response": "avoid", "due_on": "2026-01-01"}, "desde hoy"),
        (
            f"{page}/write/review",
            {"cutoff": "2020-1", "causes_hold": "yes", "note": "N", "changed": ""},
            "Elija un corte",
        ),
        (f"{page}/write/review", review, "Escriba este"),
        (f"{page}/write/retire", {"why": ""}, "Escriba este dato"),
    ]
    for n, (path, said, sentence) in enumerate(cases):
        answer = press(clerk, path, **said)
        assert answer.status_code == 422, (n, path, answer.status_code, told(answer))
        assert re.search(sentence, told(answer)), (n, path, told(answer))
        for typed in (said.get("power"), said.get("what")):
            assert typed is None or typed in answer.get_data(as_text=True), n
    all_at_once = told(press(clerk, new, **dict.fromkeys(TEXT, ""), office=""))
    assert all_at_once.count("Falta este elemento") >= 4
    assert press(clerk, f"{page}/write/accept", why="x").status_code == 404
    with house.app.app_context():
        risks = house.look().scalars(select(Risk)).all()
        assert [(len(r.texts), len(r.valuations), len(r.controls), len(r.treatments)) for r in risks] == [(1, 1, 1, 1)]


def test_a_control_changes_is_dropped_and_a_risk_is_retired_with_reasons_that_stay(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        page = f"/admin/risks/{make_risks.whole(session).id}"
    clerk = house.official("pqrsd")
    assert "checked" in clerk.get(f"{page}/controls/1").get_data(as_text=True)
    words = do(clerk, f"{page}/controls/1", **CONTROL | {"by": "manual"}, why="Se cayó el sistema.")
    assert "Cambió el control 1" in words
    assert "Nada evita hoy que pase." in do(clerk, f"{page}/controls/1/drop", why="Nadie lo hace.")
    assert press(clerk, f"{page}/controls/1/drop", why="Otra vez.").status_code == 409
    words = do(clerk, f"{page}/write/rewrite", **TEXT | {"process_name": "Compras"}, why="Cambió de nombre.")
    for said in ("Cambió de nombre.", "Nadie lo hace.", "Se cayó el sistema."):
        assert said in words, said
    assert "Retirado el 23/11/2026: Ya no se contrata." in do(clerk, f"{page}/write/retire", why="Ya no se contrata.")
    assert press(clerk, f"{page}/write/control", **CONTROL).status_code == 409
    assert "RC-" not in told(clerk.get("/admin/risks?zone=&state="))
    assert "retirado" in told(clerk.get("/admin/risks?state=retired"))


def test_another_method_values_from_then_on_and_only_planning_chooses_it(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        page = f"/admin/risks/{make_risks.whole(session).id}"
    clerk, planner = house.official("pqrsd"), in_role(house, "planning")
    assert "La guía de 2025 (versión 7) todavía no se ofrece" in told(planner.get("/admin/risks/map"))
    asked = {"method": "2015", "act": "Acta 3 del comité"}
    assert press(clerk, "/admin/risks/map/method", **asked).status_code == 403
    assert press(planner, "/admin/risks/map/method", method="2025", act="Acta").status_code == 422
    do(planner, "/admin/risks/map/method", **asked)
    assert "Método de 2018." in told(clerk.get(page))
    assert 'name="q19"' not in clerk.get(f"{page}/write/rate").get_data(as_text=True)
    words = do(clerk, f"{page}/write/rate", probability="3", why="Pasó.", **answers(*range(1, 7), of=18))
    assert "Probabilidad 3 por 10 de impacto: 30 puntos, zona alta (método de 2015)." in words


def test_the_map_is_taken_away_as_a_table_with_the_usual_columns_and_on_paper(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        whole = make_risks.whole(session)
        make_risks.risk(session, process_name="Nómina")
        code, site = whole.code, whole.site_id
    clerk, planner = house.official("pqrsd"), in_role(house, "planning")
    text = clerk.get("/admin/risks.csv").get_data(as_text=True).lstrip("\ufeff")
    head = text.splitlines()[0]
    for column in (
        *("Proceso", "Riesgo", "Causas internas", "Causas externas", "Consecuencias", "Probabilidad inherente"),
        *("Impacto inherente", "Zona inherente", "Controles", "Zona residual", "Acciones", "Empieza", "Vence"),
        *("Responsable", "Indicador"),
    ):
        assert column in head, column
    for said in (SENTENCE, "3, posible", "extrema", "Dos personas revisan", "Contratos revisados por dos", "Nómina"):
        assert said in text, said
    assert code not in clerk.get("/admin/risks.csv?only=uncontrolled").get_data(as_text=True)
    sheet = ZipFile(io.BytesIO(clerk.get("/admin/risks.xlsx").data)).read("xl/sharedStrings.xml").decode()
    assert "Zona inherente" in sheet
    assert "Borrador de trabajo al 23/11/2026" in text_of(clerk.get("/admin/risks.pdf").data)
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', planner.get("/admin/risks/map").get_data(as_text=True))
    assert seen is not None
    stale = press(planner, "/admin/risks/map/publish", act="Resolución 12", seen="0" * 64)
    assert (stale.status_code, "cambió mientras lo leía" in told(stale)) == (409, True)
    do(planner, "/admin/risks/map/publish", act="Resolución 12", seen=seen[1])
    with house.app.app_context():
        number = house.look().scalars(select(RiskMap)).one().id
    anybody = house.anybody()
    paper = anybody.get(f"/plan/risks/{number}.pdf").data
    words = text_of(paper)
    for said in ("Mapa de riesgos de corrupción", "Versión 1, adoptada por Resolución 12", code, "Zona extrema"):
        assert said in words, said
    assert "Nómina" not in words
    assert anybody.get(f"/plan/risks/{number}.pdf").data == paper
    data = json.loads(anybody.get(f"/plan/risks/{number}.json").data)
    assert (data["act"], [one["code"] for one in data["map"]["risks"]]) == ("Resolución 12", [code])
    assert code in anybody.get(f"/plan/risks/{number}.csv").get_data(as_text=True)
    assert anybody.get("/plan/risks/999.pdf").status_code == 404
    assert site


def test_the_map_is_seen_as_it_was_at_each_cutoff(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        risk = make_risks.whole(session)
        code = risk.code
    mayor = in_role(house, "mayor")
    later = make.OPENING.replace(year=2027, month=6)
    with reading(lambda: later):
        again = in_role(house, "mayor")
        words = told(again.get("/admin/risks/map"))
        assert "Corte 3 de 2026 (31/12/2026) 0 1 0 0 0 0 de 1" in words, words
        assert code in told(again.get("/admin/risks/map?at=2026-3"))
        before = told(again.get("/admin/risks/map?at=2026-1"))
        assert (code in before.partition("Por completar")[0], "Como estaba el 30/04/2026" in before) == (False, True)
    for wrong in ("2026-9", "x", "2026", "99999-1"):
        assert mayor.get(f"/admin/risks/map?at={wrong}").status_code == 200
    assert "Publicar el mapa" not in told(mayor.get("/admin/risks/map"))
    assert "Identificar un riesgo" not in told(mayor.get("/admin/risks"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reviews_and_treatments_that_press_are_in_the_reminder_of_the_morning(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        risk = make_risks.whole(session)
        reminders.set_address(session, make.official(session, "pqrsd").id, "pqrsd@ejemplo.gov.co")
        make.official(session, "pqrsd").office = make.office(session)
        code = risk.code

    def letter(at: datetime) -> str:
        with house.app.app_context(), reading(lambda: at):
            reminding.remind()
            return str(house.look().scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).all()[0].text)

    soon = letter(make.OPENING.replace(month=12, day=28))
    assert f"{code}: revisión del corte 3 de 2026, hasta el jueves 31 de diciembre" in soon
    assert "Acciones de mejora por las que responde" in soon
    late = letter(make.OPENING + timedelta(days=91))
    assert f"{code}: falta la revisión del corte 3 de 2026" in late
    assert "contrato" not in late
