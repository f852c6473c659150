"""recommendations: what people recommend in the period of a report"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_recommendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_petition_recommendations_site_id")),
        sa.ForeignKeyConstraint(["written_by"], ["officials.id"], name=op.f("fk_petition_recommendations_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_recommendations")),
    )
    op.create_index(
        op.f("ix_petition_recommendations_site_id_period_id"), "petition_recommendations", ["site_id", "period", "id"]
    )


def downgrade() -> None:
    op.drop_table("petition_recommendations")
