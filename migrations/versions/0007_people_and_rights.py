"""people and rights: offices of officials, deputies, what two people decide, second factors, provider identities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("password_ends_at", "factor_asked_at"):
        op.add_column("officials", sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_table(
        "official_offices",
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _refers("official_id", "official_offices", "officials"),
        _refers("office_id", "official_offices", "offices"),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_official_offices")),
    )
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))
        sign_ins.add_column(sa.Column("factor", sa.String(), nullable=True))
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.alter_column("awaits_code", server_default=None)
    _add_deputies_and_proposals()
    _add_factors()


def _refers(column: str, table: str, of: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.{key}"], name=op.f(f"fk_{table}_{column}"))


def _add_deputies_and_proposals() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("stands_for_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        *(
            _refers(column, "deputies", "officials")
            for column in ("official_id", "stands_for_id", "given_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputies")),
    )
    with op.batch_alter_table("deputies") as deputies:
        deputies.create_index(op.f("ix_deputies_official_id_ends"), ["official_id", "ends"])
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        *(_refers(column, "proposals", "officials") for column in ("official_id", "proposed_by", "decided_by")),
        _refers("deputy_id", "proposals", "deputies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    undecided = sa.text("decided_at IS NULL")
    with op.batch_alter_table("proposals") as proposals:
        proposals.create_index(
            "ux_proposals_open",
            ["official_id", "kind"],
            unique=True,
            sqlite_where=undecided,
            postgresql_where=undecided,
        )


def _add_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.String(), nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=True),
        sa.Column("proposed_in", sa.Integer(), nullable=True),
        _refers("official_id", "second_factors", "officials"),
        _refers("proposed_in", "second_factors", "sign_ins"),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        _refers("official_id", "recovery_codes", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes") as codes:
        codes.create_index(op.f("ix_recovery_codes_official_id"), ["official_id"])
    op.create_table(
        "provider_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        _refers("official_id", "provider_identities", "officials"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_identities_issuer_subject")),
        sa.UniqueConstraint("official_id", "issuer", name=op.f("uq_provider_identities_official_id_issuer")),
    )


def downgrade() -> None:
    for table in (
        "official_offices",
        "provider_identities",
        "recovery_codes",
        "second_factors",
        "proposals",
        "deputies",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM sign_ins WHERE awaits_code")
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.drop_column("factor")
        sign_ins.drop_column("awaits_code")
    for column in ("factor_asked_at", "password_ends_at"):
        op.execute(f"ALTER TABLE officials DROP COLUMN {column}")
