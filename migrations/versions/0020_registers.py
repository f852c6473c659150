"""registers: what was done for the plan, typed by kind, in versions, with what shows each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = (
    "register_version_proofs",
    "register_version_activities",
    "register_proofs",
    "register_versions",
    "register_entries",
)


def upgrade() -> None:
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("below_id", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Integer(), nullable=False),
        _refers("register_entries", "below_id", "register_entries"),
        _refers("register_entries", "plan_id", "plans"),
        _refers("register_entries", "site_id", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
    )
    op.create_index(op.f("ix_register_entries_plan_id_kind"), "register_entries", ["plan_id", "kind"])
    op.create_index(op.f("ix_register_entries_below_id"), "register_entries", ["below_id"])
    _create_versions()
    _create_proofs()
    _create_pairs("register_version_activities", "activity_id", "plan_activities")
    _create_pairs("register_version_proofs", "proof_id", "register_proofs")


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_versions() -> None:
    table = "register_versions"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("counts_as", sa.String(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _refers(table, "by", "officials"),
        _refers(table, "entry_id", "register_entries"),
        _refers(table, "office_id", "offices"),
        _refers(table, "official_id", "officials"),
        _refers(table, "service_id", "services"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("entry_id", "number", name=op.f(f"uq_{table}_entry_id_number")),
    )
    op.create_index(op.f(f"ix_{table}_counts_as_counts_on"), table, ["counts_as", "counts_on"])
    op.create_index(op.f(f"ix_{table}_office_id"), table, ["office_id"])
    op.create_index(op.f(f"ix_{table}_official_id"), table, ["official_id"])


def _create_proofs() -> None:
    table = "register_proofs"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) <> (link = '')", name=op.f(f"ck_{table}_a_file_or_a_link")),
        _refers(table, "entry_id", "register_entries"),
        _refers(table, "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_entry_id"), table, ["entry_id"])
    op.create_index(op.f(f"ix_{table}_file_id"), table, ["file_id"])


def _create_pairs(table: str, column: str, to: str) -> None:
    op.create_table(
        table,
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        _refers(table, "version_id", "register_versions"),
        _refers(table, column, to),
        sa.PrimaryKeyConstraint("version_id", column, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
