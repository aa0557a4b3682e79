"""The brief that opens a day, how many messages a day has, and leads that were snoozed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("brief_at", sa.DateTime(timezone=True), nullable=True))
    _index_of_set("ix_person_brief", "person", "team_id", "brief_at")
    op.add_column(
        "message", sa.Column("is_answer", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("message", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    _index_of_set("ix_message_settled", "message", "team_id", "recipient_id", "settled_at")
    op.create_table(
        "snooze",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wakes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "handoff_id", "run"],
            ["run.team_id", "run.handoff_id", "run.number"],
        ),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    _index_of_set("ix_snooze_wakes", "snooze", "team_id", "wakes_at")
    op.create_index("ix_snooze_person", "snooze", ["team_id", "handoff_id", "person_id"])
    op.create_index(
        "uq_snooze_run",
        "snooze",
        ["team_id", "handoff_id", "run"],
        unique=True,
        sqlite_where=sa.text("wakes_at IS NOT NULL"),
        postgresql_where=sa.text("wakes_at IS NOT NULL"),
    )


def _index_of_set(name: str, table: str, *columns: str) -> None:
    """Holds only the rows whose last column is set."""
    waiting = sa.text(f"{columns[-1]} IS NOT NULL")
    op.create_index(name, table, list(columns), sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("snooze")
    op.drop_index("ix_message_settled", "message")
    op.drop_column("message", "settled_at")
    op.drop_column("message", "is_answer")
    op.drop_index("ix_person_brief", "person")
    op.drop_column("person", "brief_at")
