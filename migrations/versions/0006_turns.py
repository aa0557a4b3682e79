"""What time alone does to a hand-off: next steps, silence, the queue, expiry, return."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANTS = (
    "turns_at",
    "last_touch_at",
    "reminded_at",
    "silent_since",
    "return_announced_at",
)


def upgrade() -> None:
    for name in _INSTANTS:
        op.add_column("handoff", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoff", sa.Column("follow_up_on", sa.Date(), nullable=True))
    op.add_column("handoff", sa.Column("follow_up_words", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("returned_from", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("returns", sa.Integer(), nullable=False, server_default="0"))
    _index("ix_handoff_turns", "team_id", "turns_at")
    _index("ix_handoff_returned", "team_id", "owner_id", "received_at", "returned_from")
    # What is open already is looked at by the first tick, which plans its turn.
    op.execute(
        "UPDATE handoff SET last_touch_at = touched_at, turns_at = received_at"
        " WHERE closed_at IS NULL"
    )
    op.create_table(
        "collected",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "message_id"], ["message.team_id", "message.id"]),
        sa.ForeignKeyConstraint(["team_id", "line_id"], ["history.team_id", "history.id"]),
        sa.PrimaryKeyConstraint("team_id", "message_id", "line_id"),
    )


def _index(name: str, *columns: str) -> None:
    waiting = sa.text(f"{columns[-1]} IS NOT NULL")
    op.create_index(name, "handoff", [*columns], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("collected")
    op.drop_index("ix_handoff_returned", "handoff")
    op.drop_index("ix_handoff_turns", "handoff")
    for name in ("returns", "returned_from", "follow_up_words", "follow_up_on", *_INSTANTS):
        op.drop_column("handoff", name)
