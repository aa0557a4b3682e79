"""What each side says a word means, before both agree on one text."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "definition_question",
        *(_id(name) for name in ("team_id", "id", "word", "asked_by")),
        _at("asked_at"),
        _at("agreed_at", nullable=True),
        _id("agreed_by", nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    still_open = sa.text("agreed_at IS NULL")
    op.create_index(
        "uq_definition_question_open",
        "definition_question",
        ["team_id", "word"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "definition_answer",
        *(_id(name) for name in ("team_id", "question_id", "side", "by")),
        _at("at"),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("must_have", "must_not_have", "who_decides")
        ),
        sa.PrimaryKeyConstraint("team_id", "question_id", "side"),
        sa.ForeignKeyConstraint(
            ["team_id", "question_id"],
            ["definition_question.team_id", "definition_question.id"],
        ),
    )


def downgrade() -> None:
    op.drop_table("definition_answer")
    op.drop_table("definition_question")
