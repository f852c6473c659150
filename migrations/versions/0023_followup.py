"""follow-up of the plan: rhythm by act, reports with evidence and verdicts, published cut-offs and their reopening"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

RHYTHMS = ("cuatrimestral", "semestral")
VERDICTS = ("agrees", "disagrees", "sent_back")
TABLES = (
    "plan_reopenings",
    "plan_snapshots",
    "plan_report_verdicts",
    "plan_report_evidence",
    "plan_reports",
    "plan_rhythms",
)


def upgrade() -> None:
    _create_rhythms()
    _create_reports()
    _create_evidence_and_verdicts()
    _create_published()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _column(name: str, kind: Any, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind(), nullable=empty)


def _create_rhythms() -> None:
    op.create_table(
        "plan_rhythms",
        _column("id", sa.Integer),
        _column("plan_id", sa.Integer),
        _column("number", sa.Integer),
        sa.Column("rhythm", _one_of("rhythm", RHYTHMS), nullable=False),
        _column("act", sa.String),
        _column("set_by", sa.Integer),
        _column("set_at", sa.BigInteger),
        _refers("plan_rhythms", "plan_id", "plans"),
        _refers("plan_rhythms", "set_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_rhythms")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_rhythms_plan_id_number")),
    )


def _create_reports() -> None:
    op.create_table(
        "plan_reports",
        _column("id", sa.Integer),
        _column("activity_id", sa.Integer),
        _column("cutoff", sa.Integer),
        _column("number", sa.Integer),
        _column("value", sa.String, empty=True),
        _column("measure", sa.String),
        _column("figures", sa.JSON),
        _column("nothing_new", sa.Boolean),
        _column("done", sa.String),
        _column("difficulties", sa.String),
        _column("reason", sa.String),
        _column("reported_by", sa.Integer),
        _column("reported_at", sa.BigInteger),
        _refers("plan_reports", "activity_id", "plan_activities"),
        _refers("plan_reports", "reported_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reports")),
        sa.UniqueConstraint("activity_id", "cutoff", "number", name=op.f("uq_plan_reports_activity_id_cutoff_number")),
    )


def _create_evidence_and_verdicts() -> None:
    op.create_table(
        "plan_report_evidence",
        _column("id", sa.Integer),
        _column("report_id", sa.Integer),
        _column("file_id", sa.Integer, empty=True),
        _column("label", sa.String),
        _column("link", sa.String),
        _column("public", sa.Boolean),
        sa.CheckConstraint("(file_id IS NULL) <> (link = '')", name=op.f("ck_plan_report_evidence_a_file_or_a_link")),
        _refers("plan_report_evidence", "report_id", "plan_reports"),
        _refers("plan_report_evidence", "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_report_evidence")),
    )
    for column in ("report_id", "file_id"):
        op.create_index(op.f(f"ix_plan_report_evidence_{column}"), "plan_report_evidence", [column])
    op.create_table(
        "plan_report_verdicts",
        _column("id", sa.Integer),
        _column("report_id", sa.Integer),
        _column("number", sa.Integer),
        sa.Column("verdict", _one_of("verdict", VERDICTS), nullable=False),
        _column("observation", sa.String),
        _column("judged_by", sa.Integer),
        _column("judged_at", sa.BigInteger),
        _refers("plan_report_verdicts", "report_id", "plan_reports"),
        _refers("plan_report_verdicts", "judged_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_report_verdicts")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_plan_report_verdicts_report_id_number")),
    )


def _create_published() -> None:
    op.create_table(
        "plan_snapshots",
        _column("id", sa.Integer),
        _column("plan_id", sa.Integer),
        _column("cutoff", sa.Integer),
        _column("edition", sa.Integer),
        _column("content", sa.String),
        _column("digest", sa.String),
        _column("published_by", sa.Integer),
        _column("published_at", sa.BigInteger),
        _refers("plan_snapshots", "plan_id", "plans"),
        _refers("plan_snapshots", "published_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_snapshots")),
        sa.UniqueConstraint("plan_id", "cutoff", "edition", name=op.f("uq_plan_snapshots_plan_id_cutoff_edition")),
    )
    op.create_table(
        "plan_reopenings",
        _column("id", sa.Integer),
        _column("snapshot_id", sa.Integer),
        _column("reason", sa.String),
        _column("act", sa.String),
        _column("reopened_by", sa.Integer),
        _column("reopened_at", sa.BigInteger),
        _refers("plan_reopenings", "snapshot_id", "plan_snapshots"),
        _refers("plan_reopenings", "reopened_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reopenings")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_plan_reopenings_snapshot_id")),
    )
