"""Flags about campaigns, and second looks at a lead that a colleague rated."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    op.add_column("workspace", _at("judged_at"))
    op.create_table(
        "flag",
        *(_id(name) for name in ("team_id", "id", "campaign_id")),
        sa.Column("kind", sa.String(20), nullable=False),
        _at("raised_at", nullable=False),
        _id("raised_by", nullable=True),
        _id("receiver_id"),
        _text("issue"),
        sa.Column("severity", sa.String(20), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        _at("ends_at"),
        sa.Column("figures", sa.JSON(), nullable=False),
        _at("due_at", nullable=False),
        *(_at(name) for name in ("late_check_at", "late_at", "answered_at")),
        _id("answered_by", nullable=True),
        _text("answer"),
        _at("closed_at"),
        _id("closed_by", nullable=True),
        _text("change"),
        sa.Column("marked_by", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "campaign_id"], ["campaign.team_id", "campaign.id"]),
    )
    raised = ["team_id", "campaign_id", "kind"]
    _where("uq_flag_raised", "flag", raised, "closed_at IS NULL", unique=True)
    _where("ix_flag_late", "flag", ["team_id", "late_check_at"], "late_check_at IS NOT NULL")
    _where("ix_flag_ends", "flag", ["team_id", "ends_at"], "ends_at IS NOT NULL")
    op.create_table(
        "second_look",
        *(_id(name) for name in ("team_id", "id", "campaign_id", "handoff_id", "person_id")),
        _at("asked_at", nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "campaign_id"], ["campaign.team_id", "campaign.id"]),
        sa.ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        sa.UniqueConstraint("team_id", "handoff_id", "person_id", name="uq_second_look"),
    )
    op.create_index(
        "ix_second_look_campaign", "second_look", ["team_id", "campaign_id", "asked_at"]
    )


def _where(
    name: str, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("second_look")
    op.drop_table("flag")
    op.drop_column("workspace", "judged_at")
