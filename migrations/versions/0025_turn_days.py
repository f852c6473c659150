"""turn_days: the turns of each day that is over, counted, and up to which row of its log each site was"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn_days",
        sa.Column("service_day_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        _refers("turn_days", "service_day_id", "service_days"),
        _refers("turn_days", "site_id", "sites"),
        sa.PrimaryKeyConstraint("service_day_id", name=op.f("pk_turn_days")),
    )
    op.create_index(op.f("ix_turn_days_site_id_day"), "turn_days", ["site_id", "day"])
    op.create_table(
        "turns_counted",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _refers("turns_counted", "site_id", "sites"),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_turns_counted")),
    )


def downgrade() -> None:
    op.drop_table("turns_counted")
    op.drop_table("turn_days")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
