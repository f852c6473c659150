"""opening requests: a supervisor asks that a closed window be opened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("before_min", sa.Integer(), nullable=True),
        sa.Column("after_min", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_opening_requests_window_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["officials.id"], name=op.f("fk_opening_requests_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_requests")),
    )
    op.create_index(op.f("ix_opening_requests_window_id_asked_at"), "opening_requests", ["window_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("opening_requests")
