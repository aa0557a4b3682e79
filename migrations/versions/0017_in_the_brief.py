"""What the brief says instead of a message, and what waits for somebody's answer."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FOLDED = "brief_id IS NOT NULL"
_OPEN = "answered_at IS NULL"


def upgrade() -> None:
    op.add_column("message", sa.Column("brief_id", sa.String(), nullable=True))
    # What was kept back by the version before is told once more, rather than never.
    op.execute("UPDATE message SET brief_id = 'next' WHERE dropped = 'in the brief'")
    _index("ix_message_brief", "message", _FOLDED, "recipient_id", "brief_id")
    _index("ix_ask_receiver", "ask", _OPEN, "receiver_id")
    _index("ix_offer_open", "offer", _OPEN, "to_id")


def _index(name: str, table: str, only: str, *columns: str) -> None:
    where = sa.text(only)
    op.create_index(name, table, ["team_id", *columns], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_offer_open", "offer")
    op.drop_index("ix_ask_receiver", "ask")
    op.drop_index("ix_message_brief", "message")
    op.drop_column("message", "brief_id")
