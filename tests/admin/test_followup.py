"""Who answers for an activity of the plan reports it, internal control verifies it and publishes the cut-off."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import reading
from core.db import transaction
from core.mail.model import OutgoingMail
from core.petitions import reminders
from core.plan import actions as planning
from core.plan.cutoffs import Rhythm
from core.plan.followup import snapshot
from core.plan.followup.model import Report, ReportEvidence, ReportVerdict, Snapshot
from core.plan.followup.standing import Verdict
from core.web import reminding
from core.web.database import db
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import Hands, House
from tests.core.files.samples import pdf
from tests.core.plan.followups import LINK, activity, day, goal, judge, plan, report

PAGE = "/admin/followup/2026/1"
ONE = f"{PAGE}/2.4.1"


def in_role(house: House, role: str, username: str) -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, username).roles = [role]
    return house.official(username)


def holder(house: House, username: str = "ventanilla3") -> FlaskClient:
    """Somebody of the windows who answers for what the webmaster has to do."""
    with house.app.app_context(), transaction(db.session) as session:
        role = activity(session).responsible[0]
        by = make.official(session, "administracion").id
        planning.name_holders(session, plan(session), role, [make.official(session, username).id], by, day(1, 5))
    return house.official(username)


def kept(house: House, model: Any) -> list[Any]:
    return list(house.look().scalars(select(model).order_by(model.id)))


def test_a_cut_off_goes_from_its_reports_to_its_publication(house: House, hands: Hands) -> None:
    hands.at = day(5, 4)
    with house.app.app_context(), transaction(db.session) as session:
        goal(session)
    mine, control, planner = (
        holder(house),
        in_role(house, "control", "ventanilla4"),
        in_role(house, "planning", "pqrsd"),
    )
    assert 'href="/admin/followup"' in mine.get("/counter/").get_data(as_text=True)
    assert 'href="/admin/followup"' not in house.official("ventanilla1").get("/counter/").get_data(as_text=True)
    assert "2.4.1" in told(mine.get(f"{PAGE}?scope=mine"))
    files = [(io.BytesIO(pdf()), "acta.pdf")]
    bad = press(mine, f"{ONE}/report", value="tres", done="Se adoptó la estrategia.", files=files, seen="0")
    assert (bad.status_code, "Escriba un número como 12 o 12,5" in told(bad)) == (422, True)
    assert "Se adoptó la estrategia." in told(bad)
    sent = {"value": "1", "done": "Se adoptó la estrategia.", "link": LINK, "seen": "0"}
    made = press(mine, f"{ONE}/report", **sent, files=[(io.BytesIO(pdf()), "acta.pdf")], public="y")
    assert made.status_code == 302, told(made)
    assert press(mine, f"{PAGE}/3.3.1/report", **sent).status_code == 404, "somebody else answers for it"
    assert press(mine, f"{ONE}/judge", verdict="agrees").status_code == 403
    with house.app.app_context():
        number, proof = kept(house, Report)[0].id, kept(house, ReportEvidence)[0].id
    assert "Por verificar 1" in told(planner.get("/admin/followup"))
    assert mine.get(f"/admin/followup/proof/{proof}").data == pdf()
    shown = {"report": number, "seen": "0", "seen_evidence": "y"}
    assert press(control, f"{ONE}/judge", **shown, verdict="disagrees").status_code == 422
    assert press(control, f"{ONE}/judge", **shown, verdict="agrees").status_code == 302
    late = press(control, f"{ONE}/judge", **shown, verdict="disagrees", observation="No.")
    assert (late.status_code, "Alguien más lo cambió" in told(late)) == (409, True)
    assert "33,3 %" in told(planner.get(PAGE))
    assert press(planner, f"{PAGE}/publish").status_code == 403
    refused = press(control, f"{PAGE}/publish")
    assert (refused.status_code, "Faltan 43 actividades" in told(refused)) == (422, True)
    assert press(control, f"{PAGE}/publish", as_it_is="y").status_code == 302
    assert press(mine, f"{ONE}/report", **sent | {"seen": "1", "reason": "Otra"}).status_code == 409
    words = told(control.get(PAGE))
    assert "Edición 1" in words
    assert "íntegra" in words
    assert press(control, f"{PAGE}/reopen", reason="Falta un acta.", act="").status_code == 422
    assert press(control, f"{PAGE}/reopen", reason="Falta un acta.", act="Acta 7").status_code == 302
    words = told(planner.get("/admin/followup"))
    assert "reabierto" in words
    assert "Por debajo de lo esperado" not in words or "2.4.1" in words
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert planner.get(f"{PAGE}/draft.{form}").data.startswith(start), form


def errors_of(page: TestResponse) -> dict[str, str]:
    """What is wrong with each field of a page, by the id of what its error belongs to."""
    html = page.get_data(as_text=True)
    found = re.findall(r'<p class="field__error" id="([a-z_]+)-error">.*?</span>(.*?)</span></p>', html)
    return {name: unescape(said) for name, said in found}


def test_a_refused_report_names_at_once_all_that_is_missing_and_keeps_what_was_typed(
    house: House, hands: Hands
) -> None:
    hands.at = day(5, 4)
    mine = holder(house)
    lacks = {
        "value": "Escriba cuánto se hizo, con un número como 3 o 12,5.",
        "done": "Escriba este dato: queda en el seguimiento.",
        "files": "Adjunte algo que lo muestre, o escriba su dirección en la web.",
    }
    value, done, files = lacks.items()
    no_amount = ("value", "Escriba un número como 12 o 12,5: la coma es de los decimales y el punto de los miles.")
    no_link = ("link", "Escriba una dirección completa, que empiece por https:// o http://.")
    personal = ("difficulties", "Esto se publica: quite «3105551234».")
    cases: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
        ({}, [value, done, files]),
        ({"value": "2", "difficulties": "Llamar al 3105551234"}, [done, files, personal]),
        ({"value": "tres", "done": "Se adoptó."}, [no_amount, files]),
        ({"link": "intranet", "done": "Se adoptó."}, [no_link, value]),
        ({"nothing_new": "y", "difficulties": "Llamar al 3105551234"}, [personal]),
    ]
    for typed, wrong in cases:
        refused = press(mine, f"{ONE}/report", **typed, seen="0")
        assert (refused.status_code, errors_of(refused)) == (422, dict(wrong)), typed
        page = refused.get_data(as_text=True)
        assert all(text in page for name, text in typed.items() if name != "nothing_new"), typed
    assert press(mine, f"{ONE}/report", value="1", done="Se hizo.", link=LINK, seen="0").status_code == 302
    again = press(mine, f"{ONE}/report", value="", done="", seen="1")
    assert errors_of(again) == lacks | {"reason": lacks["done"]}
    with house.app.app_context():
        assert len(kept(house, Report)) == 1


def test_who_reported_is_told_that_somebody_else_verifies(house: House, hands: Hands) -> None:
    hands.at = day(5, 4)
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "pqrsd").roles = ["control", "planning"]
        number = report(session).id
    own = house.official("pqrsd")
    assert "Verifica otra persona" in told(own.get(ONE))
    refused = press(own, f"{ONE}/judge", report=number, seen="0", seen_evidence="y", verdict="agrees")
    assert (refused.status_code, "Verifica otra persona" in told(refused)) == (403, True)
    with house.app.app_context():
        assert kept(house, ReportVerdict) == []


def test_what_is_measured_is_not_asked_for_and_stays_as_it_was_when_it_was_reported(house: House, hands: Hands) -> None:
    hands.at = day(1, 4, 2027)
    page = "/admin/followup/2026/3/4.2.3"
    with house.app.app_context(), transaction(db.session) as session:
        make.finished(session)
    planner = in_role(house, "planning", "pqrsd")
    assert 'name="value"' not in planner.get(page).get_data(as_text=True)
    assert press(planner, f"{page}/report", done="Funciona.", value="90", seen="0").status_code == 422
    assert press(planner, f"{page}/report", done="Funciona.", seen="0").status_code == 302
    with house.app.app_context(), transaction(db.session) as session:
        make.finished(session, 10)
    with house.app.app_context():
        row = kept(house, Report)[0]
        assert (row.value, row.measure, row.figures["leads"]["count"]) == ("1", "turns_attended", 1)


def test_the_rhythm_is_set_by_an_act_while_nobody_has_reported(house: House, hands: Hands) -> None:
    hands.at = day(5, 4)
    planner, control = in_role(house, "planning", "pqrsd"), in_role(house, "control", "ventanilla4")
    path = "/admin/followup/2026/rhythm"
    assert press(control, path, rhythm="semestral", act="Acta 1").status_code == 403
    assert press(planner, path, rhythm="semestral", act="").status_code == 422
    assert press(planner, path, rhythm="semestral", act="Acta 1").status_code == 302
    with house.app.app_context():
        assert plan(house.look()).rhythm is Rhythm.HALF_YEAR
    assert planner.get("/admin/followup/2026/3").status_code == 404


def test_who_answers_and_internal_control_are_reminded_of_what_is_missing(house: House, hands: Hands) -> None:
    holder(house)
    in_role(house, "control", "ventanilla4")
    with house.app.app_context(), transaction(db.session) as session:
        sent = report(session, at=day(5, 4))
        judge(session, sent, Verdict.SENT_BACK, "Falta el acta.")
        report(session, "3.3.1", at=day(5, 4))
        for name in ("ventanilla3", "ventanilla4"):
            reminders.set_address(session, make.official(session, name).id, f"{name}@california.example")
    with house.app.app_context(), reading(lambda: day(5, 14)):
        assert reminding.remind() == 2
        texts = {one.address: one.text for one in house.look().scalars(select(OutgoingMail))}
    mine, control = texts["ventanilla3@california.example"], texts["ventanilla4@california.example"]
    assert "El corte al 30/04/2026 se publica hasta el viernes 15 de mayo" in mine
    assert "Devueltas para corregir: 2.4.1" in mine
    assert "1.4.1" in mine.split("Por reportar: ")[1].split("\n")[0].split(", ")
    assert "Por verificar: 3.3.1" in control


def test_the_command_finds_what_was_changed_after_it_was_published(house: House, hands: Hands) -> None:
    hands.at = day(5, 4)
    with house.app.app_context(), transaction(db.session) as session:
        report(session)
    control = in_role(house, "control", "ventanilla4")
    assert press(control, f"{PAGE}/publish", as_it_is="y").status_code == 302
    run = house.app.test_cli_runner().invoke
    good = run(args=["plan", "verify", "--year", "2026"])
    assert (good.exit_code, "Corte 1, edición 1: íntegro" in good.output) == (0, True), good.output
    with house.app.app_context(), transaction(db.session) as session:
        row = session.scalars(select(Snapshot)).one()
        row.content = row.content.replace("Se hizo.", "Se hizo!")
    assert run(args=["plan", "verify", "--year", "2026"]).exit_code == 1
    assert "no coincide con su huella" in told(control.get(PAGE))
    with house.app.app_context(), transaction(db.session) as session:
        row = session.scalars(select(Snapshot)).one()
        row.digest = snapshot.digest(row.content)
    spoilt = run(args=["plan", "verify", "--year", "2026"])
    assert (spoilt.exit_code, "CAMBIADO" in spoilt.output) == (1, True), "the trail knows what was published"
