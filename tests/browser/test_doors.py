"""The doors that everybody meets first."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, check_accessible


def test_the_sign_in_page_is_accessible_and_complains_of_nothing(visit: Callable[..., Page]) -> None:
    for size in (DESK, PHONE):
        page = visit("/sign-in", size)
        check_accessible(page)
        assert page.complaints == []  # type: ignore[attr-defined]
