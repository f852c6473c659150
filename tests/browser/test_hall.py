"""A supervisor foresees a wait, asks for a window, and sees what was foreseen happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from heapq import heapify, heapreplace
from time import monotonic

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Stream, transaction
from core.turns import actions as turns
from core.turns.actions.call import NobodyWaiting
from tests import make
from tests.browser.conftest import DESK, Town, check_accessible

SignsIn = Callable[..., Page]
PATIENCE_MS = 60_000
"""The hall looks again every fifteen seconds, and the waits are drawn every three; a busy machine takes longer."""
PEOPLE = 14


def numbers(page: Page, sentence: str) -> list[int]:
    """The figures of a sentence of the page, which is waited for."""
    found = page.get_by_text(re.compile(sentence)).first
    expect(found).to_be_visible(timeout=PATIENCE_MS)
    match = re.search(sentence, found.inner_text())
    assert match is not None
    return [int(figure) for figure in match.groups()]


def attend_all(session: Session, *labels: str) -> int:
    """The hall lives on until nobody waits: each window is done after the usual minutes, and calls; how many it called.

    The hour of the hall is that of what happens in it, so that the page needs no hours to see it.
    """
    last_at = session.scalars(select(Stream.last_at)).one()
    assert last_at is not None
    begins, usual = (last_at - make.OPENING).total_seconds() / 60, make.service(session).minutes
    free = [(begins, label) for label in labels]
    heapify(free)
    in_hand: dict[str, int] = {}
    called = 0
    while True:
        minute, label = free[0]
        desk = make.desk(session, label)
        if label in in_hand:
            turns.start(session, desk, make.at(minute))
            turns.finish(session, desk, [turns.Outcome(in_hand.pop(label), "solved")], make.at(minute))
        try:
            in_hand[label] = turns.call_next(session, desk, make.at(minute)).service_id
        except NobodyWaiting:
            return called
        called += 1
        heapreplace(free, (minute + usual, label))


def test_an_alert_says_what_opening_a_window_would_bring_and_the_fall_is_seen_when_it_opens(
    town: Town, sign_in: SignsIn
) -> None:
    with town.session() as session, transaction(session):
        make.desk(session, "1", minute=28)
    hall = sign_in("supervision", "/admin/hall")
    expect(hall.get_by_text("Todo va en meta")).to_be_visible()
    with town.session() as session, transaction(session):
        for n in range(PEOPLE):
            make.turn(session, 28 + n / 10, "older" if n % 7 == 6 else "general")
    before, after = numbers(hall, r"Abrir la ventanilla 2 baja la espera de 9 de cada 10 de (\d+) a (\d+) min")
    assert after < 0.8 * before
    check_accessible(hall)
    hall.get_by_role("button", name="Pedir que abran la 2").first.click()
    expect(hall.get_by_text("Pedida a las").first).to_be_visible(timeout=PATIENCE_MS)
    desk = sign_in("ventanilla2", "/counter/", DESK)
    asked = desk.locator("article", has_text="La supervisión pide abrirla")
    expect(asked).to_contain_text(f"{after} minutos o menos, y no {before}")
    check_accessible(desk)
    asked.get_by_role("button", name="Atender en la 2").click()
    expect(desk.locator("#choice")).to_have_count(0, timeout=PATIENCE_MS)
    told = r"esperarían (\d+) min o menos, y no (\d+)\.\s+Ahora se prevén (\d+)\."
    foreseen, without, now = numbers(hall, told)
    assert (foreseen, without) == (after, before)
    until = monotonic() + PATIENCE_MS / 1000
    while now > after + (before - after) / 2 and monotonic() < until:
        hall.wait_for_timeout(1_000)
        now = numbers(hall, told)[2]
    assert now <= after + (before - after) / 2, "the fall is not foreseen any more"
    with town.session() as session, transaction(session):
        assert attend_all(session, "1", "2") == PEOPLE
    expect(hall.get_by_text(f"De {PEOPLE} llamados")).to_be_visible(timeout=PATIENCE_MS)
    (waited,) = numbers(hall, r"9 de cada 10, (\d+)(?:,\d)?\smin o menos")
    assert waited <= after + (before - after) / 2, "the foreseen fall did not happen"
    assert hall.complaints == []  # type: ignore[attr-defined]
