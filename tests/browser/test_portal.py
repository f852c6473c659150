"""The citizen's phone and the front page in a real browser: alive, alone, without network and without JavaScript."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from sqlalchemy import select

from core.db import transaction
from core.plan import running
from core.plan.finding import whole_plan
from core.reports.periods import ONE_DAY
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.turns.model import Turn
from tests import make
from tests.browser.conftest import PHONE, Town, check_accessible, check_no_wider

NARROW = {"width": 320, "height": 640}
PAGES = (
    "/",
    "/services",
    "/services?q=predial",
    "/services/1",
    "/services/9",
    "/hours",
    "/rights",
    "/complaints",
    "/follow",
    "/petitions/new",
    "/petitions/corruption",
    "/figures",
    "/surveys/figures",
    "/filings",
    "/plan",
)
SPY = """
window.felt = {tremble: [], notes: 0, lit: 0};
navigator.vibrate = (how) => felt.tremble.push(how) > 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) { felt.notes += 1; return start.call(this, when); };
Object.defineProperty(navigator, 'wakeLock', {value: {request: async () => {
  felt.lit += 1; return {released: false, release: async () => { felt.lit -= 1; }};
}}});
"""


def issue(town: Town, times: int = 1) -> list[str]:
    """The tokens of so many turns, at an open window."""
    with town.session() as session, transaction(session):
        make.desk(session)
        return [make.turn(session, 20 + number / 10).token for number in range(times)]


def call_next(town: Town) -> None:
    """Window 1 is done with whom it has, if anybody, and calls the next."""
    with town.session() as session, transaction(session):
        desk = make.desk(session)
        holding = session.scalar(select(Turn).where(Turn.official_id == desk.official_id, Turn.state == State.CALLED))
        if holding is not None:
            turns.mark_absent(session, desk, town.began)
        turns.call_next(session, desk, town.began)


def ask_now(page: Page) -> None:
    """Make the page ask for its state at once, as it does when the network comes back."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_the_phone_learns_of_the_call_sounds_trembles_and_stays_lit(town: Town, visit: Callable[..., Page]) -> None:
    tokens = issue(town, 6)
    page = visit(f"/t/{tokens[5]}", PHONE)
    page.add_init_script(SPY)
    page.reload()
    expect(page).to_have_title("Faltan 5 turnos · A 006")

    page.get_by_role("button", name="Avisarme con sonido y vibración").click()
    expect(page.get_by_text("Avisos encendidos.")).to_be_visible()
    assert page.evaluate("felt") == {"tremble": [[200, 100, 200]], "notes": 2, "lit": 0}

    for _ in range(2):
        call_next(town)
    ask_now(page)
    expect(page).to_have_title("Acérquese. Faltan 3 turnos · A 006")
    expect(page.locator("#said")).to_have_text("Acérquese. Faltan 3 turnos")
    page.wait_for_function("felt.notes === 4 && felt.lit === 1")

    for _ in range(4):
        call_next(town)
    ask_now(page)
    expect(page).to_have_title("Es su turno: ventanilla 1 · A 006")
    page.wait_for_function("felt.notes === 10 && felt.tremble.length === 3")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_question_stays_open_while_the_count_changes_and_gives_way_to_the_call(
    town: Town, visit: Callable[..., Page]
) -> None:
    tokens = issue(town, 7)
    page = visit(f"/t/{tokens[6]}", PHONE)
    question = page.get_by_role("dialog")
    page.get_by_role("link", name="Cancelar mi turno").click()
    expect(question).to_be_visible()

    call_next(town)
    with page.expect_response(lambda answer: answer.url.endswith("/state")):
        ask_now(page)
    expect(question).to_be_visible()

    for _ in range(6):
        call_next(town)
    ask_now(page)
    expect(page.get_by_role("heading", name="Es su turno")).to_be_visible()
    expect(question).to_be_hidden()


def test_without_network_the_phone_says_so_and_recovers_by_itself(town: Town, visit: Callable[..., Page]) -> None:
    [token] = issue(town)
    page = visit(f"/t/{token}", PHONE)
    sign = page.get_by_text("Sin conexión. Estamos intentando de nuevo.")
    expect(sign).to_be_hidden()

    page.context.set_offline(True)
    ask_now(page)
    expect(sign).to_be_visible()
    expect(sign).to_contain_text("8:30 a. m.")
    call_next(town)
    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="Es su turno")).to_be_visible()
    expect(sign).to_be_hidden()


def test_by_keyboard_alone_a_turn_asks_for_more_time_and_is_given_up(town: Town, visit: Callable[..., Page]) -> None:
    tokens = issue(town, 2)
    page = visit(f"/t/{tokens[0]}", PHONE)

    def reach(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText?.trim()") == name:
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    reach("Pedir más tiempo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Pedir más tiempo")).to_be_focused()
    page.keyboard.press("Enter")
    reach("Sí, dar paso a otras personas")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Pidió más tiempo. Solo se puede pedir una vez.")).to_be_visible()

    reach("Cancelar mi turno")
    page.keyboard.press("Enter")
    reach("Sí, cancelar mi turno")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se retiró de la fila")).to_be_visible()


def test_the_focus_stays_where_it_was_when_the_page_is_drawn_again(town: Town, visit: Callable[..., Page]) -> None:
    tokens = issue(town, 7)
    page = visit(f"/t/{tokens[6]}", PHONE)
    page.get_by_role("link", name="Pedir más tiempo").focus()

    call_next(town)
    ask_now(page)

    expect(page).to_have_title("Faltan 5 turnos · A 007")
    expect(page.get_by_role("link", name="Pedir más tiempo")).to_be_focused()


def test_without_javascript_a_turn_is_followed_and_given_up(town: Town, browser: Browser) -> None:
    [token] = issue(town)
    context = browser.new_context(java_script_enabled=False, base_url=town.url, viewport=PHONE)  # type: ignore[arg-type]
    town.contexts.append(context)
    page = context.new_page()
    page.goto(f"/t/{token}")

    expect(page.get_by_role("button", name="Avisarme")).to_be_hidden()
    page.get_by_role("link", name="Cancelar mi turno").click()
    page.get_by_role("button", name="Sí, cancelar mi turno").click()

    expect(page.get_by_role("heading", name="Se retiró de la fila")).to_be_visible()


def check_on_phones(page: Page) -> None:
    """Nothing is lost on a phone, nor at a zoom of 400 %."""
    for size in (PHONE, NARROW):
        check_no_wider(page, size)
        check_accessible(page)


def test_the_phone_is_accessible_and_loses_nothing_in_every_width(town: Town, visit: Callable[..., Page]) -> None:
    tokens = issue(town, 6)
    with town.session() as session, transaction(session):
        plan, day = whole_plan(session, town.began.year), town.began.date() - ONE_DAY
        running.keep(session, plan.id, day, running.count(session, plan, day), town.began)
    page = visit(f"/t/{tokens[5]}", PHONE)
    for path in (f"/t/{tokens[5]}", f"/t/{tokens[0]}/leave", f"/t/{tokens[0]}/more-time", f"/t/{tokens[0]}", *PAGES):
        page.goto(path)
        page.evaluate("document.querySelectorAll('.activity__more').forEach(more => more.open = true)")
        check_on_phones(page)
    page.goto(f"/t/{tokens[0]}")
    call_next(town)
    ask_now(page)
    expect(page.get_by_role("heading", name="Es su turno")).to_be_visible()
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check_accessible(page)
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1 .turn-number')).fontSize)") >= 96
    assert page.complaints == []  # type: ignore[attr-defined]


def test_without_javascript_a_citizen_finds_a_service_in_their_own_words_and_changes_the_language(
    town: Town, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=town.url, viewport=PHONE)  # type: ignore[arg-type]
    town.contexts.append(context)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.get_by_label("¿Qué necesita?").fill("resibo de la kasa")
    page.get_by_label("¿Qué necesita?").press("Enter")
    page.get_by_role("link", name="Pagar el impuesto predial").click()
    expect(page.get_by_text("Número predial o un recibo anterior")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay property tax")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Your rights").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charter of dignified treatment")

    assert {url for url in asked if not url.startswith(town.url)} == set()


@pytest.mark.parametrize(
    ("path", "fonts", "most"), [("turn", 1, 60_000), ("/", 2, 100_000), ("/services/1", 2, 100_000)]
)
def test_the_first_load_is_light(town: Town, browser: Browser, path: str, fonts: int, most: int) -> None:
    page = browser.new_context(base_url=town.url).new_page()
    town.contexts.append(page.context)
    loaded: list[Response] = []
    page.on("response", lambda answer: loaded.append(answer))
    page.goto(f"/t/{issue(town)[0]}" if path == "turn" else path, wait_until="networkidle")

    letters = [answer for answer in loaded if ".woff2" in answer.url]
    rest = [answer for answer in loaded if ".woff2" not in answer.url]

    assert len(letters) == fonts
    weight = sum(len(gzip.compress(answer.body())) for answer in rest)
    assert weight + (0 if path == "turn" else sum(len(answer.body()) for answer in letters)) <= most
