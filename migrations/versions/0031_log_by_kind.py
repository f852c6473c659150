"""the log by kind holds what statistics tell of it: number, reason and who"""

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


def downgrade() -> None:
    _replace(TOLD, KIND)


def _replace(old: list[str], new: list[str]) -> None:
    op.create_index(_name(new), "events", new)
    op.drop_index(_name(old), table_name="events")


def _name(columns: list[str]) -> str:
    return str(op.f("_".join(["ix_events", *columns])))
