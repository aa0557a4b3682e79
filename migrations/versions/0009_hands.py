"""Leads change hands: offers, turns, questions to colleagues, and managers who decide."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_RUN = ("asked_at", "excused_at", "ladder_ended_at")


def upgrade() -> None:
    # Workspaces that are there already have had no turn yet.
    op.add_column("workspace", sa.Column("turns", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("last_turn", sa.Integer(), nullable=True))
    for name in _RUN:
        op.add_column("run", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _create_offer()
    _create_escalation()


def _create_offer() -> None:
    op.create_table(
        "offer",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("to_id", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        sa.ForeignKeyConstraint(["team_id", "to_id"], ["person.team_id", "person.id"]),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_index(
        "uq_offer_open",
        "offer",
        ["team_id", "handoff_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _create_escalation() -> None:
    op.create_table(
        "escalation",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("list_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "handoff_id", "run"], ["run.team_id", "run.handoff_id", "run.number"]
        ),
        sa.ForeignKeyConstraint(["team_id", "manager_id"], ["person.team_id", "person.id"]),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "handoff_id", "run", name="uq_escalation_run"),
    )
    op.create_index("ix_escalation_manager", "escalation", ["team_id", "manager_id", "decided_at"])
    op.create_index(
        "ix_escalation_list_at",
        "escalation",
        ["team_id", "list_at"],
        sqlite_where=sa.text("list_at IS NOT NULL"),
        postgresql_where=sa.text("list_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("escalation")
    op.drop_table("offer")
    for name in _RUN:
        op.drop_column("run", name)
    op.drop_column("person", "last_turn")
    op.drop_column("workspace", "turns")
