"""A reserved case is read by who is named for it, its readers are decided by others, and two open whose it is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit.model import Entry
from core.clock import now
from core.db import transaction
from core.events import Who
from core.petitions import filing
from core.petitions.model import Identity, Petition
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import House

SECRETS = ("CANARIO asunto", "CANARIO texto", make.PERSON.name, make.PERSON.document_number)


@pytest.fixture
def case(house: House) -> int:
    """A reserved complaint; «pqrsd» is named for it, «supervision» is of internal control."""
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "supervision").roles = ["control"]
        said = make.received(60, identity=Identity.RESERVED, subject=SECRETS[0], text=SECRETS[1])
        return filing.file(session, said, Who("citizen"), now()).petition_id


def read(client: FlaskClient, path: str = "", status: int = 200) -> str:
    answer = client.get(f"/admin/reserved{path}")
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def send(client: FlaskClient, path: str, **data: object) -> int:
    return client.post(f"/admin/reserved{path}", data={"press": new_press(), **data}).status_code


def ids(house: House, *names: str) -> list[int]:
    with house.app.app_context():
        return [make.official(house.look(), name).id for name in names]


def test_the_named_read_and_write_and_who_decides_on_readers_sees_a_number_and_dates(house: House, case: int) -> None:
    named, control = house.official("pqrsd"), house.official("supervision")
    page = read(named, f"/{case}")
    assert SECRETS[0] in page
    assert SECRETS[1] in page
    assert make.PERSON.name not in page
    assert send(named, f"/{case}/message", text="Recibimos\nsu denuncia") == 302
    assert send(named, f"/{case}/note", text="Revisar contratos") == 302
    assert send(named, f"/{case}/note", text=" ") == 422
    page = read(named, f"/{case}")
    assert "Recibimos" in page
    assert "Revisar contratos" in page
    page = named.get(f"/admin/petitions/{case}").get_data(as_text=True)
    assert all(part in page for part in (SECRETS[1], "Pedir ver la identidad", "Quién lee este caso", "Recibimos"))
    listed = read(control)
    assert "Trámite reservado" in listed
    assert "2026-E-000001" in listed
    for seen in (listed, read(control, f"/{case}/people")):
        assert not any(secret in seen for secret in SECRETS)
    read(control, f"/{case}", 404)
    for stranger in ("administracion", "ventanilla1"):
        read(house.official(stranger), f"/{case}", 403)
    with house.app.app_context():
        kept = house.look().scalars(select(Entry).where(Entry.act == "read", Entry.thing == "petition"))
        assert [(row.thing_id, row.who_id) for row in kept] == [(case, ids(house, "pqrsd")[0])] * 4


def test_an_identity_is_seen_by_who_asked_once_another_agreed_and_the_person_reads_why(house: House, case: int) -> None:
    named, control = house.official("pqrsd"), house.official("supervision")
    assert send(named, f"/{case}/identity") == 422
    assert named.post(f"/admin/reserved/{case}/identity").status_code == 409
    assert send(named, f"/{case}/ask", reason="") == 422
    assert send(named, f"/{case}/ask", reason="Hay que protegerla") == 302
    assert "Espera a una segunda persona" in read(named, f"/{case}")
    assert send(named, "/requests/1/agree") == 409
    assert "Hay que protegerla" in read(control)
    assert send(control, "/requests/1/agree") == 302
    seen = named.post(f"/admin/reserved/{case}/identity")
    assert seen.status_code == 200
    assert make.PERSON.name in seen.get_data(as_text=True)
    assert control.post(f"/admin/reserved/{case}/identity").status_code == 404


def test_a_reader_comes_by_two_people_and_the_accused_goes_at_once(house: House, case: int) -> None:
    named, control = house.official("pqrsd"), house.official("supervision")
    second, custodian, plain = ids(house, "gobierno", "pqrsd", "ventanilla1")
    assert send(control, f"/{case}/people/name", official=plain, reason="x") == 422
    assert send(control, f"/{case}/people/name", official=second, reason="Conoce el tema") == 302
    assert send(named, f"/{case}/people/name", official=second, reason="x") == 403
    other = house.official("gobierno")
    read(other, f"/{case}", 404)
    assert send(named, "/requests/1/agree") == 302
    assert SECRETS[1] in read(other, f"/{case}")
    assert send(control, f"/{case}/people/out", official=custodian, reason="El caso habla de ella") == 302
    read(named, f"/{case}", 404)
    assert "El caso habla de ella" in read(control, f"/{case}/people")
    assert send(control, f"/{case}/people/{second}/off") == 409
    assert send(control, f"/{case}/people/{custodian}/off") == 409
    with house.app.app_context():
        assert house.look().get_one(Petition, case).confidential
