"""files: what people bring, kept once for each content; what waits for a refused form; the documents of a petition"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("pdf", "jpg", "png", "docx", "xlsx", "odt", "mp3", "m4a", "mp4", "csv")
SCANS = ("clean", "unscanned", "quarantined")


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("plain_size", sa.BigInteger(), nullable=False),
        sa.Column("kind", _one_of("kind", KINDS), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("cleaned", sa.Boolean(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.Column("scan", _one_of("scan", SCANS), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("scanned_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("digest", name=op.f("uq_stored_files_digest")),
    )
    op.create_table(
        "pending_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", _one_of("kind", KINDS), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("scan", _one_of("scan", SCANS), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_uploads")),
    )
    op.create_index(op.f("ix_pending_uploads_form_id"), "pending_uploads", ["form", "id"])
    op.create_table(
        "petition_attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["step_id"], ["petition_steps.id"], name=op.f("fk_petition_attachments_step_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_petition_attachments_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_attachments")),
    )
    op.create_index(op.f("ix_petition_attachments_step_id_id"), "petition_attachments", ["step_id", "id"])
    op.create_index(op.f("ix_petition_attachments_file_id"), "petition_attachments", ["file_id"])


def downgrade() -> None:
    op.drop_table("petition_attachments")
    op.drop_table("pending_uploads")
    op.drop_table("stored_files")


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=20)
