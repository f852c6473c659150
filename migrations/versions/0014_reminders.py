"""reminders: where each official is reminded of the petitions in hand, and who answers for each office"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_reminders",
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("feed_hash", sa.String(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_petition_reminders_official_id")),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_petition_reminders")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_petition_reminders_feed_hash")),
    )
    op.create_table(
        "office_heads",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_heads_office_id")),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_office_heads_official_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_office_heads")),
    )


def downgrade() -> None:
    op.drop_table("office_heads")
    op.drop_table("petition_reminders")
