"""Somebody sets the clock of the machine back (F-17): two hours, a day, or a day ahead first and then mended."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import milliseconds
from core.db import Event
from core.turns.actions.hour import SET_BACK, TRUSTED
from core.turns.lifecycle import IN_HAND
from core.turns.model import ServiceDay, Turn
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House

STEPS = pytest.mark.parametrize("step", [timedelta(hours=2), timedelta(days=1)], ids=["2 h", "1 day"])
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ALERT = "El reloj del equipo retrocedió"
RIGHT = "La hora del equipo es la correcta"


@dataclass
class Office:
    """A kiosk, a window and a supervisor, whose only clock is in the hands of the test."""

    house: House
    kiosk: FlaskClient
    window: FlaskClient = field(init=False)
    supervisor: FlaskClient = field(init=False)

    def sign_in(self) -> None:
        """The officials come in, or come in again: their sessions last ten hours at most."""
        self.window = self.house.official("ventanilla1", "1")
        self.supervisor = self.house.official("supervision")

    def take(self, service: str = "1", group: str = "general") -> TestResponse:
        pressed = {"press": new_press(), "service": service, "group": group}
        return self.kiosk.post("/kiosk/turns", data=pressed)

    def press(self, button: str) -> TestResponse:
        """The official of the window presses a button, about the turn in hand unless they call one."""
        about = {} if button == "next" else {"turn": self.in_hand().id}
        return self.window.post(f"/counter/{button}", data={"press": new_press(), **about})

    def hall(self) -> str:
        return self.supervisor.get("/admin/hall").get_data(as_text=True)

    def trust_clock(self) -> TestResponse:
        return self.supervisor.post("/admin/hall/clock", data={"press": new_press()})

    def log(self) -> list[Event]:
        with self.house.app.app_context():
            return list(self.house.look().scalars(select(Event).order_by(Event.seq)))

    def turns(self) -> list[Turn]:
        with self.house.app.app_context():
            return list(self.house.look().scalars(select(Turn).order_by(Turn.id)))

    def days(self) -> list[ServiceDay]:
        with self.house.app.app_context():
            return list(self.house.look().scalars(select(ServiceDay).order_by(ServiceDay.id)))

    def in_hand(self) -> Turn:
        with self.house.app.app_context():
            return self.house.look().scalars(select(Turn).where(Turn.state.in_(IN_HAND))).one()

    def kinds(self) -> list[str]:
        """What the log tells of turns and of the clock."""
        return [event.kind for event in self.log() if event.turn_id or event.kind in (SET_BACK, TRUSTED)]


@pytest.fixture
def office(house: House) -> Office:
    opened = Office(house, house.device("kiosk"))
    opened.sign_in()
    return opened


def obeyed(*answers: TestResponse) -> None:
    for answer in answers:
        assert answer.status_code == 302, answer.get_data(as_text=True)


@STEPS
def test_hours_and_numbers_of_the_log_never_go_back_and_the_order_is_kept(
    office: Office, hands: Hands, step: timedelta
) -> None:
    obeyed(office.take())
    hands.forward(minutes=1)
    obeyed(office.take())
    hands.at -= step
    hands.forward(seconds=30)
    obeyed(office.take(), office.press("next"))
    assert office.in_hand().code == "A 001"
    hands.forward(minutes=1)
    obeyed(office.press("absent"), office.press("next"))
    assert office.in_hand().code == "A 002"
    log = office.log()
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    told = [event.at for event in log if event.turn_id]
    assert told == sorted(told)
    assert [turn.code for turn in office.turns()] == ["A 001", "A 002", "A 003"]
    assert [day.day for day in office.days()] == [make.OPENING.date()]


@on_sqlite
@STEPS
def test_time_goes_on_at_its_pace_so_that_no_pause_becomes_endless(
    office: Office, hands: Hands, step: timedelta
) -> None:
    obeyed(office.take())
    obeyed(office.press("next"))
    hands.at -= step
    obeyed(office.take())
    assert office.press("recall").status_code == 409, "too soon after the call"
    for _ in range(3):
        hands.forward(minutes=1)
        obeyed(*(office.take() for _ in range(20)))
        assert office.take().status_code == 429
    obeyed(office.press("recall"))


@on_sqlite
@STEPS
def test_no_wait_is_negative_for_whoever_looks(office: Office, hands: Hands, step: timedelta) -> None:
    obeyed(office.take())
    token = office.turns()[0].token
    hands.forward(minutes=20)
    obeyed(office.take(), office.take(), office.press("next"))
    display = office.house.device("display")
    hands.at -= step
    hands.forward(minutes=5)
    pages = {
        "/admin/hall": office.supervisor,
        "/counter/": office.window,
        "/kiosk/": office.kiosk,
        f"/t/{token}": office.house.anybody(),
        "/": office.house.anybody(),
    }
    for path, client in pages.items():
        page = client.get(path)
        assert page.status_code == 200, path
        for since, read in timers(page):
            assert read >= since, path
    assert timers(office.supervisor.get("/admin/hall"))
    wall = display.get("/display/state").get_json()
    assert [wall["now"] >= call["at"] for call in wall["calls"]] == [True]


def timers(page: TestResponse) -> list[tuple[int, int]]:
    """Every stopwatch of a page: since when, and the hour of the page."""
    pairs = re.findall(r'data-since="(-?[0-9]+)" data-now="(-?[0-9]+)"', page.get_data(as_text=True))
    return [(int(since), int(read)) for since, read in pairs]


@on_sqlite
@STEPS
def test_each_step_is_noted_once_and_alerts_until_the_clock_catches_up(
    office: Office, hands: Hands, step: timedelta
) -> None:
    obeyed(office.take())
    assert ALERT not in office.hall()
    hands.at -= step
    assert ALERT in office.hall(), "the hall knows before anybody presses anything"
    obeyed(*(office.take() for _ in range(3)))
    hands.at -= timedelta(hours=1)
    obeyed(office.take(), office.take())
    sizes = [timedelta(milliseconds=event.detail["by_ms"]) for event in office.log() if event.kind == SET_BACK]
    assert sizes == [step, timedelta(hours=1)]
    hands.at += step + timedelta(hours=1, minutes=1)
    assert ALERT not in office.hall()
    obeyed(office.take())
    assert office.log()[-1].at == hands.at
    hands.at -= step
    obeyed(office.take())
    assert [event.kind for event in office.log()].count(SET_BACK) == 3


@on_sqlite
def test_what_two_machines_differ_by_is_no_step(office: Office, hands: Hands) -> None:
    obeyed(office.take())
    hands.at -= timedelta(seconds=59)
    obeyed(office.take())
    assert ALERT not in office.hall()
    assert office.kinds() == ["issued", "issued"]
    first, second = office.turns()
    assert first.issued_at == second.issued_at


@on_sqlite
def test_a_press_that_is_refused_notes_no_step_and_the_next_one_does(office: Office, hands: Hands) -> None:
    obeyed(office.take())
    hands.at -= timedelta(hours=2)
    refused = office.take(service="999")
    assert refused.status_code == 422
    assert SET_BACK not in [event.kind for event in office.log()]
    obeyed(office.take())
    assert office.kinds() == ["issued", SET_BACK, "issued"]


def test_a_clock_that_was_a_day_ahead_and_was_mended_is_followed_when_the_supervisor_says_so(
    office: Office, hands: Hands
) -> None:
    obeyed(office.take())
    mended = hands.at
    hands.at += timedelta(days=1)
    obeyed(*(office.take() for _ in range(20)))
    office.sign_in()
    hands.at = mended + timedelta(minutes=1)
    assert RIGHT in office.hall()
    obeyed(office.trust_clock())
    assert ALERT not in office.hall()
    log = office.log()
    assert [event.kind for event in log[-2:]] == [SET_BACK, TRUSTED]
    assert log[-1].at == hands.at
    assert log[-1].who_kind == "official"
    for turn in office.turns():
        assert mended <= turn.issued_at <= hands.at
        assert turn.seniority == turn.order_key == milliseconds(turn.issued_at)
    hands.forward(minutes=1)
    obeyed(office.take())
    assert office.turns()[-1].issued_at == hands.at
    assert office.days()[0].day == hands.at.date()
    codes = []
    for _ in range(4):
        obeyed(office.press("next"))
        codes.append(office.in_hand().code)
        obeyed(office.press("absent"))
    assert codes == [turn.code for turn in office.turns()[:4]], "in the order in which they came"


@on_sqlite
def test_a_mended_clock_does_not_stop_who_is_at_a_window_or_in_a_pause(office: Office, hands: Hands) -> None:
    hands.at += timedelta(days=1)
    office.sign_in()
    obeyed(office.take(), office.press("next"))
    hands.at -= timedelta(days=1)
    obeyed(office.trust_clock())
    for since, read in [*timers(office.supervisor.get("/admin/hall")), *timers(office.window.get("/counter/"))]:
        assert 0 <= read - since < 60_000
    hands.forward(minutes=1)
    obeyed(office.press("recall"), office.press("absent"))


@on_sqlite
def test_nobody_trusts_a_clock_that_is_not_behind(office: Office) -> None:
    obeyed(office.take())
    assert office.trust_clock().status_code == 409
    assert office.house.official("ventanilla2").post("/admin/hall/clock").status_code == 403


@on_sqlite
def test_whoever_is_at_work_stays_signed_in_and_a_failed_password_of_tomorrow_holds_nobody_up(
    office: Office, hands: Hands
) -> None:
    hands.at += timedelta(days=1)
    stranger = office.house.anybody()
    for _ in range(6):
        stranger.post("/sign-in", data={"username": "ventanilla2", "password": "equivocada", "next": ""})
    hands.at -= timedelta(days=1)
    office.house.official("ventanilla2")
    assert office.window.get("/counter/").status_code == 200
