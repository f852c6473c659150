"""How petitions are received is set by form, and a change of the calendar is told with what it moved."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.db import transaction
from core.petitions import filing, reckoning
from core.petitions.model import Identity, PetitionSettings, Recount
from core.web.database import db
from tests import make
from tests.conftest import House

WRONG = (
    ({"reception": "otra"}, "Opción inválida"),
    ({"reception": "laxa"}, "acto que adopta"),
    ({"office_id": "9999"}, "Opción inválida"),
    ({"soon_days": "0"}, "1 a 15"),
    ({"draft_days": "muchos"}, "número"),
    ({"custodians": []}, "al menos a una persona"),
    ({"custodians": ["ventanilla1"]}, "no es una opción válida"),
)


def filled(house: House, **more: object) -> dict[str, object]:
    with house.app.app_context():
        session = house.look()
        now = filing.settings(session)
        said = {"reception": "estricta", "act": "", "office_id": now.office_id, "soon_days": 3, "draft_days": 5}
        said |= {"custodians": [make.official(session, "pqrsd").id]} | more
        if said["custodians"] == ["ventanilla1"]:
            said["custodians"] = [make.official(session).id]
        return said


def test_who_administers_sets_how_petitions_are_received_and_the_next_one_obeys(house: House) -> None:
    client = house.official("administracion")
    for wrong, told in WRONG:
        answer = client.post("/admin/reception", data=filled(house, **wrong))
        assert (answer.status_code, told in answer.get_data(as_text=True)) == (422, True), wrong
    lax = filled(house, reception="laxa", act="Decreto 12 de 2026")
    assert client.post("/admin/reception", data=lax).status_code == 302
    page = client.get("/admin/reception").get_data(as_text=True)
    assert "Decreto 12 de 2026" in page
    with house.app.app_context(), transaction(db.session) as session:
        assert len(session.scalars(select(PetitionSettings)).all()) == 2
        late = make.petition(session, minute=11 * 60)
        reckoning.reckon(session, late, make.at(11 * 60))
        assert (late.policy, late.after_hours, late.due_on) == ("laxa", True, date(2026, 12, 16))


def test_the_set_up_says_when_nobody_would_read_what_is_reserved(house: House) -> None:
    client = house.official("administracion")
    assert "Nadie está elegido" not in client.get("/admin/setup").get_data(as_text=True)
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "pqrsd").active = False
    assert "Nadie está elegido para leer las denuncias" in client.get("/admin/setup").get_data(as_text=True)


def test_a_change_of_the_calendar_tells_what_it_moved_and_keeps_the_act_without_what_is_reserved(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        petitions = [make.petition(session), make.petition(session, 1, identity=Identity.RESERVED)]
        for petition in petitions:
            reckoning.reckon(session, petition, make.at(2))
        numbers = [petition.filing_number for petition in petitions]
    client = house.official("administracion")
    day = {"what": "closed", "first": "2026-12-07", "reach": "entity", "act": "Decreto 40", "terms": "yes"}
    answer = client.post("/admin/calendar", data=day, follow_redirects=True).get_data(as_text=True)
    assert "Cambió el vencimiento de 2 peticiones abiertas" in answer
    with house.app.app_context():
        act = house.look().scalars(select(Recount)).one()
    page = client.get(f"/admin/calendar/recounts/{act.id}").get_data(as_text=True)
    assert [number in page for number in numbers] == [True, False]
    assert "Lo reservado no se lista" in page
    assert client.get("/admin/calendar/recounts/999").status_code == 404


def test_the_command_counts_again_what_a_new_table_of_holidays_moved_and_then_does_nothing(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        petition = make.petition(session)
        reckoning.reckon(session, petition, make.at())
        petition.due_on, petition.calendar_version = date(2026, 12, 14), "0/0.98"
    run = house.app.test_cli_runner()
    assert "1 contadas, 1 con otro vencimiento" in run.invoke(args=["petitions", "recount"]).output
    assert run.invoke(args=["petitions", "recount"]).output == ""
