"""A mailroom for whoever tests the outbox alone."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.delivery.mailroom import Mailroom, new_liaison
from tests.office import MANIFEST, PACE


@pytest.fixture
def mailroom(new_database: NewDatabase) -> Iterator[Mailroom]:
    """A fresh outbox, a fresh workspace, and no courier yet."""
    liaison = new_liaison(new_database())
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        yield Mailroom(sandbox, liaison)
    liaison.engine.dispose()
