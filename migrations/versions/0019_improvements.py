"""improvements: actions with their log and evidence, notes for individual plans, and the themes of comments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SOURCES = ("petition", "survey", "audit", "commitment", "risk", "by_hand")
STAGES = ("open", "done", "effective", "not_effective", "withdrawn")
DEEDS = (
    "opened",
    "noted",
    "moved",
    "assigned",
    "rewritten",
    "done",
    "verified",
    "reopened",
    "told",
    "withdrawn",
)
TABLES = ("survey_themes", "individual_notes", "improvement_evidence", "improvement_steps", "improvements")


def upgrade() -> None:
    _create_improvements()
    _create_log()
    op.create_table(
        "individual_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("source", _one_of("source", SOURCES), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("passed_to", sa.String(), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        _refers("individual_notes", "noted_by", "officials"),
        _refers("individual_notes", "site_id", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_individual_notes")),
    )
    op.create_index(op.f("ix_individual_notes_site_id"), "individual_notes", ["site_id"])
    op.create_table(
        "survey_themes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_survey_themes")),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _create_improvements() -> None:
    op.create_table(
        "improvements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("source", _one_of("source", SOURCES), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stage", _one_of("stage", STAGES), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("told_en", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        _refers("improvements", "office_id", "offices"),
        _refers("improvements", "official_id", "officials"),
        _refers("improvements", "site_id", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvements")),
    )
    op.create_index(op.f("ix_improvements_site_id_stage_due_on"), "improvements", ["site_id", "stage", "due_on"])


def _create_log() -> None:
    op.create_table(
        "improvement_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", _one_of("deed", DEEDS), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        _refers("improvement_steps", "by", "officials"),
        _refers("improvement_steps", "improvement_id", "improvements"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_steps")),
        sa.UniqueConstraint("improvement_id", "number", name=op.f("uq_improvement_steps_improvement_id_number")),
    )
    op.create_table(
        "improvement_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) <> (link = '')", name=op.f("ck_improvement_evidence_a_file_or_a_link")),
        _refers("improvement_evidence", "file_id", "stored_files"),
        _refers("improvement_evidence", "step_id", "improvement_steps"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_evidence")),
    )
    for column in ("step_id", "file_id"):
        op.create_index(op.f(f"ix_improvement_evidence_{column}"), "improvement_evidence", [column])
