"""What a database is really asked: every statement that its driver gets, whichever way it came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

Asked = tuple[str, Any]


@contextmanager
def heard(engine: Engine) -> Iterator[list[Asked]]:
    """The statements sent inside, each with its values; those of SQLite come with their values written in."""
    asked: list[Asked] = []
    touched: list[Any] = []

    def listen(connection: Any, *_rest: object) -> None:
        touched.append(connection)
        if engine.dialect.name == "sqlite":
            connection.set_trace_callback(lambda statement: asked.append((statement, ())))
        else:
            connection.cursor_factory = _hearing(asked)

    event.listen(engine, "checkout", listen)
    try:
        yield asked
    finally:
        event.remove(engine, "checkout", listen)
        for connection in touched:
            if engine.dialect.name == "sqlite":
                connection.set_trace_callback(None)
            else:
                connection.cursor_factory = psycopg.Cursor


def _hearing(asked: list[Asked]) -> type[psycopg.Cursor[Any]]:
    class Hearing(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
            asked.append((str(query), params))
            return super().execute(query, params, **kwargs)

    return Hearing
