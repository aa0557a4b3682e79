"""Leads that come together: batches, and how fast the leads of a campaign come."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UNSHOWN = sa.text("batch_id IS NOT NULL AND shown_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("is_file", sa.Boolean(), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "key", name="uq_batch_key"),
    )
    op.create_table(
        "arrivals",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "campaign"),
        postgresql_with={"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01},
    )
    op.add_column("handoff", sa.Column("batch_id", sa.String(), nullable=True))
    _index("ix_handoff_batch", sa.text("batch_id IS NOT NULL"))
    _index("ix_handoff_unshown", _UNSHOWN)


def _index(name: str, where: sa.TextClause) -> None:
    columns = ["team_id", "batch_id"]
    op.create_index(name, "handoff", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_handoff_unshown", "handoff")
    op.drop_index("ix_handoff_batch", "handoff")
    op.drop_column("handoff", "batch_id")
    op.drop_table("arrivals")
    op.drop_table("batch")
