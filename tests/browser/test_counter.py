"""The window in a real browser: from the keyboard alone, live without taking anything from the hand, read by all."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.db import transaction
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.turns.model import Turn
from tests import make
from tests.browser.conftest import Town, check_accessible

SignIn = Callable[..., Page]
SIZES = [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}, {"width": 1024, "height": 768}]


def take_turns(town: Town, *minutes: float) -> list[int]:
    """People take turns so many minutes after the opening; their ids."""
    with town.session() as session, transaction(session):
        return [make.turn(session, minute).id for minute in minutes]


def seated(town: Town, sign_in: SignIn) -> Page:
    """The official of window 1, at the page."""
    with town.session() as session, transaction(session):
        make.desk(session, "1")
    return sign_in("ventanilla1", "/counter/")


def press(page: Page, key: str, state: str) -> None:
    """Press a key once the page obeys it, and see the turn in the hand come to that state."""
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press(key)
    expect(page.locator("#now")).to_have_attribute("data-state", state)


def state_of(town: Town, turn_id: int) -> State:
    with town.session() as session:
        return session.get_one(Turn, turn_id).state


def test_the_keyboard_alone_attends_one_person_after_another(town: Town, sign_in: SignIn) -> None:
    first, second = take_turns(town, 1, 2)
    page = seated(town, sign_in)
    press(page, "F2", "called")
    press(page, "F2", "attending")
    expect(page.get_by_label("Resuelto")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Resuelto")).to_be_checked()
    press(page, "F9", "called")
    assert (state_of(town, first), state_of(town, second)) == (State.FINISHED, State.CALLED)
    press(page, "F8", "free")
    assert state_of(town, second) is State.ABSENT
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_key_pressed_twice_in_a_breath_does_not_take_two_steps(town: Town, sign_in: SignIn) -> None:
    [turn] = take_turns(town, 1)
    page = seated(town, sign_in)
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    expect(page.locator("#now")).to_have_attribute("data-state", "called")
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    expect(page.locator("#now")).to_have_attribute("data-state", "called")
    assert state_of(town, turn) is State.CALLED


def test_keys_do_nothing_in_a_dialog_nor_in_a_field(town: Town, sign_in: SignIn) -> None:
    [turn] = take_turns(town, 1)
    page = seated(town, sign_in)
    press(page, "F2", "called")
    press(page, "F2", "attending")
    page.get_by_label("Resuelto").check()
    page.get_by_role("button", name="Transferir").click()
    page.keyboard.press("F9")
    page.keyboard.press("Escape")
    expect(page.locator("#transfer")).to_be_hidden()
    page.locator("#finish [name=quantity]").first.focus()
    page.keyboard.press("F9")
    expect(page.locator("#now")).to_have_attribute("data-state", "attending")
    assert state_of(town, turn) is State.ATTENDING


def test_what_changes_around_leaves_the_choice_the_focus_and_the_dialog_alone(town: Town, sign_in: SignIn) -> None:
    take_turns(town, 1, 2)
    page = seated(town, sign_in)
    press(page, "F2", "called")
    press(page, "F2", "attending")
    page.get_by_label("Orientado").check()
    page.locator("#finish [name=quantity]").first.fill("4")
    page.locator("#queue summary").first.press("Enter")
    take_turns(town, 3)
    expect(page.locator("#queue")).to_contain_text("2 esperan", timeout=10_000)
    expect(page.locator("#queue summary").first).to_be_focused()
    expect(page.locator("#queue details").first).to_have_attribute("open", "")
    page.get_by_role("button", name="Transferir").click()
    page.locator("#transfer-service").select_option(label="Consultar o revisar su estrato")
    expect(page.locator("#transfer .place")).to_contain_text("Lo atienden la 2 y la 3")
    with town.session() as session, transaction(session):
        make.desk(session, "3")
    expect(page.locator("#transfer .place")).to_contain_text("Ventanilla 3 (abierta)", timeout=20_000)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Orientado")).to_be_checked()
    expect(page.locator("#finish [name=quantity]").first).to_have_value("4")


def test_a_second_tab_follows_and_its_stale_press_is_refused_with_a_sentence(town: Town, sign_in: SignIn) -> None:
    take_turns(town, 1, 2)
    page = seated(town, sign_in)
    stale = page.context.new_page()
    stale.goto("/counter/")
    press(page, "F2", "called")
    expect(stale.locator("#now")).to_have_attribute("data-state", "called", timeout=10_000)
    stale.route("**/counter/live", lambda route: route.fulfill(status=503))
    press(page, "F2", "attending")
    stale.get_by_role("button", name="No se presentó").click()
    expect(stale.get_by_role("alert").filter(has_text="ya cambió: está en atención")).to_be_visible()
    expect(stale.locator("#now")).to_have_attribute("data-state", "attending")
    expect(stale).to_have_url(f"{town.url}/counter/")


def test_in_every_state_the_next_step_is_in_sight_and_the_page_is_accessible(town: Town, sign_in: SignIn) -> None:
    page = sign_in("ventanilla1", "/counter/")

    def read_at_every_size(check: Callable[[], None] = lambda: None) -> None:
        for size in SIZES:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            check_accessible(page)
            check()

    read_at_every_size()
    page.get_by_role("button", name="Atender en la 1").click()
    expect(page.locator("#now")).to_have_attribute("data-state", "free")
    take_turns(town, *range(8))
    expect(page.locator("#queue")).to_contain_text("8 esperan", timeout=10_000)

    def within_reach() -> None:
        expect(page.locator(".now__next button").first).to_be_in_viewport(ratio=1)
        small = page.locator("button:visible, summary:visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).filter(one => one.height < 44 || one.width < 44).length"
        )
        assert small == 0

    read_at_every_size(within_reach)
    press(page, "F2", "called")
    read_at_every_size(within_reach)
    press(page, "F2", "attending")
    read_at_every_size(within_reach)
    for name in ("Transferir", "Agregar servicio", re.compile("Cambiar de grupo"), "Dar un turno", "Teclas"):
        page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
        read_at_every_size()
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Dejar aparte").click()
    expect(page.locator("#aside")).to_contain_text("Aparte desde")
    page.get_by_role("button", name="Pausa", exact=True).click()
    page.get_by_label("Descanso").check()
    page.get_by_role("button", name="Empezar la pausa").click()
    expect(page.locator("#now")).to_have_attribute("data-state", "away")
    read_at_every_size(within_reach)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_press_that_cannot_arrive_stays_on_the_page_until_the_connection_is_back(town: Town, sign_in: SignIn) -> None:
    [turn] = take_turns(town, 1)
    page = seated(town, sign_in)
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    place = page.locator(".now__next").bounding_box()
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("No hay conexión con el sistema.")
    assert page.locator(".now__next").bounding_box() == place
    page.keyboard.press("F2")
    page.get_by_role("button", name="Pausa", exact=True).click()
    page.get_by_label("Descanso").check()
    page.get_by_role("button", name="Empezar la pausa").click()
    expect(page).to_have_url(f"{town.url}/counter/")
    expect(page.get_by_role("alert", include_hidden=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    expect(page.get_by_text("No hay conexión con el sistema.")).to_be_hidden()
    press(page, "F2", "called")
    assert state_of(town, turn) is State.CALLED


def test_the_focus_is_where_the_next_thing_is_done(town: Town, sign_in: SignIn) -> None:
    _first, second = take_turns(town, 1, 2)
    page = seated(town, sign_in)
    page.locator(f"#few-{second} summary").press("Enter")
    page.locator(f"#few-{second} [data-opens=regroup]").press("Enter")
    expect(page.locator("#regroup").get_by_label("General")).to_be_focused()
    page.keyboard.press("Escape")
    press(page, "F2", "called")
    expect(page.locator("#now")).to_be_focused()
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("F4")
    expect(page.locator("[data-tell]")).to_contain_text("espere")
    page.locator(f"#few-{second} summary").focus()
    with town.session() as session, transaction(session):
        turns.leave(session, session.get_one(Turn, second), town.began)
    expect(page.locator("#queue")).to_be_focused(timeout=10_000)
    press(page, "F2", "attending")
    press(page, "F9", "attending")
    expect(page.get_by_text("Diga cómo terminó la atención.")).to_be_visible()
    expect(page.get_by_label("Resuelto")).to_be_focused()
