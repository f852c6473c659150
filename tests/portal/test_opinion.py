"""The opinion of an attention: asked on the phone and by the address in a letter, taken once, and never by force."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.clock import now
from core.db import transaction
from core.events import Who
from core.mail.model import OutgoingMail
from core.petitions import delivering, filing
from core.petitions.filing import NOBODY, Filed
from core.petitions.model import AnswerBy, Identity, Petition
from core.petitions.reply_model import Delivery, Way
from core.surveys.model import Answer, Comment, Mark, Of, Response, Survey
from core.surveys.questionnaire import END, Choice, Jump, Kind, Question, Questionnaire, Section
from core.web.database import db
from core.web.forms import new_press
from core.web.opinion_links import signed
from portal.surveys import ANSWERS_PER_MINUTE
from tests import make
from tests.conftest import Hands, House
from tests.counter.conftest import at_once

GOOD = {"q.all": "5", "q.solved": "no", "q.lacked": "Una silla", "q.comment": "Todo bien"}
SURVEYS = (Mark, Response, Answer, Comment)
Work = Callable[[Session], object]


def ready(house: House, kind: Of = Of.TURN, asked: Questionnaire = make.QUESTIONNAIRE, **more: object) -> int:
    """A survey in use; the number of its version."""
    with house.app.app_context(), transaction(db.session) as session:
        return make.survey(session, kind, asked, **more).id


def nobody_asks(house: House) -> None:
    """No survey is in use, not even those of the first content."""
    changed(house, lambda session: session.execute(update(Survey).values(active=False)))


def attended(house: House, minute: float = 50) -> str:
    """The address of a turn that was attended at window 1."""
    with house.app.app_context(), transaction(db.session) as session:
        return f"/t/{make.finished(session, minute).token}"


def sent(house: House, address: str, do: str = "on", page: str = "comment", **more: object) -> TestResponse:
    return post(house.anybody(), address, do, page, **more)


def post(client: FlaskClient, address: str, do: str = "on", page: str = "comment", **more: object) -> TestResponse:
    """What the last page of the survey in use sends of everything that was answered."""
    with client.application.app_context():
        kind = Of.TURN if address.startswith("/t/") else Of.REPLY if address.startswith("/opinion") else Of.OPEN
        version = db.session.scalars(select(Survey).where(Survey.kind == kind, Survey.active)).one().versions[-1].id
    asked = {"press": new_press(), "version": version, "page": page, "do": do}
    return client.post(address, data=asked | (GOOD | more if "answers" not in more else more["answers"]))  # type: ignore[operator]


def words(answer: TestResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).partition("<main")[2])
    return " ".join(html.unescape(page).split())


def kept(house: House) -> tuple[int, ...]:
    with house.app.app_context():
        return tuple(house.look().scalar(select(func.count()).select_from(kind)) or 0 for kind in SURVEYS)


def changed(house: House, work: Work) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        work(session)


# ---------------------------------------------------------------- on the phone, of a turn


def test_a_finished_turn_asks_how_it_was_page_by_page_and_thanks_once(house: House) -> None:
    ready(house)
    turn, client = attended(house), house.anybody()
    assert f'href="{turn}/opinion"' in client.get(turn).get_data(as_text=True)
    first = client.get(f"{turn}/opinion")
    assert "Parte 1 de 2" in words(first)
    assert "no pedimos su nombre" in words(first)
    second = post(client, f"{turn}/opinion", page="all", answers={"q.all": "4", "q.solved": "no"})
    assert (second.status_code, "¿Qué faltó?" in words(second)) == (200, True)
    assert '<input type="hidden" name="q.all" value="4">' in second.get_data(as_text=True)
    back = post(client, f"{turn}/opinion", "back", "lacked", answers={"q.all": "4", "q.solved": "no", "q.lacked": "Sí"})
    assert re.search(r'name="q.all" value="4" checked', back.get_data(as_text=True))
    assert '<input type="hidden" name="q.lacked" value="Sí">' in back.get_data(as_text=True)
    assert kept(house) == (0, 0, 0, 0)
    mind_changed = {"q.all": "4", "q.solved": "yes", "q.lacked": "Sí", "q.comment": " Gracias\r\na todos​ "}
    done = post(client, f"{turn}/opinion", answers=mind_changed)
    assert (done.status_code, done.location) == (302, f"{turn}/opinion/thanks")
    assert kept(house) == (1, 1, 2, 1)
    with house.app.app_context():
        assert house.look().scalars(select(Comment.text)).one() == "Gracias\na todos"
    assert "Gracias." in words(client.get(f"{turn}/opinion/thanks"))
    assert f'href="{turn}/opinion"' not in client.get(turn).get_data(as_text=True)
    for again in (client.get(f"{turn}/opinion"), sent(house, f"{turn}/opinion")):
        assert (again.status_code, "ya se respondió" in words(again)) == (409, True)
    assert kept(house) == (1, 1, 2, 1)


def test_what_is_no_answer_is_told_beside_its_question_and_what_was_typed_stays(house: House) -> None:
    ready(house)
    turn = attended(house)
    cases: tuple[tuple[str, dict[str, object], str], ...] = (
        ("missing", {"q.all": ""}, "Falta responder esta pregunta."),
        ("outside", {"q.all": "6"}, "Elija una de las respuestas que se ofrecen."),
        ("two", {"q.all": ["4", "5"]}, "Elija una sola respuesta."),
        ("long", {"q.comment": "x" * 1001}, "Escriba mil letras o menos."),
        ("foreign", {"q.other": "1"}, "no es de esta encuesta"),
    )
    for name, wrong, told in cases:
        answer = sent(house, f"{turn}/opinion", **wrong)
        assert (answer.status_code, told in words(answer)) == (422, True), name
        assert "Una silla" in answer.get_data(as_text=True), name
    assert sent(house, f"{turn}/opinion", q=1).status_code == 422
    assert kept(house) == (0, 0, 0, 0)
    silent = Questionnaire(title="Una", sections=(Section(questions=(Question(key="a", kind=Kind.TEXT, text="¿?"),)),))
    ready(house, asked=silent, code="silent")
    answer = sent(house, f"{turn}/opinion", answers={"q.a": "  "})
    assert (answer.status_code, "Falta responder" in words(answer)) == (422, True)
    assert kept(house) == (0, 0, 0, 0)


def test_an_opinion_is_of_an_attention_that_ended_of_which_somebody_asks_and_never_of_ones_own(
    house: House, hands: Hands
) -> None:
    nobody_asks(house)
    turn = attended(house)
    assert f'href="{turn}/opinion"' not in house.anybody().get(turn).get_data(as_text=True)
    assert house.anybody().get(f"{turn}/opinion").status_code == 404
    ready(house)
    with house.app.app_context(), transaction(db.session) as session:
        waits = f"/t/{make.turn(session, 55).token}"
    for address, status, told in (
        (waits, 409, "cuando termine su atención"),
        (f"/t/{'A' * 22}", 404, "no existe o ya venció"),
    ):
        for answer in (house.anybody().get(f"{address}/opinion"), sent(house, f"{address}/opinion")):
            assert (answer.status_code, told in words(answer)) == (status, True), address
    for official, status in (("ventanilla1", 403), ("ventanilla2", 302)):
        answer = post(house.official(official), f"{turn}/opinion")
        assert answer.status_code == status
    assert kept(house)[1] == 1
    late = attended(house, 57)
    hands.forward(hours=25)
    assert sent(house, f"{late}/opinion").status_code == 404
    assert kept(house)[1] == 1


def test_who_does_not_agree_to_be_asked_leaves_nothing_and_may_come_back(house: House) -> None:
    agree = Question(key="agree", kind=Kind.CONSENT, text="¿Acepta?", required=True)
    asked = Questionnaire(
        title="Una", sections=(Section(questions=(agree,)), Section(questions=make.QUESTIONNAIRE.questions))
    )
    ready(house, asked=asked)
    turn = attended(house)
    assert "No acepto" in words(house.anybody().get(f"{turn}/opinion"))
    declined = sent(house, f"{turn}/opinion", "decline", "agree", answers={})
    assert (declined.status_code, "No guardamos nada" in words(declined)) == (200, True)
    assert kept(house) == (0, 0, 0, 0)
    only = sent(house, f"{turn}/opinion", page="agree", answers={"q.agree": "yes"})
    assert (only.status_code, "En general" in words(only)) == (200, True)
    assert sent(house, f"{turn}/opinion", **{"q.agree": "yes"}).status_code == 302


def test_the_page_speaks_the_language_of_the_turn_and_survives_a_new_version(house: House) -> None:
    ready(house)
    turn, client = attended(house), house.anybody()
    client.post("/language", data={"to": "en", "back": f"{turn}/opinion"})
    page = words(client.get(f"{turn}/opinion"))
    assert "How was the service?" in page
    assert "Continue" in page
    old = {"press": new_press(), "version": 999, "page": "comment", "do": "on"}
    stale = client.post(f"{turn}/opinion", data={**old, **GOOD, "q.x": "1"})
    assert stale.status_code == 409
    assert re.search(r'name="q.all" value="5" checked', stale.get_data(as_text=True))
    assert kept(house)[1] == 0
    assert post(client, f"{turn}/opinion").status_code == 302
    with house.app.app_context():
        assert house.look().scalars(select(Response.language)).one() == "en"


def test_an_answer_that_ends_the_survey_ends_it(house: House) -> None:
    came = Question(
        key="came", kind=Kind.YES_NO, text="¿Vino hoy?", required=True, jumps=(Jump(values=("no",), to=END),)
    )
    more = Question(
        key="more",
        kind=Kind.SINGLE,
        text="¿Y?",
        required=True,
        choices=(Choice(key="a", text="A"), Choice(key="b", text="B")),
    )
    ready(house, asked=Questionnaire(title="Una", sections=(Section(questions=(came, more)),)))
    turn = attended(house)
    assert sent(house, f"{turn}/opinion", page="came", answers={"q.came": "no", "q.more": "a"}).status_code == 302
    assert kept(house) == (1, 1, 1, 0)


def test_of_many_who_send_the_same_opinion_at_once_one_is_kept(house: House) -> None:
    ready(house)
    turn, clients = attended(house), [house.anybody() for _ in range(8)]
    for client in clients:
        assert client.get(f"{turn}/opinion").status_code == 200
    statuses = at_once(*(partial(post, client, f"{turn}/opinion") for client in clients))
    assert sorted(statuses) == [302] + [409] * 7
    assert kept(house) == (1, 1, 2, 2)


# ---------------------------------------------------------------- of a reply


def answered(
    house: House, way: Way = Way.EMAIL, *, deliver: bool = True, **more: object
) -> tuple[Filed, str, FlaskClient]:
    """A petition whose reply was sent, its address for an opinion, and who follows it."""
    with house.app.app_context(), transaction(db.session) as session:
        at = now()
        said = {"received_at": at, "answer_by": AnswerBy.EMAIL, **more}
        filed = filing.file(session, make.received(**said), Who("citizen"), at)
        petition = session.get_one(Petition, filed.petition_id)
        reply = make.signed(session, petition, at)
        by = make.official(session, "pqrsd").id
        one = delivering.send(session, petition, reply, way, "", by, at)
        address = f"/opinion/{signed(one)}"
        if deliver:
            arrive(session, one)
    client = house.anybody()
    client.post("/petitions/follow", data={"number": filed.number, "code": filed.code})
    return filed, address, client


def arrive(session: Session, one: Delivery) -> None:
    first = delivering.effective_from(session, one)
    proof = delivering.Proof(first, "Constancia")
    later = now() + timedelta(days=(first - now().date()).days)
    delivering.deliver(session, one.petition, one, proof, make.official(session, "pqrsd").id, later)


def test_the_letter_of_a_reply_opens_its_survey_once_it_arrived_and_until_its_time_is_over(
    house: House, hands: Hands
) -> None:
    ready(house, Of.REPLY)
    _filed, address, client = answered(house, deliver=False)
    assert address not in client.get("/petitions/follow").get_data(as_text=True)
    for answer in (house.anybody().get(address), sent(house, address)):
        assert (answer.status_code, "cuando la respuesta le haya llegado" in words(answer)) == (409, True)
    by_mail = select(Delivery).where(Delivery.way == Way.EMAIL)
    changed(house, lambda session: arrive(session, session.scalars(by_mail).one()))
    assert address in client.get("/petitions/follow").get_data(as_text=True)
    assert house.anybody().get(f"{address}x").status_code == 404
    assert post(house.official("pqrsd"), address).status_code == 403
    assert kept(house) == (0, 0, 0, 0)
    done = sent(house, address)
    assert (done.status_code, done.location) == (302, f"{address}/thanks")
    assert "Gracias" in words(house.anybody().get(f"{address}/thanks"))
    assert sent(house, address).status_code == 409
    assert address not in client.get("/petitions/follow").get_data(as_text=True)
    _filed, late, _client = answered(house)
    hands.forward(days=31)
    for answer in (house.anybody().get(late), sent(house, late)):
        assert (answer.status_code, "ya pasó" in words(answer)) == (410, True)
    assert kept(house)[1] == 1


def test_a_reply_that_arrived_by_two_ways_is_answered_once(house: House) -> None:
    ready(house, Of.REPLY)
    filed, address, client = answered(house, deliver=False)
    client.post("/petitions/follow/answer", data={"press": new_press()})
    assert sent(house, address).status_code == 302

    def arrives_too(session: Session) -> None:
        here = select(Delivery).where(Delivery.petition_id == filed.petition_id, Delivery.delivered_on.is_(None))
        for one in session.scalars(here).all():
            arrive(session, one)

    changed(house, arrives_too)
    assert sent(house, address).status_code == 409
    assert "/opinion/" not in client.get("/petitions/follow").get_data(as_text=True)


def test_of_a_confidential_petition_nobody_asks_and_of_an_anonymous_one_only_its_page(
    house: House, hands: Hands
) -> None:
    ready(house, Of.REPLY)
    anonymous = {"identity": Identity.ANONYMOUS, "person": NOBODY, "answer_by": AnswerBy.PORTAL}
    for more, asked in ((anonymous, True), ({"kind": "denuncia_corrupcion"}, False)):
        filed, address, client = answered(house, Way.NOTICE, **more)
        hands.forward(days=14)
        client.post("/petitions/follow", data={"number": filed.number, "code": filed.code})
        assert ("/opinion/" in client.get("/petitions/follow").get_data(as_text=True)) is asked
        assert sent(house, address).status_code == (302 if asked else 404)
    with house.app.app_context():
        assert not house.look().scalars(select(OutgoingMail).where(OutgoingMail.text.contains("/opinion/"))).all()


# ---------------------------------------------------------------- open to anybody


def test_an_open_survey_is_found_answered_without_a_name_once_for_each_page_and_slowly(
    house: House, hands: Hands
) -> None:
    nobody_asks(house)
    assert "Responder una encuesta" not in house.anybody().get("/").get_data(as_text=True)
    assert "Hoy no hay encuestas abiertas" in words(house.anybody().get("/encuestas"))
    ready(house, Of.OPEN, code="barrios", closes_on=now().date())
    assert "Responder una encuesta" in words(house.anybody().get("/"))
    listed = words(house.anybody().get("/encuestas"))
    for told in ("¿Cómo lo atendimos?", "voluntaria y anónima", "Toma cerca de 1 minuto.", "Abierta hasta el"):
        assert told in listed, told
    client = house.anybody()
    assert "ni guardamos desde dónde responde" in words(client.get("/encuestas/barrios"))
    assert {cookie.key for cookie in client._cookies.values()} <= {"session"}
    page = {"press": new_press()}
    assert [post(client, "/encuestas/barrios", **page).status_code for _ in range(2)] == [302, 409]
    assert "Gracias" in words(client.get("/encuestas/barrios/thanks"))
    assert kept(house)[1] == 1
    assert house.anybody().get("/encuestas/otra").status_code == 404
    statuses = [sent(house, "/encuestas/barrios").status_code for _ in range(ANSWERS_PER_MINUTE)]
    assert (statuses[0], statuses[-1]) == (302, 429)
    hands.forward(days=1)
    assert sent(house, "/encuestas/barrios").status_code == 404
