"""The calendar in the administration: the year at a glance, own days with their act, and what each change moves."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.catalogue import days
from core.catalogue.model import OwnDay
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House

CLOSING = {
    "what": "closed",
    "first": "2026-12-24",
    "last": "",
    "reach": "site",
    "opens": "",
    "closes": "",
    "opens_again": "",
    "closes_again": "",
    "act": "Decreto 40 de 2026",
    "act_date": "2026-11-20",
    "terms": "yes",
    "note": "Navidad",
}


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def own(house: House) -> list[OwnDay]:
    session = house.look()
    return list(days.own_days(session, make.site(session).id))


def add(client: FlaskClient, **changed: Any) -> Any:
    return client.post("/admin/calendar", data=CLOSING | changed, follow_redirects=True)


def test_the_year_is_seen_with_its_holidays_by_letter_and_by_name(administrator: FlaskClient) -> None:
    page = told(administrator.get("/admin/calendar?year=2026"))
    assert "242 días hábiles en el año" in page
    assert "13 Día de Nuestra Señora del Rosario de Chiquinquirá" in page
    assert "12 F" in page.replace("12F", "12 F")
    assert "30 Sagrado Corazón; San Pedro y San Pablo" in told(administrator.get("/admin/calendar?year=2025"))
    for odd in ("year=99999999999", "year=-1", "year=x", "version=-1", "version=x", "version=999"):
        assert administrator.get(f"/admin/calendar?{odd}").status_code == 200


def test_a_closed_day_is_told_with_what_it_moves(house: House, administrator: FlaskClient) -> None:
    page = told(add(administrator))
    assert "El jueves 24 de diciembre pasa de «8:00 a. m. a 12:00 m. y 2:00 p. m. a 6:00 p. m.» a «cerrado»." in page
    moved = "Un plazo de 10 días que empieza el miércoles 23 de diciembre vence el {} de enero y no el {} de enero."
    assert moved.format("martes 12", "viernes 8") in page
    assert "Decreto 40 de 2026 (20/11/2026)" in page
    assert "Versión 1" in page


def test_a_closed_door_that_does_not_touch_the_terms_says_so(administrator: FlaskClient) -> None:
    assert "Los términos de ley no cambian." in told(add(administrator, terms="no"))


def test_several_days_are_closed_at_once_everywhere(house: House, administrator: FlaskClient) -> None:
    add(administrator, first="2026-12-28", last="30/12/2026", reach="entity")
    with house.app.app_context():
        assert [(day.day.day, day.site_id) for day in own(house)] == [(28, None), (29, None), (30, None)]


def test_a_saturday_is_opened_with_its_hours(house: House, administrator: FlaskClient) -> None:
    opening = {"what": "open", "first": "2026-11-28", "opens": "08:00", "closes": "13:00"}
    assert "pasa de «cerrado» a «8:00 a. m. a 1:00 p. m.»." in told(add(administrator, **opening))
    with house.app.app_context():
        assert [(day.opens, day.hours) for day in own(house)] == [(True, ["08:00-13:00"])]


WRONG = [
    ({"what": ""}, "what", "Elija si se cierra o se abre."),
    ({"first": ""}, "first", "Escriba el día."),
    ({"first": "mañana"}, "first", "Escriba una fecha"),
    ({"first": "2026-02-30"}, "first", "Escriba una fecha"),
    ({"last": "2026-12-23"}, "last", "anterior al primero"),
    ({"act": ""}, "act", "Escriba el acto"),
    ({"act_date": "2026-12-01"}, "act_date", "no ha llegado"),
    ({"what": "open", "opens": "8"}, "opens", "Escriba una hora"),
    ({"what": "open", "opens": "08:00"}, "opens", "Escriba desde y hasta qué hora."),
    ({"what": "open", "opens": "12:00", "closes": "08:00"}, "opens", "después de la de apertura"),
    ({"what": "open", "first": "2026-11-29"}, "opens", "no tiene horario"),
    ({"terms": ""}, "terms", "Elija si cambia los términos."),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), WRONG)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_written_stays(
    house: House, administrator: FlaskClient, wrong: dict[str, str], field: str, sentence: str
) -> None:
    answer = administrator.post("/admin/calendar", data=CLOSING | wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    assert sentence in told(answer)
    assert 'value="Decreto 40 de 2026"' in text or "act" in wrong
    with house.app.app_context():
        assert own(house) == []


def test_a_day_is_corrected_and_the_calendar_as_it_was_can_be_seen(house: House, administrator: FlaskClient) -> None:
    add(administrator)
    with house.app.app_context():
        page = f"/admin/calendar/days/{own(house)[0].id}"
    assert 'value="2026-12-24"' in administrator.get(page).get_data(as_text=True)
    corrected = CLOSING | {"first": "2026-12-23", "act": "Decreto 41 de 2026"}
    corrected.pop("last")
    assert "Decreto 41 de 2026" in told(administrator.post(page, data=corrected, follow_redirects=True))
    assert administrator.get(page).status_code == 404
    before = told(administrator.get("/admin/calendar?year=2026&version=1"))
    assert "Así era el calendario en la versión 1." in before
    assert "24 Decreto 40 de 2026" in before
    assert "24 Decreto 40 de 2026" not in told(administrator.get("/admin/calendar?year=2026"))


def test_a_day_is_withdrawn_with_its_reason(house: House, administrator: FlaskClient) -> None:
    add(administrator)
    with house.app.app_context():
        page = f"/admin/calendar/days/{own(house)[0].id}"
    assert administrator.post(f"{page}/withdraw", data={"why": ""}).status_code == 422
    answer = told(administrator.post(f"{page}/withdraw", data={"why": "Se revocó"}, follow_redirects=True))
    assert "Ninguno este año" in answer
    assert "Se revocó" in answer


def test_the_kiosk_and_the_portal_obey_the_calendar(house: House, administrator: FlaskClient) -> None:
    add(administrator, first="2026-11-23", reach="entity", terms="no")
    assert "Cerrado ahora. Abre el martes 24 de noviembre a las 8:00 a. m." in told(house.anybody().get("/"))
    kiosk = told(house.device("kiosk").get("/kiosk/"))
    assert "Ahora no damos turnos" in kiosk
    assert "el martes 24 de noviembre a las 8:00 a. m." in kiosk
