"""What a display is told: true, in order, once per turn, of its zone, and nothing of anybody."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from core import clock
from core.catalogue.model import Notice, PriorityGroup, Service, Window
from core.db import transaction
from core.devices import Device
from core.information import actions as information
from core.information.actions import Written
from core.information.model import COMPLAINTS
from core.people.model import Official
from core.web.database import db
from display.wall import LONGEST_FACT
from tests import make
from tests.conftest import House
from tests.display.conftest import Hall, codes, state_of

SET = {"windows", "services", "volume", "voice"}
TOLD = SET | {"seq", "now", "version", "site", "calls", "waits", "notices", "facts", "pictures"}
CALLED = {"seq", "at", "code", "series", "number", "window", "window_id", "service_id", "call", "language", "valid"}


def test_calls_come_newest_first_with_the_number_of_the_last_event(house: House, hall: Hall) -> None:
    screen = house.device("display")
    first, second = hall.call("1"), hall.call("2")
    state = state_of(screen)
    assert [call["code"] for call in state["calls"]] == [second, first]
    assert state["calls"][0]["seq"] == state["seq"]
    assert state["now"] == clock.milliseconds(hall.hands.at)


def test_a_turn_called_again_stands_once_with_its_last_call(house: House, hall: Hall) -> None:
    screen = house.device("display")
    first, second = hall.call("1"), hall.call("2")
    hall.hands.forward(seconds=30)
    hall.press("recall", "1")
    again, other = state_of(screen)["calls"]
    assert (again["code"], again["call"], other["code"]) == (first, 2, second)
    assert again["seq"] > other["seq"]


def test_a_call_that_was_undone_disappears(house: House, hall: Hall) -> None:
    screen = house.device("display")
    kept, undone = hall.call("1"), hall.call("2")
    assert codes(screen) == [undone, kept]
    hall.press("undo_last", "2")
    assert codes(screen) == [kept]


def test_a_zone_shows_the_calls_and_waits_of_its_windows_only(house: House, hall: Hall) -> None:
    with house.app.app_context():
        second = make.window(house.look(), "2").id
    screen, everything = house.device("display", windows=[second]), house.device("display")
    hall.call("1")
    mine = hall.call("2")
    assert codes(screen) == [mine]
    assert len(codes(everything)) == 2
    hall.wait("sisben-survey")
    hall.wait("residence")
    here = {wait["topic"] for wait in state_of(screen)["waits"]}
    assert "Impuestos" in here
    assert "Sisbén" not in here


def test_a_zone_of_services_shows_their_calls_and_waits_and_with_windows_what_is_of_both(
    house: House, hall: Hall
) -> None:
    with house.app.app_context():
        session = house.look()
        survey = make.service(session, "sisben-survey")
        asked, place = (
            survey.id,
            min(window.label for window in session.scalars(select(Window)) if survey in window.services),
        )
        here, there = make.window(session, place).id, make.window(session, "1").id
    screen = house.device("display", services=[asked])
    same, other = (house.device("display", services=[asked], windows=[window]) for window in (here, there))
    assert place != "1"
    hall.call("1")
    hall.wait("sisben-survey")
    mine = hall.press("call_next", place)
    assert [call["service_id"] == asked for call in state_of(house.device("display"))["calls"]] == [True, False]
    assert [codes(each) for each in (screen, same, other)] == [[mine], [mine], []]
    hall.wait("residence")
    assert [wait["topic"] for wait in state_of(screen)["waits"]] == ["Sisbén"]


def test_a_call_may_be_said_only_while_the_person_is_waited_for_and_for_ten_minutes(house: House, hall: Hall) -> None:
    screen = house.device("display")
    hall.call("1")
    assert [call["valid"] for call in state_of(screen)["calls"]] == [True]
    hall.hands.forward(minutes=10)
    assert [call["valid"] for call in state_of(screen)["calls"]] == [True]
    hall.hands.forward(seconds=1)
    assert [call["valid"] for call in state_of(screen)["calls"]] == [False]
    hall.call("2")
    hall.press("start", "2")
    assert [call["valid"] for call in state_of(screen)["calls"]] == [False, False]


def test_a_display_learns_nothing_of_anybody(house: House, hall: Hall) -> None:
    screen = house.device("display")
    with house.app.app_context():
        groups = [group.code for group in house.look().scalars(select(PriorityGroup))]
    hall.wait("private-talk", groups[-1])
    hall.press("call_next", "4")
    hall.wait("older-support", groups[0])
    state = state_of(screen)
    assert set(state) == TOLD
    assert all(set(call) == CALLED for call in state["calls"])
    assert all(set(wait) == {"topic", "wait"} for wait in state["waits"])
    facts = state.pop("facts")
    page = screen.get("/display/").get_data(as_text=True)
    assert facts == json.loads(page.partition('id="told">')[2].partition("</script>")[0])["facts"]
    told = json.dumps(state, ensure_ascii=False) + re.sub(r'"facts": \[.*?\]', "", page)
    with house.app.app_context():
        session = house.look()
        secrets = [
            text
            for service in session.scalars(select(Service))
            for text in (service.name, service.code, *filter(None, (service.hint,)))
        ]
        secrets += [text for group in session.scalars(select(PriorityGroup)) for text in (group.name, group.who)]
        secrets += [text for who in session.scalars(select(Official)) for text in (who.name, who.username)]
    assert [text for text in secrets + groups if re.search(rf"\b{re.escape(text)}\b", told)] == []


def test_waits_are_ranges_by_topic_and_of_open_windows_only(house: House, hall: Hall) -> None:
    screen = house.device("display")
    assert state_of(screen)["waits"] == []
    hall.call("1")
    hall.wait()
    waits = {wait["topic"]: wait["wait"] for wait in state_of(screen)["waits"]}
    assert re.fullmatch(r"Espera: (entre \d+ y|menos de) \d+ minutos", waits["Impuestos"])
    assert "Sisbén" not in waits


def test_outside_hours_nobody_is_told_how_long_the_wait_is(house: House, hall: Hall) -> None:
    screen = house.device("display")
    hall.call("1")
    assert state_of(screen)["waits"]
    hall.hands.forward(hours=3, minutes=30)
    assert state_of(screen)["waits"] == []


def test_only_active_notices_are_shown_in_their_order_and_in_both_languages(house: House) -> None:
    screen = house.device("display")
    with house.app.app_context(), transaction(db.session) as session:
        notices = session.scalars(select(Notice).order_by(Notice.position)).all()
        notices[0].active = False
        expected = [
            {"language": language, "text": text}
            for notice in notices[1:]
            for language, text in (("es", notice.text), ("en", notice.text_en))
        ]
    assert state_of(screen)["notices"] == expected


def test_the_six_contents_are_told_in_lines_that_are_read_from_afar_one_of_each_after_another(house: House) -> None:
    contact = {"person": "Ana Ruiz", "position": "Secretaria", "office": "Gobierno"}
    with house.app.app_context(), transaction(db.session) as session:
        site, by = make.site(session).id, make.official(session, "administracion").id
        written = Written("# Primero\n- Dígalo. Sin miedo.", "", 2026, contact)
        information.write(session, site, COMPLAINTS, written, by, clock.now())
        information.publish(session, site, COMPLAINTS, "", by, clock.now())

    facts = state_of(house.device("display"))["facts"]

    assert [fact["title"] for fact in facts[:5]] == [
        "Sus derechos",
        "Pagar el impuesto predial",
        "Pagar el impuesto predial",
        "Lunes a viernes",
        "Quejas y reclamos",
    ]
    assert [fact["text"] for fact in facts[:5]] == [
        "Que lo traten con respeto",
        "Demora: en la misma visita",
        "Traiga: Número predial o un recibo anterior",
        "8:00 a. m. a 12:00 m. y de 2:00 p. m. a 6:00 p. m.",
        "Ana Ruiz, Secretaria, Gobierno",
    ]
    assert {"title": "Quejas y reclamos", "text": "Dígalo"} in facts
    assert max(len(fact["text"]) for fact in facts) <= LONGEST_FACT


def test_asking_for_the_state_is_the_sign_of_life(house: House, hall: Hall) -> None:
    screen = house.device("display")
    state_of(screen)
    with house.app.app_context():
        assert house.look().scalars(select(Device.seen_at)).one() == hall.hands.at


def test_new_settings_change_the_version_so_that_the_screen_draws_itself_anew(house: House) -> None:
    near, far, alike = (house.device("display", distance_m=metres) for metres in (6, 10, 6))
    assert state_of(near)["version"] == state_of(alike)["version"] != state_of(far)["version"]
