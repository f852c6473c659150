"""audit: the trail in a chain, and triggers by which it and the log of events only grow"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEYS = {"audit": ("seq",), "events": ("site_id", "seq")}
REFUSAL = "these rows only grow"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("clock_right", sa.Boolean(), nullable=False),
        sa.Column("who_kind", sa.String(), nullable=False),
        sa.Column("who_id", sa.Integer(), nullable=True),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_act_site_id_seq"), "audit", ["act", "site_id", "seq"])
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_index(op.f("ix_audit_who_kind_who_id_seq"), "audit", ["who_kind", "who_id", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for statement in guard():
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in KEYS:
            for what in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {table}_no_{what}")
    else:
        for table in KEYS:
            for what in ("change", "truncate"):
                op.execute(f"DROP TRIGGER {table}_no_{what} ON {table}")
        op.execute("DROP FUNCTION only_grows()")
    op.drop_table("audit_head")
    op.drop_table("audit")


def _guard_sqlite() -> list[str]:
    """INSERT OR REPLACE deletes without asking the trigger of DELETE: the third one stops it."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    made = []
    for table, key in KEYS.items():
        there = " AND ".join(f"{column} = NEW.{column}" for column in key)
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there})"
        made += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {again} {refuse}",
        ]
    return made


def _guard_postgresql() -> list[str]:
    """TRUNCATE asks no trigger of rows, and a session that replays a replica asks only those that are ALWAYS on."""
    body = f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
    made = [f"CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"]
    for table in KEYS:
        made += [
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_grows()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
        ]
    return made
