"""An official is asked to read a protocol, reads it, answers its questions, and has a receipt."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import transaction
from core.people.model import Official
from core.protocols import actions as protocols
from core.protocols.model import Protocol, Reading
from core.protocols.text import read
from tests import make
from tests.conftest import House

LIST, PAGE = "/my-protocols", "/my-protocols/P-05"


def said(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def right_answers(house: House, code: str) -> dict[str, str]:
    with house.app.app_context():
        (version,) = house.look().scalars(select(Protocol).where(Protocol.code == code)).one().versions
        return {f"answer{n}": str(asked.right) for n, asked in enumerate(read(version.text).quiz)}


def readings(house: House) -> list[tuple[str, int, int | None, bool]]:
    """Of each: whose it is, how often it was tried, how many were right the first time, and whether it was read."""
    columns = (Official.username, Reading.tries, Reading.first_right, Reading.read_at.is_not(None))
    with house.app.app_context():
        return [tuple(row) for row in house.look().execute(select(*columns).where(Official.id == Reading.official_id))]


def sent(client: FlaskClient, answers: dict[str, str], **more: str) -> TestResponse:
    return client.post(PAGE, data={"version": "1", **answers, **more})


def test_what_is_asked_is_read_whole_and_leaves_a_receipt(house: House) -> None:
    client = house.official("ventanilla1")
    to_read, _others = said(client.get(LIST)).split("También rigen")
    assert "P-05 Atención preferencial" in to_read
    assert "P-03" not in to_read, "not for who attends a window"
    page = said(client.get(PAGE))
    assert all(part in page for part in ("Contacto inicial", "Registro", "Qué no hacer", "Lo leí y lo entendí"))
    answer = sent(client, right_answers(house, "P-05"))
    assert (answer.status_code, answer.location) == (302, LIST)
    assert readings(house) == [("ventanilla1", 1, 3, True)]
    to_read, done = said(client.get(LIST)).split("Ya leídos")
    assert "P-05" not in to_read.rpartition("Por leer")[2]
    assert "Versión 1, leída el" in done
    again = said(client.get(PAGE))
    assert "Usted leyó la versión 1 el" in again
    assert "Lo leí y lo entendí" not in again


def test_a_wrong_answer_is_tried_again_without_a_fault_and_keeps_the_others(house: House) -> None:
    client, right = house.official("ventanilla1"), right_answers(house, "P-05")
    wrong = right | {"answer0": str((int(right["answer0"]) + 1) % 3)}
    answer = sent(client, wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said(answer).count("No es esa. La respuesta está en el protocolo.") == 1
    assert "field__error" not in page
    assert len(re.findall(r"<input[^>]* checked", page)) == 3, "what was answered stays"
    assert readings(house) == [("ventanilla1", 1, 2, False)]
    assert sent(client, right).status_code == 302


def test_what_does_not_answer_is_told_beside_and_nothing_is_kept(house: House) -> None:
    client, right = house.official("ventanilla1"), right_answers(house, "P-05")
    table = (
        ({}, "Elija una respuesta."),
        (right | {"answer1": "7"}, ""),
        (right | {"answer1": "-1"}, ""),
        (right | {"answer9": "0"}, "La página envió datos que no se esperaban"),
    )
    for answers, told in table:
        answer = sent(client, answers)
        assert answer.status_code == 422, answers
        assert told in said(answer), answers
    for version in ("", "0", "uno", "99999999999"):
        assert sent(client, right, version=version).status_code in (404, 422), version
    assert sent(client, right, version="2").status_code == 404, "a version that there is not"
    assert client.get("/my-protocols/P-99").status_code == 404
    assert readings(house) == []


def test_who_read_one_version_is_asked_to_read_the_next_and_not_to_say_that_the_old_one_was_read(house: House) -> None:
    client, right = house.official("ventanilla1"), right_answers(house, "P-05")
    sent(client, right)
    with house.app.app_context(), transaction(house.look()) as session:
        by, other = make.official(session, "supervision").id, make.official(session, "administracion").id
        protocol = session.scalars(select(Protocol).where(Protocol.code == "P-05")).one()
        draft = protocols.begin_version(session, protocol.id, by, make.at())
        draft = protocols.save(session, protocol.id, make.PROTOCOL, draft.saving, by, make.at())
        protocols.ask_review(session, protocol.id, by, make.at())
        approval = protocols.Approval(act="Resolución 1 de 2026", valid_from=make.OPENING.date())
        protocols.approve(session, protocol.id, draft.saving, approval, other, make.at())
    assert sent(client, {"answer0": "0"}).status_code == 409, "the page of the version before"
    page = said(client.get(PAGE))
    assert "Versión 2" in page
    assert "Resolución 1 de 2026" in page
    assert "Lo leí y lo entendí" in page
    assert sent(client, {"answer0": "0"}, version="2").status_code == 302
