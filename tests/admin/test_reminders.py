"""An official says where to be reminded; the secret address of a calendar opens its dates, and nothing else."""

from __future__ import annotations

import re

from sqlalchemy import select

from core.clock import reading
from core.db import transaction
from core.mail.model import OutgoingMail
from core.petitions import reckoning
from core.petitions.reminders import OfficeHead
from core.web import reminding
from core.web.database import db
from tests import make
from tests.conftest import House


def an_open_petition(house: House) -> str:
    with house.app.app_context(), transaction(db.session) as session:
        petition = make.petition(session, subject="CANARIO asunto")
        petition.assignee_id = make.official(session, "pqrsd").id
        reckoning.reckon(session, petition, make.at())
        return petition.filing_number


def test_an_official_asks_for_a_calendar_and_it_says_when_and_not_whose(house: House) -> None:
    number, clerk = an_open_petition(house), house.official("pqrsd")
    page = clerk.post("/admin/reminders/feed").get_data(as_text=True)
    address = re.search(r"/admin/due/[\w-]+\.ics", page)
    assert address is not None
    calendar = house.anybody().get(address[0])
    assert (calendar.status_code, calendar.mimetype) == (200, "text/calendar")
    told = calendar.get_data(as_text=True)
    assert f"Vence {number}" in told
    assert "DTSTART;VALUE=DATE:20261215" in told
    assert "CANARIO" not in told
    assert make.PERSON.name not in told
    assert address[0] not in clerk.get("/admin/reminders").get_data(as_text=True)
    assert clerk.post("/admin/reminders/feed/close").status_code == 302
    assert house.anybody().get(address[0]).status_code == 404


def test_every_working_morning_what_presses_is_written_once_and_goes_up_to_the_head(house: House) -> None:
    number, clerk = an_open_petition(house), house.official("pqrsd")
    assert clerk.post("/admin/reminders", data={"email": "sin arroba"}).status_code == 422
    assert clerk.post("/admin/reminders", data={"email": "pqrsd@california.example"}).status_code == 302
    with house.app.app_context(), transaction(db.session) as session:
        office = make.official(session, "pqrsd").office_id
        session.add(OfficeHead(office_id=office, official_id=make.official(session, "gobierno").id))
    head = house.official("gobierno")
    assert head.post("/admin/reminders", data={"email": "gobierno@california.example"}).status_code == 302
    with house.app.app_context():
        for hour, mails in ((6, 0), (7, 2), (7.1, 2), (9, 2)):
            with reading(lambda hour=hour: make.at((22 * 24 + hour - 8) * 60)):
                reminding.go_round()
            assert len(house.look().scalars(select(OutgoingMail)).all()) == mails, hour
        texts = {mail.address: f"{mail.subject}\n{mail.text}" for mail in house.look().scalars(select(OutgoingMail))}
    mine, above = texts["pqrsd@california.example"], texts["gobierno@california.example"]
    assert f"{number}, petición de interés particular: vence hoy, martes 15 de diciembre (sin borrador)" in mine
    assert "De su gente" in above
    assert number in above
    assert "CANARIO" not in mine + above


def test_who_answers_for_an_office_is_chosen_among_its_people(house: House) -> None:
    with house.app.app_context():
        clerk = make.official(house.look(), "pqrsd")
        said = {"reception": "estricta", "act": "", "office_id": clerk.office_id, "soon_days": 3, "draft_days": 3}
        said |= {"custodians": [clerk.id], f"head_{clerk.office_id}": clerk.id}
        office_id, clerk_id = clerk.office_id, clerk.id
    client = house.official("administracion")
    assert client.post("/admin/reception", data=said).status_code == 302
    with house.app.app_context():
        assert house.look().get_one(OfficeHead, office_id).official_id == clerk_id
    assert client.post("/admin/reception", data=said | {f"head_{office_id}": ""}).status_code == 302
    with house.app.app_context():
        assert house.look().get(OfficeHead, office_id) is None


def test_what_is_to_be_read_goes_into_the_message_of_the_morning(house: House) -> None:
    desk, clerk = house.official("ventanilla1"), house.official("pqrsd")
    with house.app.app_context(), transaction(db.session) as session:
        make.protocol(session)
    assert desk.post("/admin/reminders", data={"email": "ventanilla1@california.example"}).status_code == 302
    assert clerk.post("/admin/reminders", data={"email": "pqrsd@california.example"}).status_code == 302
    assert "En su calendario" not in desk.get("/admin/reminders").get_data(as_text=True)
    with house.app.app_context():
        for hour in (7, 8):
            with reading(lambda hour=hour: make.at((24 + hour - 8) * 60)):
                reminding.go_round()
        mails = {mail.address: mail for mail in house.look().scalars(select(OutgoingMail))}
    mail = mails["ventanilla1@california.example"]
    assert mail.subject.startswith("Protocolos por leer: ")
    assert "- T-01, Atender a quien llega molesto: hasta el lunes 30 de noviembre" in mail.text
    assert "atrasado, era hasta el viernes 30 de octubre" in mail.text
    assert "T-01" not in mails["pqrsd@california.example"].text
