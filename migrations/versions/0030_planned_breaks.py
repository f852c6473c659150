"""planned breaks of windows, and until when an official said that a pause lasts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_planned_breaks_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_breaks")),
    )
    op.create_index(op.f("ix_planned_breaks_window_id"), "planned_breaks", ["window_id"])
    op.add_column("aways", sa.Column("expected_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("aways", "expected_until")
    op.drop_table("planned_breaks")
