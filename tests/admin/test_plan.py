"""Officials see how the plan goes, open what each figure was counted from, and set its goals by act."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import transaction
from core.plan import actions, finding
from core.plan.model import Activity, Plan, RoleHolder
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import House

ONE = "/admin/plan/2026/4.2.3"
GOAL = {"goal": "12,5", "baseline": "0", "unit": "turnos", "accumulation": "flow"}
GOAL |= {"act": "Decreto 5 de 2026", "since": "2026-01-15"}


def planner(house: House, role: str = "planning") -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, "ventanilla2")
        official.roles, official.office = [role], make.office(session)
    return house.official("ventanilla2")


def activity(house: House, code: str = "4.2.3") -> Activity:
    return finding.activity_of(house.look(), 2026, code)


def links(page: str, inside: str) -> list[str]:
    found = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]
    return [link for link in found if inside in link]


def test_the_plan_is_seen_by_component_and_filtered_by_who_answers_how_it_is_measured_and_how_it_goes(
    house: House,
) -> None:
    client = planner(house)
    words = told(client.get("/admin/plan"))
    for said in ("Plan de 2026", "44 actividades", "Secretaría de Planeación", "Sin dato", "solo se cuenta"):
        assert said in words, said

    def shown(**asked: str) -> set[str]:
        page = client.get("/admin/plan", query_string={"year": "2026", **asked}).get_data(as_text=True)
        return {
            link.rpartition("/")[2]
            for link in links(page, "/admin/plan/2026/")
            if link[-1].isdigit() and "weights" not in link
        }

    assert len(shown()) == 44
    assert len(shown(mode="auto")) == 8
    assert shown(role="ventanilla") < shown()
    assert len(shown(how="no-goal")) == 44
    assert shown(how="high") == set()
    assert shown(how="unknown", mode="manual") == shown(mode="manual")
    assert shown(how="nothing of the list") == shown()
    assert client.get("/admin/plan?year=1999").status_code == 404


def test_a_figure_opens_the_records_that_it_was_counted_from_page_by_page(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        for n in range(3):
            make.finished(session, n * 10)
        for code in ("front-desk", "treasury"):
            make.petition(session, office_id=make.office(session, code).id)
    client = planner(house, "supervisor")
    assert client.get(ONE).status_code == 403
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla2").roles = ["supervisor", "planning"]
    page = client.get(ONE).get_data(as_text=True)
    (records,) = links(page, "records?measure=turns_attended&first=2026-09-01")
    behind = client.get(records)
    words = told(behind)
    assert "3 registros" in words
    turn = links(behind.get_data(as_text=True), "/admin/hall/turns/")
    assert len(turn) == 3
    assert client.get(turn[0]).status_code == 200
    for form in ("csv", "xlsx"):
        (address,) = links(behind.get_data(as_text=True), f"records.{form}")
        assert client.get(address).status_code == 200
    table = client.get(links(behind.get_data(as_text=True), "records.csv")[0]).get_data(as_text=True)
    assert len(table.strip().splitlines()) == 4
    assert client.get(f"{records}&page=9").status_code == 200
    for wrong in ("measure=nothing", "measure=satisfaction", "first=2025-01-01", "last=x", "first=2026-12-31"):
        name = wrong.partition("=")[0]
        assert client.get(re.sub(rf"{name}=[^&]*", wrong, records)).status_code == 404, wrong
    received = "/admin/plan/2026/4.1.2/records?measure=petitions_received&first=2026-09-01&last=2026-12-31"
    assert "2 registros" in told(client.get(received))
    assert petitions_of(client, received) == []
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla2").roles = ["petitions"]
    (own,) = petitions_of(client, received)
    assert client.get(own).status_code == 200


def petitions_of(client: FlaskClient, address: str) -> list[str]:
    """The petitions that a page leads to."""
    return re.findall(r'href="(/admin/petitions/[0-9]+)"', client.get(address).get_data(as_text=True))


def test_a_goal_is_set_by_act_and_told_beside_its_field_when_it_cannot_be(house: House) -> None:
    client = planner(house)
    wrong = {
        "la coma es de los decimales": {"goal": "12.5"},
        "Escriba un número como 12 o 12,5": {"goal": ""},
        "queda en la historia del plan": {"act": ""},
        "La meta debe pasar de la línea base": {"baseline": "20", "accumulation": "stock"},
        "Escriba un día de 2025 o de 2026": {"since": "2020-01-01"},
    }
    for sentence, more in wrong.items():
        refused = press(client, f"{ONE}/goal", **(GOAL | more))
        assert refused.status_code == 422, sentence
        assert sentence in told(refused), sentence
        assert 'value="turnos"' in refused.get_data(as_text=True)
    assert press(client, f"{ONE}/goal", **GOAL).status_code == 302
    words = told(client.get(ONE))
    for said in ("de 12,5 turnos", "Decreto 5 de 2026", "desde el", "la que rige"):
        assert said in words, said
    with house.app.app_context():
        assert activity(house).targets[0].goal == "25/2"
    assert press(planner(house, "control"), f"{ONE}/goal", **GOAL).status_code == 403


def test_weights_sources_roles_and_the_next_year_are_set_by_form(house: House) -> None:
    client = planner(house)
    with house.app.app_context():
        meta = finding.meta_of(house.look(), 2026, "1.2")
        codes, ids = [one.code for one in meta.activities], [one.id for one in meta.activities]
        clerk = make.official(house.look(), "pqrsd").id
    assert "Fije primero la de: 1.2.1, 1.2.2" in told(client.get("/admin/plan/2026/weights/1.2"))
    for code in codes:
        assert press(client, f"/admin/plan/2026/{code}/goal", **GOAL).status_code == 302
    by_act: dict[str, Any] = {"act": "Acta 3", "since": "2026-02-01"}
    weights = {f"weight_{one}": value for one, value in zip(ids, ("60,5", "30"), strict=True)}
    refused = press(client, "/admin/plan/2026/weights/1.2", **weights, **by_act)
    assert (refused.status_code, "suman 90,5" in told(refused)) == (422, True)
    assert 'value="60,5"' in refused.get_data(as_text=True)
    weights[f"weight_{ids[1]}"] = "39,5"
    assert press(client, "/admin/plan/2026/weights/1.2", **weights, **by_act).status_code == 302

    chosen = {"leads": "petitions_received", "beside": ["satisfaction", "channels_in_use"], "reason": "Se opina así."}
    assert press(client, "/admin/plan/2026/1.3.1/sources", **chosen).status_code == 302
    words = told(client.get("/admin/plan/2026/1.3.1"))
    assert "PQRSD recibidas da el valor del indicador" in words
    assert press(client, "/admin/plan/2026/1.3.1/sources", **(chosen | {"leads": "nothing"})).status_code == 422

    assert "Nadie nombrado todavía" in told(client.get("/admin/plan/2026/roles"))
    named = press(client, "/admin/plan/2026/roles/ventanilla", officials=[str(clerk)])
    assert named.status_code == 302, told(named)
    assert press(client, "/admin/plan/2026/roles/ventanilla", officials=[str(clerk)]).status_code == 422
    assert press(client, "/admin/plan/2026/roles/nadie", officials=[str(clerk)]).status_code == 404
    with house.app.app_context():
        assert [one.official_id for one in house.look().scalars(select(RoleHolder))] == [clerk]

    assert press(client, "/admin/plan/2026/copy", act="").status_code == 422
    copied = press(client, "/admin/plan/2026/copy", act="Decreto 40 de 2026")
    assert copied.status_code == 302, told(copied)
    assert "El año del plan todavía no empieza" in told(client.get("/admin/plan/2027/4.2.3"))
    assert client.get("/admin/plan?year=2027").status_code == 200
    with house.app.app_context():
        begun = house.look().scalars(select(Plan).where(Plan.year == 2027)).one()
        assert (begun.copied_from, begun.act) == (2026, "Decreto 40 de 2026")


def test_what_was_measured_is_corrected_by_who_answers_for_it_and_stays_beside(house: House) -> None:
    clerk = planner(house, "petitions")
    new = {"period": "2026-01-01/2026-04-30", "value": "1.200", "reason": "El quiosco falló.", "evidence": "Acta 7"}
    assert press(clerk, f"{ONE}/correct", **new).status_code == 403
    with house.app.app_context(), transaction(db.session) as session:
        one = finding.activity_of(session, 2026, "4.2.3")
        by = make.official(session, "ventanilla2").id
        actions.name_holders(session, one.plan, one.responsible[0], [by], by, make.at())
    refused = press(clerk, f"{ONE}/correct", **(new | {"period": "2026-09-01/2026-12-31"}))
    assert (refused.status_code, "tramo que ya terminó" in told(refused)) == (422, True)
    done = press(clerk, f"{ONE}/correct", **new)
    assert done.status_code == 302, told(done)
    words = told(clerk.get(ONE))
    for said in ("1.200 corregido; se midió 0", "El quiosco falló.", "Se había medido 0", "Lo muestra: Acta 7"):
        assert said in words, said


def test_each_role_of_the_office_opens_what_is_its_own(enter: Enter) -> None:
    assert enter("official").get("/admin/plan").status_code == 403
    assert enter("control").get("/admin/plan").status_code == 200
