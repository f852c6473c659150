"""hour of the log: the last hour of each site's events, which no clock that is set back may undo"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("streams") as streams:
        streams.add_column(sa.Column("last_at", sa.BigInteger(), nullable=True))
        streams.add_column(sa.Column("lead_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE streams SET last_at = (SELECT max(at) FROM events WHERE events.site_id = streams.site_id)")
    with op.batch_alter_table("streams") as streams:
        streams.alter_column("lead_ms", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("streams") as streams:
        streams.drop_column("lead_ms")
        streams.drop_column("last_at")
