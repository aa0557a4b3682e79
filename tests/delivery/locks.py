"""Somebody else who holds the database for a while."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Nobody else can write while the block runs."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(url.database or "", isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        yield
        file.close()
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("LOCK TABLE inbox_event, handoff, message IN EXCLUSIVE MODE")
        yield
