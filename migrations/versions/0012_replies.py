"""Replies of a thread, in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    replies = sa.text("parent_id IS NOT NULL")
    op.create_index(
        "ix_message_replies",
        "message",
        ["team_id", "parent_id", "id"],
        sqlite_where=replies,
        postgresql_where=replies,
    )
