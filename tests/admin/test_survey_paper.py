"""Surveys on paper: printed whole, typed once by somebody who has the ticket, and counted by the month."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from admin.survey_paper import ATTEMPTS_PER_MINUTE
from core.audit import Act, Thing
from core.audit.model import Entry
from core.clock import now
from core.db import transaction
from core.petitions import delivering
from core.petitions.model import Petition
from core.petitions.reply_model import Way
from core.surveys.model import Comment, Mark, Mode, Of, Response
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from core.web.opinions import ticket_code
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import Hands, House

GOOD = {"q.all": "4", "q.solved": "yes", "q.comment": "Bien"}
PAPER = "/admin/survey-paper"
Ticket = dict[str, str]


def ready(house: House, kind: Of = Of.TURN, **more: object) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.survey(session, kind, **{"code": "papel", **more})  # type: ignore[arg-type]


def ticket(house: House, minute: float = 50, label: str = "1") -> Ticket:
    """What stands on the ticket of a turn that was attended."""
    with house.app.app_context(), transaction(db.session) as session:
        return of_turn(make.finished(session, minute, label))


def of_turn(turn: Turn) -> Ticket:
    return {"number": turn.code.lower(), "code": ticket_code(turn), "day": "2026-11-23"}


def typed(client: FlaskClient, **said: object) -> TestResponse:
    return press(client, f"{PAPER}/papel", **GOOD | said)  # type: ignore[arg-type]


def kept(house: House) -> tuple[int, ...]:
    with house.app.app_context():
        count = (house.look().scalar(select(func.count()).select_from(kind)) for kind in (Mark, Response, Comment))
        return tuple(n or 0 for n in count)


def test_a_paper_of_a_turn_is_typed_once_by_who_has_its_ticket_and_counted_by_the_month(house: House) -> None:
    ready(house)
    mine, hers = ticket(house), ticket(house, 54)
    client = house.official("supervision")
    page = client.get(f"{PAPER}/papel?day=2026-11-20").get_data(as_text=True)
    assert 'value="2026-11-20"' in page
    assert "Si marcó «Sí», pase a la 4." in page
    done = typed(client, **mine)
    assert (done.status_code, done.location) == (302, f"{PAPER}/papel?day=2026-11-23")
    assert kept(house) == (1, 1, 1)
    with house.app.app_context():
        session = house.look()
        response = session.scalars(select(Response)).one()
        me = make.official(session, "supervision").id
        assert (response.mode, response.typed_by, response.language) == (Mode.PAPER, me, "es")
        entry = session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert (entry.act, entry.thing, entry.who_id) == (Act.TYPED, Thing.SURVEY, me)
        assert not {str(value) for value in mine.values()} & set(entry.detail.split('"'))
    assert "De noviembre de 2026 usted ha digitado 1." in told(client.get(PAPER))
    assert "De noviembre de 2026 usted ha digitado 0." in told(house.official("pqrsd").get(PAPER))
    for why, said, status, words in (
        ("again", mine, 409, "ya se respondió"),
        ("wrong code", hers | {"code": f"{(int(hers['code']) + 1) % 10_000:04d}"}, 422, "No hay un turno de ese día"),
        ("unknown turn", hers | {"number": "Z 900"}, 422, "No hay un turno de ese día"),
        ("other day", hers | {"day": "2026-11-22"}, 422, "No hay un turno de ese día"),
        ("no number", hers | {"number": "12"}, 422, "como A 012"),
        ("short code", hers | {"code": "12"}, 422, "cuatro cifras"),
        ("does not apply", hers | {"q.lacked": "Sillas"}, 422, "No aplica por lo que marcó antes"),
        ("outside", hers | {"q.all": "9"}, 422, "Elija una de las respuestas"),
        ("missing", hers | {"q.solved": ""}, 422, "Falta responder"),
    ):
        answer = typed(client, **said)
        assert (answer.status_code, words in told(answer)) == (status, True), why
        assert "Bien" in answer.get_data(as_text=True), why
    assert kept(house) == (1, 1, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_attended_types_nothing_of_it_nor_of_what_did_not_end_nor_too_late_nor_too_fast(
    house: House, hands: Hands
) -> None:
    ready(house)
    mine = ticket(house)
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla1").roles = ["official", "supervisor"]
        waits = of_turn(make.turn(session, 55))
    answer = typed(house.official("ventanilla1"), **mine)
    assert (answer.status_code, "Usted atendió a esta persona" in told(answer)) == (403, True)
    client = house.official("supervision")
    answer = typed(client, **waits)
    assert (answer.status_code, "no se terminó de atender" in told(answer)) == (422, True)
    statuses = [typed(client, **mine | {"code": "0000"}).status_code for _ in range(ATTEMPTS_PER_MINUTE)]
    assert (statuses[0], statuses[-1]) == (422, 429)
    assert typed(client, **mine).status_code == 429
    house.app.config["SECOND_FACTOR_DAYS"] = 99
    hands.forward(days=31)
    answer = typed(house.official("supervision"), **mine)
    assert (answer.status_code, "ya pasó" in told(answer)) == (410, True)
    assert kept(house) == (0, 0, 0)


def test_a_paper_of_a_reply_is_found_by_its_filing_number_and_an_open_one_by_nothing(house: House) -> None:
    ready(house, Of.REPLY)
    with house.app.app_context(), transaction(db.session) as session:
        numbers = [made.filing_number for made in (make.petition(session), make.petition(session))]
        for number in numbers:
            petition = session.scalars(select(Petition).where(Petition.number == int(number[-6:]))).one()
            reply, by = make.signed(session, petition, now()), make.official(session, "pqrsd").id
            sent = delivering.send(session, petition, reply, Way.IN_PERSON, "", by, now())
            if number == numbers[0]:
                delivering.deliver(session, petition, sent, delivering.Proof(now().date(), "Recibido"), by, now())
        secret = make.petition(session, kind="denuncia_corrupcion").filing_number
    client = house.official("supervision")
    for wrong in (numbers[1], secret, "2026-E-999999", "nada"):
        answer = typed(client, filing=wrong)
        assert (answer.status_code, "No hay una respuesta entregada" in told(answer)) == (422, True), wrong
    assert typed(house.official("pqrsd"), filing=numbers[0]).status_code == 403
    assert [typed(client, filing=numbers[0].lower()).status_code for _ in range(2)] == [302, 409]
    assert kept(house) == (1, 1, 1)
    ready(house, Of.NEEDS, code="veredas", name="Necesidades")
    page = {"press": new_press(), **GOOD}
    assert [client.post(f"{PAPER}/veredas", data=page).status_code for _ in range(2)] == [302, 409]
    assert kept(house)[1] == 2
    assert client.get(f"{PAPER}/otra").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_questionnaire_is_printed_with_its_boxes_and_where_each_answer_leads(house: House) -> None:
    ready(house)
    paper = house.official("pqrsd").get(f"{PAPER}/papel.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    pages = PdfReader(BytesIO(paper.data)).pages
    assert [float(side) for side in pages[0].mediabox[2:]] == [612, 792]
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for told_there in ("Turno", "Código", "Muy satisfecho", "Si marcó «Sí», pase a la 4.", "papel, versión 1"):
        assert told_there in words, told_there
