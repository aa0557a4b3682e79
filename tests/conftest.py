"""What every test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from hypothesis import settings

from sandbox.server import Sandbox
from tests.office import MANIFEST, MONDAY_TEN, PACE, Office, settings_for
from tests.postgres import Postgres

settings.register_profile("chaos", max_examples=11_000, deadline=None)
"""For the long form of the fuzz row: `pytest --hypothesis-profile=chaos`; see chaos/tested.py."""

NewDatabase = Callable[[], str]


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
    """Gives the URL of a new, empty database: SQLite's, or both in turn by `ON_BOTH_ENGINES`."""
    if getattr(request, "param", "sqlite") == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.fresh
    folder = tmp_path_factory.mktemp("databases")
    return lambda: f"sqlite:///{folder / uuid4().hex}.db"


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


LONGEST = ("replay/test_sample", "replay/test_replays", "delivery/test_chaos", "browser/test_desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left with it at the end."""

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST))

    items.sort(key=place)
