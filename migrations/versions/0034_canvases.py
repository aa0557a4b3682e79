"""Whether a canvas of a stand-up's minutes is to be made, and why there is none."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("canvas_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("occurrence", sa.Column("canvas_trouble", sa.String(), nullable=True))
    waiting = sa.text("canvas_at IS NOT NULL")
    op.create_index(
        "ix_occurrence_canvas",
        "occurrence",
        ["team_id", "canvas_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_occurrence_canvas", "occurrence")
    op.drop_column("occurrence", "canvas_trouble")
    op.drop_column("occurrence", "canvas_at")
