"""What only SQLite needs: its writers queue, its planner is told how large the tables are."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, lru_cache, partial
from threading import Lock
from typing import Any, cast

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    PoolProxiedConnection,
    Select,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy import table as named
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import TimeoutError as PoolTimeout

TURN = 2.0
"""Seconds a writer waits for our own writers before it."""
FILES_KEPT_OPEN = 8
"""Connections that stay; another takes a millisecond to open, and one that stays a megabyte for
what it has prepared: of 11,700 times in a soak, 98 in 100 wanted no more."""
MOST_AT_ONCE = 128
"""Connections to the file; as many as there are clicks at once."""
STATEMENTS = 1024
"""Prepared ones that a connection keeps; there are some 500, and the driver's default is 128."""
GROWING = ("handoff", "message", "history", "inbox_event")
"""Tables whose size decides how SQLite should look for rows."""
SMALL = 1_000
"""Rows below which any way is quick."""
SAMPLE = 1_000
"""Entries of each index that are read to learn its size: some twenty milliseconds in all."""


class File(sqlite3.Connection):
    """A connection to the file, which waits for its turn before it writes.

    A transaction that may write takes the database's lock at once: with SQLite's deferred default,
    700 of 800 concurrent read-then-writes vanished unseen. In this process the writers queue for
    that lock, because SQLite's own waiting is a sleep and a try, in which of 100 clicks at once
    ten found no turn in time.
    """

    queue: Lock
    """Of the writers of this process."""
    looks = False
    """Whether its transactions only read, and take no lock."""
    _has_turn = False

    def begin(self) -> None:
        """Raises SQLAlchemy's `TimeoutError` when our other writers do not end."""
        if self.looks:
            self.execute("BEGIN")
            return
        if not self.queue.acquire(timeout=TURN):
            raise PoolTimeout("other writers of this process keep the database busy")
        self._has_turn = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._end_turn()
            raise

    def commit(self) -> None:
        """One that fails keeps its turn: it is rolled back."""
        super().commit()
        self._end_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        super().close()
        self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self.queue.release()


class Instant(DATETIME):
    """An aware UTC instant, written as SQLAlchemy writes it, in a tenth of the time: most rows have
    several, and those written together share some."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        return _written


@lru_cache(maxsize=1024)
def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(" ", "microseconds")[:26]


class OneWriter(SQLiteDialect_pysqlite):
    """SQLite as SQLAlchemy speaks it, but for how a transaction begins, and how an instant is
    written.

    The events of an engine could say the first too; then SQLAlchemy asks around at every statement.
    """

    supports_statement_cache = True
    colspecs = {  # noqa: RUF012  # as SQLAlchemy declares it
        **SQLiteDialect_pysqlite.colspecs,
        DateTime: Instant,
    }

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        cast("File", dbapi_connection.driver_connection).begin()


def engine_on(url: URL, *, waits: float, **options: Any) -> Engine:
    """An engine on a file; its writers wait so many seconds for another process's."""
    registry.register("sqlite.onewriter", __name__, OneWriter.__name__)
    engine = create_engine(
        url.set(drivername="sqlite+onewriter"),
        connect_args={"timeout": waits, "cached_statements": STATEMENTS, "factory": File},
        pool_size=FILES_KEPT_OPEN,
        max_overflow=MOST_AT_ONCE - FILES_KEPT_OPEN,
        **options,
    )
    event.listen(engine, "connect", partial(_set_up, Lock()))
    return engine


def _set_up(queue: Lock, file: File, _record: object) -> None:
    file.queue = queue
    # The driver would open no transaction for a SELECT; we open all of them ourselves.
    file.isolation_level = None
    # What is deleted or overwritten is zeroed in the file: an erased lead must not be found there.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        file.execute(f"PRAGMA {pragma}")
    # SQLite's own knows no letter beyond A to Z, and people search for Ärzte too.
    file.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def file_of(connection: Connection) -> File:
    """Python's own connection under SQLAlchemy's."""
    return cast("File", connection.connection.driver_connection)


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """A connection whose transactions take no writer's lock; on PostgreSQL any other."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        file = file_of(connection)
        file.looks = True
        try:
            yield connection
        finally:
            # The pool may give it to a writer next.
            file.looks = False


def learn_sizes(engine: Engine) -> bool:
    """Tell SQLite's planner how large the tables are, once they are twice what it knows; says
    whether it was told.

    Untold, it takes one index for as good as the next, and all rows have the same team: an idle
    tick would read every hand-off. PostgreSQL's autovacuum does this by itself.
    """
    if engine.dialect.name != "sqlite":
        return False
    with looking(engine) as connection:
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
