"""petitions: their numbers, who makes them, the steps of their life, whom the reserved ones are shown to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_filing_counters()
    _create_petition_settings()
    _create_petitions()
    _create_petition_recipients()
    _create_petition_steps()
    _create_petitioners()
    _create_petition_recounts()


def downgrade() -> None:
    for table in (
        "petition_recounts",
        "petitioners",
        "petition_steps",
        "petition_recipients",
        "petitions",
        "petition_settings",
        "filing_counters",
    ):
        op.drop_table(table)


def _create_filing_counters() -> None:
    op.create_table(
        "filing_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Enum("E", "S", name="series", native_enum=False, length=20), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "series", name=op.f("pk_filing_counters")),
    )


def _create_petition_settings() -> None:
    op.create_table(
        "petition_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("reception", sa.String(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("soon_days", sa.Integer(), nullable=False),
        sa.Column("draft_days", sa.Integer(), nullable=False),
        sa.Column("custodians", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_petition_settings_office_id")),
        sa.ForeignKeyConstraint(["set_by"], ["officials.id"], name=op.f("fk_petition_settings_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_settings")),
    )


def _create_petitions() -> None:
    op.create_table(
        "petitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("web", "in_person", "phone", "paper", "email", name="channel", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("verbal", sa.Boolean(), nullable=False),
        sa.Column("contingency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_kind", sa.String(), nullable=False),
        sa.Column(
            "identity",
            sa.Enum("identified", "anonymous", "reserved", name="identity", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("after_hours", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("own_term", sa.Integer(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column(
            "answer_by",
            sa.Enum("portal", "email", "post", "in_person", "phone", name="answerby", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "open",
                "answered",
                "transferred",
                "withdrawn",
                "archived",
                "annulled",
                name="stage",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "NOT confidential OR (subject = '' AND text = '')", name=op.f("ck_petitions_confidential_is_sealed")
        ),
        sa.CheckConstraint(
            "identity <> 'anonymous' OR received_at IS NULL", name=op.f("ck_petitions_anonymous_has_no_hour")
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["officials.id"], name=op.f("fk_petitions_assignee_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["officials.id"], name=op.f("fk_petitions_filed_by")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_petitions_office_id")),
        sa.ForeignKeyConstraint(["repeats_id"], ["petitions.id"], name=op.f("fk_petitions_repeats_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_petitions_site_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_petitions_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_petitions_code_hash")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_petitions_year_number")),
    )
    op.create_index(op.f("ix_petitions_office_id_received_on_id"), "petitions", ["office_id", "received_on", "id"])
    op.create_index(
        "ix_petitions_open",
        "petitions",
        ["office_id", "due_on", "id"],
        sqlite_where=sa.text("stage = 'open'"),
        postgresql_where=sa.text("stage = 'open'"),
    )
    op.create_index(
        "ix_petitions_open_hand",
        "petitions",
        ["assignee_id", "due_on", "id"],
        sqlite_where=sa.text("stage = 'open'"),
        postgresql_where=sa.text("stage = 'open'"),
    )
    op.create_index(op.f("ix_petitions_received_on"), "petitions", ["received_on"])
    op.create_index(op.f("ix_petitions_turn_id"), "petitions", ["turn_id"])


def _create_petition_recipients() -> None:
    op.create_table(
        "petition_recipients",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_petition_recipients_official_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_recipients_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "official_id", name=op.f("pk_petition_recipients")),
    )


def _create_petition_steps() -> None:
    op.create_table(
        "petition_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "filed",
                "acknowledged",
                "assigned",
                "returned",
                "reclassified",
                "prioritised",
                "clarification_asked",
                "clarification_longer",
                "clarified",
                "correction_asked",
                "corrected",
                "extended",
                "transferred",
                "withdrawn",
                "archived",
                "linked",
                "grouped",
                "noted",
                "office_wrote",
                "citizen_wrote",
                "document_added",
                "drafted",
                "review_asked",
                "sent_back",
                "signed",
                "sent",
                "delivered",
                "appealed",
                "insisted",
                "date_moved",
                "identity_opened",
                "annulled",
                name="stepkind",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officials.id"], name=op.f("fk_petition_steps_by")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_steps_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_steps")),
        sa.UniqueConstraint("petition_id", "number", name=op.f("uq_petition_steps_petition_id_number")),
    )
    op.create_index(op.f("ix_petition_steps_kind_on"), "petition_steps", ["kind", "on"])


def _create_petitioners() -> None:
    op.create_table(
        "petitioners",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document_kind", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("notify_by_email", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petitioners_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petitioners")),
    )
    op.create_index(op.f("ix_petitioners_document_number"), "petitioners", ["document_number"])


def _create_petition_recounts() -> None:
    op.create_table(
        "petition_recounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officials.id"], name=op.f("fk_petition_recounts_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_petition_recounts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_recounts")),
    )
    op.create_index(op.f("ix_petition_recounts_site_id"), "petition_recounts", ["site_id"])
