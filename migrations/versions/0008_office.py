"""office: the set-up by form and its history, the site in hand of an administrator, the images of the displays"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = {
    "entities": {"english": sa.true()},
    "sites": {"phone": "", "contact": "", "active": sa.true()},
    "offices": {"active": sa.true()},
    "topics": {"active": sa.true()},
    "reasons": {"active": sa.true()},
    "results": {"active": sa.true()},
}
"""What every thing that is there already begins with."""

ONLY_ADDED = "a change is history: it is neither rewritten nor deleted"


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, value in columns.items():
            kind = sa.String() if value == "" else sa.Boolean()
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.add_column("services", sa.Column("target_min", sa.Integer(), nullable=True))
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.add_column(sa.Column("site_id", sa.Integer(), nullable=True))
        sign_ins.create_foreign_key(op.f("fk_sign_ins_site_id"), "sites", ["site_id"], ["id"])
    _create_pictures()
    _create_changes()


def _create_pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_pictures_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("site_id", "digest", name=op.f("uq_pictures_site_id_digest")),
    )


def _create_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officials.id"], name=op.f("fk_changes_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_changes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_kind_thing_id_id"), "changes", ["kind", "thing_id", "id"])
    op.create_index(op.f("ix_changes_site_id_id"), "changes", ["site_id", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER changes_{verb.lower()} BEFORE {verb} ON changes "
                f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION changes_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{ONLY_ADDED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER changes_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON changes "
        "FOR EACH STATEMENT EXECUTE FUNCTION changes_only_added()"
    )


def downgrade() -> None:
    op.drop_table("changes")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION changes_only_added()")
    op.drop_table("pictures")
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.drop_constraint(op.f("fk_sign_ins_site_id"), type_="foreignkey")
        sign_ins.drop_column("site_id")
    op.drop_column("services", "target_min")
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)
