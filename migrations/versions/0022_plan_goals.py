"""plan: what its activities are counted from, the corrections of what was measured, and who answers for each role"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_IN_OFFICE = sa.text("until IS NULL")


def upgrade() -> None:
    op.add_column("plans", sa.Column("act", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "plan_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("leads", sa.String(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        _refers("plan_sources", "activity_id", "plan_activities"),
        _refers("plan_sources", "chosen_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_sources")),
    )
    op.create_index(op.f("ix_plan_sources_activity_id"), "plan_sources", ["activity_id"])
    _create_corrections()
    _create_roles()


def downgrade() -> None:
    for name in ("plan_roles", "plan_corrections", "plan_sources"):
        op.drop_table(name)
    op.drop_column("plans", "act")


def _create_corrections() -> None:
    op.create_table(
        "plan_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("measured", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("corrected_by", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.BigInteger(), nullable=False),
        _refers("plan_corrections", "activity_id", "plan_activities"),
        _refers("plan_corrections", "corrected_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_corrections")),
    )
    columns = ["activity_id", "first", "last"]
    op.create_index(op.f("ix_plan_corrections_activity_id_first_last"), "plan_corrections", columns)


def _create_roles() -> None:
    op.create_table(
        "plan_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        _refers("plan_roles", "plan_id", "plans"),
        _refers("plan_roles", "official_id", "officials"),
        _refers("plan_roles", "named_by", "officials"),
        _refers("plan_roles", "ended_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_roles")),
    )
    op.create_index(
        "ux_plan_roles_in_office",
        "plan_roles",
        ["plan_id", "role", "official_id"],
        unique=True,
        sqlite_where=_IN_OFFICE,
        postgresql_where=_IN_OFFICE,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
