"""Campaigns as things of their own, the signs by which they are recognised, and ratings."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_campaigns()
    _create_ratings()
    for name, kind in (
        ("campaign_ref", sa.String()),
        ("landing_page", sa.String()),
        ("campaign_id", sa.String()),
        ("touch_minutes", sa.Integer()),
        ("rated_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("handoff", sa.Column(name, kind, nullable=True))
    _recognise_what_is_here()
    op.create_index(
        "ix_handoff_report",
        "handoff",
        [
            *("team_id", "campaign_id", "stage", "outcome"),
            *("outcome_detail", "handed_at", "touched_at", "rated_at"),
        ],
    )
    touched = ["team_id", "campaign_id", "touch_minutes"]
    _where("ix_handoff_touch", "handoff", touched, "touch_minutes IS NOT NULL")
    said = ["team_id", "campaign_id", "outcome_at"]
    _where("ix_handoff_words", "handoff", said, "outcome_words IS NOT NULL")
    won = ["team_id", "campaign_id", "currency", "handed_at", "amount", "stage"]
    _where("ix_handoff_won", "handoff", won, "stage = 'won'")


def _create_campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("judge_on", sa.Date(), nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("talk_track", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_index("ix_campaign_merged", "campaign", ["team_id", "merged_into"])
    op.create_table(
        "campaign_alias",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("campaign_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sa.ForeignKeyConstraint(["team_id", "campaign_id"], ["campaign.team_id", "campaign.id"]),
    )
    op.create_index("ix_campaign_alias_campaign", "campaign_alias", ["team_id", "campaign_id"])


def _create_ratings() -> None:
    op.create_table(
        "rating",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("rater_id", sa.String(), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_outcome", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
    )
    rater = ["team_id", "handoff_id", "rater_id"]
    _where("uq_rating_in_force", "rating", rater, "ended_at IS NULL", unique=True)
    reported = ["team_id", "campaign_id", "value", "handed_at", "rater_id", "ended_at"]
    _where("ix_rating_report", "rating", reported, "ended_at IS NULL")


def _where(
    name: str, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


_CAMPAIGN = sa.table(
    "campaign", *map(sa.column, ("team_id", "id", "name", "created_at", "changed_at"))
)
_ALIAS = sa.table("campaign_alias", *map(sa.column, ("team_id", "key", "campaign_id")))
_HANDOFF = sa.table("handoff", *map(sa.column, ("team_id", "campaign", "source", "campaign_id")))


def _recognise_what_is_here() -> None:
    """Hand-offs from before belong to the campaign they name, or else to their source."""
    campaign, source = _HANDOFF.c.campaign, _HANDOFF.c.source
    _enter("name", campaign, campaign.is_not(None))
    _enter("source", source, campaign.is_(None) & source.is_not(None))


def _enter(kind: str, told: sa.ColumnElement[str], which: sa.ColumnElement[bool]) -> None:
    connection, now = op.get_bind(), sa.func.now()
    found = connection.execute(sa.select(_HANDOFF.c.team_id, told).where(which).distinct())
    known: dict[tuple[str, str], str] = {}
    for team_id, name in found.all():
        key = f"{kind}:{' '.join(name.split())}"[:300]
        campaign_id = known.get((team_id, key))
        if campaign_id is None:
            campaign_id = known[team_id, key] = str(uuid4())
            entered = {"team_id": team_id, "id": campaign_id, "name": name}
            times = {"created_at": now, "changed_at": now}
            connection.execute(sa.insert(_CAMPAIGN).values(**entered, **times))
            alias = {"team_id": team_id, "key": key, "campaign_id": campaign_id}
            connection.execute(sa.insert(_ALIAS).values(alias))
        theirs = which & (told == name) & (_HANDOFF.c.team_id == team_id)
        connection.execute(sa.update(_HANDOFF).where(theirs).values(campaign_id=campaign_id))


def downgrade() -> None:
    op.drop_index("ix_handoff_won", "handoff")
    op.drop_index("ix_handoff_words", "handoff")
    op.drop_index("ix_handoff_touch", "handoff")
    op.drop_index("ix_handoff_report", "handoff")
    for name in ("rated_at", "touch_minutes", "campaign_id", "landing_page", "campaign_ref"):
        op.drop_column("handoff", name)
    op.drop_table("rating")
    op.drop_table("campaign_alias")
    op.drop_table("campaign")
