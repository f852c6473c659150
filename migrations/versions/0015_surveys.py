"""surveys: what is asked, the marks of who has answered, and the answers, in tables without a key in common"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "survey_comments",
    "survey_answers",
    "survey_responses",
    "survey_versions",
    "surveys",
    "opinion_marks",
)
ASKED = sa.text("active AND kind IN ('turn', 'reply')")
DRAFT = sa.text("published_at IS NULL")
IN_FORCE = sa.text("published_at IS NOT NULL AND until IS NULL")


def upgrade() -> None:
    op.create_table(
        "opinion_marks",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_opinion_marks")),
        sqlite_with_rowid=False,
    )
    _create_surveys()
    _create_versions()
    _create_responses()
    op.create_table(
        "survey_answers",
        sa.Column("response_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        _refers("survey_answers", "response_id", "survey_responses"),
        _refers("survey_answers", "version_id", "survey_versions"),
        sa.PrimaryKeyConstraint("response_id", "field", "value", name=op.f("pk_survey_answers")),
        sqlite_with_rowid=False,
    )
    columns = ["version_id", "month", "field", "value"]
    op.create_index(op.f("ix_survey_answers_version_id_month_field_value"), "survey_answers", columns)
    _create_comments()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind", sa.Enum("turn", "reply", "open", "needs", name="of", native_enum=False, length=20), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("frame", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        _refers("surveys", "created_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("code", name=op.f("uq_surveys_code")),
    )
    op.create_index(
        "ux_surveys_kind_in_use", "surveys", ["kind"], unique=True, sqlite_where=ASKED, postgresql_where=ASKED
    )


def _create_versions() -> None:
    op.create_table(
        "survey_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.JSON(), nullable=False),
        sa.Column("english", sa.Boolean(), nullable=False),
        sa.Column("saving", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        _refers("survey_versions", "published_by", "officials"),
        _refers("survey_versions", "survey_id", "surveys"),
        _refers("survey_versions", "written_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_versions")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_versions_survey_id_number")),
    )
    for name, rows in (("ux_survey_versions_draft", DRAFT), ("ux_survey_versions_in_force", IN_FORCE)):
        op.create_index(name, "survey_versions", ["survey_id"], unique=True, sqlite_where=rows, postgresql_where=rows)


def _create_responses() -> None:
    modes = ("phone", "kiosk", "tablet", "paper", "web")
    op.create_table(
        "survey_responses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("group", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("mode", sa.Enum(*modes, name="mode", native_enum=False, length=20), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("typed_by", sa.Integer(), nullable=True),
        _refers("survey_responses", "office_id", "offices"),
        _refers("survey_responses", "service_id", "services"),
        _refers("survey_responses", "site_id", "sites"),
        _refers("survey_responses", "typed_by", "officials"),
        _refers("survey_responses", "version_id", "survey_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_responses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_responses_version_id_month"), "survey_responses", ["version_id", "month"])


def _create_comments() -> None:
    op.create_table(
        "survey_comments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        _refers("survey_comments", "office_id", "offices"),
        _refers("survey_comments", "petition_id", "petitions"),
        _refers("survey_comments", "read_by", "officials"),
        _refers("survey_comments", "service_id", "services"),
        _refers("survey_comments", "site_id", "sites"),
        _refers("survey_comments", "version_id", "survey_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_comments")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_comments_version_id_month"), "survey_comments", ["version_id", "month"])
