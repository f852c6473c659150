"""risks: corruption risks with every version of what was said of them, and the maps that were approved"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = (
    "risk_maps",
    "risk_methods",
    "risk_reviews",
    "risk_treatments",
    "risk_controls",
    "risk_valuations",
    "risk_texts",
    "risks",
)


def upgrade() -> None:
    _create_risks()
    _create_texts()
    _create_valuations()
    _create_controls()
    _create_treatments()
    _create_reviews()
    _create_maps()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _lists(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _signed(table: str) -> list[sa.Column[int] | sa.Constraint]:
    """By whom and when, and the number of the row."""
    return [
        *_numbers("by"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _refers(table, "by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _create_risks() -> None:
    op.create_table(
        "risks",
        *_numbers("id", "site_id", "office_id"),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        *_numbers("opened_by"),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_by", sa.Integer(), nullable=True),
        *_texts("retired_because"),
        _refers("risks", "site_id", "sites"),
        _refers("risks", "office_id", "offices"),
        _refers("risks", "opened_by", "officials"),
        _refers("risks", "retired_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risks")),
    )
    op.create_index(op.f("ix_risks_site_id_office_id"), "risks", ["site_id", "office_id"])


def _create_texts() -> None:
    op.create_table(
        "risk_texts",
        *_numbers("id", "risk_id", "number"),
        *_texts("process_name", "act", "power", "deviation", "benefit"),
        *_lists("internal", "external", "consequences"),
        *_texts("why"),
        *_signed("risk_texts"),
        _refers("risk_texts", "risk_id", "risks"),
        _once("risk_texts", "risk_id", "number"),
    )


def _create_valuations() -> None:
    op.create_table(
        "risk_valuations",
        *_numbers("id", "risk_id", "number"),
        *_texts("method"),
        *_numbers("probability"),
        *_texts("why"),
        *_lists("yes"),
        *_signed("risk_valuations"),
        _refers("risk_valuations", "risk_id", "risks"),
        _once("risk_valuations", "risk_id", "number"),
    )


def _create_controls() -> None:
    op.create_table(
        "risk_controls",
        *_numbers("id", "risk_id", "number", "version"),
        *_texts("what"),
        sa.Column("kind", _one_of("kind", "preventive", "detective", "corrective"), nullable=False),
        sa.Column("aim", _one_of("aim", "probability", "impact"), nullable=False),
        *_texts("who", "how_often", "evidence"),
        *_lists("has"),
        sa.Column("stands", sa.Boolean(), nullable=False),
        *_texts("why"),
        *_signed("risk_controls"),
        _refers("risk_controls", "risk_id", "risks"),
        _once("risk_controls", "risk_id", "number", "version"),
    )


def _create_treatments() -> None:
    op.create_table(
        "risk_treatments",
        *_numbers("id", "risk_id", "improvement_id"),
        sa.Column("response", _one_of("response", "avoid", "reduce", "share"), nullable=False),
        *_texts("indicator"),
        *_signed("risk_treatments"),
        _refers("risk_treatments", "risk_id", "risks"),
        _refers("risk_treatments", "improvement_id", "improvements"),
        _once("risk_treatments", "improvement_id"),
    )
    op.create_index(op.f("ix_risk_treatments_risk_id"), "risk_treatments", ["risk_id"])


def _create_reviews() -> None:
    op.create_table(
        "risk_reviews",
        *_numbers("id", "risk_id", "year", "cutoff", "number"),
        sa.Column("causes_hold", sa.Boolean(), nullable=False),
        *_texts("note", "changed"),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        *_texts("verified_note"),
        *_signed("risk_reviews"),
        _refers("risk_reviews", "risk_id", "risks"),
        _refers("risk_reviews", "verified_by", "officials"),
        _once("risk_reviews", "risk_id", "year", "cutoff", "number"),
    )


def _create_maps() -> None:
    op.create_table(
        "risk_methods",
        *_numbers("id", "site_id"),
        *_texts("method", "act"),
        *_signed("risk_methods"),
        _refers("risk_methods", "site_id", "sites"),
    )
    op.create_index(op.f("ix_risk_methods_site_id"), "risk_methods", ["site_id"])
    op.create_table(
        "risk_maps",
        *_numbers("id", "site_id", "number"),
        *_texts("act", "digest"),
        *_lists("content"),
        *_signed("risk_maps"),
        _refers("risk_maps", "site_id", "sites"),
        _once("risk_maps", "site_id", "number"),
    )
