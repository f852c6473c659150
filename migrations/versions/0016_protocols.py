"""protocols: what they say in each version, and who has read it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHANNELS = ("any", "in_person", "phone", "virtual", "post")
POPULATIONS = ("everybody", "preferential", "deaf", "blind", "children", "upset", "denial")
IN_HAND = sa.text("state IN ('draft', 'review')")
WITHOUT_END = sa.text("state = 'approved' AND ends_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "protocols",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("channel", sa.Enum(*CHANNELS, name="channel", native_enum=False, length=20), nullable=False),
        sa.Column("population", sa.Enum(*POPULATIONS, name="population", native_enum=False, length=20), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
        sa.UniqueConstraint("code", name=op.f("uq_protocols_code")),
    )
    op.create_table(
        "protocol_services",
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        _refers("protocol_services", "protocol_id", "protocols"),
        _refers("protocol_services", "service_id", "services"),
        sa.PrimaryKeyConstraint("protocol_id", "service_id", name=op.f("pk_protocol_services")),
    )
    _create_versions()
    op.create_table(
        "protocol_readings",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_right", sa.Integer(), nullable=True),
        _refers("protocol_readings", "official_id", "officials"),
        _refers("protocol_readings", "version_id", "protocol_versions"),
        sa.PrimaryKeyConstraint("version_id", "official_id", name=op.f("pk_protocol_readings")),
    )


def downgrade() -> None:
    for name in ("protocol_readings", "protocol_versions", "protocol_services", "protocols"):
        op.drop_table(name)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_versions() -> None:
    states = ("draft", "review", "approved")
    op.create_table(
        "protocol_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum(*states, name="versionstate", native_enum=False, length=20), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("saving", sa.Integer(), nullable=False),
        sa.Column("days_to_read", sa.Integer(), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("review_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_back", sa.String(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=False),
        _refers("protocol_versions", "approved_by", "officials"),
        _refers("protocol_versions", "protocol_id", "protocols"),
        _refers("protocol_versions", "withdrawn_by", "officials"),
        _refers("protocol_versions", "written_by", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_versions")),
        sa.UniqueConstraint("protocol_id", "number", name=op.f("uq_protocol_versions_protocol_id_number")),
    )
    for name, rows in (("ux_protocol_versions_in_hand", IN_HAND), ("ux_protocol_versions_without_end", WITHOUT_END)):
        op.create_index(
            name, "protocol_versions", ["protocol_id"], unique=True, sqlite_where=rows, postgresql_where=rows
        )
