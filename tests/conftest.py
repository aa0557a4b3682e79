"""What every test may ask for."""

import gc
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp
from typing import Any, Protocol
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine

from bot import db, sqlite
from bot.db import make_engine, migrate
from sandbox.server import Sandbox
from tests.office import MANIFEST, MONDAY_TEN, PACE, Office, settings_for
from tests.postgres import Postgres

gc.disable()  # until all is collected, which stays: see `pytest_collection`

settings.register_profile("chaos", max_examples=11_000, deadline=None)
"""For the long form of the fuzz row: `pytest --hypothesis-profile=chaos`; see chaos/tested.py."""

GARBAGE = 10_000
"""Objects made and not freed before the youngest are looked through; 700 by default."""


class NewDatabase(Protocol):
    """Gives the URL of a new database that holds no row: with our tables, or truly empty."""

    def __call__(self, *, empty: bool = False) -> str: ...


@cache
def tables_of_sqlite() -> Path:
    """A file with our tables, migrated once per worker; whoever needs them takes a copy."""
    file = Path(mkdtemp(prefix="liaison-")) / "tables.db"
    _migrate(f"sqlite:///{file}")
    return file


@cache
def tables_of_postgres(server: Postgres) -> str:
    """The name of a database with our tables, migrated once per worker."""
    url = server.fresh()
    _migrate(url)
    return server.name_of(url)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """SQLAlchemy compiles a statement anew for each engine, and every bot of a test has one of its
    own: the engines of a worker share what was compiled, and the dialect it was compiled for."""
    first: dict[str, Engine] = {}

    def sharing(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        shared = first.get(engine.dialect.name, engine)
        if shared.dialect.server_version_info is None:
            # Nobody connected with it yet, and a dialect learns by that what it speaks to.
            first[engine.dialect.name] = engine
            return engine
        engine.dialect = engine.pool._dialect = shared.dialect
        engine._compiled_cache = shared._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db, "create_engine", sharing)
        patched.setattr(sqlite, "create_engine", sharing)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for whoever asks; its start costs a second, once per worker."""
    server = Postgres(Path(mkdtemp(prefix="liaison-")) / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewDatabase:
    """Makes SQLite's, or both in turn by `ON_BOTH_ENGINES`."""
    if getattr(request, "param", "sqlite") == "postgres":
        server: Postgres = request.getfixturevalue("postgres")

        def of_postgres(*, empty: bool = False) -> str:
            return server.fresh() if empty else server.fresh(like=tables_of_postgres(server))

        return of_postgres
    folder = tmp_path_factory.mktemp("databases")

    def of_sqlite(*, empty: bool = False) -> str:
        file = folder / f"{uuid4().hex}.db"
        if not empty:
            copyfile(tables_of_sqlite(), file)
        return f"sqlite:///{file}"

    return of_sqlite


@pytest.fixture(scope="module")
def shared_office(new_database: NewDatabase) -> Iterator[Office]:
    """One bot for a module's tests, because starting one costs a second; use `office`."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.open()
        yield office
        office.close()


@pytest.fixture
def office(shared_office: Office) -> Office:
    """An office on a Monday at ten in Berlin. Other tests' leads may be in it."""
    shared_office.control.clear_faults()
    shared_office.control.set_clock(MONDAY_TEN)
    return shared_office


@pytest.fixture
def own_office(new_database: NewDatabase) -> Iterator[Office]:
    """An office nobody else uses, not open yet: for tests that stop, kill or break the bot."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, new_database()))
        yield office
        office.close()


LONGEST = (
    "replay/test_sample",
    "chaos/test_weather",
    "delivery/test_chaos",
    "chaos/test_killed",
    "test_socket",
    "delivery/test_courier",
    "replay/test_replays",
    "test_roles",
    "browser/test_people",
    "services/test_brief_parts",
    "promises/test_promises",
    "services/test_briefs",
    "browser/test_standup",
    "services/test_ladder",
    "test_standup_story",
    "services/test_standup",
    "browser/test_desk",
    "services/test_batches",
    "test_two_weeks",
    "test_races",
    "test_story",
    "test_sight",
)
"""Files that take twenty seconds and more, by `--durations`; one of them left to the end would run
alone. Those that compute stand between those that wait, or the cores would be idle by turns."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left with it at the end."""

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests live as long as the worker: a look through half a million objects of which
    none is garbage takes a quarter of a second, and there would be hundreds."""
    collected = yield
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    return collected
