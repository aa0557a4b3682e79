"""The joint meeting: its days, its action items, topics, decisions and written answers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    op.add_column("message", _id("thread_ts", nullable=True))
    op.create_table(
        "occurrence",
        _id("team_id"),
        _id("id"),
        _id("meeting"),
        sa.Column("day", sa.Date(), nullable=False),
        _at("begins_at", nullable=False),
        _at("ends_at", nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        _at("next_at"),
        sa.Column("next_step", sa.String(20), nullable=True),
        _at("planned_at", nullable=False),
        _id("facilitator_id", nullable=True),
        _id("rep_id", nullable=True),
        sa.Column("declined", sa.JSON(), nullable=False),
        _at("late_at"),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        _at("held_at"),
        _at("closed_at"),
        _id("skipped_by", nullable=True),
        _text("reason"),
        sa.Column("is_async", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "meeting", "day", name="uq_occurrence_day"),
    )
    _where("ix_occurrence_next", "occurrence", ["team_id", "next_at"], "next_at IS NOT NULL")
    op.create_table(
        "action_item",
        _id("team_id"),
        _id("id"),
        _id("meeting"),
        _text("words", nullable=False),
        _id("owner_id", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        _text("done_when"),
        _at("created_at", nullable=False),
        _id("created_by"),
        _id("occurrence_id", nullable=True),
        _id("origin", nullable=True),
        _at("counts_from", nullable=False),
        _at("closed_at"),
        _id("closed_by", nullable=True),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        _text("reason"),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    is_open = "closed_at IS NULL"
    by_age, by_owner = ["team_id", "meeting", "created_at"], ["team_id", "owner_id", "due_on"]
    _where("ix_action_item_open", "action_item", by_age, is_open)
    _where("ix_action_item_owner", "action_item", by_owner, is_open)
    op.create_index("ix_action_item_closed", "action_item", ["team_id", "meeting", "closed_at"])
    op.create_table(
        "action_item_line",
        _id("team_id"),
        _id("id"),
        _id("item_id"),
        _at("at", nullable=False),
        _id("kind"),
        _id("by", nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["action_item.team_id", "action_item.id"]),
    )
    op.create_index("ix_action_item_line_item", "action_item_line", ["team_id", "item_id", "id"])
    op.create_table(
        "topic",
        _id("team_id"),
        _id("id"),
        _id("meeting"),
        _text("words", nullable=False),
        _id("by"),
        _at("at", nullable=False),
        _id("origin", nullable=True),
        _at("settled_at"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "origin", name="uq_topic_origin"),
    )
    _where("ix_topic_open", "topic", ["team_id", "meeting", "id"], "settled_at IS NULL")
    op.create_table(
        "decision",
        _id("team_id"),
        _id("id"),
        _id("occurrence_id"),
        _text("words", nullable=False),
        _id("by"),
        _at("at", nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        _to_occurrence(),
    )
    op.create_index("ix_decision_occurrence", "decision", ["team_id", "occurrence_id", "id"])
    op.create_table(
        "written_answer",
        _id("team_id"),
        _id("occurrence_id"),
        _id("person_id"),
        _text("progress"),
        _text("problem"),
        _at("at", nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "occurrence_id", "person_id"),
        _to_occurrence(),
    )
    _where("ix_handoff_silent", "handoff", ["team_id", "silent_since"], "silent_since IS NOT NULL")
    _where("ix_ask_open", "ask", ["team_id", "asked_at"], "answered_at IS NULL")


def _to_occurrence() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["team_id", "occurrence_id"], ["occurrence.team_id", "occurrence.id"]
    )


def _where(name: str, table: str, columns: list[str], condition: str) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_ask_open", "ask")
    op.drop_index("ix_handoff_silent", "handoff")
    for table in ("written_answer", "decision", "topic", "action_item_line", "action_item"):
        op.drop_table(table)
    op.drop_table("occurrence")
    op.drop_column("message", "thread_ts")
