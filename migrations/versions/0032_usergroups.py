"""Who is in the user groups that the playbook names."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_group",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("team_id", "name")),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "name"),
    )


def downgrade() -> None:
    op.drop_table("user_group")
