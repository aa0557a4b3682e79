"""Who changed a playbook in Slack, and who signed which version."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("playbook_version", sa.Column("edited_by", sa.String(), nullable=True))
    op.create_table(
        "playbook_signature",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "number"], ["playbook_version.team_id", "playbook_version.number"]
        ),
        sa.PrimaryKeyConstraint("team_id", "number", "side"),
    )
