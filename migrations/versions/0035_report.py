"""An index by when hand-offs were handed over, for the two-way board."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_handoff_handed", "handoff", ["team_id", "handed_at"])


def downgrade() -> None:
    op.drop_index("ix_handoff_handed", "handoff")
