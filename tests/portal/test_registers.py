"""Everybody sees what was done for the plan, once something shows it, and nothing of a person."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from core.db import transaction
from core.files import actions as files
from core.files.kinds import Kind
from core.petitions.model import Petition
from core.plan.registers import actions
from core.plan.registers.actions import Photo
from core.plan.registers.kinds import ALL
from core.web.database import db
from core.web.uploads import store
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import House
from tests.core.files.samples import photo

DAY = make.OPENING.date()


def test_who_reads_of_a_process_in_secop_files_a_suggestion_that_names_it(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        one = make.register(session, "secop", title="Vía a La Baja").id
        other = make.register(session, "induction").id
    page = house.anybody().get("/plan/registers/secop").get_data(as_text=True)
    assert 'href="https://secop.gov.co/12"' in page
    way = re.search(r'href="(/petitions/new\?process=\d+)"', page)
    assert way is not None
    form = house.anybody().get(way[1]).get_data(as_text=True)
    subject = "Contratación: proceso SA-2026-0012 del SECOP. Vía a La Baja"
    assert f'value="{subject}"' in form
    chosen = re.search(r'name="kind" value="(\w+)" checked', form)
    assert chosen is not None
    said = {"kind": chosen[1], "subject": subject, "text": "Publiquen los planos.", "identity": "anonymous"}
    assert press(house.anybody(), "/petitions/new", **said, answer_by="portal").status_code == 302
    with house.app.app_context():
        filed = house.look().scalars(select(Petition)).one()
        assert (filed.kind, filed.subject) == ("sugerencia", subject)
    for gone in (other, one + 99):
        assert house.anybody().get(f"/petitions/new?process={gone}").status_code == 404
    assert house.anybody().get("/petitions/new?process=x").status_code == 200


def test_only_what_is_complete_is_published_and_of_people_only_how_many(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        talk = make.register(session, "dialogue", title="Consejo de La Baja")
        make.register(session, "dialogue", title="Sin acta", link="")
        make.register(session, "commitment", below=talk, title="Puente", day=DAY - timedelta(days=3), link="")
        make.register(session, "commitment", below=talk, title="Cronograma", done_on=DAY)
        gone = make.register(session, "dialogue", title="Repetido")
        actions.withdraw(session, gone, "Se repitió.", gone.now.by, make.at())
        make.register(session, "route", title="Audiencia", day=DAY + timedelta(days=9), link="")
        make.register(session, "streamlining", title="Un sello menos")
        who = make.official(session, "pqrsd").name
    anybody = house.anybody()
    page = told(anybody.get("/plan/registers/dialogue"))
    for said in ("Consejo de La Baja", "vencido Puente", "cumplido Cronograma", "60", "Vereda"):
        assert said in page, said
    for hidden in ("Sin acta", "Repetido", who, make.LINK):
        assert hidden not in page, hidden
    assert "por hacer Audiencia" in told(anybody.get("/plan/registers/route"))
    assert "Pasos 5 3" in told(anybody.get("/plan/registers/streamlining"))
    for kind in ALL:
        status = 200 if kind.public else 404
        for form in ("", ".csv", ".json"):
            answer = anybody.get(f"/plan/registers/{kind.slug}{form}?year=2026")
            assert answer.status_code == status, (kind.slug, form)
            assert who not in answer.get_data(as_text=True), (kind.slug, form)
    entries = anybody.get("/plan/registers/commitment.json").json["entries"]
    assert [(one["title"], one["done_on"], one["state"]) for one in entries] == [
        ("Puente", None, "overdue"),
        ("Cronograma", DAY.isoformat(), "complete"),
    ]
    assert told(anybody.get("/plan/registers")).count("Espacios de diálogo 1") == 1
    assert anybody.get("/plan/registers/dialogue?year=1999").status_code == 404


def test_the_photograph_of_a_space_is_seen_with_its_words_once_the_review_is_whole(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        shown = [Photo(files.place_own(store(), photo(), "p.jpg", Kind.JPEG, make.at()), "doors", "La puerta abierta")]
        points = make.SAID["space"]["points"] | {"doors": "met"}
        whole = make.register(session, "space", files=shown, points=points)
        half = make.register(session, "space", files=shown, points=points | {"signs": "not_met"}, title="A medias")
        ways = [(one.id, next(proof.id for proof in one.now.proofs if proof.file)) for one in (whole, half)]
    page = house.anybody().get("/plan/registers/space").get_data(as_text=True)
    assert 'alt="La puerta abierta"' in page
    assert "A medias" not in page
    addresses = [f"/plan/registers/photos/{space}/{proof}" for space, proof in ways]
    found = [house.anybody().get(address, buffered=True) for address in addresses]
    assert [answer.status_code for answer in found] == [200, 404]
    assert found[0].mimetype == "image/jpeg"
