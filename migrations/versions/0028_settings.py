"""What people set about their own messages, and whose calendar or Slack status is followed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_FLAGS = ("hot_in_brief", "skips_week")
_INSTANTS = ("follow_at", "dnd_until")


def upgrade() -> None:
    for name in _FLAGS:
        flag = sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column("person", flag)
    op.add_column("person", sa.Column("own_cap", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("quiet", sa.String(), nullable=True))
    for name in _INSTANTS:
        op.add_column("person", _at(name))
    _where_set("ix_person_follow", "person", "follow_at")
    for name in ("source", "source_key"):
        op.add_column("absence", sa.Column(name, sa.String(), nullable=True))
    op.create_table(
        "diary",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        _at("next_at"),
        _at("read_at"),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "person_id"),
        sa.ForeignKeyConstraint(["team_id", "person_id"], ["person.team_id", "person.id"]),
    )
    _where_set("ix_diary_next", "diary", "next_at")


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _where_set(name: str, table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, ["team_id", column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("diary")
    for name in ("source_key", "source"):
        op.drop_column("absence", name)
    op.drop_index("ix_person_follow", "person")
    for name in (*_INSTANTS, "quiet", "own_cap", *_FLAGS):
        op.drop_column("person", name)
