"""What became of messages, counted by day."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usefulness",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("grade", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("sent", "acted", "snoozed")
        ),
        sa.PrimaryKeyConstraint("team_id", "day", "kind", "step", "grade"),
    )
    op.add_column("message", sa.Column("judge_at", sa.DateTime(timezone=True), nullable=True))
    where = sa.text("judge_at IS NOT NULL")
    op.create_index(
        "ix_message_judge",
        "message",
        ["team_id", "judge_at"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_message_judge", "message")
    op.drop_column("message", "judge_at")
    op.drop_table("usefulness")
