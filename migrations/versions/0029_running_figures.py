"""running figures: what the measures count of the plan until the last day that is over, for everybody"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_running_figures",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_running_figures_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_running_figures")),
    )


def downgrade() -> None:
    op.drop_table("plan_running_figures")
