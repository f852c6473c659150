"""Officials open an action, show what they did, and somebody else says on its page whether it helped."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.clock import reading
from core.db import transaction
from core.improvement import actions
from core.improvement.actions import Proof, Verdict
from core.improvement.model import Evidence, Improvement, IndividualNote
from core.improvement.standing import Deed, Stage
from core.mail.model import OutgoingMail
from core.people.model import Official
from core.petitions import reminders
from core.surveys.model import Of
from core.web import reminding
from core.web.database import db
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import House
from tests.core.files.samples import pdf

LINK = "https://california-santander.gov.co/horarios"


def asked(house: House, **more: Any) -> dict[str, Any]:
    """What the form of a new action sends."""
    with house.app.app_context():
        session = db.session()
        said = {"office": make.office(session).id, "official": make.official(session, "pqrsd").id}
    said |= {
        "source": "survey",
        "reference": "Trato · 2026-T4",
        "finding": "La fila da la vuelta.",
        "cause": "Hay una.",
    }
    return {**said, "action": "Abrir dos.", "due_on": "2026-12-15", **more}


def kept(house: House) -> list[Improvement]:
    return list(house.look().scalars(select(Improvement).order_by(Improvement.id)))


def an_action(house: House, *, done: bool = False) -> str:
    """The address of an action of the clerk of petitions."""
    with house.app.app_context(), transaction(db.session) as session:
        action = make.improvement(session)
        if done:
            clerk = make.official(session, "pqrsd").id
            actions.declare_done(session, action, "Listo.", Proof(link=LINK), clerk, make.at())
        return f"/admin/improvements/{action.id}"


def in_role(house: House, role: str) -> FlaskClient:
    """Somebody of the front desk with this role, who had no hand in anything."""
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, "ventanilla2")
        official.roles, official.office = [role], make.office(session)
    return house.official("ventanilla2")


def test_an_action_is_opened_done_with_its_evidence_and_verified_by_somebody_else(house: House) -> None:
    clerk, judge = house.official("pqrsd"), in_role(house, "control")
    made = press(clerk, "/admin/improvements/new", **asked(house))
    assert made.status_code == 302, told(made)
    page = made.location
    content = pdf()
    shown = {"text": "Se abrieron dos.", "files": [(io.BytesIO(content), "acta.pdf")], "link": LINK}
    done = press(clerk, f"{page}/do/done", **shown)
    assert done.status_code == 302, told(done)
    assert press(clerk, f"{page}/verify", effective="yes", why="Sí.").status_code == 403
    assert press(judge, f"{page}/verify", why="Conté.").status_code == 422
    verified = press(judge, f"{page}/verify", effective="yes", why="Conté.", told="Abrimos dos ventanillas más.")
    assert verified.status_code == 302, told(verified)
    words = told(clerk.get(page))
    for said in ("La fila da la vuelta.", "Se abrieron dos.", "acta.pdf", "Sirvió.", "«Abrimos dos ventanillas más.»"):
        assert said in words, said
    with house.app.app_context():
        file = house.look().scalars(select(Evidence).where(Evidence.file_id.is_not(None))).one()
        assert clerk.get(f"{page}/evidence/{file.id}").data == content
        assert kept(house)[0].stage is Stage.EFFECTIVE
    with house.app.app_context(), transaction(db.session) as session:
        make.survey(session, Of.OPEN, code="barrios")
    for path in ("/", "/encuestas/barrios/thanks"):
        words = told(house.anybody().get(path))
        assert "Gracias a lo que otras personas dijeron Abrimos dos ventanillas más." in words, path


def test_who_has_had_a_hand_in_it_is_told_that_somebody_else_verifies(house: House) -> None:
    page = an_action(house, done=True)
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "pqrsd").roles = ["planning"]
    own = house.official("pqrsd")
    assert "Otra persona verifica" in told(own.get(page))
    refused = press(own, f"{page}/verify", effective="yes", why="Sí.")
    assert (refused.status_code, "Verifica otra persona" in told(refused)) == (403, True)
    assert "Verificar si sirvió" in told(in_role(house, "planning").get(page))
    with house.app.app_context():
        assert kept(house)[0].stage is Stage.DONE


def test_what_is_typed_badly_is_told_beside_its_field_and_kept_as_it_was(house: House) -> None:
    clerk, page = house.official("pqrsd"), an_action(house)
    with house.app.app_context(), transaction(db.session) as session:
        reserved = make.petition(session, kind="denuncia_corrupcion").filing_number
        number = make.petition(session, 1).filing_number
    wrong = {
        "No hay una petición con ese radicado": asked(house, source="petition", reference="2026-E-000999"),
        "No hay una petición con ese radicado.": asked(house, source="petition", reference=reserved),
        "Aquí no van datos de personas. Quite «310 555 1234»": asked(house, finding="Llamar al 310 555 1234"),
        "Elija un día desde hoy": asked(house, due_on="2026-11-01"),
        "Escriba una fecha": asked(house, due_on="mañana"),
        "Elija a quien responde": asked(house, official="999"),
        "Elija una dependencia": asked(house, office="1"),
        "Elija de dónde salió": asked(house, source=""),
        "Escriba este dato": asked(house, cause=" "),
    }
    for sentence, said in wrong.items():
        answer = press(clerk, "/admin/improvements/new", **said)
        assert (answer.status_code, sentence in told(answer)) == (422, True), (sentence, told(answer))
        assert "Abrir dos." in answer.get_data(as_text=True)
    deeds = {
        "done": ({"text": "Listo"}, "Adjunte algo que lo muestre"),
        "note": ({"text": "Ya", "link": "javascript:alert(1)"}, "https://"),
        "move": ({"due_on": "2026-12-23", "reason": "x"}, "Ya vence ese día"),
        "assign": ({"office": "", "official": "", "reason": "x"}, "Elija"),
        "withdraw": ({"reason": ""}, "Escriba este dato"),
    }
    for deed, (said, sentence) in deeds.items():
        answer = press(clerk, f"{page}/do/{deed}", **said)
        assert (answer.status_code, sentence in told(answer)) == (422, True), (deed, told(answer))
    assert press(clerk, f"{page}/do/verify").status_code == 404
    assert press(clerk, f"{page}/do/reopen", action="x", due_on="2026-12-23", reason="y").status_code == 409
    with house.app.app_context():
        assert [len(one.steps) for one in kept(house)] == [1]
    made = press(clerk, "/admin/improvements/new", **asked(house, source="petition", reference=number.lower()))
    assert number in told(clerk.get(made.location))


def test_the_list_keeps_its_filters_in_the_address_and_counts_what_is_late(house: House) -> None:
    page, clerk, mayor = an_action(house), house.official("pqrsd"), in_role(house, "mayor")
    code = f"AM-{int(page.rpartition('/')[2]):04d}"
    late = make.at() + timedelta(days=40)
    assert code in told(clerk.get("/admin/improvements?scope=mine&state=open"))
    assert code not in told(mayor.get("/admin/improvements?scope=mine"))
    assert code not in told(clerk.get("/admin/improvements?state=late"))
    with reading(lambda: late):
        shown = in_role(house, "mayor").get("/admin/improvements?state=late&source=survey&office=&page=1")
        assert (code in told(shown), "1 atrasada" in told(shown)) == (True, True)
    for nothing in ("?state=nonsense&page=x&office=%00", "?source=risk", "?page=99999999999"):
        assert clerk.get(f"/admin/improvements{nothing}").status_code == 200
    assert "Abrir una acción" not in told(mayor.get("/admin/improvements"))


def test_the_plan_is_taken_away_as_a_table_with_what_shows_each_action(house: House) -> None:
    page, clerk = an_action(house, done=True), house.official("pqrsd")
    assert press(in_role(house, "control"), f"{page}/verify", effective="no", why="Sigue igual.").status_code == 302
    text = clerk.get("/admin/improvements.csv?state=not_effective").get_data(as_text=True)
    for said in ("AM-0001", "La sala se llena a las 9.", LINK, "No sirvió. Sigue igual.", "2026-12-23"):
        assert said in text, said
    assert "AM-0001" not in clerk.get("/admin/improvements.csv?state=late").get_data(as_text=True)
    sheet = clerk.get("/admin/improvements.xlsx")
    assert (sheet.status_code, sheet.data[:2]) == (200, b"PK")


def test_a_note_for_an_individual_plan_says_where_it_went_and_nothing_else(house: House) -> None:
    clerk = house.official("pqrsd")
    said = {"source": "audit", "reference": "Informe 3, hallazgo 2", "passed_on": "2026-11-20"}
    refused = press(clerk, "/admin/improvements/individual", **said, passed_to="jefe@ejemplo.co")
    assert (refused.status_code, "datos de personas" in told(refused)) == (422, True)
    assert press(clerk, "/admin/improvements/individual", **said, passed_to="Jefe de Talento Humano").status_code == 302
    listed = clerk.get("/admin/improvements")
    assert "Se pasó a Jefe de Talento Humano" in told(listed)
    (own,) = re.findall(r'href="(/admin/improvements/individual/[0-9]+)"', listed.get_data(as_text=True))
    kept_of_it = told(clerk.get(own))
    for words in ("CI-0001", "Una auditoría: Informe 3, hallazgo 2", "Jefe de Talento Humano", "20/11/2026"):
        assert words in kept_of_it, words
    assert clerk.get("/admin/improvements/individual/9").status_code == 404
    with house.app.app_context():
        assert len(house.look().scalars(select(IndividualNote)).all()) == 1
        assert kept(house) == []


def test_of_two_who_verify_at_once_one_does(house: House) -> None:
    page = an_action(house, done=True)
    number, start, ended = int(page.rpartition("/")[2]), Barrier(2), []

    def verify(username: str, *, effective: bool) -> None:
        with house.app.app_context():
            by = db.session.scalar(select(Official.id).where(Official.username == username))
            db.session.rollback()
            start.wait()
            try:
                with transaction(db.session) as session:
                    action = session.get_one(Improvement, number, with_for_update=True, populate_existing=True)
                    actions.verify(session, action, Verdict(effective, "Lo vi."), by, make.at(9))
                ended.append("verified")
            except actions.NotNow:
                ended.append("refused")

    each = [Thread(target=verify, args=("ventanilla1",), kwargs={"effective": True})]
    each.append(Thread(target=verify, args=("ventanilla2",), kwargs={"effective": False}))
    for one in each:
        one.start()
    for one in each:
        one.join()
    assert sorted(ended) == ["refused", "verified"]
    with house.app.app_context():
        assert [step.deed for step in kept(house)[0].steps].count(Deed.VERIFIED) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_due_within_a_week_is_in_the_reminder_of_who_answers_for_it(house: House) -> None:
    an_action(house)
    with house.app.app_context(), transaction(db.session) as session:
        reminders.set_address(session, make.official(session, "pqrsd").id, "pqrsd@ejemplo.gov.co")
    for days, sentence in ((24, "AM-0001: vence el miércoles 23 de diciembre"), (31, "AM-0001: atrasada")):
        with house.app.app_context(), reading(lambda days=days: make.at() + timedelta(days=days)):
            reminding.remind()
            letters = house.look().scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).all()
            assert re.search(re.escape(sentence), letters[0].text), letters[0].text
            assert "La sala se llena" not in letters[0].text
