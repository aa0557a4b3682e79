"""A meeting whose attendees are a user group: who is in it is read again before each step."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import doctor
from bot.services.occurrences import attendees
from bot.services.usergroups import examine
from bot.slack import Slack
from bot.views import ids
from sandbox.people import Person
from sandbox.server import Sandbox
from sandbox.usergroups import UserGroup
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Office,
    dm,
    playbook_with,
    settings_for,
)
from tests.services.test_standup import MEETING, TUESDAY_TEN, at, command, in_channel, press, told

HEADS = "S0HEADS0000"
STRANGER = "U0ZOE000000"


def opened(sandbox: Sandbox, database_url: str) -> Office:
    """An office with a stand-up of Ben and of whoever is in @heads: Ana, and somebody the playbook
    does not list."""
    workspace = sandbox.workspace
    workspace.admit(Person(STRANGER, "zoe", "Zoe Far", "sales", "Guest", "Europe/Berlin"))
    workspace.user_groups[HEADS] = UserGroup(HEADS, "heads", "Heads", [ANA, STRANGER])
    who = 'attendees = ["Ben@example.com", "@Heads"]\n'
    book = playbook_with(MEETING + who, 'standup = "#standup"\n')
    office = Office(sandbox, replace(settings_for(sandbox, database_url), liaison_playbook=book))
    office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    office.open()
    office.control.advance("1m")
    return office


@pytest.fixture(scope="module")
def shared_office(new_database: NewDatabase) -> Iterator[Office]:
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = opened(sandbox, new_database())
        yield office
        office.close()


def heads(office: Office) -> UserGroup:
    return office.sandbox.workspace.user_groups[HEADS]


def coming(office: Office) -> list[str]:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        return [each.id for each in attendees(tx, liaison, liaison.playbook.standups[0])]


def slack_of(office: Office) -> Slack:
    assert office.bot
    return office.bot._courier._slack


def test_whoever_is_in_the_group_and_listed_is_invited(shared_office: Office) -> None:
    told(shared_office, ANA, "Calendar file")
    told(shared_office, BEN, "Calendar file")
    shared_office.settle()

    assert coming(shared_office) == [ANA, BEN]
    assert shared_office.control.messages(dm(STRANGER)) == []


def test_the_doctor_names_whom_the_playbook_does_not_list(shared_office: Office) -> None:
    assert shared_office.bot
    findings = doctor.examine(shared_office.bot.liaison, slack_of(shared_office))

    (found,) = [each for each in findings if each.part == "User groups"]
    assert "In @heads and not invited" in found.stands
    assert "Zoe Far" in found.stands
    assert "Ana" not in found.stands


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("gone", "Correct its name"),
        ("free plan", "write addresses instead"),
        ("all listed", "All 2 in @heads are listed. None"),
    ],
)
def test_the_doctor_says_what_to_do_about_a_group(
    shared_office: Office, broken: str, says: str
) -> None:
    workspace, group = shared_office.sandbox.workspace, heads(shared_office)
    workspace.on_free_plan, group.disabled = broken == "free plan", broken == "gone"
    before, group.users = group.users, [ANA, CHLOE]

    assert shared_office.bot
    found = examine(shared_office.bot.liaison, slack_of(shared_office))

    workspace.on_free_plan = group.disabled = False
    group.users = before
    assert says in f"{found.stands} {found.fix}"


def test_the_group_is_read_again_before_each_step_and_stays_while_slack_does_not_answer(
    own_office: Office, new_database: NewDatabase
) -> None:
    office = opened(own_office.sandbox, new_database())
    own_office.bot = office.bot
    command(office, BEN, "add why do trials stop?")
    assert coming(office) == [ANA, BEN]
    heads(office).users = [IDA]
    office.control.fault("error", method="usergroups.users.list", error="internal_error")

    at(office, MONDAY_TEN)
    in_channel(office, "why do trials stop?")
    assert coming(office) == [ANA, BEN]

    office.control.clear_faults()
    at(office, TUESDAY_TEN)
    press(office, ANA, ids.STANDUP_NEXT, in_channel(office, "1 of"))
    assert coming(office) == [BEN, IDA]

    del office.sandbox.workspace.user_groups[HEADS]
    at(office, TUESDAY_TEN + timedelta(hours=1))
    in_channel(office, "Minutes of the stand-up")
    assert coming(office) == [BEN]
