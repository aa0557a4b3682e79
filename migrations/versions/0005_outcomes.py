"""The whole list of outcomes, and taking an answer back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("outcome_detail", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("outcome_person", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("return_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lead", sa.Column("do_not_contact_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_lead_do_not_contact",
        "lead",
        ["team_id", "email", "do_not_contact_at"],
        sqlite_where=sa.text("do_not_contact_at IS NOT NULL"),
        postgresql_where=sa.text("do_not_contact_at IS NOT NULL"),
    )
    op.create_table(
        "undo",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        sa.PrimaryKeyConstraint("team_id", "handoff_id"),
    )
    op.create_index("ix_undo_until", "undo", ["team_id", "until"])


def downgrade() -> None:
    op.drop_table("undo")
    op.drop_index("ix_lead_do_not_contact", "lead")
    op.drop_column("lead", "do_not_contact_at")
    for column in ("return_at", "outcome_person", "outcome_detail"):
        op.drop_column("handoff", column)
