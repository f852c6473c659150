"""A whole morning as its people live it: kiosk, ticket, window, display with its voice, phone, supervisor."""

from __future__ import annotations

import io
import re
import wave
from array import array
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, KIOSK, PHONE, TV, Town, check_accessible
from tests.conftest import DATABASES

Visit = Callable[..., Page]


def take_turn(kiosk: Page, topic: str, service: str, choice: str = "Tomar turno") -> tuple[str, str]:
    """Three touches at the kiosk; returns the code and the address behind the QR."""
    kiosk.goto("/kiosk/")
    kiosk.get_by_role("link", name=topic).click()
    kiosk.get_by_role("link", name=service).click()
    expect(kiosk.get_by_role("heading", name="Traiga esto")).to_be_visible()
    kiosk.get_by_role("button", name=choice).click()
    kiosk.wait_for_url("**/kiosk/ticket/*")
    code = kiosk.locator("h1 .turn-number").first.inner_text()
    token = kiosk.url.rsplit("/", 1)[1]
    return " ".join(code.split()), f"/t/{token}"


def press(desk: Page, key: str) -> None:
    """A function key of the window, once the page is ready to obey it."""
    expect(desk.locator("#desk")).to_have_attribute("data-ready", "yes")
    desk.keyboard.press(key)


def is_played(display: Page) -> bool:
    """Whether the voice of the display gets under way within some seconds."""
    for _ in range(100):
        if display.evaluate("document.getElementById('voice').currentTime") > 0:
            return True
        display.wait_for_timeout(100)
    return False


def samples(page: Page, url: str) -> array[int]:
    """The sound at an address, fetched as the page itself would."""
    answer = page.request.get(url)
    assert answer.ok, url
    with wave.open(io.BytesIO(answer.body())) as sound:
        assert sound.getnchannels() == 1
        return array("h", sound.readframes(sound.getnframes()))


@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
def test_a_whole_morning(town: Town, visit: Visit, sign_in: Callable[..., Page]) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    display = visit("/display/", TV, device="display")
    expect(display.get_by_text("Bienvenidos")).to_be_visible()
    general, phone_address = take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    elder, _ = take_turn(kiosk, "Impuestos", "Pagar el impuesto predial", "60 años o más")
    assert (general, elder) == ("A 001", "A 002")

    phone = visit(phone_address, PHONE)
    expect(phone.get_by_text(general.split()[1])).to_be_visible()
    expect(phone.get_by_text("Aún no hay ventanilla abierta", exact=False)).to_be_visible()

    desk = sign_in("ventanilla1", "/counter/")
    desk.get_by_role("button", name="Atender en la 1").click()
    expect(phone.get_by_text(re.compile("Espera: (menos de|entre)"))).to_be_visible(timeout=40_000)

    with display.expect_request(re.compile(r"/speech/A/2/\d+\.wav"), timeout=30_000) as spoken:
        press(desk, "F2")
    expect(desk.locator("#now")).to_have_attribute("data-state", "called")
    expect(display.locator("#call [data-part=turn]")).to_have_text(re.compile(r"A\s*002"))
    expect(display.locator("#call [data-part=window]")).to_have_text("1")
    expect(display.locator("#status")).to_have_text(re.compile(r"Turno A\s002. Ventanilla 1."))
    heard = samples(display, spoken.value.url)
    assert 2 < len(heard) / 16_000 < 8
    assert max(heard) > 10_000, "the call can be heard"
    assert is_played(display), "and it is being played"

    press(desk, "F2")
    expect(desk.locator("#now")).to_have_attribute("data-state", "attending")
    desk.get_by_label("Resuelto").check()
    press(desk, "F9")
    expect(desk.locator("#now")).to_contain_text("001")
    expect(phone.get_by_role("heading", name="Es su turno")).to_be_visible(timeout=30_000)
    expect(phone.get_by_text("Ventanilla 1", exact=False).first).to_be_visible()
    expect(display.locator("#past tbody tr").first).to_contain_text("002")

    press(desk, "F2")
    expect(desk.locator("#now")).to_have_attribute("data-state", "attending")
    desk.get_by_label("Orientado").check()
    desk.get_by_role("button", name="Finalizar", exact=True).click()
    expect(desk.locator("#now")).to_have_attribute("data-state", "free")
    expect(phone.get_by_text(re.compile("Gracias|atendido", re.IGNORECASE)).first).to_be_visible(timeout=30_000)

    waiting, _ = take_turn(kiosk, "Sisbén", "encuesta")
    hall = sign_in("supervision", "/admin/hall")
    expect(hall.get_by_text(re.compile(waiting.replace(" ", r"\s*"))).first).to_be_visible()
    expect(hall.locator("main")).to_contain_text("Ventanilla 1")
    for page in (kiosk, display, phone, desk, hall):
        check_accessible(page)
        assert page.complaints == []  # type: ignore[attr-defined]


def test_two_calls_in_the_same_instant_are_both_spoken(town: Town, visit: Visit, sign_in: Callable[..., Page]) -> None:
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    take_turn(kiosk, "Peticiones", "Presentar petición")
    display = visit("/display/", TV, device="display")
    first, second = sign_in("ventanilla1", "/counter/"), sign_in("ventanilla2", "/counter/")
    first.get_by_role("button", name="Atender en la 1").click()
    second.get_by_role("button", name="Atender en la 2").click()
    with (
        display.expect_request(re.compile(r"/speech/\w/\d+/2\.wav"), timeout=60_000),
        display.expect_request(re.compile(r"/speech/\w/\d+/1\.wav"), timeout=60_000),
    ):
        press(first, "F2")
        press(second, "F2")
        expect(display.locator("#status")).to_contain_text("Ventanilla 1")
        expect(display.locator("#status")).to_contain_text("Ventanilla 2", timeout=30_000)


def test_a_new_display_is_let_in_by_its_code(town: Town, visit: Visit, sign_in: Callable[..., Page]) -> None:
    screen = visit("/display/", TV)
    screen.wait_for_url("**/pair/display")
    check_accessible(screen)
    code = re.search(r"\b([A-Z0-9]{3}\s?[A-Z0-9]{4})\b", screen.locator("main").inner_text())
    assert code is not None
    administrator = sign_in("administracion", "/admin/devices")
    administrator.get_by_label("Código").fill(code[1])
    administrator.get_by_label("Nombre").first.fill("Pantalla de la sala")
    administrator.get_by_role("button", name="Vincular").click()
    expect(administrator.get_by_text("Pantalla de la sala").first).to_be_visible()
    screen.wait_for_url("**/display/", timeout=20_000)
    expect(screen.get_by_text("Bienvenidos")).to_be_visible()


def test_the_portal_is_accessible_on_a_phone_and_at_a_desk(visit: Visit) -> None:
    for size in (PHONE, DESK):
        page = visit("/", size)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check_accessible(page)
        assert page.complaints == []  # type: ignore[attr-defined]
