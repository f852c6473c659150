"""reserve: what a second person agrees to in a confidential petition, and who is kept out of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITING = sa.text("decided_at IS NULL")


def upgrade() -> None:
    _create_reserve_requests()
    _create_petition_exclusions()


def downgrade() -> None:
    op.drop_table("petition_exclusions")
    op.drop_table("reserve_requests")


def _create_reserve_requests() -> None:
    op.create_table(
        "reserve_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column(
            "wanted", sa.Enum("recipient", "identity", name="wanted", native_enum=False, length=20), nullable=False
        ),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["officials.id"], name=op.f("fk_reserve_requests_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["officials.id"], name=op.f("fk_reserve_requests_decided_by")),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_reserve_requests_official_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_reserve_requests_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserve_requests")),
    )
    op.create_index(op.f("ix_reserve_requests_petition_id_id"), "reserve_requests", ["petition_id", "id"])
    op.create_index(
        "ix_reserve_requests_waiting",
        "reserve_requests",
        ["petition_id", "wanted", "official_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def _create_petition_exclusions() -> None:
    op.create_table(
        "petition_exclusions",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officials.id"], name=op.f("fk_petition_exclusions_by")),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_petition_exclusions_official_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_exclusions_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "official_id", name=op.f("pk_petition_exclusions")),
    )
