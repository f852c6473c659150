"""The doors that everybody meets first."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import DESK, PHONE, check_accessible


def test_the_sign_in_page_is_accessible_and_lets_an_official_in_from_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/sign-in", DESK)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check_accessible(page)
    expect(page.get_by_label("Usuario")).to_be_focused()
    page.keyboard.type("ventanilla1")
    page.get_by_label("Contraseña", exact=True).fill(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/")
    assert page.complaints == []  # type: ignore[attr-defined]
