"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests.office import MANIFEST, MONDAY_TEN, PACE, Office, settings_for


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One bot for a module's tests, because starting one costs a second; use `office`."""
    file = tmp_path_factory.mktemp("office") / "liaison.db"
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, f"sqlite:///{file}"))
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
def own_office(tmp_path: Path) -> Iterator[Office]:
    """An office nobody else uses, not open yet: for tests that stop, kill or break the bot."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, f"sqlite:///{tmp_path / 'liaison.db'}"))
        yield office
        office.close()
