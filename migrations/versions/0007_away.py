"""An absence has a cover, and both ends of it are work that falls due; hours of one's own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TURNS = sa.text("turn_at IS NOT NULL")
_COVERED = sa.text("absence_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("person", sa.Column("own_opens", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("absence_id", sa.String(), nullable=True))
    op.create_index(
        "ix_handoff_absence",
        "handoff",
        ["team_id", "absence_id"],
        sqlite_where=_COVERED,
        postgresql_where=_COVERED,
    )
    op.add_column("absence", sa.Column("cover_id", sa.String(), nullable=True))
    op.add_column("absence", sa.Column("note", sa.String(), nullable=True))
    op.add_column("absence", sa.Column("created_by", sa.String(), nullable=True))
    for instant in ("begun_at", "ended_at", "turn_at"):
        op.add_column("absence", sa.Column(instant, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_absence_turn",
        "absence",
        ["team_id", "turn_at"],
        sqlite_where=_TURNS,
        postgresql_where=_TURNS,
    )


def downgrade() -> None:
    op.drop_index("ix_absence_turn", "absence")
    for column in ("turn_at", "ended_at", "begun_at", "created_by", "note", "cover_id"):
        op.drop_column("absence", column)
    op.drop_index("ix_handoff_absence", "handoff")
    op.drop_column("handoff", "absence_id")
    op.drop_column("person", "own_opens")
