"""The kiosk under real fingers: its measures on the screen, trembling hands, lost answers, idle people, paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from itertools import product

import pytest
from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader
from sqlalchemy import select

from core.catalogue.model import Service
from core.db import transaction
from core.turns.model import Turn
from tests import make
from tests.browser.conftest import KIOSK, Town, check_accessible, dress
from tests.browser.test_morning import take_turn

Visit = Callable[..., Page]

MEASURES = """() => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const seen = (element) => element.getClientRects().length > 0;
  const controls = [...document.querySelectorAll("a[href], button")].filter(seen).map((control) => {
    const box = control.getBoundingClientRect();
    return { name: control.innerText, high: box.height / mm, wide: box.width / mm,
      top: box.top / innerHeight, bottom: box.bottom / innerHeight };
  });
  const texts = document.createTreeWalker(document.querySelector("body"), NodeFilter.SHOW_TEXT);
  const letters = [];
  while (texts.nextNode()) {
    const inside = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || inside.getBoundingClientRect().width < 2) continue;
    const style = getComputedStyle(inside);
    const capital = style.fontFamily.startsWith('"Nunito') ? 0.705 : 0.668;
    letters.push({ text: texts.currentNode.textContent.trim(), capital: (parseFloat(style.fontSize) / mm) * capital });
  }
  const main = document.querySelector("main");
  return { controls, letters, hidden: main.scrollHeight - main.clientHeight };
}"""


SCREENS = {
    "21.5 upright": (KIOSK, 0.248, 20, 1 / 3),
    "15.6 lying": ({"width": 1920, "height": 1080}, 0.18, 20, 0),
    "10.1 tablet": ({"width": 1280, "height": 800}, 0.17, 16, 0),
}
"""Pixels, millimetres per pixel, the least of a target in millimetres, and from where on down targets are reached."""

Wish = dict[str, str]
PLAIN: Wish = {}
LARGE: Wish = {"text": "large"}
CONTRAST: Wish = {"theme": "contrast"}


@dataclass(frozen=True)
class Look:
    """A screen, and how the person before it wants to see it."""

    size: dict[str, int]
    mm_per_px: float
    least_mm: float
    reach: float
    measures: str
    text: str | None = None
    theme: str | None = None


INFORMATION = (
    "information",
    "information/services",
    "information/topics/1",
    "information/service/1/1",
    "information/service/10/1",
    "information/rights",
    "information/rights/2/1",
    "information/rights/2/2",
    "information/complaints",
    "information/hours/1/1",
)


def check_measures(page: Page, least_mm: float = 20, reach: float = 1 / 3) -> None:
    """Targets as large as a finger and where a hand reaches, capitals of 4.8 mm, and nothing to scroll."""
    page.evaluate("document.fonts.ready")
    found = page.evaluate(MEASURES)
    assert found["hidden"] <= 1, page.url
    for control in found["controls"]:
        assert min(control["high"], control["wide"]) >= least_mm - 0.1, control
        assert control["top"] >= reach - 0.01, control
        assert control["bottom"] <= 1.001, control
    for letter in found["letters"]:
        assert letter["capital"] >= 4.79, letter


def turns_of(town: Town) -> list[str]:
    with town.session() as session:
        return [turn.code for turn in session.scalars(select(Turn).order_by(Turn.id))]


def check_on_every_screen(
    page: Page, looks: list[Look], *, accessible: bool = False, also: Callable[[Look], None] = lambda _look: None
) -> None:
    """The page as it is open, on each screen and as each person wants it; somebody touches it, so it stays."""
    for look in looks:
        page.keyboard.press("Shift")
        dress(page, look.size, look.measures, text=look.text, theme=look.theme)
        check_measures(page, look.least_mm, look.reach)
        also(look)
        if accessible:
            check_accessible(page)


@pytest.mark.parametrize(
    ("language", "screens", "wishes"),
    [
        ("es", SCREENS, [*product(SCREENS, [PLAIN, LARGE]), ("10.1 tablet", CONTRAST)]),
        ("en", ["10.1 tablet"], [("10.1 tablet", PLAIN)]),
    ],
)
def test_every_page_fits_the_screen_the_hand_and_the_eye(
    town: Town, visit: Visit, language: str, screens: list[str], wishes: list[tuple[str, Wish]]
) -> None:
    measures = {screen: town.measures("kiosk", mm_per_px=SCREENS[screen][1]) for screen in screens}
    looks = [Look(*SCREENS[screen], measures[screen], **wish) for screen, wish in wishes]
    kiosk = visit("/kiosk/", looks[0].size, device="kiosk")
    if language == "en":
        kiosk.get_by_role("button", name="English").click()
        expect(kiosk.locator("html[lang=en]")).to_be_attached()
    with town.session() as session, transaction(session):
        make.survey(session)
    with town.session() as session:
        services = list(session.scalars(select(Service).order_by(Service.id)))
        topics = sorted({service.topic_id for service in services})

    paths = ["", *INFORMATION, *(f"topics/{number}" for number in topics)]
    paths += [f"services/{service.id}" for service in services]
    for path in paths:
        kiosk.goto(f"/kiosk/{path}")
        check_on_every_screen(kiosk, looks)
    check_on_every_screen(kiosk, looks, accessible=True)
    kiosk.locator("form[data-take] button").last.click()
    kiosk.wait_for_url("**/kiosk/ticket/*")
    check_on_every_screen(kiosk, looks, accessible=True)
    kiosk.goto(f"{kiosk.url}/no-paper")
    check_on_every_screen(kiosk, looks, accessible=True)
    assert kiosk.complaints == []  # type: ignore[attr-defined]


def test_a_trembling_hand_takes_one_turn(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/services/1", KIOSK, device="kiosk")
    box = kiosk.get_by_role("button", name="Tomar turno general").bounding_box()
    assert box is not None
    posted: list[str] = []
    kiosk.on("request", lambda request: posted.append(request.url) if request.url.endswith("/turns") else None)

    kiosk.mouse.click(box["x"] + 90, box["y"] + 40, click_count=3)
    kiosk.wait_for_url("**/kiosk/ticket/*")

    assert turns_of(town) == ["A 001"]
    assert len(posted) == 1


def test_an_answer_that_gets_lost_costs_neither_the_turn_nor_a_second_one(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/services/1", KIOSK, device="kiosk")
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    kiosk.route("**/kiosk/turns", lose_the_first)
    kiosk.get_by_role("button", name="Tomar turno general").click()
    kiosk.wait_for_url("**/kiosk/ticket/*")

    assert lost == [302]
    assert turns_of(town) == ["A 001"]


def test_without_a_line_the_kiosk_says_so_and_comes_back_alone(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/topics/1", KIOSK, device="kiosk")

    kiosk.context.set_offline(True)
    expect(kiosk.get_by_text("Sin conexión")).to_be_visible(timeout=10_000)
    expect(kiosk.get_by_text("Acérquese a una ventanilla.")).to_be_visible()
    kiosk.context.set_offline(False)
    expect(kiosk.get_by_text("Sin conexión")).to_be_hidden(timeout=10_000)

    assert kiosk.url.endswith("/kiosk/topics/1")


def test_a_touch_without_a_line_does_not_leave_the_kiosk_on_an_error_of_the_browser(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")

    kiosk.context.set_offline(True)
    kiosk.get_by_role("link", name="Impuestos").click()

    expect(kiosk.get_by_text("Sin conexión")).to_be_visible()
    assert kiosk.url.endswith("/kiosk/")


def open_on_a_line(path: str, kiosk: Page) -> None:
    """Open a page and wait until the office answered it: without a line nobody is asked whether they are there."""
    with kiosk.expect_response("**/kiosk/alive"):
        kiosk.goto(path)
    expect(kiosk.locator("html[data-line-down]")).to_have_count(0)


def test_somebody_who_left_leaves_nothing_and_somebody_slow_is_asked_first(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    kiosk.clock.install()
    kiosk.get_by_role("button", name="Letra grande").click()
    expect(kiosk.locator("html[data-text=large]")).to_be_attached()
    open_on_a_line("/kiosk/services/1", kiosk)
    question = kiosk.get_by_role("dialog", name="¿Sigue ahí?")

    kiosk.clock.fast_forward(61_000)
    expect(question).to_be_visible()
    check_accessible(kiosk)
    kiosk.mouse.click(200, 200)
    expect(question).to_be_hidden()
    assert kiosk.url.endswith("/kiosk/services/1")

    kiosk.clock.fast_forward(61_000)
    expect(question).to_be_visible()
    kiosk.clock.fast_forward(20_000)
    kiosk.wait_for_url("**/kiosk/")
    expect(kiosk.locator("html[data-text]")).to_have_count(0)


def test_a_cut_takes_the_question_away_and_nobody_is_sent_off_the_moment_it_ends(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    kiosk.clock.install()
    open_on_a_line("/kiosk/services/1", kiosk)
    question = kiosk.get_by_role("dialog", name="¿Sigue ahí?")
    kiosk.clock.fast_forward(61_000)
    expect(question).to_be_visible()

    kiosk.context.set_offline(True)
    kiosk.clock.fast_forward(9_000)
    expect(kiosk.get_by_text("Sin conexión")).to_be_visible()
    expect(question).to_be_hidden()
    kiosk.clock.fast_forward(120_000)
    kiosk.context.set_offline(False)
    kiosk.clock.fast_forward(9_000)
    expect(kiosk.get_by_text("Sin conexión")).to_be_hidden()

    assert kiosk.url.endswith("/kiosk/services/1")
    expect(question).to_be_hidden()


def test_the_ticket_closes_by_itself_and_a_touch_gives_more_time(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    kiosk.clock.install()
    take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    expect(kiosk.get_by_text(re.compile("Se cierra en (30|2[0-9]) segundos"))).to_be_visible()

    kiosk.mouse.click(500, 500)
    expect(kiosk.get_by_text(re.compile("Se cierra en (30|2[0-9]) segundos"))).to_be_visible()
    ticket = kiosk.url
    kiosk.clock.fast_forward(31_000)
    kiosk.wait_for_url("**/kiosk/")

    kiosk.goto(ticket)
    expect(kiosk.get_by_role("heading", name="Esta página ya se cerró")).to_be_visible()


@pytest.mark.parametrize(("width", "points"), [(80, 227), (58, 164)])
def test_the_paper_is_one_ticket_long_and_as_wide_as_its_roll(
    town: Town, visit: Visit, width: int, points: int
) -> None:
    with town.session() as session, transaction(session):
        make.survey(session)
    kiosk = visit("/kiosk/", KIOSK, device="kiosk", paper_mm=width)
    kiosk.add_init_script("window.print = () => {}")  # its own print and the one below would be at once
    take_turn(kiosk, "Sisbén", "Incluir o retirar personas del Sisbén", "Con niño o niña en brazos")

    (page,) = PdfReader(BytesIO(kiosk.pdf(prefer_css_page_size=True))).pages

    assert abs(float(page.mediabox.width) - points) <= 1
    told = " ".join(page.extract_text().split())
    assert "Turno" in told
    assert "Para opinar en el quiosco:" in told
    assert "001" in told
    assert "Alcaldía Municipal de California" in told
    assert "Imprimir" not in told
    assert "brazos" not in told


def test_the_browser_prints_the_ticket_once_and_again_only_when_asked(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    printed: list[str] = []
    kiosk.expose_function("note_print", lambda: printed.append(kiosk.url))
    kiosk.add_init_script("window.print = () => window.note_print()")
    take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    kiosk.get_by_role("button", name="Letra grande").click()
    expect(kiosk.locator("html[data-text=large]")).to_be_attached()
    assert len(printed) == 1

    kiosk.get_by_role("button", name="Imprimir otra vez").click()

    assert len(printed) == 2


def test_a_printer_that_is_off_is_told_with_the_number_on_the_screen(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk", printer_host="127.0.0.1")
    code, _address = take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")

    expect(kiosk.get_by_text("No salió el papel")).to_be_visible(timeout=15_000)

    assert code == "A 001"
    expect(kiosk.get_by_role("img", name="Código para seguir su turno en el teléfono").first).to_be_visible()
    expect(kiosk.get_by_text(re.compile("Se cierra en (60|5[0-9]) segundos"))).to_be_visible()


def test_the_page_is_read_aloud_until_a_touch(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    with kiosk.expect_response("**/kiosk/speech") as heard:
        kiosk.get_by_role("button", name="Escuchar").click()
    assert heard.value.ok
    expect(kiosk.locator("html[data-speaking]")).to_be_attached()

    kiosk.mouse.click(500, 120)

    expect(kiosk.locator("html[data-speaking]")).to_have_count(0)
    expect(kiosk.get_by_role("button", name="Escuchar")).to_have_attribute("aria-pressed", "false")
    assert kiosk.complaints == []  # type: ignore[attr-defined]


def test_a_turn_is_taken_with_the_keyboard_alone(town: Town, visit: Visit) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    for there in ("**/kiosk/topics/*", "**/kiosk/services/*"):
        kiosk.keyboard.press("Tab")
        kiosk.keyboard.press("Enter")
        kiosk.wait_for_url(there)
    for _ in range(7):
        kiosk.keyboard.press("ArrowDown")
    expect(kiosk.get_by_role("button", name="Tomar turno general")).to_be_focused()
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url("**/kiosk/ticket/*")

    assert turns_of(town) == ["A 001"]
