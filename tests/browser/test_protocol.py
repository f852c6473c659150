"""One walk with a protocol: beside the work by one key, at the step that matters, read whole, and read by everybody."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.db import transaction
from core.protocols.model import Protocol
from core.protocols.text import read
from tests import make
from tests.browser.conftest import DESK, PHONE, Town, check_accessible

SMALL_DESK = {"width": 1024, "height": 768}
WIDER_THAN_THE_SCREEN = "() => document.documentElement.scrollWidth > innerWidth"


def take_turn(town: Town, minute: float, group: str) -> None:
    with town.session() as session, transaction(session):
        make.turn(session, minute, group)


def press(page: Page, key: str, state: str) -> None:
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press(key)
    expect(page.locator("#now")).to_have_attribute("data-state", state)


def open_moments(page: Page) -> list[str]:
    return [found.removeprefix("protocol-") for found in page.locator("#protocol details[open]").evaluate_all(
        "all => all.map(one => one.id)"
    )]  # fmt: skip


def is_on_top(button: Locator) -> bool:
    """Whether the middle of a button is seen, so that a press there is for it."""
    button.scroll_into_view_if_needed()
    return bool(
        button.evaluate("""one => {
          const box = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }""")
    )


def test_the_protocol_stands_beside_the_work_and_is_read_whole_by_its_official_and_by_everybody(
    town: Town, sign_in: Callable[..., Page]
) -> None:
    take_turn(town, 1, "older")
    with town.session() as session, transaction(session):
        make.desk(session, "1")
    page = sign_in("ventanilla1", "/counter/")
    beside(town, page)
    read_whole(town, page)
    read_by_everybody(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def beside(town: Town, page: Page) -> None:
    panel, title, opener = page.locator("#protocol"), page.locator("#protocol-title"), page.locator("#protocol-opener")
    expect(page.locator("#now")).to_be_focused()
    page.keyboard.press("F1")
    expect(title).to_be_focused()
    expect(title).to_have_text("Atención presencial")
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert open_moments(page) == ["contact"]
    for size in (SMALL_DESK, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert is_on_top(page.get_by_role("button", name="Llamar siguiente")), size
        assert not page.evaluate(WIDER_THAN_THE_SCREEN), size
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#now")).to_be_focused()

    press(page, "F2", "called")
    expect(panel).to_be_hidden()
    page.keyboard.press("F1")
    expect(title).to_have_text("Atención preferencial")
    assert open_moments(page) == ["contact"]
    page.locator("#protocol-listening > summary").click()
    take_turn(town, 2, "general")
    expect(page.locator("#queue")).to_contain_text("1 espera")
    assert open_moments(page) == ["contact", "listening"], "the page came anew, and the panel is as it was left"
    expect(opener).to_have_attribute("aria-expanded", "true")

    press(page, "F2", "attending")
    expect(title).to_have_text("Atención preferencial")
    assert open_moments(page) == ["listening", "handling"]
    expect(page.get_by_label("Resuelto")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#protocol-closing")).to_have_attribute("open", "")
    assert open_moments(page) == ["closing", "recording"]
    expect(page.get_by_label("Resuelto")).to_be_focused()
    deaf = page.get_by_role("button", name="Sorda")
    deaf.press("Enter")
    expect(title).to_have_text("Personas sordas o con dificultad para oír")
    expect(deaf).to_be_focused()
    expect(deaf).to_have_attribute("aria-pressed", "true")
    check_accessible(page)
    page.keyboard.press("F1")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()


def read_whole(town: Town, page: Page) -> None:
    page.keyboard.press("F1")
    page.get_by_role("link", name="Leer P-05 completo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Atención preferencial")
    with town.session() as session:
        (version,) = session.scalars(select(Protocol).where(Protocol.code == "P-05")).one().versions
        right = [question.right for question in read(version.text).quiz]
    for place, option in enumerate(right):
        page.locator(f"[name=answer{place}]").nth((option + 1) % 3 if place == 0 else option).check()
    page.get_by_role("button", name="Lo leí y lo entendí").click()
    expect(page.locator("[data-focus]")).to_be_focused()
    check_accessible(page)
    page.locator("[name=answer0]").nth(right[0]).check()
    page.get_by_role("button", name="Lo leí y lo entendí").click()
    expect(page.locator("[aria-labelledby=read]")).to_contain_text("Versión 1, leída el 23 de noviembre de 2026")
    check_accessible(page)


def read_by_everybody(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path in ("/protocols", "/protocols/P-05", "/my-protocols", "/my-protocols/P-01"):
        page.goto(path)
        assert not page.evaluate(WIDER_THAN_THE_SCREEN), path
        check_accessible(page)
