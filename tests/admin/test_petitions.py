"""Officials work on petitions: each door with its right, each refusal in its place."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit.model import Entry
from core.db import transaction
from core.mail.model import OutgoingMail
from core.petitions import replies
from core.petitions.checklist import Check
from core.petitions.filing import Person
from core.petitions.model import Identity, Petition, Stage
from core.petitions.reckoning import reckon
from core.petitions.reply_model import OutgoingLetter
from core.surveys.model import Of
from core.web.database import db
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import House
from tests.portal.test_petitions import PNG

ROSA = Person(name="Rosa Pabón", document_number="63400100", email="rosa@ejemplo.co", notify_by_email=True)
DRAFT = {
    "version": "0",
    "template_version": "",
    "subject": "Respuesta sobre el andén",
    "body": "El andén se arregla el lunes.\r\n\r\nNo procede recurso.",
    "annexes": "Plano",
    "outcome": "granted",
    "ground": "",
    "norm": "",
    "checks": [check.value for check in Check],
}


def came(house: House, minute: float = 0, **more: object) -> int:
    with house.app.app_context(), transaction(db.session) as session:
        petition = make.petition(session, minute, **({"person": ROSA} | more))
        reckon(session, petition, make.at(minute))
        return petition.id


def second(house: House) -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        make.colleague(session)
    return house.official("ventanilla4")


def found(house: House, petition_id: int) -> Petition:
    return house.look().get_one(Petition, petition_id)


def test_a_petition_goes_from_the_tray_to_a_delivered_reply_of_two_people(house: House) -> None:
    case = came(house)
    clerk, other = house.official("pqrsd"), second(house)
    tray = told(clerk.get("/admin/petitions"))
    assert "2026-E-000001" in tray
    assert "a tiempo" in tray
    with house.app.app_context():
        me = make.official(db.session(), "pqrsd").id
        office = make.official(db.session(), "pqrsd").office_id
    hands = {"office": office, "official": me, "reason": ""}
    assert press(clerk, f"/admin/petitions/{case}/do/assign", **hands).status_code == 302
    page = told(clerk.get(f"/admin/petitions/{case}"))
    for words in ("Rosa Pabón", "Asignada", "arreglen el andén", "Vence el martes 15 de diciembre", "Prorrogar"):
        assert words in page, words
    answer = f"/admin/petitions/{case}/reply"
    assert clerk.get(answer).status_code == 200
    assert clerk.post(answer, data=DRAFT).status_code == 302
    overtaken = other.post(answer, data=DRAFT | {"body": "Lo que yo escribí"})
    assert overtaken.status_code == 409
    assert "Lo que yo escribí" in overtaken.get_data(as_text=True)
    assert press(clerk, f"{answer}/approve", version=1).status_code == 409
    assert press(clerk, f"{answer}/review", reviewer="").status_code == 302
    assert press(clerk, f"{answer}/approve", version=1).status_code == 409
    assert "La aprueba otra persona" in told(clerk.get(answer))
    assert press(other, f"{answer}/approve", version=1).status_code == 302
    assert press(other, f"{answer}/sign", version=1).status_code == 302
    assert press(other, f"{answer}/sign", version=1).status_code in (404, 409)
    signed = told(clerk.get(answer))
    assert "2026-S-000001" in signed
    paper = clerk.get(re.search(rf"/admin/petitions/{case}/file/\d+", clerk.get(answer).get_data(as_text=True))[0])
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    assert press(clerk, f"{answer}/send", way="post", guide="1").status_code == 422
    with house.app.app_context(), transaction(db.session) as session:
        make.survey(session, Of.REPLY)
    assert press(clerk, f"{answer}/send", way="email", guide="").status_code == 302
    with house.app.app_context():
        mail = house.look().scalars(select(OutgoingMail).where(OutgoingMail.purpose == "reply")).one()
        assert (mail.address, mail.attachments[0].name) == ("rosa@ejemplo.co", "2026-S-000001.pdf")
        opinion = re.findall(r"/opinion/\S+", mail.text)[0]
        assert house.anybody().get(opinion).status_code == 409
        assert found(house, case).stage == Stage.OPEN
    ways = re.findall(r"/reply/delivery/(\d+)\"", clerk.get(answer).get_data(as_text=True))
    refused = press(clerk, f"{answer}/delivery/{ways[-1]}", on="2026-11-30", proof="Confirmó")
    assert refused.status_code == 422
    assert "Elija un día entre el del envío y hoy" in told(refused)
    proof = {"on": "2026-11-23", "proof": "Confirmó"}
    bad = press(clerk, f"{answer}/delivery/{ways[-1]}", files=(BytesIO(b"MZ"), "virus.exe"), **proof)
    assert (bad.status_code, "virus.exe" in told(bad)) == (422, True)
    scan = (BytesIO(PNG), "recibido.png")
    assert press(clerk, f"{answer}/delivery/{ways[-1]}", files=scan, **proof).status_code == 302
    assert "recibido.png" in told(clerk.get(f"/admin/petitions/{case}"))
    with house.app.app_context():
        assert (found(house, case).stage, found(house, case).stage_on) == (Stage.ANSWERED, date(2026, 11, 23))
    assert "respondida a tiempo" in told(clerk.get(f"/admin/petitions/{case}"))
    assert "respondida a tiempo" in told(clerk.get("/admin/petitions?state=answered"))
    assert "¿Cómo lo atendimos?" in told(house.anybody().get(opinion))


def test_each_deed_of_the_page_is_done_or_says_beside_its_field_why_not(house: House) -> None:
    clerk = house.official("pqrsd")
    cases = (
        ("note", {"text": "Llamé"}, {"text": " "}, "Nota interna"),
        ("write", {"text": "¿De qué año es?"}, {"text": " "}, "Mensaje de la entidad"),
        ("ask", {"what": "El recibo"}, {"what": ""}, "Se pidió completar"),
        ("obscure", {"what": "Qué pide"}, {"what": ""}, "Se pidió aclarar"),
        (
            "extend",
            {"until": "2026-12-30", "told": "email", "reason": "Plano"},
            {"until": "2027-06-01", "told": "email", "reason": "x"},
            "Prórroga",
        ),
        (
            "reclassify",
            {"kind": "informacion", "own_term": "", "reason": "Datos"},
            {"kind": "informacion", "own_term": "", "reason": ""},
            "Cambió de clase",
        ),
        (
            "prioritise",
            {"priority": "danger", "reason": "Riesgo"},
            {"priority": "danger", "reason": ""},
            "Prelación legal",
        ),
        ("draft-day", {"day": "2026-12-01"}, {"day": "2026-12-15"}, "Nota interna"),
        (
            "transfer",
            {"authority": "ANI", "address": "Bogotá", "reason": "Vía nacional", "package": "Petición"},
            {"authority": "ANI", "address": "", "reason": "x", "package": ""},
            "Trasladada",
        ),
        ("withdraw", {"reason": "Carta"}, {"reason": ""}, "La persona desistió"),
        ("link", {"other": "2026-E-000001"}, {"other": "2026-E-000999"}, "Relacionada"),
    )
    came(house)
    for n, (deed, good, bad, step) in enumerate(cases, start=1):
        case = came(house, n)
        refused = press(clerk, f"/admin/petitions/{case}/do/{deed}", **bad)
        assert refused.status_code == 422, deed
        assert "field--error" in refused.get_data(as_text=True), deed
        done = press(clerk, f"/admin/petitions/{case}/do/{deed}", **good)
        assert done.status_code == 302, (deed, told(done)[-600:])
        assert step in told(clerk.get(f"/admin/petitions/{case}")), deed
    with house.app.app_context():
        letter = house.look().scalars(select(OutgoingLetter)).one()
        assert letter.outgoing_number == "2026-S-000001"
        assert len(house.look().scalars(select(OutgoingMail)).all()) == 4
    assert press(clerk, f"/admin/petitions/{case}/do/dance").status_code == 404
    assert press(clerk, "/admin/petitions/999/do/note", text="x").status_code == 404


def test_several_are_assigned_reminded_or_grouped_at_once_or_none_of_them(house: House) -> None:
    first, last = came(house), came(house, 1)
    clerk = house.official("pqrsd")
    with house.app.app_context(), transaction(db.session) as session:
        me = make.official(session, "pqrsd").id
        foreign = make.petition(session, 2)
        foreign.office_id = make.official(session, "gobierno").office_id
        foreign_id = foreign.id
    together = "/admin/petitions/together?order=newest"
    said = {"deed": "assign", "official": me, "reason": ""}
    for wrong, status in (
        ({"petition": []}, 422),
        ({"petition": [first], "official": ""}, 422),
        ({"petition": [first, foreign_id]}, 404),
        ({"petition": [first], "deed": "remind"}, 422),
        ({"petition": [first], "deed": "group", "reason": "El puente"}, 422),
        ({"petition": ["x"]}, 422),
    ):
        assert press(clerk, together, **(said | wrong)).status_code == status, wrong
    done = press(clerk, together, **said, petition=[first, last])
    assert (done.status_code, "order=newest" in done.location) == (302, True)
    with house.app.app_context():
        assert [found(house, one).assignee_id for one in (first, last)] == [me, me]
    assert (
        press(clerk, together, deed="group", official="", reason="El puente", petition=[first, last]).status_code == 302
    )
    page = told(clerk.get(f"/admin/petitions/{last}"))
    assert "Agrupada con otras" in page
    assert "El puente" in page


def test_who_looks_at_the_tray_or_searches_it_leaves_a_row_that_says_no_word_of_it(house: House) -> None:
    came(house)
    clerk = house.official("pqrsd")
    for query in ("", "?q=Rosa+Pab%C3%B3n"):
        assert clerk.get(f"/admin/petitions{query}").status_code == 200
    assert clerk.get("/admin/mail/review").status_code == 200
    with house.app.app_context():
        read = house.look().scalars(select(Entry).where(Entry.act == "read").order_by(Entry.seq)).all()
        assert [row.detail for row in read] == [
            '{"searched":false,"what":"tray"}',
            '{"searched":true,"what":"tray"}',
            '{"searched":false,"what":"mails for review"}',
        ]


def test_the_tray_keeps_what_was_asked_for_in_its_address(house: House) -> None:
    came(house, text="El acueducto está dañado")
    came(house, 1, kind="queja")
    clerk = house.official("pqrsd")
    for query, shown in (
        ("q=danado", 1),
        ("q=2026-E-000002", 1),
        ("q=rosa+pabon", 2),
        ("kind=queja", 1),
        ("kind=nada&state=nada&page=x&office=-1", 2),
        ("channel=paper", 0),
        ("assignee=nobody", 2),
        ("assignee=1", 0),
        ("from=2026-12-15&until=2026-12-15", 2),
        ("state=overdue", 0),
        ("scope=mine", 0),
        ("page=2", 0),
    ):
        page = clerk.get(f"/admin/petitions?{query}")
        assert page.status_code == 200, query
        assert page.get_data(as_text=True).count('class="tray-box"') == shown, query
    wrong = clerk.get("/admin/petitions?from=ayer")
    assert (wrong.status_code, "Escriba la fecha así" in told(wrong)) == (422, True)


def test_another_office_finds_nothing_and_who_only_reads_leaves_a_row_and_changes_nothing(house: House) -> None:
    case = came(house)
    other = house.official("gobierno")
    for path in (f"/admin/petitions/{case}", f"/admin/petitions/{case}/reply"):
        assert other.get(path).status_code == 404, path
    assert press(other, f"/admin/petitions/{case}/do/note", text="x").status_code == 404
    assert other.get("/admin/petitions/state?number=2026-E-000001").status_code == 404
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla3").roles = ["control"]
    control = house.official("ventanilla3")
    page = control.get(f"/admin/petitions/{case}")
    assert page.status_code == 200
    assert "Asignar o reasignar" not in told(page)
    assert press(control, f"/admin/petitions/{case}/do/note", text="x").status_code == 403
    assert "2026-E-000001" in told(control.get("/admin/petitions?scope=all"))
    with house.app.app_context():
        reads = house.look().scalars(select(Entry).where(Entry.act == "read", Entry.thing == "petition")).all()
        me = make.official(db.session(), "ventanilla3").id
        assert [(row.thing_id, row.who_id) for row in reads] == [(case, me), (None, me)]


def test_at_the_window_they_say_how_a_petition_goes_and_nothing_of_who_or_what(house: House) -> None:
    came(house)
    window = house.official("ventanilla1")
    page = window.get("/admin/petitions/state?number=2026-1")
    words = told(page)
    assert page.status_code == 200
    for shown in ("2026-E-000001", "a tiempo", "Radicada"):
        assert shown in words, shown
    for hidden in ("Rosa", "andén", "63400100"):
        assert hidden not in words, hidden
    assert window.get("/admin/petitions").status_code == 403


def test_the_mayor_reads_and_approves_only_what_names_them(house: House) -> None:
    mine, theirs = came(house), came(house, 1)
    with house.app.app_context(), transaction(db.session) as session:
        mayor, clerk = make.official(session, "ventanilla2"), make.official(session, "pqrsd").id
        mayor.roles = ["mayor"]
        for case, reviewer in ((mine, mayor.id), (theirs, None)):
            petition = session.get_one(Petition, case)
            replies.save(session, petition, make.draft(), 0, clerk, make.at(2))
            replies.ask_review(session, petition, reviewer, clerk, make.at(2))
    client = house.official("ventanilla2")
    waiting = told(client.get("/admin/petitions/replies"))
    assert "2026-E-000001" in waiting
    assert "2026-E-000002" not in waiting
    assert client.get(f"/admin/petitions/{theirs}/reply").status_code == 404
    assert press(client, f"/admin/petitions/{mine}/reply/back", reason=" ").status_code == 422
    assert press(client, f"/admin/petitions/{mine}/reply/approve", version=1).status_code == 302
    assert press(client, f"/admin/petitions/{mine}/reply/sign", version=1).status_code == 302
    assert client.post(f"/admin/petitions/{mine}/reply", data=DRAFT).status_code == 404
    with house.app.app_context():
        assert (
            house.look().scalars(select(OutgoingLetter.signed_by)).one()
            == make.official(db.session(), "ventanilla2").id
        )


def test_a_template_fills_a_reply_and_an_unknown_field_is_refused(house: House) -> None:
    case = came(house)
    clerk = house.official("pqrsd")
    new = {"name": "General", "subject": "Respuesta a {radicado}", "body": "Señora {nombre}: {asunto}"}
    refused = clerk.post("/admin/petitions/templates", data=new | {"body": "Hola {clave}"})
    assert (refused.status_code, "«{clave}» no es un campo" in told(refused)) == (422, True)
    assert clerk.post("/admin/petitions/templates", data=new).status_code == 302
    page = clerk.get(f"/admin/petitions/{case}/reply?template=1").get_data(as_text=True)
    assert "Señora Rosa Pabón: El andén de mi casa" in page
    assert (
        clerk.post("/admin/petitions/templates/1", data={"subject": "Otra {radicado}", "body": "B"}).status_code == 302
    )
    assert "versión 2" in told(clerk.get("/admin/petitions/templates"))
    assert house.official("gobierno").get("/admin/petitions/templates/1").status_code == 404
    assert clerk.post("/admin/petitions/templates/1/withdraw").status_code == 302
    assert clerk.get("/admin/petitions/templates/1").status_code == 404


def test_a_reserved_petition_is_worked_on_by_who_is_named_and_its_letter_is_unreadable_on_the_disk(
    house: House,
) -> None:
    case = came(house, identity=Identity.RESERVED, text="CANARIO")
    clerk, other = house.official("pqrsd"), second(house)
    assert "CANARIO" in told(clerk.get(f"/admin/petitions/{case}"))
    assert "CANARIO" not in told(clerk.get("/admin/petitions?scope=named"))
    assert "2026-E-000001" in told(clerk.get("/admin/petitions?scope=named"))
    assert "2026-E-000001" not in told(clerk.get("/admin/petitions"))
    assert other.get(f"/admin/petitions/{case}").status_code == 404
    assert clerk.get("/admin/petitions?scope=named&q=canario").get_data(as_text=True).count('class="tray-box"') == 0
