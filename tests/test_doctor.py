"""`/liaison doctor`: what is not well is named with what to do about it, and nothing is changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.delivery.sayings import say_in_channel
from bot.liaison import Rooms
from bot.models import InboxEvent, Message, MessageKind, Person
from bot.outgoing import Outgoing
from bot.services import doctor
from bot.slack import Granted, Slack
from bot.views.doctor import Finding, printed, report
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import BEN, LEADS, MANIFEST, PACE, PIA, PLAYBOOK, Office, settings_for


@pytest.fixture(scope="module")
def shared_office(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The sandbox's playbook as it is, and two people in it who are not in Slack."""
    playbook: Path = tmp_path_factory.mktemp("playbook") / "playbook.toml"
    more = '[[people]]\nemail = "{}"\nteam = "sales"\nrole = "rep"\n'
    gone = [more.format(f"{name}@example.com") for name in ("nobody", "somebody.else")]
    playbook.write_text(PLAYBOOK.read_text("utf-8") + "\n" + "\n".join(gone))
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=playbook)
        yield office
        office.close()


class SlackAt(Slack):
    """A Slack that says something else of the token than the sandbox does."""

    def __init__(self, granted: Granted) -> None:
        self._granted = granted

    def granted(self) -> Granted:
        return self._granted

    def channel_id(self, name_or_id: str) -> str | None:
        return name_or_id

    def is_shared(self, channel_id: str) -> bool:
        return channel_id == "C0SHARED"


def asked(office: Office, person: str) -> str:
    office.control.command(person, LEADS, "/liaison", "doctor")
    return str(office.whisper(person, "a hand")["text"])


def found(findings: list[Finding], part: str) -> Finding:
    return next(finding for finding in findings if finding.part == part)


def examined(office: Office, granted: Granted | None = None) -> list[Finding]:
    assert office.bot
    liaison = office.bot.liaison
    return doctor.examine(liaison, SlackAt(granted or Granted(None, None)))


def test_an_admin_reads_first_what_needs_a_hand_and_what_to_do(office: Office) -> None:
    assert "*Leads*: None came in yet." in asked(office, PIA)
    office.hand_over()

    office.control.command(PIA, LEADS, "/liaison", "doctor")
    told = str(office.whisper(PIA, "1 thing needs a hand")["text"])

    assert told.startswith("*1 thing needs a hand.*\n• *People*: ")
    assert "not in Slack: nobody@example.com, somebody.else@example.com" in told
    assert "Correct the address under `[[people]]`" in told
    assert "• Permissions: All " in told
    assert f"• Hand-off channel: Cards go to <#{LEADS}>." in told


def test_others_are_told_whom_to_ask(office: Office) -> None:
    office.control.command(BEN, LEADS, "/liaison", "doctor")
    office.whisper(BEN, f"This is for admins: ask <@{PIA}>")


def test_missing_permissions_are_named(office: Office) -> None:
    told = found(examined(office, Granted(frozenset({"chat:write"}), None)), "Permissions")
    assert "im:history" in told.stands
    assert "chat:write" not in told.stands
    assert told.fix
    assert "Reinstall" in told.fix


def test_a_clock_that_is_off_is_measured(office: Office) -> None:
    assert office.bot
    told = Granted(None, office.bot.liaison.wall() - timedelta(seconds=95))
    clock = found(examined(office, told), "Clock")
    assert "95 seconds apart" in clock.stands
    assert clock.fix


def test_a_shared_channel_is_refused(office: Office) -> None:
    assert office.bot
    liaison = replace(office.bot.liaison, rooms=Rooms("C0SHARED"))
    channel = found(doctor.examine(liaison, SlackAt(Granted(None, None))), "Hand-off channel")
    assert "shared with another company" in channel.stands


def test_the_webhook_is_asked_at_the_address_that_senders_have(office: Office) -> None:
    assert office.bot
    here = f"http://127.0.0.1:{office.bot.port}"
    webhook = reached(office, here)
    assert webhook.stands == f"Leads are taken at {here}/hooks/leads."
    assert not webhook.fix


def test_an_address_at_which_somebody_else_answers_is_no_webhook(office: Office) -> None:
    webhook = reached(office, office.sandbox.url)
    assert "It answers 404." in webhook.stands
    assert webhook.fix


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9", "It does not answer."),
        ("https://10.0.0.5", "It is inside a private network"),
    ],
)
def test_an_address_that_leads_nowhere_says_why(office: Office, url: str, why: str) -> None:
    webhook = reached(office, url)
    assert f"{url} does not lead here. {why}" in webhook.stands
    assert webhook.fix


def test_without_an_address_nobody_is_asked(office: Office) -> None:
    assert not found(examined(office), "Webhook").fix


def reached(office: Office, url: str) -> Finding:
    assert office.bot
    doorstep = doctor.Doorstep(Outgoing(may_be_here=True), url)
    slack = SlackAt(Granted(None, None))
    return found(doctor.examine(office.bot.liaison, slack, doorstep), "Webhook")


def test_slack_out_of_reach_is_the_first_and_only_finding(office: Office) -> None:
    office.control.fault("html_503", method="auth.test", times=1)
    office.control.command(PIA, LEADS, "/liaison", "doctor")
    told = str(office.whisper(PIA, "Slack does not answer")["text"])
    assert told.startswith("*1 thing needs a hand.*")


def test_what_waits_too_long_and_what_slack_refused_is_counted(own_office: Office) -> None:
    office = own_office
    office.open()
    assert office.bot
    liaison = office.bot.liaison
    handoff = office.hand_over()
    office.card(handoff)
    office.settle()
    with liaison.transaction() as tx:
        message = tx.scalars(select(Message).where(col(Message.key) == f"card:{handoff}")).one()
        message.dropped, message.settled_at = "invalid_blocks", liaison.now()
    refused = found(examined(office), "Messages")
    assert "1 × invalid_blocks" in refused.stands

    office.close()
    with liaison.transaction() as tx:
        say_in_channel(tx, liaison, "late", MessageKind.CARD, handoff, LEADS)
    long_after = replace(liaison, wall=lambda: liaison.now() + timedelta(days=4000))
    waits = found(doctor.examine(long_after, SlackAt(Granted(None, None))), "Messages")
    assert waits.stands.startswith("1 wait for Slack, the oldest since ")
    liaison.engine.dispose()


def test_what_could_not_be_worked_on_is_counted(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    row = InboxEvent(
        team_id=liaison.team_id,
        id="0",
        key="slack:broken",
        kind="user_change",
        received_at=liaison.wall(),
        error="KeyError",
    )
    with liaison.transaction() as tx:
        tx.add(row)
    try:
        assert found(examined(office), "Inbox").stands.startswith("1 of the last 7 days")
    finally:
        with liaison.transaction() as tx:
            tx.delete(tx.get_one(InboxEvent, (liaison.team_id, "0")))


def test_a_role_without_a_person_is_named_with_what_happens_instead(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        person = tx.get_one(Person, (liaison.team_id, PIA))
        roles, person.roles = person.roles, []
    try:
        told = found(examined(office), "Roles")
        assert "admin (anybody may read this)" in told.stands
        doctor.may_examine(liaison, BEN)
    finally:
        with liaison.transaction() as tx:
            tx.get_one(Person, (liaison.team_id, PIA)).roles = roles


def test_on_a_terminal_it_reads_without_markup() -> None:
    findings = [
        Finding("Leads", "The last was told of <!date^0^{time}|Thu 01 Jan 00:00 UTC>."),
        Finding("Hand-off channel", "Liaison is not in <#C1>.", "Type `/invite @Liaison` there."),
    ]
    assert printed(findings) == (
        "well  Leads: The last was told of Thu 01 Jan 00:00 UTC.\n"
        "mend  Hand-off channel: Liaison is not in C1.\n"
        "      Type /invite @Liaison there."
    )
    assert report(findings[:1]).startswith("*All is well.*")
