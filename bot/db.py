"""The engine: SQLite for one machine, PostgreSQL when you outgrow it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Insert,
    Integer,
    Select,
    Table,
    Update,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy import table as named
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlmodel import SQLModel

BUSY = 1.5
"""Seconds to wait for another process's lock: a click has to be answered within three."""
MIGRATES_WITHIN = 60.0
"""Seconds after which a process that brings the schema to this version is waited for no more."""
TURN = 2.0
"""Seconds to wait for our own: for a connection, and on SQLite for the turn to write."""
SENDERS_AND_DOORS = 24
"""Connections beyond this are only wanted in bursts; the pool lets them overflow."""
FILES_KEPT_OPEN = 8
"""The same on SQLite, where another takes a millisecond to open, and one that stays open a megabyte
for what it has prepared: of 11,700 times in a soak, 98 in 100 wanted no more."""
MOST_AT_ONCE = 128
"""Connections to SQLite; as many as there are clicks at once."""
STATEMENTS = 1024
"""Prepared ones that a connection to SQLite keeps; there are some 500, and its default is 128."""
GROWING = ("handoff", "message", "history", "inbox_event")
"""Tables whose size decides how SQLite should look for rows."""
SMALL = 1_000
"""Rows below which any way is quick."""
SAMPLE = 1_000
"""Entries of each index that are read to learn its size: some twenty milliseconds in all."""
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def make_engine(url: str) -> Engine:
    """An engine whose writers cannot overwrite each other unseen and never wait for long.

    `sqlite:///file.db` or `postgresql://…`; the latter always through psycopg 3.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": BUSY, "cached_statements": STATEMENTS},
            **_options(FILES_KEPT_OPEN, MOST_AT_ONCE - FILES_KEPT_OPEN),
        )
        event.listen(engine, "connect", _set_up_sqlite)
        turns = _Turns()
        event.listen(engine, "begin", turns.begin)
        event.listen(engine, "commit", turns.end)
        event.listen(engine, "rollback", turns.end)
        return engine
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 2},
        pool_pre_ping=True,
        **_options(SENDERS_AND_DOORS, overflow=16),
    )
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _options(kept: int, overflow: int) -> dict[str, Any]:
    """What both engines share.

    An error names no values: they are people's names and addresses, and errors are logged. The
    connection used last is used next: it has its statements prepared and its pages at hand.
    """
    return {
        "pool_size": kept,
        "max_overflow": overflow,
        "pool_timeout": TURN,
        "hide_parameters": True,
        "pool_use_lifo": True,
    }


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would open no transaction for a SELECT; we open all of them ourselves.
    connection.isolation_level = None
    # What is deleted or overwritten is zeroed in the file: an erased lead must not be found there.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows no letter beyond A to Z, and people search for Ärzte too.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _set_up_postgresql(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = {BUSY * 1000:.0f}")
    connection.commit()


class _Turns:
    """SQLite's writers, one after the other.

    A transaction that may write takes the database's lock at once: with SQLite's deferred default,
    700 of 800 concurrent read-then-writes vanished unseen. In this process the writers queue for
    that lock, because SQLite's own waiting is a sleep and a try, in which of 100 clicks at once
    ten found no turn in time.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            # Straight to the driver: it takes no lock yet that could be missed.
            _driver_of(connection).execute("BEGIN")
            return
        if not self._turn.acquire(timeout=TURN):
            raise PoolTimeout("other writers of this process keep the database busy")
        connection.info["turn"] = self
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError:
            self.end(connection)
            raise

    def end(self, connection: Connection) -> None:
        if connection.info.pop("turn", None):
            self._turn.release()


def _driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def migrate(engine: Engine) -> None:
    """Bring the schema to this version; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, _patient(connection), connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('liaison migrate'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    """SQLite waits for a process that migrates already, which takes longer than a click may."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = _driver_of(connection)
    driver.execute(f"PRAGMA busy_timeout = {MIGRATES_WITHIN * 1000:.0f}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")


def learn_sizes(engine: Engine) -> bool:
    """Tell SQLite's planner how large the tables are, once they are twice what it knows; says
    whether it was told.

    Untold, it takes one index for as good as the next, and all rows have the same team: an idle
    tick would read every hand-off. PostgreSQL's autovacuum does this by itself.
    """
    if engine.dialect.name != "sqlite":
        return False
    with engine.execution_options(reading=True).connect() as connection:
        newest = connection.execute(_newest_rows()).one()
        if not any(map(partial(_has_grown, connection), GROWING, newest)):
            return False
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLE}")
        connection.exec_driver_sql("ANALYZE")
    # A connection keeps the sizes it found when it was opened.
    engine.dispose()
    return True


@cache
def _newest_rows() -> Select[Any]:
    """About as many as there are of each; built once."""
    newest = func.max(literal_column("rowid", Integer))
    tables = [select(newest).select_from(named(table)) for table in GROWING]
    return select(*(func.coalesce(each.scalar_subquery(), 0) for each in tables))


def _has_grown(connection: Connection, table: str, rows: int) -> bool:
    if rows < SMALL or not inspect(connection).has_table("sqlite_stat1"):
        return rows >= SMALL
    known = text("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = :table")
    return rows > 2 * (connection.execute(known, {"table": table}).scalar() or 0)


def empty_log(engine: Engine) -> None:
    """Move what SQLite's write-ahead log holds into the file, and empty it.

    Until then the log still has the pages as they were. When readers hold it up, it is emptied
    another time. PostgreSQL keeps old rows until its autovacuum.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


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
def _insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Built once for each table: with a row's values in it, it would be built for every row."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


def rows_changed(
    tx: Session,
    statement: Update | Insert,
    values: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
) -> int:
    """Run an update or insert, once or for each of many values; says how many rows it changed."""
    # Without the option an insert on PostgreSQL answers -1, whatever it did.
    counted = tx.execute(statement, values, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[tuple[()]]", counted).rowcount
