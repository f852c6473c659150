"""The screen of the hall in a real browser: what is seen is what is heard, once, in order, and true after a cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from core import devices
from core.db import transaction
from core.devices import Device
from core.legibility import sizes
from tests import make
from tests.browser.conftest import TV, Town, check_accessible, chromium, dress
from tests.browser.hall import Hall

UPRIGHT = {"width": 1080, "height": 1920}
KEEP_WHAT_IS_SAID = """
window.said = [];
document.addEventListener("playing", ({ target }) => {
  const call = target.currentSrc.match(/speech\\/(\\w)\\/(\\d+)\\//);
  if (call) said.push(`${call[1]} ${call[2].padStart(3, "0")}`);
}, true);
"""
OUTSIDE = """
() => [...document.querySelectorAll(".wall :is(p, td, th, caption, time, h2)")]
  .filter((one) => one.offsetParent && !one.matches(".visually-hidden"))
  .filter((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return left < 0 || right > innerWidth || top < 0 || bottom > innerHeight;
  })
  .map((one) => one.textContent.trim())
"""
Screen = Callable[..., Page]


@pytest.fixture
def hall(town: Town) -> Hall:
    return Hall(town)


@pytest.fixture
def screen(visit: Screen) -> Screen:
    """A paired display that has connected, in a browser that keeps what it says."""

    def opened(size: dict[str, int] = TV, **settings: object) -> Page:
        page = visit("/display/chime.wav", size, device="display", **settings)
        page.add_init_script(KEEP_WHAT_IS_SAID)
        with page.expect_response("**/display/state"):
            page.goto("/display/")
        return page

    return opened


def check_until(page: Page, what: str, true: Callable[[Any], bool], seconds: float = 60) -> None:
    """What the page answers becomes true; asked from outside, because its policy forbids it to evaluate."""
    until = monotonic() + seconds
    while not true(answer := page.evaluate(what)):
        assert monotonic() < until, answer
        page.wait_for_timeout(100)


def wait_until(page: Page, true: Callable[[], bool], seconds: float = 60) -> None:
    """Let the page go on until something is so."""
    until = monotonic() + seconds
    while not true():
        assert monotonic() < until
        page.wait_for_timeout(20)


def check_said(page: Page, *codes: str) -> None:
    """These calls and no others were said, in this order; each may have been repeated at once."""
    check_until(page, "window.said", lambda heard: heard[-1:] == [codes[-1]])
    heard = page.evaluate("window.said")
    assert [code for n, code in enumerate(heard) if n == 0 or heard[n - 1] != code] == list(codes)


def check_on_panel(page: Page, code: str, window: str) -> None:
    panel = page.locator("#call")
    expect(panel.locator("[data-part=turn]")).to_have_text(code.replace(" ", "\u00a0"), timeout=20_000)
    expect(panel.locator("[data-part=window]")).to_have_text(window)


def on_screen(page: Page) -> str:
    """All the calls that are to be seen, on the panel and beside it."""
    return " ".join(" ".join(page.locator("#call:visible, #past:visible").all_inner_texts()).split())


def past(page: Page) -> list[str]:
    return [" ".join(row.split()) for row in page.locator("#past tbody tr:visible").all_inner_texts()]


def test_two_calls_in_the_same_instant_are_seen_and_heard_one_after_another(hall: Hall, screen: Screen) -> None:
    page = screen()
    expect(page.locator("#idle")).to_contain_text("Bienvenidos")
    first, second = hall.wait(2)
    hall.press("call_next", "1", "2")
    check_on_panel(page, first, "1")
    expect(page.get_by_role("status")).to_have_text(f"Turno {first}. Ventanilla 1.")
    expect(page.locator("#past tbody tr").first).to_contain_text("2")
    check_on_panel(page, second, "2")
    check_said(page, first, second)
    check_until(page, "document.getElementById('voice').currentTime", lambda seconds: seconds > 0.5)
    expect(page.locator("#voice-button")).to_be_hidden()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_nothing_is_said_again_after_a_reload(hall: Hall, screen: Screen) -> None:
    page = screen()
    first, second = hall.wait(2)
    hall.press("call_next", "1")
    check_said(page, first)
    page.reload()
    check_on_panel(page, first, "1")
    hall.press("call_next", "2")
    check_said(page, second)


def test_a_cut_says_since_when_and_then_every_call_still_valid_is_said_once(hall: Hall, screen: Screen) -> None:
    page = screen()
    lost = page.locator("#lost")
    expect(page.locator("#foot")).to_be_visible()
    first, second, third = hall.wait(3)
    page.context.set_offline(True)
    expect(lost).to_have_text(
        re.compile(r"Sin conexión desde las 8:3\d\sa\.\sm\.\s– consulte en la ventanilla"), timeout=20_000
    )
    check_accessible(page)
    hall.press("call_next", "1", "2")
    hall.press("mark_absent", "1")
    hall.press("call_next", "1")
    expect(page.locator("#idle")).to_be_visible()
    page.context.set_offline(False)
    expect(lost).to_be_hidden(timeout=10_000)
    check_on_panel(page, second, "2")
    assert past(page) == [f"{third} 1", f"{first} 1"]
    check_said(page, second, third)


def screens(town: Town, *halls: tuple[int, int]) -> list[tuple[tuple[int, int], dict[str, int], str]]:
    """Screens of so many inches in halls of so many metres, lying and upright: hall, size and measures."""
    measures = {hall: town.measures("display", diagonal_in=hall[0], distance_m=hall[1]) for hall in halls}
    return [(hall, size, measures[hall]) for hall in halls for size in (TV, UPRIGHT)]


def test_the_band_that_says_there_is_no_line_is_read_whole(town: Town, screen: Screen) -> None:
    everywhere = screens(town, (43, 6), (43, 10), (32, 6))
    page = screen()
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible(timeout=20_000)
    for hall, size, measures in everywhere:
        dress(page, size, measures)
        words = page.locator("#lost [data-part=text]").bounding_box()
        band = page.locator(".foot").bounding_box()
        assert words is not None
        assert band is not None
        assert words["y"] >= band["y"], (hall, size)
        assert words["y"] + words["height"] <= size["height"], (hall, size)
        assert words["x"] + words["width"] <= size["width"], (hall, size)
        expect(page.locator("#clock")).to_be_hidden()


def test_one_call_alone_stands_without_headings_over_nothing(hall: Hall, screen: Screen) -> None:
    page = screen()
    first, second = hall.wait(2)
    hall.press("call_next", "1")
    check_on_panel(page, first, "1")
    expect(page.locator("#past")).to_be_hidden()
    hall.press("call_next", "2")
    check_on_panel(page, second, "2")
    expect(page.locator("#past")).to_be_visible()


def test_noon_is_written_as_in_colombia(visit: Screen) -> None:
    page = visit("/display/", TV, device="display")
    noon = page.evaluate(
        """async () => {
          const { Screen } = await import("/display/static/screen.js");
          new Screen({}).drawClock(Date.parse("2026-11-23T12:00:30-05:00"));
          return document.getElementById("clock").textContent;
        }"""
    )
    assert noon == "12:00\u00a0m."


def test_who_comes_before_being_said_is_not_called_any_more(hall: Hall, screen: Screen) -> None:
    page = screen()
    first, second, third = hall.wait(3)
    hall.press("call_next", "1", "2")
    check_on_panel(page, first, "1")
    hall.press("start", "2")
    hall.press("mark_absent", "1")
    hall.press("call_next", "1")
    check_said(page, first, third)
    assert f"{second} 2" in past(page)


def test_a_call_made_by_mistake_leaves_the_screen(hall: Hall, screen: Screen) -> None:
    page = screen()
    (code,) = hall.wait()
    hall.press("call_next", "1")
    check_on_panel(page, code, "1")
    hall.press("undo_last", "1")
    expect(page.locator("#idle")).to_be_visible(timeout=10_000)
    expect(page.locator("#call")).to_be_hidden()


def test_an_answer_that_a_call_overtakes_takes_no_call_off_the_screen(hall: Hall, screen: Screen) -> None:
    page = screen()
    codes = hall.wait(2)
    held: list[Route] = []

    def asked() -> Route:
        """The question that the page asks now, which stays on its way."""
        count = len(held)
        page.evaluate("dispatchEvent(new Event('online'))")
        wait_until(page, lambda: len(held) > count)
        return held[-1]

    page.route("**/display/state", lambda question: held.append(question))
    for window, code in zip(("1", "2"), codes, strict=True):
        question = asked()
        older = question.fetch()
        hall.press("call_next", window)
        wait_until(page, lambda code=code: code in on_screen(page))
        question.fulfill(response=older)
    asked()
    assert codes[1] in on_screen(page)
    page.unroute_all()


def test_a_call_is_said_twice_and_once_more_when_it_is_called_again(hall: Hall, screen: Screen) -> None:
    page = screen()
    (code,) = hall.wait()
    hall.press("call_next", "1")
    for times in (2, 3):
        check_until(page, "window.said.length", lambda count, times=times: count >= times)
        assert page.evaluate("window.said") == [code] * times
        if times == 2:
            expect(page.locator("#call[data-calling]")).to_have_count(0, timeout=20_000)
            hall.press("recall", "1", later=60)
    expect(page.locator("#call[data-calling]")).to_have_count(1)


def test_a_zone_neither_shows_nor_says_the_calls_of_other_windows_and_services(
    town: Town, hall: Hall, screen: Screen
) -> None:
    with town.session() as session:
        zone = make.window(session, "2").id
        service = make.service(session).id
    page = screen(windows=[zone], services=[service])
    hall.wait(service="petition")
    hall.press("call_next", "2")
    hall.press("mark_absent", "2")
    _first, second = hall.wait(2)
    hall.press("call_next", "1")
    hall.press("call_next", "2")
    check_said(page, second)
    check_on_panel(page, second, "2")
    assert past(page) == []


def test_a_revoked_screen_goes_back_to_its_pairing_code(town: Town, screen: Screen) -> None:
    page = screen()
    with town.session() as session, transaction(session):
        device = session.scalars(select(Device)).one()
        devices.revoke(session, device.id, device.site_id, device.paired_by, town.began)
    page.wait_for_url("**/pair/display", timeout=20_000)


def test_a_mute_browser_asks_for_a_touch_and_then_speaks(town: Town, hall: Hall, browser: Browser) -> None:
    arguments = ["--no-sandbox", "--headless=new", "--autoplay-policy=user-gesture-required"]
    mute = browser.browser_type.launch(executable_path=chromium(), args=arguments)
    context = mute.new_context(viewport=TV, base_url=town.url)  # type: ignore[arg-type]
    context.add_cookies([{"name": "display", "value": town.pair("display"), "url": town.url}])
    page = context.new_page()
    page.add_init_script(KEEP_WHAT_IS_SAID)
    page.goto("/display/")
    page.get_by_role("button", name="Toque para activar la voz").click()
    expect(page.locator("#voice-button")).to_be_hidden()
    (code,) = hall.wait()
    hall.press("call_next", "1")
    check_said(page, code)
    mute.close()


def test_everything_fits_and_is_accessible_on_every_screen(town: Town, hall: Hall, screen: Screen) -> None:
    everywhere = screens(town, (43, 6), (43, 10), (32, 10))
    page = screen()
    expect(page.locator("#idle")).to_be_visible()
    for place, size, measures in everywhere:
        dress(page, size, measures)
        check_accessible(page)
        assert page.evaluate(OUTSIDE) == [], (place, size)
    codes = hall.wait(6)
    for _ in codes[::2]:
        hall.press("call_next", "1", "2")
        hall.press("mark_absent", "1", "2")
    expect(page.locator("#call")).to_be_visible()
    for place, size, measures in everywhere:
        dress(page, size, measures)
        rows = page.locator("#past tbody tr:visible")
        expect(rows).to_have_count(sizes(*place, upright=size is UPRIGHT).rows, timeout=20_000)
        foot = page.locator(".foot").bounding_box()
        assert foot is not None
        assert all(row["y"] + row["height"] <= foot["y"] + 1 for row in map(Locator.bounding_box, rows.all()) if row)
        check_accessible(page)
        assert page.evaluate(OUTSIDE) == [], (place, size)
    assert page.complaints == []  # type: ignore[attr-defined]
