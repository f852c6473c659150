"""plan: what the town hall promised for a year, to the letter, and the goals that were set for it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("plan_targets", "plan_activities", "plan_metas", "plan_components", "plans")


def upgrade() -> None:
    _create_plans()
    for table, above, column in (
        ("plan_components", "plans", "plan_id"),
        ("plan_metas", "plan_components", "component_id"),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column(column, sa.Integer(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("code", sa.String(), nullable=False),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("said", sa.JSON(), nullable=False),
            _refers(table, column, above),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(column, "code", name=op.f(f"uq_{table}_{column}_code")),
        )
    _create_activities()
    _create_targets()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_plans() -> None:
    rhythms = sa.Enum("cuatrimestral", "semestral", name="rhythm", native_enum=False, length=20)
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("rhythm", rhythms, nullable=False),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.Column("loaded_by", sa.Integer(), nullable=True),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        _refers("plans", "loaded_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("year", name=op.f("uq_plans_year")),
    )


def _create_activities() -> None:
    modes = sa.Enum("auto", "mixto", "registro", "manual", name="mode", native_enum=False, length=20)
    op.create_table(
        "plan_activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meta_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("months", sa.JSON(), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("mode", modes, nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        _refers("plan_activities", "meta_id", "plan_metas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_activities")),
        sa.UniqueConstraint("meta_id", "code", name=op.f("uq_plan_activities_meta_id_code")),
    )


def _create_targets() -> None:
    kinds = ("flow", "stock", "accumulated", "reduction")
    op.create_table(
        "plan_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("baseline", sa.String(), nullable=False),
        sa.Column("weight", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("accumulation", sa.Enum(*kinds, name="accumulation", native_enum=False, length=20), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        _refers("plan_targets", "activity_id", "plan_activities"),
        _refers("plan_targets", "set_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_targets")),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_plan_targets_activity_id_number")),
    )
