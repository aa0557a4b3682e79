"""A person's last turn again, for tables made while 0024 still took it away.

The version before reads it, so 0024 leaves it where it is; but it had run elsewhere by then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("person")}
    if "last_turn" not in columns:
        op.add_column("person", sa.Column("last_turn", sa.Integer(), nullable=True))


def downgrade() -> None:
    """It was there before."""
