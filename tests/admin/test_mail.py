"""An administrator sees whether the mail goes and comes, mends it, and learns nothing of whom it is for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import Act, Thing
from core.audit.model import Entry
from core.db import transaction
from core.mail import inbox, outbox, rounds
from core.mail.outbox import End, Mail, Outcome
from core.mail.reading import Problem
from core.mail.server import Post, Server, Way
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = ("fulana", "secreto", "Zutano", "confidencial")


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def written(house: House, outcome: Outcome | None = None) -> int:
    """A message that nobody should see here, and how its first try ended."""
    with house.app.app_context():
        with transaction(db.session) as session:
            mail = Mail("fulana@correo.example", "secreto", "confidencial", "receipt", name="Zutano")
            outbox.write(session, mail, make.at(59))
        with transaction(db.session) as session:
            taken = outbox.claim(session, "alcaldia.example", make.at(59))
            assert taken is not None
            if outcome is not None:
                outbox.settle(session, taken.id, outcome, make.at(59))
            return taken.id


def test_it_says_what_waits_what_did_not_arrive_and_why_and_of_nobody(house: House, administrator: FlaskClient) -> None:
    page = told(administrator.get("/admin/mail"))
    assert "nadie ha dicho por qué servidor salen" in page
    assert "Nada espera y todo llegó" in page
    assert "Ver el correo" not in told(administrator.get("/admin/setup"))
    written(house, Outcome(End.REFUSED, "550 5.1.1 <fulana@correo.example> no existe"))
    written(house, Outcome(End.DEFERRED, "451 fulana@correo.example: luego"))
    written(house)
    page = told(administrator.get("/admin/mail"))
    for said in ("Enviándose", "550 5.1.1 <…@correo.example> no existe", "451 …@correo.example: luego", "receipt"):
        assert said.replace("<", "&lt;").replace(">", "&gt;") in page, said
    assert not [word for word in WORDS if word in page]
    assert "Ver el correo" in told(administrator.get("/admin/setup"))


def test_a_server_that_is_away_is_told_here_and_where_the_house_is_set_up(
    house: House, administrator: FlaskClient
) -> None:
    house.app.extensions["mail"].post = Post(None, Server(Way.CLEAR, "127.0.0.1", 25))
    with house.app.app_context(), transaction(db.session) as session:
        rounds.ended(session, rounds.SENDING, "ConnectionRefusedError", make.at(1), make.at())
    try:
        assert "«ConnectionRefusedError»" in told(administrator.get("/admin/mail"))
        assert "Ver el correo" in told(administrator.get("/admin/setup"))
    finally:
        house.app.extensions["mail"].post = Post()


def test_a_test_is_written_to_an_address_and_a_bad_one_is_told_beside_its_field(
    house: House, administrator: FlaskClient
) -> None:
    for bad in ("", "a@b", "ana@correo.example\r\nBcc: x@y.co"):
        answer = administrator.post("/admin/mail", data={"address": bad})
        assert answer.status_code == 422, bad
        assert 'id="address-error"' in answer.get_data(as_text=True), bad
    assert administrator.post("/admin/mail", data={"address": "ana@correo.example"}).status_code == 302
    with house.app.app_context():
        (mail,) = outbox.waiting(house.look())
        assert (mail.address, mail.purpose) == ("ana@correo.example", "test")


def test_a_message_that_was_given_up_is_tried_again_with_a_row_of_who_did_it(
    house: House, administrator: FlaskClient
) -> None:
    key = written(house, Outcome(End.REFUSED, "550 no"))
    assert administrator.post("/admin/mail/again", data={"mail": str(key)}).status_code == 302
    with house.app.app_context():
        session = house.look()
        assert [mail.id for mail in outbox.waiting(session)] == [key]
        row = session.scalars(select(Entry).where(Entry.act == Act.RETRIED.value)).one()
        assert (row.thing, row.thing_id, row.who_kind) == (Thing.MAIL.value, key, "official")
    for other, status in (("999", 404), ("x", 422), ("", 422), ("9" * 30, 422)):
        assert administrator.post("/admin/mail/again", data={"mail": other}).status_code == status, other


def test_who_manages_petitions_sees_what_could_not_be_filed_and_says_when_it_was_seen_to(
    house: House, enter: Enter
) -> None:
    petitions, administrator = enter("petitions"), house.official("administracion")
    assert "Nada por revisar" in told(petitions.get("/admin/mail/review"))
    with house.app.app_context(), transaction(db.session) as session:
        for problem in Problem:
            head = f"From: fulana@correo.example\r\nSubject: <b>{problem.name}</b>\r\n\r\n".encode()
            inbox.put_aside(session, head, 9, make.at(), problem, make.at())
        first = inbox.to_review(session)[0].id
    page = petitions.get("/admin/mail/review").get_data(as_text=True)
    assert page.count("fulana@correo.example") == len(Problem)
    assert "&lt;b&gt;BROKEN&lt;/b&gt;" in page
    assert administrator.get("/admin/mail/review").status_code == 403
    assert "fulana" not in told(administrator.get("/admin/mail"))
    assert petitions.post("/admin/mail/review", data={"mail": str(first)}).status_code == 302
    assert petitions.post("/admin/mail/review", data={"mail": str(first)}).status_code == 404
    assert petitions.get("/admin/mail/review").get_data(as_text=True).count("fulana") == len(Problem) - 1
