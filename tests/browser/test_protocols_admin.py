"""The pages by which protocols are written, reviewed and followed are accessible, fit, and lose nothing typed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.db import transaction
from core.protocols import actions as protocols
from tests import make
from tests.browser.conftest import DESK, PHONE, Town, check_accessible, check_no_wider

PATHS = (
    "", "/new", "/{draft}", "/{draft}/edit", "/{draft}/for", "/{review}", "/{review}/review", "/{review}/differences",
    "/{review}/versions/1", "/readings", "/readings?protocol=P-01",
)  # fmt: skip


def test_the_pages_of_protocols_are_accessible_and_fit_and_a_step_more_keeps_what_was_typed(
    town: Town, sign_in: Callable[..., Page]
) -> None:
    with town.session() as session, transaction(session):
        by = make.official(session, "supervision").id
        first, second = protocols.every_protocol(session)[:2]
        protocols.begin_version(session, first.id, by, make.at(1))
        protocols.begin_version(session, second.id, by, make.at(1))
        protocols.ask_review(session, second.id, by, make.at(2))
        ids = {"draft": first.id, "review": second.id}
    page = sign_in("supervision", "/admin/protocols")
    for path in PATHS:
        page.goto(f"/admin/protocols{path.format(**ids)}")
        check_no_wider(page, PHONE, DESK)
        check_accessible(page)
    page.goto(f"{town.url}/admin/protocols/{ids['draft']}/edit")
    page.get_by_label("Para qué es").fill("Que nadie se vaya sin saber qué sigue.")
    page.locator("#closing").get_by_role("button", name="Agregar un paso").click()
    expect(page.locator("#closing li").last.get_by_label("Qué se hace")).to_be_in_viewport()
    expect(page.get_by_label("Para qué es")).to_have_value("Que nadie se vaya sin saber qué sigue.")
    page.locator("#closing li").last.get_by_label("Qué se hace").fill("Acompañe a la puerta.")
    page.get_by_role("button", name="Guardar el borrador").click()
    expect(page.get_by_text("Se guardó el borrador.")).to_be_visible()
    check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]
