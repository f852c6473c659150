"""Officials work on petitions in a real browser: from the tray to the signature, and every page can be read."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.db import transaction
from core.petitions import replies
from core.petitions.reckoning import reckon
from tests import make
from tests.browser.conftest import DESK, PHONE, Town, check_accessible, check_no_wider

SignsIn = Callable[..., Page]


def came(town: Town, count: int) -> None:
    """So many petitions; a colleague has written a reply to the first, which waits for a second person."""
    with town.session() as session, transaction(session):
        for minute in range(count):
            reckon(session, make.petition(session, minute), make.at(minute))
        first, writer = make.petition(session, count), make.colleague(session).id
        replies.save(session, first, make.draft(), 0, writer, make.at(20))
        replies.ask_review(session, first, None, writer, make.at(20))


def test_an_official_goes_from_the_tray_to_a_signed_reply_and_every_page_can_be_read(
    town: Town, sign_in: SignsIn
) -> None:
    came(town, 3)
    page = sign_in("pqrsd", "/admin/petitions", DESK)
    check_accessible(page)
    page.get_by_label("Radicado, nombre, documento o palabras").fill("anden")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="2026-E-000001").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2026-E-000001")).to_be_visible()
    page.get_by_text("La cuenta de los días").click()
    page.locator("summary", has_text="Prorrogar").click()
    check_accessible(page)
    page.get_by_role("button", name="Prorrogar (art. 14)").click()
    expect(page.locator(".field--error").first).to_be_visible()
    check_accessible(page)
    page.complaints.clear()  # type: ignore[attr-defined]  # of the refusal itself, a 422
    page.goto("/admin/petitions/4/reply")
    check_accessible(page)
    page.get_by_role("button", name="Aprobar").click()
    page.get_by_role("button", name="Firmar y dar número").click()
    page.locator("#confirm [data-accept]").click()
    expect(page.get_by_role("heading", name="2026-S-000001")).to_be_visible()
    check_accessible(page)
    with page.expect_download() as paper:
        page.get_by_role("link", name="Descargar el oficio").click()
    assert paper.value.suggested_filename == "2026-S-000001.pdf"
    for path in ("", "/1", "/2/reply", "/replies", "/templates", "/state?number=2026-1"):
        page.goto(f"/admin/petitions{path}")
        for size in (DESK, PHONE):
            check_no_wider(page, size)
            check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]
