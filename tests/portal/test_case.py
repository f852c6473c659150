"""The page of a petition: opened by number and code, told in plain words, closed by itself, and silent on the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from core import tables
from core.clock import milliseconds, now
from core.db import transaction
from core.events import Who
from core.petitions import filing, messages, steps
from core.petitions.attachments import Attachment
from core.petitions.filing import Filed
from core.petitions.model import Identity, Petition, Stage, StepKind
from core.presses import KeptPress
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House
from tests.core.files.samples import AUTHOR, photo

CASE = "/petitions/follow"


def filed(house: House, **more: object) -> Filed:
    with house.app.app_context(), transaction(db.session) as session:
        said = {"received_at": now(), **more}
        return filing.file(session, make.received(**said), Who("citizen"), now())


def opened(house: House, one: Filed) -> FlaskClient:
    client = house.anybody()
    answer = client.post(CASE, data={"number": one.number, "code": one.code})
    assert (answer.status_code, answer.location) == (302, CASE)
    return client


def page(client: FlaskClient, path: str = CASE, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).partition("<main")[2]))


def send(client: FlaskClient, what: str, press: str | None = None, **data: str) -> int:
    return client.post(f"{CASE}/{what}", data={"press": press or new_press(), **data}).status_code


def step(house: House, one: Filed, kind: StepKind, text: str = "", **more: object) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        petition, by = session.get_one(Petition, one.petition_id), make.official(session, "pqrsd").id
        steps.add(session, petition, kind, by, now(), text=text, **more)


@pytest.fixture
def statements(house: House) -> Iterator[list[str]]:
    """What was asked of the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_whatever_is_wrong_gets_one_answer_and_the_right_pair_opens_after_any_number_of_them(
    house: House, statements: list[str]
) -> None:
    one, other = filed(house), filed(house)
    wrong = ((other.number, one.code), (one.number, other.code), ("2026-E-999999", "AAAA-BBBB-CCCC-DDDD"))
    answers, asked = set(), set()
    for number, code in wrong:
        statements.clear()
        answer = house.anybody().post(CASE, data={"number": number, "code": code})
        told = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
        answers.add((answer.status_code, told))
        asked.add(tuple(statements))
    assert (len(answers), len(asked)) == (1, 1)
    assert "no corresponden" in answers.pop()[1]
    statuses = [house.anybody().post(CASE, data={"number": one.number, "code": "X"}).status_code for _ in range(40)]
    assert (statuses[0], statuses[-1]) == (422, 429)
    assert one.number in page(opened(house, one))


def test_the_page_says_in_plain_words_where_it_stands_and_no_address_says_which_it_is(house: House) -> None:
    one = filed(house)
    client = opened(house, one)
    told = page(client)
    for words in (
        "En estudio",
        "a más tardar el martes 15 de diciembre",
        "Quedó radicada",
        "día 15",
        "El andén de mi casa",
    ):
        assert words in told, words
    answer = client.get(CASE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    html = answer.get_data(as_text=True)
    assert not re.findall(rf'(?:href|action|src)="[^"]*(?:{one.number}|{one.code})', html)
    assert one.number not in html.partition("<title>")[2].partition("</title>")[0]
    client.post("/language", data={"to": "en", "back": CASE})
    assert "Under study" in page(client)


def test_it_closes_after_half_an_hour_or_at_once_and_gives_back_what_was_being_written(
    house: House, hands: Hands
) -> None:
    one = filed(house)
    client = opened(house, one)
    hands.forward(minutes=29)
    assert "En estudio" in page(client)
    hands.forward(minutes=31)
    answer = client.post(f"{CASE}/write", data={"press": new_press(), "text": "Media página escrita"})
    assert answer.status_code == 409
    assert "Media página escrita" in answer.get_data(as_text=True)
    assert "Número de radicado" in page(client)
    client = opened(house, one)
    for _ in range(10):
        hands.forward(minutes=25)
        told = page(client)
    assert "Número de radicado" in told
    client = opened(house, one)
    left = client.post(f"{CASE}/leave")
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (302, '"cache"')
    assert client.get(f"{CASE}/withdraw").location == CASE
    assert one.number not in page(client)


def test_a_person_answers_what_they_are_asked_asks_for_a_month_more_and_withdraws(house: House, hands: Hands) -> None:
    one = filed(house)
    client = opened(house, one)
    assert send(client, "complete", text="¿Qué?") == 409
    step(house, one, StepKind.CLARIFICATION_ASKED, "¿En qué calle?")
    hands.forward(minutes=1)
    told = page(client)
    assert "¿En qué calle?" in told
    assert "Tiene hasta el miércoles 23 de diciembre" in told
    assert send(client, "longer") == 302
    assert "Tiene hasta el lunes 25 de enero" in page(client)
    assert send(client, "longer") == 409
    refused = client.post(f"{CASE}/complete", data={"press": new_press(), "text": " "})
    assert (refused.status_code, "Escriba" in refused.get_data(as_text=True)) == (422, True)
    assert send(client, "complete", text="En la calle 3") == 302
    assert "Usted la completó" in page(client)
    assert "¿Ya no necesita" in page(client, f"{CASE}/withdraw")
    assert send(client, "withdraw", text="") == 302
    assert "Desistida" in page(client)
    assert send(client, "withdraw", text="") == 409


def test_a_message_pressed_twice_is_one_and_office_and_person_read_one_another(house: House) -> None:
    one, press = filed(house), new_press()
    client = opened(house, one)
    assert {send(client, "write", press, text="¿Cómo va?\n\nGracias") for _ in range(3)} == {302}
    with house.app.app_context(), transaction(db.session) as session:
        petition, by = session.get_one(Petition, one.petition_id), make.official(session, "pqrsd").id
        messages.write(session, petition, "Va <b>bien</b>", by, now())
        messages.note(session, petition, "Solo entre nosotros", by, now())
    told = client.get(CASE).get_data(as_text=True)
    assert told.count("¿Cómo va?") == 1
    assert "Va &lt;b&gt;bien&lt;/b&gt;" in told
    assert "Solo entre nosotros" not in told


def test_an_answer_is_opened_and_from_that_day_it_may_be_appealed_and_the_appeal_followed(house: House) -> None:
    one, press = filed(house, kind="documentos"), new_press()
    client = opened(house, one)
    with house.app.app_context(), transaction(db.session) as session:
        make.signed(session, session.get_one(Petition, one.petition_id), now(), body="El andén se arregla en diciembre")
    told = page(client)
    assert "Su respuesta está lista" in told
    assert "se arregla" not in told
    assert client.get(f"{CASE}/documents/1").status_code == 404
    assert send(client, "answer") == 302
    told = page(client)
    assert "El andén se arregla en diciembre" in told
    assert "Descargar la respuesta firmada" in told
    assert "puede recurrirla hasta el lunes 7 de diciembre" in told
    first = client.post(f"{CASE}/appeal", data={"press": press, "text": "No alcanza"}).get_data(as_text=True)
    code = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", first)
    again = client.post(f"{CASE}/appeal", data={"press": press, "text": "No alcanza"}).get_data(as_text=True)
    assert code
    assert code[0] not in again
    assert client.post(f"{CASE}/appealed").status_code == 302
    with house.app.app_context():
        appeal = house.look().scalars(select(Petition).order_by(Petition.id.desc())).first()
        assert appeal is not None
        number = appeal.filing_number
    assert number in page(client)
    assert "No alcanza" in page(opened(house, Filed(0, number, code[0])))
    back = opened(house, one)
    assert send(back, "insist", text="Insisto") == 302
    assert "Usted insistió" in page(back)


def test_of_a_confidential_petition_its_words_stay_out_of_the_page_and_its_person_sees_who_opened_it(
    house: House,
) -> None:
    for more in ({"identity": Identity.RESERVED}, {"identity": Identity.ANONYMOUS, "person": filing.NOBODY}):
        one = filed(house, subject="CANARIO", text="CANARIO", **more)
        client = opened(house, one)
        step(house, one, StepKind.IDENTITY_OPENED, "Hay que protegerla")
        assert "CANARIO" not in client.get(CASE).get_data(as_text=True)
        assert "Dos personas autorizadas abrieron su identidad reservada. El motivo: Hay que protegerla" in page(client)


def test_beside_the_press_of_an_anonymous_person_only_the_day_is_kept(house: House) -> None:
    one = filed(house, identity=Identity.ANONYMOUS, person=filing.NOBODY)
    assert send(opened(house, one), "write", text="¿Cómo va?") == 302
    with house.app.app_context():
        assert [kept.at for kept in house.look().scalars(select(KeptPress))] == [make.at(-8 * 60)]
        petition = house.look().get_one(Petition, one.petition_id)
        assert ([each.at for each in petition.steps], petition.stage) == ([None, None], Stage.OPEN)


def test_nothing_of_an_anonymous_exchange_keeps_its_hour_or_its_address(
    house: House, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    source = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.77"}, "headers": {"User-Agent": "canario-agent"}}
    hands.at = make.at(97.21)
    anonymous = [now()]
    one = filed(house, identity=Identity.ANONYMOUS, person=filing.NOBODY)
    client = house.anybody()
    for code in ("X", one.code):
        client.post(CASE, data={"number": one.number, "code": code}, **source)
    for words in ("¿Cómo va?", "Tengo una foto"):
        anonymous.append(hands.forward(minutes=7.13))
        assert client.post(f"{CASE}/write", data={"press": new_press(), "text": words}, **source).status_code == 302
        hands.forward(minutes=5)
        with house.app.app_context(), transaction(db.session) as session:
            petition = session.get_one(Petition, one.petition_id)
            messages.write(session, petition, "Recibido", make.official(session, "pqrsd").id, now())
    anonymous.append(hands.forward(minutes=3.3))
    assert client.get(CASE, **source).status_code == 200
    assert client.post(f"{CASE}/withdraw", data={"press": new_press(), "text": "Ya"}, **source).status_code == 302
    hours = [str(milliseconds(at))[:-3] for at in anonymous] + [f"{at:%H:%M}" for at in anonymous]
    with house.app.app_context():
        kept = everything(house)
    for trace in (*hours, "203.0.113.77", "canario-agent"):
        assert trace not in kept, trace
    said = [record.getMessage() for record in caplog.records if record.name != "sqlalchemy.engine"]
    assert not any("203.0.113.77" in line or "canario-agent" in line for line in said)


def everything(house: House) -> str:
    """All rows of all tables, as the database holds them."""
    session = house.look()
    return "\n".join(
        str(tuple(row))
        for table in tables.Base.metadata.sorted_tables
        for row in session.execute(text(f"SELECT * FROM {table.name}"))
    )


def test_documents_are_added_and_taken_away_bare_for_an_anonymous_person_and_sealed_for_a_reserved_case(
    house: House,
) -> None:
    picture = photo()
    for more, whole in (
        ({}, True),
        ({"identity": Identity.ANONYMOUS, "person": filing.NOBODY}, False),
        ({"identity": Identity.RESERVED}, True),
    ):
        one = filed(house, **more)
        client = opened(house, one)
        refused = client.post(f"{CASE}/documents", data={"press": new_press()}, content_type="multipart/form-data")
        assert (refused.status_code, "Elija al menos un archivo" in refused.get_data(as_text=True)) == (422, True)
        sent = {"press": new_press(), "files": [(BytesIO(picture), "foto de la obra.jpg"), new_press()]}
        assert client.post(f"{CASE}/documents", data=sent, content_type="multipart/form-data").status_code == 302
        assert "foto de la obra.jpg" in page(client)
        taken = client.get(f"{CASE}/documents/1")
        assert (taken.status_code, taken.headers["Content-Disposition"][:10]) == (200, "attachment")
        assert (AUTHOR.encode() in taken.data) == whole
        assert client.get(f"{CASE}/documents/2").status_code == 404
        if more.get("identity") == Identity.RESERVED:
            with house.app.app_context():
                row = house.look().scalars(select(Attachment).order_by(Attachment.id.desc())).first()
                assert row is not None
                assert (row.label, row.file.sealed, row.sealed is not None) == ("", True, True)
    assert house.anybody().get(f"{CASE}/documents/1").location == CASE
