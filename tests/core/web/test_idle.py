"""A session ends when nobody works in it, even if its page goes on asking by itself."""

from __future__ import annotations

import pytest

from tests.conftest import Hands, House

BY_ITSELF = {"Sec-Fetch-Mode": "cors"}
BY_A_PERSON = {"Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("headers", "status"), [(BY_ITSELF, 401), (BY_A_PERSON, 200)])
def test_a_page_left_open_keeps_no_session_awake(
    house: House, hands: Hands, headers: dict[str, str], status: int
) -> None:
    desk = house.official("ventanilla1", window="1")
    for _ in range(4):
        hands.forward(minutes=20)
        last = desk.get("/counter/live", headers={"Accept": "application/json", **headers})
    assert last.status_code == status
