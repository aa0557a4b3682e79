"""What a CRM tells after the hand-over: changes, meetings, merged and erased leads."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("erasing_secret", sa.String(), nullable=True))
    op.add_column(
        "lead", sa.Column("told_at", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("lead", sa.Column("merged_into", sa.String(), nullable=True))
    op.create_index("ix_lead_email", "lead", ["team_id", "email"])
    _index_of_the_set("ix_lead_merged", "lead", "merged_into")
    op.create_table(
        "erased_key",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "digest"),
    )
    for name in ("meeting_at", "meeting_ends_at"):
        op.add_column("handoff", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _index_of_the_set("ix_handoff_closed", "handoff", "closed_at")
    op.add_column("run", sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE run SET counts_from = started_at WHERE due_at IS NOT NULL")


def _index_of_the_set(name: str, table: str, column: str) -> None:
    is_set = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, ["team_id", column], sqlite_where=is_set, postgresql_where=is_set)


def downgrade() -> None:
    op.drop_column("run", "counts_from")
    op.drop_index("ix_handoff_closed", "handoff")
    op.drop_column("handoff", "meeting_ends_at")
    op.drop_column("handoff", "meeting_at")
    op.drop_table("erased_key")
    op.drop_index("ix_lead_merged", "lead")
    op.drop_index("ix_lead_email", "lead")
    op.drop_column("lead", "merged_into")
    op.drop_column("lead", "told_at")
    op.drop_column("workspace", "erasing_secret")
