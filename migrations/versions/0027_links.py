"""Which of our people a CRM means by an owner, and what changed about people."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "link",
        *(_id(name) for name in ("team_id", "id", "system", "given")),
        _id("person_id", nullable=True),
        _at("settled_at"),
        _id("settled_by", nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("is_nobody", sa.Boolean(), server_default=sa.false(), nullable=False),
        _at("met_at", nullable=False),
        *(_at(name) for name in ("tell_at", "told_at")),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "system", "given", name="uq_link_given"),
    )
    op.create_index("ix_link_person", "link", ["team_id", "person_id"])
    op.create_table(
        "person_change",
        *(_id(name) for name in ("team_id", "id", "person_id", "kind")),
        *(_id(name, nullable=True) for name in ("was", "now")),
        _at("at", nullable=False),
        *(_at(name) for name in ("tell_at", "told_at")),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.ForeignKeyConstraint(["team_id", "person_id"], ["person.team_id", "person.id"]),
    )
    for table in ("link", "person_change"):
        for column in ("tell_at", "told_at"):
            name = f"ix_{table}_{column.removesuffix('_at')}"
            _where_set(name, table, column)
    op.add_column("handoff", sa.Column("owner_system", sa.String(), nullable=True))
    op.add_column("workspace", _at("people_check_at"))


def _where_set(name: str, table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, ["team_id", column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_column("workspace", "people_check_at")
    op.drop_column("handoff", "owner_system")
    op.drop_table("person_change")
    op.drop_table("link")
