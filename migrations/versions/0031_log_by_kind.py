"""the log by kind holds what statistics tell of it, and PostgreSQL keeps counted days as they are read"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KIND = ["site_id", "kind", "at"]
TOLD = [*KIND, "seq", "reason", "who_kind", "who_id"]


def upgrade() -> None:
    _replace(KIND, TOLD)
    _keep_days("EXTERNAL")


def downgrade() -> None:
    _keep_days("EXTENDED")
    _replace(TOLD, KIND)


def _replace(old: list[str], new: list[str]) -> None:
    op.create_index(_name(new), "events", new)
    op.drop_index(_name(old), table_name="events")


def _keep_days(storage: str) -> None:
    """Without being pressed together, days are read whole in two thirds of the time; all are counted anew anyhow."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE turn_days ALTER COLUMN facts SET STORAGE {storage}")


def _name(columns: list[str]) -> str:
    return str(op.f("_".join(["ix_events", *columns])))
