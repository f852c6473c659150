"""File a petition on the portal: in one's own words, once, with or without a name; and what one takes home."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.audit.model import Entry
from core.mail.model import OutgoingMail
from core.petitions import attachments, finding
from core.petitions.model import Channel, Identity, Petition, Step, StepKind
from core.petitions.terms import Kind
from core.presses import KeptPress
from core.web.forms import new_press
from portal.petitions import FILINGS_PER_MINUTE
from tests.conftest import Hands, House

NEW, CORRUPTION, RECEIPT = "/petitions/new", "/petitions/corruption", "/petitions/receipt"
WORDS = "No pasa el carro de la basura por la vereda La Baja."
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def send(client: FlaskClient, address: str = NEW, **said: Any) -> TestResponse:
    return client.post(address, data={"press": new_press(), "text": WORDS, **said}, content_type="multipart/form-data")


def page(client: FlaskClient, address: str = RECEIPT) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def only(house: House) -> Petition:
    return house.look().scalars(select(Petition)).one()


def test_words_alone_are_a_petition_and_the_receipt_says_its_number_its_day_and_what_it_lacks(
    house: House, hands: Hands
) -> None:
    client = house.anybody()
    sent = send(client)
    assert (sent.status_code, sent.headers["Location"]) == (302, RECEIPT)
    told = page(client)
    found = CODE.search(told)
    assert found
    for said in ("2026-E-000001", "martes 15 de diciembre de 2026", "15 días hábiles", "el asunto, en pocas palabras"):
        assert said in told
    with house.app.app_context():
        petition = only(house)
        assert (petition.kind, petition.channel, petition.identity) == (
            Kind.GENERAL,
            Channel.WEB,
            Identity.IDENTIFIED,
        )
        assert petition.due_on == petition.told_on is not None
    paper = client.get("/petitions/receipt.pdf")
    assert paper.data.startswith(b"%PDF")
    assert "2026" not in paper.headers["Content-Disposition"]
    assert client.post("/petitions/kept", data={}).headers["Clear-Site-Data"] == '"cache"'
    assert client.get(RECEIPT).status_code == 404
    opened = client.post("/petitions/follow", data={"number": "2026-E-000001", "code": found[0]})
    assert opened.status_code == 302
    send(client, text="Otra petición.")
    hands.forward(hours=1)
    assert client.get(RECEIPT).status_code == 404


def test_what_is_sent_again_is_the_same_petition_and_other_words_are_another(house: House) -> None:
    client, press = house.anybody(), new_press()
    for text, number in ((WORDS, "000001"), (WORDS, "000001"), (f"{WORDS} Desde hace un mes.", "000002")):
        assert send(client, press=press, text=text).status_code == 302
        assert f"2026-E-{number}" in client.get(RECEIPT).get_data(as_text=True)
    with house.app.app_context():
        session = house.look()
        assert session.scalar(select(func.count()).select_from(Petition)) == 2
        assert session.scalar(select(func.count()).select_from(KeptPress)) == 0


def test_a_form_to_mend_keeps_what_was_typed_and_says_beside_each_field_what_is_wrong(house: House) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"text": "  "}, "Escriba qué pide o qué pasó"),
        ({"email": "rosa@"}, "Revise el correo"),
        ({"phone": "trescientos"}, "Escriba solo los números"),
        ({"answer_by": "post"}, "falta «dirección»"),
        ({"document_number": "12*34"}, "sin signos"),
        ({"website": "http://x"}, "Deje vacía la casilla"),
        ({"kind": "otra"}, "válid"),
        ({"subject": "a\u202eb"}, "caracteres no permitidos"),
        ({"files": (BytesIO(b"MZ"), "virus.exe")}, "virus.exe"),
    ]
    client = house.anybody()
    for said, wrong in cases:
        answer = send(client, name="Rosa Elvira", **said)
        told = answer.get_data(as_text=True)
        assert (answer.status_code, wrong in told, "Rosa Elvira" in told) == (422, True, True), said
    with house.app.app_context():
        assert house.look().scalar(select(func.count()).select_from(Petition)) == 0


def test_an_anonymous_one_keeps_nothing_that_was_typed_no_hour_and_asks_for_its_code_before_leaving(
    house: House,
) -> None:
    client = house.anybody()
    send(client, identity="anonymous", name="Rosa Elvira", email="rosa@ejemplo.co", files=(BytesIO(PNG), "foto.png"))
    told = page(client)
    found = CODE.search(told)
    assert found
    assert "9:00" not in told
    with house.app.app_context():
        session = house.look()
        petition = only(house)
        assert (petition.petitioner, petition.received_at, petition.missing) == (None, None, ["subject"])
        assert {step.at for step in session.scalars(select(Step))} == {None}
        (hung,) = attachments.of_petition(session, petition)
        assert hung.file.cleaned
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 0
        assert not [entry for entry in session.scalars(select(Entry)) if entry.thing == "petition"]
    wrong = client.post("/petitions/kept", data={"code": "AAAA-BBBB-CCCC-DDDD"})
    assert (wrong.status_code, found[0] in wrong.get_data(as_text=True)) == (422, True)
    assert client.post("/petitions/kept", data={"code": found[0].lower().replace("-", " ")}).status_code == 200
    assert client.get(RECEIPT).status_code == 404


def test_what_is_told_of_corruption_has_a_door_of_its_own_and_is_sealed_with_its_files(house: House) -> None:
    client = house.anybody()
    assert CORRUPTION in page(client, "/")
    send(client, CORRUPTION, subject="Un contrato", files=(BytesIO(PNG), "recibo.png"), email="rosa@ejemplo.co")
    told = page(client)
    assert "En reserva" in told
    assert "Denuncia de corrupción" not in told
    assert "recibo.png" in told
    with house.app.app_context():
        session, petition = house.look(), only(house)
        assert (petition.kind, petition.confidential, petition.text, petition.subject) == (
            Kind.CORRUPTION,
            True,
            "",
            "",
        )
        assert finding.words_of(petition) == ("Un contrato", WORDS)
        (hung,) = attachments.of_petition(session, petition)
        assert (hung.file.sealed, hung.label) == (True, "")
        mail = session.scalars(select(OutgoingMail)).one()
        assert all(word not in mail.text.lower() for word in ("corrup", "contrato", "recibo"))


def test_who_leaves_an_address_gets_one_acknowledgement_without_the_code_and_who_is_reserved_none(
    house: House,
) -> None:
    client, press = house.anybody(), new_press()
    for _again in range(2):
        send(client, press=press, email="rosa@ejemplo.co", name="Rosa", answer_by="email")
    found = CODE.search(page(client))
    send(client, email="otra@ejemplo.co", identity="reserved")
    with house.app.app_context():
        session = house.look()
        mail = session.scalars(select(OutgoingMail)).one()
        assert (mail.address, mail.purpose) == ("rosa@ejemplo.co", "acknowledgement")
        assert "2026-E-000001" in mail.subject
        assert found is not None
        assert found[0] not in mail.text
        acknowledged = session.scalars(select(Step).where(Step.kind == StepKind.ACKNOWLEDGED)).all()
        assert len(acknowledged) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_flood_from_one_network_is_slowed_and_its_words_stay_on_the_page(house: House) -> None:
    client = house.anybody()
    for _n in range(FILINGS_PER_MINUTE):
        assert send(client).status_code == 302
    slowed = send(client, text="Una más")
    assert slowed.status_code == 429
    assert "Una más" in slowed.get_data(as_text=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_speaks_english_to_who_chose_it(house: House) -> None:
    client = house.anybody()
    client.post("/language", data={"to": "en", "back": NEW})
    assert "File a petition" in page(client, NEW)
    send(client)
    assert "Your tracking code" in page(client)
    with house.app.app_context():
        assert only(house).language == "en"
