"""Runs the numbered migrations on the application's database, each whole or not at all."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app

from core.db import Instant
from core.tables import Base


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations know plain types only, so that they run whatever becomes of the code."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


database = current_app.extensions["migrate"].db
with database.engine.connect().execution_options(writes=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
