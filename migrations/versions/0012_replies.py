"""replies: templates, what is written and signed, deliveries, analogous petitions, and words to find petitions by"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    "reply_templates",
    "reply_template_versions",
    "outgoing_letters",
    "petition_replies",
    "petition_deliveries",
    "petition_groups",
    "petition_group_members",
    "petition_words",
)
INDEX = {
    "sqlite": "CREATE VIRTUAL TABLE petition_index USING fts5"
    "(words, content='petition_words', content_rowid='petition_id', prefix='2 3 4', tokenize='ascii')",
    "postgresql": "CREATE INDEX petition_index ON petition_words USING gin (words)",
}


def upgrade() -> None:
    _create_reply_templates()
    _create_reply_template_versions()
    _create_outgoing_letters()
    _create_petition_replies()
    _create_petition_deliveries()
    _create_petition_groups()
    _create_petition_group_members()
    _create_petition_words()
    op.execute(INDEX[op.get_bind().dialect.name])
    _learn()


def downgrade() -> None:
    kind = "TABLE" if op.get_bind().dialect.name == "sqlite" else "INDEX"
    op.execute(f"DROP {kind} petition_index")
    for table in reversed(TABLES):
        op.drop_table(table)


def _learn() -> None:
    """The words of the petitions that are there already; never those of a confidential one."""
    bind = op.get_bind()
    lite = bind.dialect.name == "sqlite"
    every = sa.text(
        "SELECT p.id, p.year, p.number, p.subject, p.text, p.identity, w.name, w.document_number, w.email "
        "FROM petitions p LEFT JOIN petitioners w ON w.petition_id = p.id WHERE NOT p.confidential ORDER BY p.id"
    )
    keep = "INSERT INTO petition_words (petition_id, words) VALUES (:id, " + (
        ":words)" if lite else "to_tsvector('simple', :words))"
    )
    for row in bind.execute(every).all():
        said = [f"{row.year}-E-{row.number:06d}", str(row.number), row.subject, row.text]
        if row.identity == "identified":
            said += [row.name or "", row.document_number or "", row.email or ""]
        words = " ".join(dict.fromkeys(word for part in said for word in _fold(part)))
        bind.execute(sa.text(keep), {"id": row.id, "words": words})
    if lite:
        op.execute("INSERT INTO petition_index (petition_index) VALUES ('rebuild')")


def _fold(said: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", said.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:40] for word in re.findall(r"[a-z0-9]+", bare)]


def _create_reply_templates() -> None:
    op.create_table(
        "reply_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_reply_templates_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_templates")),
    )


def _create_reply_template_versions() -> None:
    op.create_table(
        "reply_template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["reply_templates.id"], name=op.f("fk_reply_template_versions_template_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["officials.id"], name=op.f("fk_reply_template_versions_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template_versions")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_reply_template_versions_template_id_number")),
    )


def _create_outgoing_letters() -> None:
    op.create_table(
        "outgoing_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("reply", "transfer", name="letterkind", native_enum=False, length=20), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["petition_attachments.id"], name=op.f("fk_outgoing_letters_attachment_id")
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_outgoing_letters_petition_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["officials.id"], name=op.f("fk_outgoing_letters_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_letters")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_outgoing_letters_year_number")),
    )
    op.create_index(op.f("ix_outgoing_letters_petition_id"), "outgoing_letters", ["petition_id"])


def _create_petition_replies() -> None:
    op.create_table(
        "petition_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "review", "approved", "signed", name="replystate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("annexes", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "granted", "partly", "denied", "reserved", "informed", name="outcome", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("norm", sa.String(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("template_version_id", sa.Integer(), nullable=True),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["officials.id"], name=op.f("fk_petition_replies_approved_by")),
        sa.ForeignKeyConstraint(["author_id"], ["officials.id"], name=op.f("fk_petition_replies_author_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["outgoing_letters.id"], name=op.f("fk_petition_replies_letter_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_replies_petition_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["officials.id"], name=op.f("fk_petition_replies_reviewer_id")),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["reply_template_versions.id"],
            name=op.f("fk_petition_replies_template_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_replies")),
    )
    op.create_index(op.f("ix_petition_replies_petition_id"), "petition_replies", ["petition_id"])
    op.create_index(op.f("ix_petition_replies_state_reviewer_id"), "petition_replies", ["state", "reviewer_id"])
    op.create_index(
        "uq_petition_replies_in_hand",
        "petition_replies",
        ["petition_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'signed'"),
        postgresql_where=sa.text("state <> 'signed'"),
    )


def _create_petition_deliveries() -> None:
    op.create_table(
        "petition_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("portal", "email", "in_person", "post", "notice", name="way", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("guide", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["outgoing_letters.id"], name=op.f("fk_petition_deliveries_letter_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_deliveries_petition_id")),
        sa.ForeignKeyConstraint(["started_by"], ["officials.id"], name=op.f("fk_petition_deliveries_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_deliveries")),
    )
    op.create_index(
        "ix_petition_deliveries_pending",
        "petition_deliveries",
        ["started_on", "id"],
        sqlite_where=sa.text("delivered_on IS NULL AND failed_on IS NULL"),
        postgresql_where=sa.text("delivered_on IS NULL AND failed_on IS NULL"),
    )
    op.create_index(op.f("ix_petition_deliveries_petition_id"), "petition_deliveries", ["petition_id"])


def _create_petition_groups() -> None:
    op.create_table(
        "petition_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["petitions.id"], name=op.f("fk_petition_groups_lead_id")),
        sa.ForeignKeyConstraint(["made_by"], ["officials.id"], name=op.f("fk_petition_groups_made_by")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_petition_groups_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_groups")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_petition_groups_lead_id")),
    )


def _create_petition_group_members() -> None:
    op.create_table(
        "petition_group_members",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["petition_groups.id"], name=op.f("fk_petition_group_members_group_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_group_members_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petition_group_members")),
    )
    op.create_index(op.f("ix_petition_group_members_group_id"), "petition_group_members", ["group_id"])


def _create_petition_words() -> None:
    op.create_table(
        "petition_words",
        sa.Column("petition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_words_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petition_words")),
    )
