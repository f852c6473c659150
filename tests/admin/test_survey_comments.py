"""Officials read what people wrote in surveys, cover what names somebody, and turn it into what is done about it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.audit.model import Entry
from core.db import transaction
from core.personal import BLACK
from core.petitions.model import Channel, Identity, Petition
from core.surveys.model import Comment
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import House

LIST = "/admin/survey-comments"
WROTE = "Soy Rosa, 63.400.100. Faltan sillas."


def a_comment(house: House, text: str = WROTE, **more: object) -> int:
    with house.app.app_context(), transaction(db.session) as session:
        return make.comment(session, text, **more).id


def kept(house: House, comment_id: int) -> Comment:
    return house.look().get_one(Comment, comment_id)


def read_by(house: House) -> list[tuple[str, str]]:
    rows = house.look().scalars(select(Entry).where(Entry.thing == "survey comment").order_by(Entry.seq))
    return [(row.act, row.detail) for row in rows]


def test_what_looks_personal_is_covered_until_somebody_opens_it_and_each_reading_is_noted(house: House) -> None:
    comment, clerk = a_comment(house), house.official("pqrsd")
    words = told(clerk.get(LIST))
    assert ("63.400.100" in words, "Faltan sillas." in words, "noviembre de 2026" in words) == (False, True, True)
    assert "63.400.100" not in clerk.get(LIST).get_data(as_text=True)
    assert WROTE in told(clerk.get(f"{LIST}/{comment}"))
    assert not re.search(r"\d\d/11/2026", told(clerk.get(LIST)))
    with house.app.app_context():
        noted = read_by(house)
        assert [act for act, _ in noted] == ["read"] * 4
        assert str(comment) in noted[2][1]
        assert kept(house, comment).read_by is None


def test_several_are_put_under_a_theme_at_once_and_the_filters_stay_in_the_address(house: House) -> None:
    some, clerk = [a_comment(house, f"Comentario {n}") for n in range(3)], house.official("pqrsd")
    done = press(clerk, f"{LIST}/sort?unread=1", comment=some[:2], theme="Tiempo de espera")
    assert (done.status_code, done.location) == (302, f"{LIST}?unread=1")
    assert "Comentario 2" in told(clerk.get(f"{LIST}?unread=1"))
    assert "Comentario 0" not in told(clerk.get(f"{LIST}?unread=1"))
    words = told(clerk.get(f"{LIST}?theme=Tiempo+de+espera&period=2026-T4"))
    assert ("Comentario 1" in words, "Comentario 2" in words) == (True, False)
    for wrong in ({"comment": []}, {"comment": some, "theme": "Inventado"}, {"comment": ["x"]}):
        assert press(clerk, f"{LIST}/sort", **{"theme": "=", **wrong}).status_code in (404, 422)
    for odd in ("?survey=x&period=2026-T9&page=0&service=%00", "?theme=-", "?page=99999"):
        assert clerk.get(f"{LIST}{odd}").status_code == 200


def test_a_name_is_blacked_out_for_good_with_its_reason(house: House) -> None:
    comment, clerk = a_comment(house), house.official("pqrsd")
    page = f"{LIST}/{comment}"
    assert "63.400.100</textarea>" in clerk.get(page).get_data(as_text=True)
    refused = press(clerk, f"{page}/black-out", parts="Juana", why="personal")
    assert (refused.status_code, "El comentario no dice «Juana»" in told(refused)) == (422, True)
    assert press(clerk, f"{page}/black-out", parts="Rosa\n63.400.100").status_code == 422
    assert press(clerk, f"{page}/black-out", parts="Rosa\n63.400.100", why="personal").status_code == 302
    with house.app.app_context():
        assert kept(house, comment).text == f"Soy {BLACK}, {BLACK}. Faltan sillas."
        assert not any("Rosa" in detail or "63.400" in detail for _act, detail in read_by(house))


def test_a_comment_becomes_a_petition_of_its_office_once_and_nobody_is_behind_it(house: House) -> None:
    with house.app.app_context():
        treasury = make.office(db.session(), "treasury").id
    comment = a_comment(house, "No sirve el datáfono", theme="Canales y equipos", office_id=treasury)
    control, supervisor = house.official("ventanilla1"), house.official("supervision")
    page = f"{LIST}/{comment}"
    assert press(control, f"{page}/petition", kind="reclamo").status_code == 403
    assert press(supervisor, f"{page}/petition", kind="tutela").status_code == 422
    done = press(supervisor, f"{page}/petition", kind="reclamo")
    assert done.status_code == 302, told(done)
    again = press(supervisor, f"{page}/petition", kind="reclamo")
    assert (again.status_code, "ya se radicó" in told(again)) == (409, True)
    with house.app.app_context():
        petition = house.look().scalars(select(Petition)).one()
        said = (petition.kind, petition.identity, petition.channel, petition.office_id, petition.text)
        assert said == ("reclamo", Identity.ANONYMOUS, Channel.WEB, treasury, "No sirve el datáfono")
        assert petition.subject == "Comentario de una encuesta: Canales y equipos"
        assert (petition.received_at, petition.petitioner, petition.due_on is not None) == (None, None, True)
        assert "De oficio" in petition.steps[0].text
        assert kept(house, comment).petition_id == petition.id
    assert petition.filing_number in told(supervisor.get(page))


def test_a_comment_that_denounces_corruption_is_sealed_and_no_longer_read_here(house: House) -> None:
    comment, supervisor = a_comment(house, "CANARIO me pidió plata"), house.official("supervision")
    assert press(supervisor, f"{LIST}/{comment}/petition", kind="denuncia_corrupcion").status_code == 302
    for page in (LIST, f"{LIST}/{comment}"):
        assert "CANARIO" not in told(supervisor.get(page))
    assert "Radicada con reserva" in told(supervisor.get(f"{LIST}/{comment}"))
    with house.app.app_context():
        petition = house.look().scalars(select(Petition)).one()
        assert (petition.confidential, petition.text) == (True, "")


def test_a_comment_leads_to_an_action_that_says_its_survey_theme_and_month(house: House) -> None:
    comment, clerk = a_comment(house, theme="Trato"), house.official("pqrsd")
    page = clerk.get(f"{LIST}/{comment}").get_data(as_text=True)
    address = re.search(r"/admin/improvements/new\?[^\"]+", page)
    assert address is not None
    form = clerk.get(address[0].replace("&amp;", "&")).get_data(as_text=True)
    assert 'selected value="survey"' in form
    assert "· Trato · noviembre de 2026" in form
    assert str(comment) not in form


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_office_keeps_the_themes_and_control_only_reads(house: House, enter: Enter) -> None:
    a_comment(house)
    clerk, control = house.official("pqrsd"), enter("control")
    assert press(clerk, f"{LIST}/themes", name="Baños").status_code == 302
    assert press(clerk, f"{LIST}/themes", name="baños").status_code == 422
    assert press(clerk, f"{LIST}/themes/withdraw", theme="Trato").status_code == 302
    words = told(clerk.get(f"{LIST}/themes"))
    assert ("Baños" in words, "Trato" in words) == (True, False)
    page = control.get(LIST).get_data(as_text=True)
    assert "Faltan sillas" in page
    assert 'method="post" action="/admin' not in page
    assert press(control, f"{LIST}/themes", name="Otro").status_code == 403
