"""How columns and indexes are written that many tables have."""

from enum import StrEnum

from sqlalchemy import Enum, ForeignKeyConstraint, Index, text

# Rows that become due again and again leave dead entries at the head of an index; PostgreSQL's
# default autovacuum lets them slow the idle tick eightfold before it cleans up.
CHURNS = {"postgresql_with": {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01}}


def due_index(name: str, *columns: str) -> Index:
    """An index that holds only the rows whose last column is set: the ones that wait for it."""
    waiting = text(f"{columns[-1]} IS NOT NULL")
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


def until_index(column: str, name: str, *columns: str) -> Index:
    """An index that holds only the rows in which that column is not set yet."""
    open_yet = text(f"{column} IS NULL")
    return Index(name, *columns, sqlite_where=open_yet, postgresql_where=open_yet)


def codes(members: type[StrEnum]) -> Enum:
    """Stored by value, as plain text: a database's own enum type is hard to widen later."""
    return Enum(
        members,
        native_enum=False,
        length=20,
        values_callable=lambda each: [member.value for member in each],
    )


def points_to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["team_id", column], [f"{table}.team_id", f"{table}.id"])
