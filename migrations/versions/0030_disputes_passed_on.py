"""A dispute that nobody settles goes to the next in line."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("late_check_at", "passed_on_at"):
        op.add_column("dispute", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE dispute SET late_check_at = due_at WHERE settled_at IS NULL AND words <> ''")
    waiting = sa.text("late_check_at IS NOT NULL")
    op.create_index(
        "ix_dispute_late",
        "dispute",
        ["team_id", "late_check_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_dispute_late", "dispute")
    for name in ("late_check_at", "passed_on_at"):
        op.drop_column("dispute", name)
