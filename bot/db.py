"""The engine: SQLite for one machine, PostgreSQL when you outgrow it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import Insert as InsertIntoPostgreSQL
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertIntoSQLite
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.util import identity_key
from sqlmodel import SQLModel

from bot import sqlite

Model = TypeVar("Model", bound=SQLModel)
Key = str | int | tuple[str | int, ...]

BUSY = 1.5
"""Seconds to wait for another process's lock: a click has to be answered within three."""
MIGRATES_WITHIN = 60.0
"""Seconds after which a process that brings the schema to this version is waited for no more."""
TURN = 2.0
"""Seconds to wait for a connection; see `sqlite.TURN` too."""
SENDERS_AND_DOORS = 24
"""Connections beyond this are only wanted in bursts; the pool lets them overflow."""
_ALEMBIC = Lock()
"""Alembic keeps what it migrates in its own modules: in one process, one database at a time."""
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def make_engine(url: str) -> Engine:
    """An engine whose writers cannot overwrite each other unseen and never wait for long.

    `sqlite:///file.db` or `postgresql://…`; the latter always through psycopg 3.
    """
    parsed = make_url(url)
    # An error names no values: they are people's names and addresses, and errors are logged. The
    # connection used last is used next: it has its statements prepared and its pages at hand.
    options = {"pool_timeout": TURN, "hide_parameters": True, "pool_use_lifo": True}
    if parsed.get_backend_name() == "sqlite":
        return sqlite.engine_on(parsed, waits=BUSY, **options)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 2},
        pool_pre_ping=True,
        pool_size=SENDERS_AND_DOORS,
        max_overflow=16,
        **options,
    )
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = {BUSY * 1000:.0f}")
    connection.commit()


def migrate(engine: Engine) -> None:
    """Bring the schema to this version; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, _patient(connection), connection.begin():
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('liaison migrate'))"))
        config.attributes["connection"] = connection
        with _ALEMBIC:
            command.upgrade(config, "head")


@cache
def _newest() -> str | None:
    """The revision of this version."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


@contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    """SQLite waits for a process that migrates already, which takes longer than a click may."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = sqlite.file_of(connection)
    driver.execute(f"PRAGMA busy_timeout = {MIGRATES_WITHIN * 1000:.0f}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")


class Rows(Session):
    """A session whose `get` runs a statement that was built once; SQLAlchemy's builds it anew for
    each row, which takes as long as running it."""

    def get(  # type: ignore[override]  # entities are models here, and keys come in order
        self, entity: type[Model], ident: Key, **options: object
    ) -> Model | None:
        """As SQLAlchemy's: the row with this key, from the session's own where it has it."""
        if any(options.values()):
            return super().get(entity, ident, **cast("Any", options))
        key = ident if isinstance(ident, tuple) else (ident,)
        known = self.identity_map.get(identity_key(entity, key))
        if known is not None and not instance_state(known).expired:
            return known
        named = {f"key_{place}": part for place, part in enumerate(key)}
        return self.scalars(_by_key(entity), named).one_or_none()


@cache
def _by_key(entity: type[Model]) -> Select[Model]:
    """The row by the columns of its key, which are asked as `key_0` and on."""
    keys = enumerate(table_of(entity).primary_key)
    return select(entity).where(*(part == bindparam(f"key_{place}") for place, part in keys))


def insert_once(tx: Session, row: SQLModel) -> bool:
    """Insert `row` unless one of its unique keys is taken; says whether it was inserted."""
    table = table_of(type(row))
    values = {column.key: getattr(row, column.key) for column in table.columns}
    return insert_values_once(tx, type(row), values)


def insert_new(tx: Session, row: SQLModel) -> bool:
    """The same; one that was inserted is in the session from then on, as if it had been read."""
    is_new = insert_once(tx, row)
    if is_new:
        make_transient_to_detached(row)
        tx.add(row)
    return is_new


def insert_values_once(tx: Session, model: type[SQLModel], values: Mapping[str, object]) -> bool:
    """The same by its columns; making an object of a wide row costs more than inserting it."""
    insert = _insert_into(table_of(model), tx.get_bind().dialect.name)
    return rows_changed(tx, insert, values) == 1


def insert_each_once(
    tx: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]]
) -> None:
    """The same for many rows in one statement; each names the same columns."""
    if rows:
        tx.execute(_insert_into(table_of(model), tx.get_bind().dialect.name), rows)


def insert_each_new(
    tx: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]], key: str
) -> set[str]:
    """The same; says which were inserted, by their column `key`. Each row has an id of its own.

    Most often all of them are, and then nobody has to ask: with `RETURNING`, a statement as long
    as its rows would be read and planned anew each time.
    """
    if not rows:
        return set()
    table = table_of(model)
    insert = _insert_into(table, tx.get_bind().dialect.name)
    if rows_changed(tx, insert, rows) == len(rows):
        return {str(row[key]) for row in rows}
    of_ours = (table.c.team_id == rows[0]["team_id"]) & table.c.id.in_([row["id"] for row in rows])
    return set(tx.scalars(select(table.c[key]).where(of_ours)))


def insert_each_named(
    tx: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]], key: str
) -> set[str]:
    """The same for rows that nothing but their `key` tells apart."""
    if not rows:
        return set()
    table = table_of(model)
    statement = _insert_into(table, tx.get_bind().dialect.name).returning(table.c[key])
    return set(tx.scalars(statement, rows))


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model: statements on it ask no session, and cost a fraction for many rows."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel sets it, untyped
    return table


@cache
def _insert_into(table: Table, dialect: str) -> InsertIntoSQLite | InsertIntoPostgreSQL:
    """Built once for each table: with a row's values in it, it would be built for every row."""
    if dialect == "sqlite":
        return insert_into_sqlite(table).on_conflict_do_nothing()
    return insert_into_postgresql(table).on_conflict_do_nothing()


def rows_changed(
    tx: Session,
    statement: Update | Insert,
    values: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
) -> int:
    """Run an update or insert, once or for each of many values; says how many rows it changed."""
    # Without the option an insert on PostgreSQL answers -1, whatever it did.
    counted = tx.execute(statement, values, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[tuple[()]]", counted).rowcount
