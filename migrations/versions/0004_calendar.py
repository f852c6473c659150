"""calendar: versions of the entity's own days, opened or closed; the closed days of each site become version 1"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IN_FORCE = {
    "sqlite_where": sa.text("until_version IS NULL"),
    "postgresql_where": sa.text("until_version IS NULL"),
}
CLOSED = sa.table(
    "closed_days",
    sa.column("site_id", sa.Integer()),
    sa.column("day", sa.Date()),
    sa.column("act", sa.String()),
)
OWN = sa.table(
    "own_days",
    sa.column("site_id", sa.Integer()),
    sa.column("day", sa.Date()),
    sa.column("opens", sa.Boolean()),
    sa.column("hours", sa.JSON()),
    sa.column("act", sa.String()),
    sa.column("affects_terms", sa.Boolean()),
    sa.column("note", sa.String()),
    sa.column("since_version", sa.Integer()),
    sa.column("until_version", sa.Integer()),
)
VERSIONS = sa.table(
    "calendar_versions",
    sa.column("number", sa.Integer()),
    sa.column("at", sa.BigInteger()),
    sa.column("change", sa.String()),
    sa.column("why", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "calendar_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["officials.id"], name=op.f("fk_calendar_versions_made_by")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_calendar_versions")),
    )
    op.create_table(
        "own_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=True),
        sa.Column("affects_terms", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_own_days_site_id")),
        sa.ForeignKeyConstraint(
            ["since_version"], ["calendar_versions.number"], name=op.f("fk_own_days_since_version")
        ),
        sa.ForeignKeyConstraint(
            ["until_version"], ["calendar_versions.number"], name=op.f("fk_own_days_until_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_days")),
    )
    op.create_index("ux_own_days_in_force", "own_days", ["site_id", "day"], unique=True, **IN_FORCE)
    op.create_index(op.f("ix_own_days_day"), "own_days", ["day"], unique=False)
    _bring_closed_days()
    op.drop_table("closed_days")


def downgrade() -> None:
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_closed_days_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sa.UniqueConstraint("site_id", "day", name=op.f("uq_closed_days_site_id_day")),
    )
    _take_closed_days_back()
    op.drop_index(op.f("ix_own_days_day"), "own_days")
    op.drop_index("ux_own_days_in_force", "own_days", **IN_FORCE)
    op.drop_table("own_days")
    op.drop_table("calendar_versions")


def _bring_closed_days() -> None:
    connection = op.get_bind()
    closed = connection.execute(sa.select(CLOSED)).mappings().all()
    if not closed:
        return
    first = {"number": 1, "at": int(time.time() * 1000), "change": "brought", "why": ""}
    connection.execute(VERSIONS.insert(), [first])
    plain = {"opens": False, "hours": [], "affects_terms": False, "note": "", "since_version": 1}
    connection.execute(OWN.insert(), [{**row, **plain} for row in closed])


def _take_closed_days_back() -> None:
    """What is closed at a site now, and at every site what is closed at all of them."""
    connection = op.get_bind()
    sites = connection.execute(sa.text("SELECT id FROM sites")).scalars().all()
    own = connection.execute(sa.select(OWN).where(OWN.c.until_version.is_(None))).mappings().all()
    acts: dict[tuple[int, object], tuple[bool, str]] = {}
    for row in sorted(own, key=lambda row: row["site_id"] is not None):
        for site in sites if row["site_id"] is None else [row["site_id"]]:
            acts[site, row["day"]] = (row["opens"], row["act"])
    closed = [{"site_id": s, "day": day, "act": act} for (s, day), (opens, act) in acts.items() if not opens]
    if closed:
        connection.execute(CLOSED.insert(), closed)
