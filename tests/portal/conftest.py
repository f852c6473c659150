"""What the tests of the portal need besides the town hall: the statements that reach its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.web.database import db
from tests.heard import heard


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """Call it for the statements since the last call."""
    with app.app_context():
        engine = db.engine
    with heard(engine) as asked:

        def since() -> list[str]:
            told, asked[:] = [statement for statement, _values in asked], []
            return told

        yield since
