"""The reports' index holds the grade too, for marketing's side of the board."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEX = "ix_handoff_report"
BEFORE = [
    *("team_id", "campaign_id", "stage", "outcome"),
    *("outcome_detail", "handed_at", "touched_at", "rated_at"),
]


def upgrade() -> None:
    op.drop_index(INDEX, "handoff")
    op.create_index(INDEX, "handoff", [*BEFORE, "grade"])


def downgrade() -> None:
    op.drop_index(INDEX, "handoff")
    op.create_index(INDEX, "handoff", BEFORE)
