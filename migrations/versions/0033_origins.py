"""What action items and topics came from, and the lead whose words they may hold."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("action_item", sa.Column("lead_id", sa.String(), nullable=True))
    op.add_column("topic", sa.Column("lead_id", sa.String(), nullable=True))
    _where_set("ix_action_item_lead", "action_item", "lead_id")
    _where_set("ix_action_item_origin", "action_item", "origin")
    _where_set("ix_topic_lead", "topic", "lead_id")


def _where_set(name: str, table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    columns = ["team_id", column]
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_topic_lead", "topic")
    op.drop_index("ix_action_item_origin", "action_item")
    op.drop_index("ix_action_item_lead", "action_item")
    op.drop_column("topic", "lead_id")
    op.drop_column("action_item", "lead_id")
