"""The server that is measured is the product's own."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.bench.serve import NEIGHBOUR, beside_a_neighbour


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_measured_is_the_product_and_its_neighbour_does_not_enter_it(own_app: Flask) -> None:
    measured = beside_a_neighbour(own_app)
    assert measured.extensions["mail"], "gunicorn starts the mail of what it serves"
    client = measured.test_client()
    assert "Content-Security-Policy" in client.get("/").headers
    one_line = client.get(f"{NEIGHBOUR}one-line")
    assert one_line.json == {"ok": True}
    assert "Content-Security-Policy" not in one_line.headers
