"""Questions to marketing, leads sent back fixed, and App Homes that follow what changes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHURNS = {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01}


def upgrade() -> None:
    op.create_table(
        "home_view",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "person_id"),
    )
    op.create_table(
        "home_change",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("in_queue", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        postgresql_with=CHURNS,
    )
    _where("ix_handoff_open", "handoff", ["team_id", "actor_id", "due_at"], "closed_at IS NULL")
    op.create_index("ix_handoff_lead", "handoff", ["team_id", "lead_id", "id"])
    held = ["team_id", "actor_id", "answered_at", "due_at"]
    _where("ix_run_open", "run", held, "ended_at IS NULL")

    op.create_table(
        "ask",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        sa.Column("late_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
    )
    asked = sa.text("answered_at IS NULL")
    op.create_index(
        "uq_ask_open",
        "ask",
        ["team_id", "handoff_id"],
        unique=True,
        sqlite_where=asked,
        postgresql_where=asked,
    )
    op.create_index("ix_ask_handoff", "ask", ["team_id", "handoff_id"])
    _where("ix_ask_late", "ask", ["team_id", "late_check_at"], "late_check_at IS NOT NULL")
    op.add_column("handoff", sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True))


def _where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_column("handoff", "fixed_at")
    op.drop_table("ask")
    op.drop_index("ix_run_open", "run")
    op.drop_index("ix_handoff_lead", "handoff")
    op.drop_index("ix_handoff_open", "handoff")
    op.drop_table("home_change")
    op.drop_table("home_view")
