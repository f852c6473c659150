"""catalogue: the sheets of the services, their versions and drafts; what the kiosk shows today is version 1"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SHOWN = ("name", "name_en", "hint", "hint_en", "requirements", "requirements_en")


def upgrade() -> None:
    op.create_table(
        "service_drafts",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("saving", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["officials.id"], name=op.f("fk_service_drafts_saved_by")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_drafts_service_id")),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_drafts")),
    )
    op.create_table(
        "service_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["published_by"], ["officials.id"], name=op.f("fk_service_versions_published_by")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_versions_service_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officials.id"], name=op.f("fk_service_versions_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_versions")),
        sa.UniqueConstraint("service_id", "number", name=op.f("uq_service_versions_service_id_number")),
    )
    op.create_index(
        "ux_service_versions_published",
        "service_versions",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    _publish_what_is_shown()


def downgrade() -> None:
    op.drop_index(
        "ux_service_versions_published",
        "service_versions",
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.drop_table("service_versions")
    op.drop_table("service_drafts")


def _publish_what_is_shown() -> None:
    texts = [sa.column(name, sa.JSON() if name.startswith("requirements") else sa.String()) for name in SHOWN]
    services = sa.table("services", sa.column("id", sa.Integer()), sa.column("active", sa.Boolean()), *texts)
    versions = sa.table(
        "service_versions",
        sa.column("service_id", sa.Integer()),
        sa.column("number", sa.Integer()),
        sa.column("sheet", sa.JSON()),
        sa.column("since", sa.BigInteger()),
    )
    connection = op.get_bind()
    at = int(time.time() * 1000)
    rows = connection.execute(sa.select(services).where(services.c.active)).mappings().all()
    first = [
        {"service_id": row["id"], "number": 1, "sheet": {name: row[name] for name in SHOWN if row[name]}, "since": at}
        for row in rows
    ]
    if first:
        connection.execute(versions.insert(), first)
