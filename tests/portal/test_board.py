"""What everybody may read of the replies: notices without names, copies for many, and whether a letter is ours."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from core.clock import now
from core.db import transaction
from core.petitions import delivering, filing, grouping
from core.petitions.filing import NOBODY
from core.petitions.model import Identity, Petition
from core.petitions.reply_model import Way
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.portal.test_case import filed, opened, page

BOARD, VERIFY = "/petitions/published", "/petitions/verify"
NAMELESS = {"identity": Identity.ANONYMOUS, "person": NOBODY}
ANSWER = "El puente se repara en enero."


def hang(house: House, one: filing.Filed) -> str:
    """Answer a petition by notice; the mark of the letter."""
    with house.app.app_context(), transaction(db.session) as session:
        petition, by = session.get_one(Petition, one.petition_id), make.official(session, "pqrsd").id
        reply = make.signed(session, petition, now(), body=ANSWER)
        delivering.send(session, petition, reply, Way.NOTICE, "", by, now())
        assert reply.letter is not None
        return reply.letter.mark


def test_a_notice_hangs_five_working_days_and_says_what_was_answered_only_if_nobody_gave_a_name(
    house: House, hands: Hands
) -> None:
    nameless, named = filed(house, **NAMELESS), filed(house)
    sealed = filed(house, kind=filing.CORRUPTION, **NAMELESS)
    for one in (nameless, named, sealed):
        hang(house, one)
    told = page(house.anybody(), BOARD)
    for one in (nameless, named, sealed):
        assert f"Petición {one.number}" in told
    assert "Publicado del 23 de noviembre de 2026 al 30 de noviembre de 2026" in told
    assert "entregada el 1 de diciembre de 2026" in told
    assert (told.count(ANSWER), told.count("Si es suya")) == (1, 2)
    for hidden in ("Rosa", "63400100", "andén"):
        assert hidden not in told, hidden
    hands.forward(days=8)
    assert "Hoy no hay avisos" in page(house.anybody(), BOARD)


def test_one_reply_to_many_is_published_and_each_of_them_finds_it_on_the_own_page(house: House, hands: Hands) -> None:
    many = [filed(house) for _n in range(11)]
    with house.app.app_context(), transaction(db.session) as session:
        petitions = [session.get_one(Petition, one.petition_id) for one in many]
        by = make.official(session, "pqrsd").id
        group = grouping.group(session, petitions, "El puente de La Baja", by, now())
        grouping.publish(session, group, "El puente se repara para todos.", by, now())
    hang(house, many[0])
    hands.forward(days=8)
    with house.app.app_context(), transaction(db.session) as session:
        lead = session.get_one(Petition, many[0].petition_id)
        sent = delivering.of_petition(session, lead)[-1]
        delivering.deliver(session, lead, sent, delivering.Proof(now().date(), "Constancia"), by, now())
    told = page(house.anybody(), BOARD)
    for words in ("El puente de La Baja", "para 11 peticiones", "El puente se repara para todos."):
        assert words in told, words
    told = page(opened(house, many[5]))
    for words in ("Respondida", "2026-S-000001", "El puente se repara para todos.", "puede recurrirla"):
        assert words in told, words
    assert ANSWER not in told
    assert "Descargar la respuesta firmada" not in told


def verify(client: FlaskClient, number: str, mark: str) -> tuple[int, str]:
    answer = client.post(VERIFY, data={"number": number, "mark": mark})
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_a_letter_is_ours_by_its_number_and_its_mark_and_nothing_is_told_of_whose_it_is(
    house: House, hands: Hands
) -> None:
    one = filed(house)
    mark, client = hang(house, one), house.anybody()
    assert client.get(VERIFY).status_code == 200
    status, told = verify(client, "2026-s-1", mark.lower().replace("-", " "))
    assert status == 200
    assert "El oficio 2026-S-000001 es nuestro" in told
    assert "el 23 de noviembre de 2026" in told
    for hidden in ("Rosa", one.number, ANSWER):
        assert hidden not in told, hidden
    for number, typed in (("2026-S-000002", mark), ("2026-S-000001", "AAAA-BBBB-CCCC"), ("hola", mark)):
        status, told = verify(client, number, typed)
        assert (status, "no son de un oficio nuestro" in told) == (422, True), (number, typed)
        assert "es nuestro" not in told
    assert verify(client, "", "")[0] == 422


def test_the_page_of_petitions_leads_to_what_is_published(house: House) -> None:
    told = house.anybody().get("/petitions/new").get_data(as_text=True)
    for address in (BOARD, VERIFY, "/petitions/follow"):
        assert f'href="{address}"' in told, address
