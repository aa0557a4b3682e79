"""A meeting whose attendees are a user group: who is in it is read again at each agenda."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import doctor
from bot.services.occurrences import attendees
from bot.services.usergroups import examine
from bot.slack import Slack
from sandbox.people import Person
from sandbox.usergroups import UserGroup
from tests.office import ANA, BEN, CHLOE, IDA, MONDAY_TEN, Office, dm, playbook_with
from tests.services.test_standup import MEETING, TUESDAY_TEN, command, in_channel, told

HEADS = "S0HEADS0000"
STRANGER = "U0ZOE000000"


@pytest.fixture
def grouped(own_office: Office) -> Iterator[Office]:
    """A stand-up of Ben and of whoever is in @heads: Ana, and somebody the playbook does not
    list."""
    workspace = own_office.sandbox.workspace
    workspace.admit(Person(STRANGER, "zoe", "Zoe Far", "sales", "Guest", "Europe/Berlin"))
    workspace.user_groups[HEADS] = UserGroup(HEADS, "heads", "Heads", [ANA, STRANGER])
    book = playbook_with(
        MEETING + 'attendees = ["Ben@example.com", "@Heads"]\n', 'standup = "#standup"\n'
    )
    own_office.settings = replace(own_office.settings, liaison_playbook=book)
    own_office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    own_office.open()
    own_office.control.advance("1m")
    yield own_office


def coming(office: Office) -> list[str]:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        return [each.id for each in attendees(tx, liaison, liaison.playbook.standups[0])]


def slack_of(office: Office) -> Slack:
    assert office.bot
    return office.bot._courier._slack


def test_whoever_is_in_the_group_and_listed_attends(grouped: Office) -> None:
    told(grouped, ANA, "Calendar file")
    told(grouped, BEN, "Calendar file")
    grouped.settle()

    assert coming(grouped) == [ANA, BEN]
    assert grouped.control.messages(dm(STRANGER)) == []


def test_the_group_is_read_again_before_each_agenda(grouped: Office) -> None:
    assert coming(grouped) == [ANA, BEN]
    grouped.sandbox.workspace.user_groups[HEADS].users = [IDA]
    command(grouped, BEN, "add why do trials stop?")

    grouped.control.set_clock(MONDAY_TEN)
    in_channel(grouped, "why do trials stop?")

    assert coming(grouped) == [BEN, IDA]


def test_while_slack_does_not_answer_the_people_of_before_count(grouped: Office) -> None:
    assert coming(grouped) == [ANA, BEN]
    command(grouped, BEN, "add why do trials stop?")
    grouped.sandbox.workspace.user_groups[HEADS].users = [IDA]
    grouped.control.fault("error", method="usergroups.users.list", error="internal_error")

    grouped.control.set_clock(MONDAY_TEN)
    in_channel(grouped, "why do trials stop?")
    assert coming(grouped) == [ANA, BEN]

    grouped.control.clear_faults()
    grouped.control.set_clock(TUESDAY_TEN)
    in_channel(grouped, "begins now")
    assert coming(grouped) == [BEN, IDA]


def test_a_group_that_is_gone_has_nobody_in_it(grouped: Office) -> None:
    command(grouped, BEN, "add why do trials stop?")
    del grouped.sandbox.workspace.user_groups[HEADS]

    grouped.control.set_clock(MONDAY_TEN)
    in_channel(grouped, "why do trials stop?")

    assert coming(grouped) == [BEN]


def test_the_doctor_names_whom_the_playbook_does_not_list(grouped: Office) -> None:
    assert grouped.bot
    liaison, slack = grouped.bot.liaison, slack_of(grouped)

    (found,) = [each for each in doctor.examine(liaison, slack) if each.part == "User groups"]

    assert "In @heads and not invited" in found.stands
    assert "Zoe Far" in found.stands
    assert "Ana" not in found.stands


@pytest.mark.parametrize(
    ("broken", "fix"),
    [
        ("gone", "Correct its name"),
        ("free plan", "write addresses instead"),
        ("all listed", None),
    ],
)
def test_the_doctor_says_what_to_do_about_a_group(
    grouped: Office, broken: str, fix: str | None
) -> None:
    workspace = grouped.sandbox.workspace
    workspace.on_free_plan = broken == "free plan"
    if broken == "gone":
        workspace.user_groups[HEADS].disabled = True
    workspace.user_groups[HEADS].users = [ANA, CHLOE]

    assert grouped.bot
    found = examine(grouped.bot.liaison, slack_of(grouped))

    assert (found.fix is None) == (fix is None)
    assert (fix or "All 2 in @heads are listed.") in f"{found.stands} {found.fix}"
