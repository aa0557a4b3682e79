"""From an empty workspace to a living team, by clicking alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import MANIFEST, MONDAY_TEN, PACE, Office, settings_for
from tools.first_run import Walk, go
from tools.pictures import DESK, PHONE, Frame

pytestmark = pytest.mark.browser


@pytest.fixture
def bare_office(new_database: NewDatabase) -> Iterator[Office]:
    """A workspace in which the bot is in no channel, and no playbook. Not open yet."""
    with Sandbox(pace=PACE, manifest=MANIFEST, bare=True) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        settings = replace(settings_for(sandbox, new_database()), liaison_playbook=None)
        office = Office(sandbox, settings)
        yield office
        office.close()


@pytest.mark.parametrize(
    ("frame", "new_database"),
    [
        pytest.param(DESK, "postgres", marks=pytest.mark.postgres, id="desk-postgres"),
        pytest.param(PHONE, "sqlite", id="phone-sqlite"),
    ],
    indirect=["new_database"],
)
def test_an_admin_sets_up_tries_and_goes_live(
    browser: Browser, bare_office: Office, frame: Frame
) -> None:
    walk = Walk(bare_office, browser, frame=frame)

    go(walk)

    assert bare_office.bot
    assert bare_office.bot.liaison.shelf.is_live
    lead = bare_office.hand_over(owner="ben@example.com")
    assert bare_office.dm("U0BEN000000", lead)
