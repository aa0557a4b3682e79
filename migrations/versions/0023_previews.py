"""Campaigns that are shown to sales before their launch, and what those who are asked say."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "preview",
        *(_id(name) for name in ("team_id", "id", "campaign_id", "put_by")),
        _at("put_at", nullable=False),
        _id("owner_id"),
        _text("audience", nullable=False),
        _text("offer", nullable=False),
        sa.Column("launches_on", sa.Date(), nullable=False),
        _text("follow_up", nullable=False),
        _text("talk_track"),
        _at("closes_at", nullable=False),
        *(_at(name) for name in ("close_check_at", "closed_at")),
        _id("called_off_by", nullable=True),
        _text("called_off_words"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "campaign_id"], ["campaign.team_id", "campaign.id"]),
    )
    campaign = ["team_id", "campaign_id"]
    _where("uq_preview_open", "preview", campaign, "closed_at IS NULL", unique=True)
    op.create_index("ix_preview_campaign", "preview", [*campaign, "put_at"])
    waiting = "close_check_at IS NOT NULL"
    _where("ix_preview_closes", "preview", ["team_id", "close_check_at"], waiting)
    op.create_table(
        "preview_voice",
        *(_id(name) for name in ("team_id", "preview_id", "person_id")),
        sa.Column("answer", sa.String(20), nullable=True),
        _text("words"),
        *(_at(name) for name in ("answered_at", "settled_at")),
        _id("settled_by", nullable=True),
        _text("change"),
        sa.PrimaryKeyConstraint("team_id", "preview_id", "person_id"),
        sa.ForeignKeyConstraint(["team_id", "preview_id"], ["preview.team_id", "preview.id"]),
    )
    op.create_index("ix_preview_voice_person", "preview_voice", ["team_id", "person_id"])


def _where(
    name: str, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("preview_voice")
    op.drop_table("preview")
