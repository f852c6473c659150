"""A petition through its doors in a real browser: the phone without JavaScript, the window, the paper and its label."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.db import transaction
from core.petitions.model import Channel, Identity, Petition
from core.turns import actions as turns
from tests import make
from tests.browser.conftest import DESK, PHONE, Town, check_accessible

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
Open = Callable[..., Page]


def check_fits(page: Page) -> None:
    """Nothing hangs out of the page sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    check_accessible(page)


def file_without_name(page: Page) -> str:
    """On a phone without JavaScript; the code that the page shows."""
    page.goto("/petitions/corruption")
    page.get_by_label("Qué pide o qué pasó").fill("Pidieron dinero por un cupo.")
    page.get_by_label("Sin mi nombre").check()
    page.get_by_role("button", name="Radicar").click()
    expect(page.get_by_role("heading", name="Antes de salir, escriba su código")).to_be_visible()
    found = CODE.search(page.locator(".receipt__letters").inner_text())
    assert found
    return found[0]


def test_a_petition_is_filed_from_a_phone_without_scripts_with_a_name_and_without_one(
    town: Town, visit: Open, browser: Browser
) -> None:
    page = visit("/petitions/new", PHONE)
    check_fits(page)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=town.url)
    town.contexts.append(context)
    plain = context.new_page()
    plain.goto("/")
    plain.get_by_role("link", name="Radicar una petición").first.click()
    plain.get_by_label("Reclamar por un servicio").check()
    plain.get_by_label("Qué pide o qué pasó").fill("No pasa el carro de la basura.")
    plain.locator("#email").fill("rosa@")
    plain.get_by_role("button", name="Radicar").click()
    expect(plain.get_by_role("alert")).to_contain_text("Revise el correo")
    expect(plain.get_by_label("Qué pide o qué pasó")).to_have_value("No pasa el carro de la basura.")
    plain.locator("#email").fill("rosa@ejemplo.co")
    plain.get_by_role("button", name="Radicar").click()
    expect(plain.get_by_role("heading", name="Quedó radicada")).to_be_visible()
    assert plain.url == f"{town.url}/petitions/receipt"
    plain.get_by_role("button", name="Terminar").click()
    expect(plain.get_by_role("heading", name="Listo")).to_be_visible()
    code = file_without_name(plain)
    plain.get_by_label("Código", exact=True).fill("AAAA")
    plain.get_by_role("button", name="Terminar").click()
    expect(plain.get_by_role("alert")).to_contain_text("Ese no es el código")
    plain.get_by_label("Código", exact=True).fill(code)
    plain.get_by_role("button", name="Terminar").click()
    expect(plain.get_by_role("heading", name="Listo")).to_be_visible()
    with town.session() as session:
        told = session.scalars(select(Petition).order_by(Petition.id)).all()
        assert [(one.channel, one.identity) for one in told] == [
            (Channel.WEB, Identity.IDENTIFIED),
            (Channel.WEB, Identity.ANONYMOUS),
        ]
    page.goto("/petitions/corruption")
    check_fits(page)
    page.get_by_label("Sin mi nombre").check()
    expect(page.get_by_label("Nombre y apellidos")).to_be_hidden()
    file_without_name(page)
    check_fits(page)


def test_the_window_files_what_is_said_and_the_paper_gets_its_label(town: Town, sign_in: Callable[..., Page]) -> None:
    with town.session() as session, transaction(session):
        desk = make.desk(session, "1", "ventanilla1")
        make.turn(session, 20)
        turns.call_next(session, desk, town.began)
        turns.start(session, desk, town.began)
    page = sign_in("ventanilla1", "/counter/")
    expect(page.locator("#desk[data-ready=yes]")).to_be_visible()
    page.keyboard.press("F7")
    expect(page.get_by_label("Qué pide, con sus palabras")).to_be_visible()
    check_fits(page)
    send = page.get_by_role("button", name="Radicar")
    expect(send).to_be_in_viewport(ratio=1)
    page.get_by_label("Qué pide, con sus palabras").fill("Que arreglen la bomba de agua.")
    send.click()
    expect(page.get_by_text("Petición verbal").first).to_be_visible()
    check_fits(page)
    slip = page.request.get(page.get_by_role("link", name="Tiquete de 80 mm").get_attribute("href") or "")
    assert slip.body().startswith(b"%PDF")
    page.get_by_role("button", name="Entregado").click()
    expect(page.get_by_text("Llamar siguiente").first).to_be_visible()

    clerk = sign_in("pqrsd", "/admin/filing", DESK)
    check_fits(clerk)
    clerk.get_by_label("Qué pide, con sus palabras").fill("La junta pide la escritura.")
    clerk.get_by_label("Folios").fill("4")
    clerk.get_by_role("button", name="Radicar").click()
    expect(clerk.get_by_role("heading", name="Pegue en el papel")).to_be_visible()
    label = clerk.request.get(clerk.get_by_role("link", name="Rótulo de 58 mm").get_attribute("href") or "")
    assert label.body().startswith(b"%PDF")
    clerk.get_by_role("button", name="Entregado").click()
    clerk.get_by_role("link", name=re.compile("Anular")).first.click()
    check_fits(clerk)
