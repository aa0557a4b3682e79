"""A line of history can be told to one person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("about", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "about")
