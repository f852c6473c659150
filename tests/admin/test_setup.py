"""What an administrator writes in a form, the next turn, call, kiosk and display obey."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from core.catalogue.model import Picture, Reason, Service, Site, Topic, Window
from core.changes import Change
from core.db import transaction
from core.people.model import Official
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.admin.test_order import as_it_is
from tests.conftest import House
from tests.core.test_pictures import chunk, png

DAY = ["08:00", "12:00", "14:00", "18:00", "", ""]
TOPIC = {"name": "Impuestos", "hint": "Pague el predial.", "icon": "receipt"}


@pytest.fixture
def admin(enter: Enter) -> FlaskClient:
    return enter("administrator")


def take(kiosk: FlaskClient, service: int, group: str = "general") -> int:
    return kiosk.post("/kiosk/turns", data={"service": service, "group": group, "press": new_press()}).status_code


def ids(house: House) -> dict[str, int]:
    """The service, the topic and the window that these tests are about."""
    with house.app.app_context():
        service = make.service(house.look())
        return {"service": service.id, "topic": service.topic_id, "window": make.window(house.look()).id}


def test_hours_are_obeyed_by_the_next_turn_and_kept_with_who_wrote_them(house: House, admin: FlaskClient) -> None:
    kiosk, service = house.device("kiosk"), ids(house)["service"]
    assert take(kiosk, service) == 302
    tuesdays = admin.post("/admin/setup/hours", data={"day_2": DAY, "why": "Decreto 12"})
    assert tuesdays.status_code == 302
    assert take(kiosk, service) == 409
    assert 'data-open="true"' not in kiosk.get("/kiosk/").get_data(as_text=True)
    page = told(admin.get("/admin/setup/hours"))
    assert "Decreto 12" in page
    assert "Lunes: 08:00–12:00, 14:00–18:00 → –" in page
    assert "La ley pide al menos 40 horas" in page


def test_hours_that_cross_come_back_as_they_were_written(admin: FlaskClient) -> None:
    crossing = admin.post("/admin/setup/hours", data={"day_1": ["08:00", "13:00", "12:00", "18:00", "", ""]})
    assert crossing.status_code == 422
    page = crossing.get_data(as_text=True)
    assert "se cruzan" in page
    assert 'value="13:00"' in page
    for wrong in (["8", "12:00"], ["08:00", ""], ["25:00", "26:00"], ["08:00"] * 9):
        assert admin.post("/admin/setup/hours", data={"day_1": wrong}).status_code == 422


def test_a_new_letter_is_that_of_the_next_turn_and_a_taken_one_is_not_offered(house: House, admin: FlaskClient) -> None:
    kiosk, known = house.device("kiosk"), ids(house)
    take(kiosk, known["service"])
    here = f"/admin/setup/topics/{known['topic']}"
    assert admin.post(here, data={**TOPIC, "series": "H"}).status_code == 422, "Sisbén has it"
    assert admin.post(here, data={**TOPIC, "series": "F"}).status_code == 302
    take(kiosk, known["service"])
    with house.app.app_context():
        assert [turn.code for turn in house.look().scalars(select(Turn).order_by(Turn.id))] == ["A 001", "F 001"]


def test_the_head_start_of_a_group_changes_who_is_next(house: House, admin: FlaskClient) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session, 0)
        make.turn(session, 40, group="older")
    assert press(admin, "/admin/order", **as_it_is(house, head_start_older=0)).status_code == 302
    assert "Adelanto (minutos)" in told(admin.get("/admin/history"))
    with house.app.app_context():
        assert house.look().scalars(select(Turn.group).order_by(Turn.order_key)).all() == ["general", "older"]


def test_the_table_of_windows_decides_the_next_call(house: House, admin: FlaskClient) -> None:
    known = ids(house)
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session)
    official = house.official("ventanilla3", window="3")
    assert press(official, "/counter/next").status_code == 409, "window 3 does not attend it"
    boxes = re.findall(r'name="attends" value="([\d-]+)" checked', admin.get("/admin/setup/matrix").get_data(True))
    with house.app.app_context():
        third = make.window(house.look(), "3").id
    kept = [box for box in boxes if not box.endswith(f"-{known['service']}")]
    refused = admin.post("/admin/setup/matrix", data={"attends": kept})
    assert refused.status_code == 409
    assert "Aún hay turnos esperando" in told(refused)
    changed = admin.post("/admin/setup/matrix", data={"attends": [*kept, f"{third}-{known['service']}"]})
    assert changed.status_code == 302
    assert press(official, "/counter/next").status_code == 302


def test_a_kiosk_offers_only_its_topics_and_gives_turns_for_no_other(house: House, admin: FlaskClient) -> None:
    kiosk, known = house.device("kiosk"), ids(house)
    with house.app.app_context():
        other = house.look().scalars(select(Topic).where(Topic.id != known["topic"]).limit(1)).one().id
    device = re.search(r"/admin/devices/\d+", admin.get("/admin/devices").get_data(True))
    assert device
    measures = {"name": "Entrada", "diagonal_in": "21,5", "resolution": "1080x1920", "paper_mm": "80"}
    measures |= {"printer_host": "", "printer_code_page": "19"}
    assert admin.post(device[0], data={**measures, "topics": [other]}).status_code == 302
    page = kiosk.get("/kiosk/").get_data(as_text=True)
    assert f"/kiosk/topics/{other}" in page
    assert f"/kiosk/topics/{known['topic']}" not in page
    assert kiosk.get(f"/kiosk/services/{known['service']}").status_code == 404
    assert take(kiosk, known["service"]) == 404
    assert "Temas que ofrece: – → " in told(admin.get(device[0]))


def test_a_display_shows_only_the_windows_of_its_zone(house: House, admin: FlaskClient) -> None:
    display = house.device("display")
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session)
        second = make.window(session, "2").id
    press(house.official("ventanilla1", window="1"), "/counter/next")
    assert len(display.get("/display/state").get_json()["calls"]) == 1
    device = re.search(r"/admin/devices/\d+", admin.get("/admin/devices").get_data(True))
    assert device
    zone = {"name": "Sala 2", "diagonal_in": "43", "distance_m": "6", "volume": "80", "windows": [second]}
    assert admin.post(device[0], data=zone).status_code == 302
    assert display.get("/display/state").get_json()["calls"] == []
    assert "Ventanillas que anuncia: – → 2" in told(admin.get(device[0]))


def test_english_is_offered_only_while_the_town_hall_offers_it(house: House, admin: FlaskClient) -> None:
    kiosk = house.device("kiosk")
    kiosk.post("/kiosk/preferences", data={"language": "en", "back": "/kiosk/"})
    assert "Español" in kiosk.get("/kiosk/").get_data(as_text=True)
    entity = {"name": "Alcaldía", "short_name": "Alcaldía", "municipality": "California", "department": "Santander"}
    assert admin.post("/admin/setup/entity", data=entity).status_code == 302
    for page in (kiosk.get("/kiosk/"), house.anybody().get("/")):
        text = page.get_data(as_text=True)
        assert 'lang="es' in text
        assert "English" not in text
    wrong = admin.post("/admin/setup/entity", data={**entity, "email": "nadie", "web": "alcaldia"})
    assert wrong.status_code == 422
    assert 'value="nadie"' in wrong.get_data(as_text=True)


def test_a_picture_is_seen_between_calls_as_a_picture_and_as_nothing_else(house: House, admin: FlaskClient) -> None:
    def send(content: bytes, name: str = "Jornada de salud, sábado") -> int:
        asked = {"file": FileStorage(io.BytesIO(content), "../../x.html"), "name": name}
        body, length, boundary = stream_encode_multipart(asked, threshold=10_000_000)
        kind = f"multipart/form-data; boundary={boundary}"
        return admin.post(
            "/admin/setup/pictures/new", input_stream=body, content_length=length, content_type=kind
        ).status_code

    display = house.device("display")
    heavy = png(640, extra=chunk(b"tEXt", b"x" * 300_000))
    sent = [png(), png(), heavy, b"<html>", b"", b"\0" * 3_000_000]
    assert [send(content) for content in sent] == [302, 422, 302, 422, 422, 422]
    assert send(png(400), "") == 422
    shown, _heavy = display.get("/display/state").get_json()["pictures"]
    assert shown["text"] == "Jornada de salud, sábado"
    seen = display.get(shown["url"])
    assert (seen.status_code, seen.mimetype, seen.data) == (200, "image/png", png())
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert house.anybody().get(shown["url"]).status_code in (302, 401)
    with house.app.app_context():
        pictures = house.look().scalars(select(Picture.id)).all()
    for picture in pictures:
        assert admin.post(f"/admin/setup/pictures/{picture}/withdraw").status_code == 302
    assert display.get("/display/state").get_json()["pictures"] == []
    assert display.get(shown["url"]).status_code == 404


def test_withdrawing_says_who_waits_and_what_was_withdrawn_comes_back(house: House, admin: FlaskClient) -> None:
    known = ids(house)
    with house.app.app_context(), transaction(db.session) as session:
        for minute in range(3):
            make.turn(session, minute)
    here = f"/admin/setup/services/{known['service']}"
    assert "Hay 3 turnos esperando: se atienden igual." in told(admin.get(here))
    assert admin.post(f"{here}/withdraw").status_code == 302
    page = told(admin.get("/admin/setup/services"))
    assert "Hay 3 turnos esperando" in page
    assert "Retirados" in page
    assert take(house.device("kiosk"), known["service"]) == 422
    assert press(house.official("ventanilla1", window="1"), "/counter/next").status_code == 302, "it is attended"
    assert admin.post(f"{here}/restore").status_code == 302
    assert take(house.device("kiosk"), known["service"]) == 302
    assert "En uso: Sí → No" in told(admin.get(here))


def test_a_window_in_use_is_not_withdrawn(house: House, admin: FlaskClient) -> None:
    known = ids(house)
    house.official("ventanilla1", window="1")
    refused = admin.post(f"/admin/setup/windows/{known['window']}/withdraw")
    assert refused.status_code == 409
    assert "está en la ventanilla 1" in told(refused)


def test_every_kind_is_listed_added_and_changed_by_its_form(house: House, admin: FlaskClient) -> None:
    known = ids(house)
    with house.app.app_context():
        office = house.look().get_one(Service, known["service"]).office_id
    new: dict[str, dict[str, object]] = {
        "sites": {"name": "Casa nueva", "address": "Calle 1"},
        "offices": {"name": "Deportes"},
        "topics": {"name": "Deporte", "series": "F", "icon": "leaf"},
        "services": {"name": "Inscribirse", "topic_id": known["topic"], "office_id": office, "minutes": 5},
        "windows": {"label": "9", "name": "Deportes"},
        "groups": {"name": "Cuidadores", "icon": "heart"},
        "reasons": {"kind": "pause", "name": "Almuerzo largo"},
        "results": {"name": "Cita dada"},
    }
    for kind, asked in new.items():
        assert admin.post(f"/admin/setup/{kind}/new", data=asked).status_code == 302, kind
        empty = admin.post(f"/admin/setup/{kind}/new", data={})
        assert empty.status_code == 422, kind
        assert "field__error" in empty.get_data(as_text=True), kind
        assert str(asked["name"]) in told(admin.get(f"/admin/setup/{kind}")), kind
        assert admin.get(f"/admin/setup/{kind}/new").status_code == 200
    with house.app.app_context():
        reason = house.look().scalars(select(Reason).where(Reason.name == "Almuerzo largo")).one()
        assert (reason.code, reason.active) == ("almuerzo-largo", True)
    for step in ("-1", "1"):
        assert admin.post(f"/admin/setup/topics/{known['topic']}/move", data={"step": step}).status_code == 302
    unchanged = admin.post(f"/admin/setup/windows/{known['window']}", data={"label": "1", "name": "Hacienda"})
    assert unchanged.status_code == 302
    assert "No había nada que cambiar" in told(admin.get(f"/admin/setup/windows/{known['window']}"))


def test_the_targets_of_the_services_are_written_in_one_table(house: House, admin: FlaskClient) -> None:
    service = ids(house)["service"]
    assert admin.post("/admin/setup/targets", data={f"target_{service}": "20"}).status_code == 302
    assert admin.post("/admin/setup/targets", data={f"target_{service}": "0"}).status_code == 422
    assert 'value="20"' in admin.get("/admin/setup/targets").get_data(as_text=True)


def test_the_history_is_narrowed_by_kind_and_by_person(house: House, admin: FlaskClient) -> None:
    admin.post("/admin/setup/offices/new", data={"name": "Deportes"})
    admin.post("/admin/setup/results/new", data={"name": "Cita dada"})
    with house.app.app_context():
        me = make.official(house.look(), "administracion").id
    assert "Deportes" in told(admin.get("/admin/history"))
    assert "Deportes" not in told(admin.get("/admin/history?kind=results"))
    assert "Cita dada" in told(admin.get(f"/admin/history?kind=results&by={me}"))
    for odd in ("?kind=x", "?by=x", "?by=9999999999999"):
        assert admin.get(f"/admin/history{odd}").status_code == 200
    assert admin.get("/admin/history?kind=a&kind=b").status_code == 422


def second_site(house: House, admin: FlaskClient) -> int:
    """Another site, which the administrator takes in hand."""
    admin.post("/admin/setup/sites/new", data={"name": "Casa del Mayor", "address": "Carrera 4"})
    with house.app.app_context():
        site: int = house.look().scalars(select(Site.id).where(Site.name == "Casa del Mayor")).one()
    assert admin.post("/admin/setup/site", data={"site": site}).status_code == 302
    return site


def test_the_site_in_hand_is_the_one_that_every_page_sets_up(house: House, admin: FlaskClient) -> None:
    known, site = ids(house), second_site(house, admin)
    assert "Casa del Mayor" in told(admin.get("/admin/setup"))
    assert admin.get(f"/admin/setup/windows/{known['window']}").status_code == 404
    assert admin.post("/admin/setup/windows/new", data={"label": "1", "name": "Mayores"}).status_code == 302
    assert admin.get("/admin/order").status_code == 200
    hired = press(admin, "/admin/people/new", username="ana", name="Ana", roles=["official"])
    assert hired.status_code == 200
    with house.app.app_context():
        session = house.look()
        assert session.scalars(select(Window.label).where(Window.site_id == site)).all() == ["1"]
        ana = make.official(session, "ana")
        assert ana.site_id == site
        ana_id = ana.id
    assert press(admin, f"/admin/people/{ana_id}/disable").status_code == 302, "one who administers is enough for all"
    assert press(admin, "/admin/people/1").status_code == 404


def test_who_does_not_administer_has_only_their_own_site(house: House, admin: FlaskClient) -> None:
    site = second_site(house, admin)
    own = house.official("ventanilla1")
    assert own.post("/admin/setup/site", data={"site": site}).status_code == 403
    assert "Casa del Mayor" in told(admin.get("/admin/setup"))
    with house.app.app_context(), transaction(db.session) as session:
        session.scalars(select(Official).where(Official.username == "administracion")).one().roles = ["supervisor"]
    page = told(admin.get("/admin/hall"))
    assert "Casa del Mayor" not in page, "with the role goes the site in hand"
    assert admin.post("/admin/setup/site", data={"site": site}).status_code == 403


def test_every_change_has_its_author(house: House, admin: FlaskClient) -> None:
    admin.post("/admin/notices", data={"text": "Hoy no hay sistema de pagos", "text_en": ""})
    with house.app.app_context():
        rows = house.look().scalars(select(Change)).all()
        assert rows
        assert {row.by for row in rows} == {make.official(house.look(), "administracion").id}
