"""A change that Homes opened long ago follow too: a lead was erased, and is to be seen nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "home_change",
        sa.Column("for_good", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    with op.batch_alter_table("home_change") as batch:
        batch.drop_column("for_good")
