"""A petition on its person's phone, with and without JavaScript, and the reserved case on the desk of who is named."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from core.db import transaction
from core.events import Who
from core.petitions import filing
from core.petitions.filing import Filed
from core.petitions.model import Identity
from tests import make
from tests.browser.conftest import DESK, PHONE, Town, check_accessible

FOLLOW = "/petitions/follow"


def filed(town: Town, **more: object) -> Filed:
    with town.session() as session, transaction(session):
        return filing.file(session, make.received(20, **more), Who("citizen"), make.at(25))


def fits(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_an_anonymous_person_and_the_named_official_write_to_one_another(
    town: Town, browser: Browser, visit: Callable[..., Page], sign_in: Callable[..., Page]
) -> None:
    one = filed(town, identity=Identity.ANONYMOUS, person=filing.NOBODY, kind=filing.CORRUPTION)
    phone = visit(f"{FOLLOW}#{one.number}/{one.code}", PHONE)
    expect(phone.get_by_label("Número de radicado")).to_have_value(one.number)
    expect(phone.get_by_label("Código de seguimiento")).to_have_value(one.code)
    assert phone.url.endswith(FOLLOW)
    check_accessible(phone)
    fits(phone)
    phone.get_by_role("button", name="Abrir mi petición").click()
    expect(phone.get_by_text("En estudio")).to_be_visible()
    phone.get_by_role("textbox", name="Mensaje").fill("¿Investigaron el contrato?")
    phone.get_by_role("button", name="Enviar mensaje").click()
    expect(phone.get_by_text("Su mensaje quedó en la petición.")).to_be_visible()

    desk = sign_in("pqrsd", "/admin/reserved", size=DESK)
    check_accessible(desk)
    desk.get_by_role("link", name=f"Leer {one.number}").click()
    expect(desk.get_by_text("¿Investigaron el contrato?")).to_be_visible()
    check_accessible(desk)
    fits(desk)
    desk.get_by_label("Mensaje para quien denuncia").fill("Sí: ya pedimos el expediente.")
    desk.get_by_role("button", name="Enviar mensaje").click()
    expect(desk.get_by_text("El mensaje espera a la persona en su página de seguimiento.")).to_be_visible()

    phone.reload()
    expect(phone.get_by_text("Sí: ya pedimos el expediente.")).to_be_visible()
    for summary in phone.locator("main summary").all():
        summary.click()
    check_accessible(phone)
    fits(phone)
    phone.get_by_role("button", name="Salir").click()
    expect(phone.get_by_text("Cerramos su petición en este equipo.")).to_be_visible()
    assert phone.complaints == desk.complaints == []  # type: ignore[attr-defined]

    bare = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=town.url)  # type: ignore[arg-type]
    town.contexts.append(bare)
    page = bare.new_page()
    page.goto(FOLLOW)
    page.get_by_label("Número de radicado").fill(one.number)
    page.get_by_label("Código de seguimiento").fill(one.code.lower())
    page.get_by_role("button", name="Abrir mi petición").click()
    page.get_by_role("textbox", name="Mensaje").fill("Gracias")
    page.get_by_role("button", name="Enviar mensaje").click()
    expect(page.get_by_text("Gracias", exact=True)).to_be_visible()
    page.get_by_role("link", name="Ya no necesito esta petición").click()
    page.get_by_role("button", name="Desistir de mi petición").click()
    expect(page.get_by_text("Desistida")).to_be_visible()
