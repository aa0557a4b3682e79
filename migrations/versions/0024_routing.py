"""Routing rules: how the turns stand in each group, what a rule made of a hand-off, and by which
version of the playbook it was handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn_order",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("pace", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "pool"),
        postgresql_with={"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01},
    )
    op.add_column("handoff", sa.Column("routed", sa.JSON(), nullable=True))
    op.add_column("handoff", sa.Column("playbook", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("routed_on", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("routed", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("person", "routed")
    op.drop_column("person", "routed_on")
    op.drop_column("handoff", "playbook")
    op.drop_column("handoff", "routed")
    op.drop_table("turn_order")
