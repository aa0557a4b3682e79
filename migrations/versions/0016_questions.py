"""How many questions went to the channel within an hour, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    asked = sa.text("asked_at IS NOT NULL")
    op.create_index(
        "ix_run_asked",
        "run",
        ["team_id", "asked_at"],
        sqlite_where=asked,
        postgresql_where=asked,
    )
