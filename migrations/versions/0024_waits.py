"""waits: what is told of them at each site, and what each turn was told, to be judged"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome IS NULL")


def upgrade() -> None:
    op.create_table(
        "wait_outlooks",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_wait_outlooks_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_wait_outlooks")),
    )
    op.create_table(
        "wait_predictions",
        sa.Column("turn_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("point", sa.Integer(), nullable=True),
        sa.Column("forward", sa.Integer(), nullable=True),
        sa.Column("naive", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("truth", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_wait_predictions_turn_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_wait_predictions_site_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_wait_predictions_service_id")),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_wait_predictions")),
    )
    columns = ["site_id"]
    op.create_index("ix_wait_predictions_open", "wait_predictions", columns, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(op.f("ix_wait_predictions_site_id_told_at"), "wait_predictions", ["site_id", "told_at"])
    op.create_index(op.f("ix_wait_predictions_site_id_judged_at"), "wait_predictions", ["site_id", "judged_at"])


def downgrade() -> None:
    op.drop_table("wait_predictions")
    op.drop_table("wait_outlooks")
