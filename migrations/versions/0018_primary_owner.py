"""Who owns the Slack workspace: the last one to turn to."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    owner = sa.Column("is_primary_owner", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("person", owner)


def downgrade() -> None:
    op.drop_column("person", "is_primary_owner")
