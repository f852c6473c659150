"""site of answers: beside each answer the site and the office of its whole answer, so that it is counted alone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TOLD = {"site_id": "sites", "office_id": "offices"}
BEFORE = ["version_id", "month", "field", "value"]
OLD, NEW = "ix_survey_answers_version_id_month_field_value", "ix_survey_answers_counted"


def upgrade() -> None:
    op.drop_index(OLD, "survey_answers")
    with op.batch_alter_table("survey_answers", table_kwargs={"sqlite_with_rowid": False}) as answers:
        for column, to in TOLD.items():
            answers.add_column(sa.Column(column, sa.Integer(), nullable=True))
            answers.create_foreign_key(op.f(f"fk_survey_answers_{column}"), to, [column], ["id"])
    whole = "(SELECT {column} FROM survey_responses WHERE id = response_id)"
    told = ", ".join(f"{column} = {whole.format(column=column)}" for column in TOLD)
    op.execute(f"UPDATE survey_answers SET {told}")
    op.create_index(NEW, "survey_answers", [*BEFORE, *TOLD])


def downgrade() -> None:
    op.drop_index(NEW, "survey_answers")
    with op.batch_alter_table("survey_answers", table_kwargs={"sqlite_with_rowid": False}) as answers:
        for column in TOLD:
            answers.drop_constraint(op.f(f"fk_survey_answers_{column}"), type_="foreignkey")
            answers.drop_column(column)
    op.create_index(OLD, "survey_answers", BEFORE)
