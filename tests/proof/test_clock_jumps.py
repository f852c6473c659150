"""Midnight, the turn of the year (F-12, F-13, F-14) and a clock that leaps forward (F-16), seen by who works on."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.clock import BOGOTA
from core.db import Event
from core.events import Who
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn
from core.web.forms import new_press
from core.web.line import in_line
from tests import make
from tests.conftest import Hands, House

WRITERS, TURNS_EACH = 8, 6
TICK = timedelta(milliseconds=100)


@pytest.fixture
def ticking(hands: Hands) -> Iterator[Hands]:
    """Each look at the clock finds it a tenth of a second later."""
    looks, guard = itertools.count(1), threading.Lock()

    def read() -> datetime:
        with guard:
            return hands.at + next(looks) * TICK

    with clock.reading(read):
        yield hands


@pytest.mark.parametrize(
    "midnight",
    [datetime(2026, 11, 24, tzinfo=BOGOTA), datetime(2027, 1, 1, tzinfo=BOGOTA)],
    ids=["any midnight", "new year"],
)
def test_at_midnight_eight_writers_end_one_day_and_begin_the_next_from_one(
    house: House, ticking: Hands, midnight: datetime
) -> None:
    ticking.at = midnight - WRITERS * TURNS_EACH / 2 * TICK
    with house.app.app_context():
        site_id, service_id = make.site(house.look()).id, make.service(house.look()).id
    together = threading.Barrier(WRITERS)

    def write(official: int) -> None:
        together.wait()
        for _ in range(TURNS_EACH):
            with house.app.app_context(), in_line(site_id) as (session, at):
                turns.issue(session, turns.Asked(site_id, service_id), Who("official", official), at)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(1, WRITERS + 1)))
    with house.app.app_context():
        rows = house.look().execute(
            select(ServiceDay.day, Turn.number, Turn.issued_at)
            .join(ServiceDay, ServiceDay.id == Turn.service_day_id)
            .join(Event, (Event.turn_id == Turn.id) & (Event.kind == "issued"))
            .order_by(Event.seq)
        )
        given = [(day, number, at) for day, number, at in rows]
        days = house.look().scalars(select(ServiceDay.day).order_by(ServiceDay.id)).all()
    old, new = midnight.date() - timedelta(days=1), midnight.date()
    assert days == [old, new], "each day was opened once"
    last = sum(day == old for day, _, _ in given)
    assert 0 < last < len(given) == WRITERS * TURNS_EACH
    in_order = [(old, n) for n in range(1, last + 1)] + [(new, n) for n in range(1, len(given) - last + 1)]
    assert [(day, number) for day, number, _ in given] == in_order, "no number twice, none left out, in the order kept"
    assert all((at < midnight) == (day == old) for day, _, at in given)


def test_the_evening_of_new_year_s_eve_is_still_the_old_year_though_it_is_january_in_utc(
    house: House, hands: Hands
) -> None:
    hands.at = datetime(2026, 12, 31, 19, 30, tzinfo=BOGOTA)
    with house.app.app_context():
        site_id, service_id = make.site(house.look()).id, make.service(house.look()).id
        for hour in (19, 24):
            hands.at = datetime(2026, 12, 31, tzinfo=BOGOTA) + timedelta(hours=hour)
            with in_line(site_id) as (session, at):
                turns.issue(session, turns.Asked(site_id, service_id), Who("official", 1), at)
        days = house.look().scalars(select(ServiceDay.day).order_by(ServiceDay.id)).all()
    assert days == [date(2026, 12, 31), date(2027, 1, 1)]


@pytest.mark.parametrize("leap", [timedelta(hours=1, minutes=1), timedelta(days=1)], ids=["1 h", "1 day"])
def test_a_clock_that_leaps_forward_ends_sessions_and_no_turn(house: House, hands: Hands, leap: timedelta) -> None:
    kiosk, display, official = house.device("kiosk"), house.device("display"), house.official("ventanilla1", "1")
    take = {"press": new_press(), "service": "1", "group": "general"}
    assert kiosk.post("/kiosk/turns", data=take).status_code == 302
    right = hands.at
    hands.at += leap
    assert official.post("/counter/next", data={"press": new_press()}).status_code == 401, "an hour without work"
    for client, path in ((display, "/display/state"), (kiosk, "/kiosk/")):
        assert client.get(path).status_code == 200, path
    with house.app.app_context():
        assert house.look().scalars(select(Turn.state)).one() is State.WAITING
    supervisor = house.official("supervision")
    leftovers = "Turnos de días anteriores sin cerrar" in supervisor.get("/admin/hall").get_data(as_text=True)
    assert leftovers == (leap > timedelta(hours=12)), "only a person closes them"
    hands.at = right + timedelta(minutes=1)
    back = house.official("ventanilla1")
    assert back.post("/counter/next", data={"press": new_press()}).status_code == 302
    with house.app.app_context():
        assert house.look().scalars(select(Turn.state)).one() is State.CALLED
