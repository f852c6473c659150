"""What the tests of the portal need besides the town hall: the statements that reach its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from core.web.database import db


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """Call it for the statements since the last call."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def since() -> list[str]:
        told, seen[:] = list(seen), []
        return told

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield since
    event.remove(engine, "before_cursor_execute", note)
