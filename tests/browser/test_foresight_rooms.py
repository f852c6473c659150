"""The rooms in which supervisors judge and foresee, with days behind them: legible everywhere, simulated to an end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from core.db import transaction
from core.turns.actions.change import rules_of
from core.turns.foresight import simulations, special
from core.turns.foresight.crews import Targets
from core.turns.foresight.otherwise import Change
from core.turns.policy import GENERAL
from tests import make, make_days
from tests.browser.conftest import DESK, PHONE, Town, check_accessible, check_no_wider

SignsIn = Callable[..., Page]
PATIENCE_MS = 60_000
"""A process takes up a simulation within seconds, and a page asks how far it is every three; a busy machine is late."""
DAYS = 5
LATER = make.OPENING.date() + 3 * make_days.WEEK
"""A week of which no process makes a proposal meanwhile."""


def told(town: Town) -> list[date]:
    """Mornings of the last days, counted, with what was announced and what is proposed for a week to come."""
    with town.session() as session:
        with transaction(session):
            days = make_days.lived(session, DAYS)
            make_days.announced(session)
            week = [make_days.busy(LATER + timedelta(days=n)) for n in range(5)]
            make_days.roster(session, LATER, days=week)
            wanted = special.Wanted(make.OPENING.date() + timedelta(days=9), "Vence el predial", 2.5)
            special.add(session, make.site(session).id, wanted, make.official(session, "supervision").id, make.at())
        with transaction(session):
            assert make_days.counted(session) == DAYS
    return days


def begun(town: Town, days: list[date]) -> int:
    """A simulation that the supervisor asked for and that this process, and no other, lives; which it is."""
    with town.session() as session, transaction(session):
        site_id, who = make.site(session).id, make.official(session, "supervision").id
        asked = simulations.ask(session, site_id, days, Change(rules_of(session, site_id), Targets()), who, town.began)
        assert simulations.take_up(session, town.began) == asked.id
        return asked.id


def crowded(town: Town) -> None:
    """Two windows open, and more people this morning than they can call in time."""
    with town.session() as session, transaction(session):
        for n in range(16):
            make.turn(session, 30 + n, "older" if n % 4 == 3 else GENERAL)
        for label in "13":
            make.desk(session, label, minute=50)


def lives(town: Town, simulation_id: int, done: int) -> bool:
    """So many of its days are over; whether it is still wanted."""
    with town.session() as session, transaction(session):
        return simulations.go_on(session, simulation_id, done, town.began, town.began)


def test_a_supervisor_judges_the_days_behind_and_tries_them_otherwise(town: Town, sign_in: SignsIn) -> None:
    days = told(town)
    page = sign_in("supervision", "/home")
    first, last = days[0].isoformat(), days[-1].isoformat()

    # One that is far from done shows how far it is by itself, and is cancelled.
    one = begun(town, days)
    page.goto(f"/admin/foresight/simulations/{one}")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    assert lives(town, one, 3)
    expect(bar).to_have_attribute("value", "3", timeout=PATIENCE_MS)
    expect(page.get_by_role("status")).to_contain_text(f"3 de {DAYS} días")
    looks_right(page, f"/admin/foresight/simulations/{one}")
    page.get_by_role("button", name="Cancelar").click()
    expect(page.get_by_text("Se canceló la simulación.")).to_be_visible()
    assert not lives(town, one, 4)

    # Another is asked for with an order and a window that there were not, and lived to its end.
    page.get_by_label("Desde el día").fill(first)
    page.get_by_label("hasta el día").fill(last)
    page.get_by_label("Orden de llamado").select_option(label="Por orden de llegada")
    page.get_by_label("Una ventanilla más, desde las").fill("08:00")
    page.get_by_label(re.compile("^hasta las")).fill("12:00")
    page.get_by_role("button", name="Simular").click()
    gains = page.get_by_role("heading", name="Quién gana y quién pierde")
    expect(gains).to_be_visible(timeout=PATIENCE_MS)
    done = page.url
    less = re.search(r"Frente a hoy, a (\d+) personas", page.locator(".report").inner_text())
    assert less is not None
    assert int(less[1]) > 0, "a window more, and nobody waits less"

    crowded(town)
    for path in (
        done,
        "/admin/foresight/simulations",
        f"/admin/foresight?week={LATER}&of=service-1",
        "/admin/waits?days=30",
        "/admin/hall/breaks",
        "/admin/hall/windows",
        f"/admin/statistics?from={first}&until={last}",
        f"/admin/statistics/turns?from={first}&until={last}",
        f"/admin/statistics/exceptions?from={first}&until={last}&kind=picked",
        f"/admin/statistics/officials?from={first}&until={last}",
        "/admin/hall",
    ):
        looks_right(page, path)

    # What sparing a window or opening one would bring is told in words, and as a table where it is asked for.
    page.goto("/admin/hall/windows")
    expect(page.get_by_role("heading", name="Si se va la ventanilla 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Si se abre la ventanilla 2")).to_be_visible()
    page.get_by_text("Ver como tabla").click()
    check_no_wider(page, PHONE, DESK)
    check_accessible(page)

    # Who comes at which half hour for each service is asked for by its day, and read on a desk without scrolling.
    page.goto(f"/admin/foresight?week={LATER}")
    choice = page.get_by_label("De qué día, dependencia o trámite")
    choice.select_option(label="martes 15 de diciembre")
    page.get_by_role("button", name="Ver a qué hora llegan").click()
    there = page.get_by_role("region", name="A qué hora llegan: martes 15 de diciembre").last
    expect(there.get_by_role("row").last).to_contain_text("360,0")
    assert there.evaluate("region => region.scrollWidth <= region.clientWidth")
    assert there.evaluate("region => region.tabIndex") == 0
    assert page.complaints == []  # type: ignore[attr-defined]


def looks_right(page: Page, path: str) -> None:
    """As wide as a phone and as a desk, and accessible there."""
    page.goto(path)
    check_no_wider(page, PHONE, DESK)
    check_accessible(page)
