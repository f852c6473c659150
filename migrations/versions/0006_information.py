"""information: the public texts with their versions, who reviewed each content, and how to reach a site"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_en", sa.String(), nullable=False),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["published_by"], ["officials.id"], name=op.f("fk_public_texts_published_by")),
        sa.ForeignKeyConstraint(["written_by"], ["officials.id"], name=op.f("fk_public_texts_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_texts")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_public_texts_kind_number")),
    )
    op.create_index(
        "ux_public_texts_kind_draft",
        "public_texts",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "information_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officials.id"], name=op.f("fk_information_reviews_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_information_reviews_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_reviews")),
    )
    op.create_index(
        op.f("ix_information_reviews_site_id_content_at"), "information_reviews", ["site_id", "content", "at"]
    )
    op.add_column("sites", sa.Column("way", sa.String(), nullable=False, server_default=""))
    op.add_column("sites", sa.Column("way_en", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sites", "way_en")
    op.drop_column("sites", "way")
    op.drop_table("information_reviews")
    op.drop_table("public_texts")
