"""A new workspace: five steps, a trial that only one person notices, and two who agree to begin."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Handoff, Message, MessageKind, Setup
from bot.views import ids
from sandbox.people import PRIMARY_OWNER
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    MANIFEST,
    MONDAY_TEN,
    OLGA,
    PACE,
    Json,
    Office,
    dm,
    settings_for,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES

OWNER = PRIMARY_OWNER
SALES, MARKETING = "sales", "marketing"


@pytest.fixture
def bare(new_database: NewDatabase) -> Iterator[Office]:
    """A workspace in which nobody has heard of the app: no playbook, no channel it is in."""
    with Sandbox(pace=PACE, manifest=MANIFEST, bare=True) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=None)
        yield office
        office.close()


def channel_of(office: Office, name: str) -> str:
    channel = office.sandbox.workspace.channel(name)
    assert channel
    return channel.id


def panel(office: Office, shows: str, person: str = OWNER) -> Json:
    """The one message of the set-up, once it shows this."""
    return office.control.message(
        dm(person), lambda message: shows in text_of(message) and not message["ephemeral_to"]
    )


def press(office: Office, action: str, message: Json, value: str = "", by: str = OWNER) -> None:
    # Until it is noted where a message stands, nobody knows whose it was.
    office.control.until(lambda: is_noted(office, message["ts"]))
    told = office.control.click(by, action, channel=dm(by), ts=message["ts"], value=value)
    assert told["acked"]


def fill_in(office: Office, step: int, title: str, values: dict[str, object]) -> Json:
    """Open a step's form from the message, and send it off; gives the answer."""
    press(office, ids.SETUP_CHANGE, panel(office, f"Step {step} of 5"), str(step))
    view = office.modal(OWNER, f"Step {step} of 5: {title}")
    given = {field: {ids.CHOICE: value} for field, value in values.items()}
    return office.control.submit(OWNER, view["id"], given)


def go_on(office: Office, step: int) -> None:
    press(office, ids.SETUP_NEXT, panel(office, f"Step {step} of 5"), str(step + 1))


HEADS: dict[str, object] = {ids.SETUP_SALES_HEAD: ANA, ids.SETUP_MARKETING_HEAD: IDA}


def set_up(office: Office) -> None:
    """All five steps, the last three by their defaults."""
    fill_in(office, 1, "Channel", {ids.SETUP_CHANNEL: channel_of(office, "inbound")})
    both = {
        ids.SETUP_SALES: channel_of(office, SALES),
        ids.SETUP_MARKETING: channel_of(office, MARKETING),
    }
    fill_in(office, 2, "People", {**both, **HEADS, ids.SETUP_LIAISON: OLGA})
    for step in (3, 4, 5):
        go_on(office, step)


def on_trial(office: Office) -> Json:
    set_up(office)
    press(office, ids.SETUP_START, panel(office, "Ready for the trial"))
    return panel(office, "The trial is on")


def test_five_steps_become_the_playbook_in_force(bare: Office) -> None:
    office = bare
    assert office.bot
    set_up(office)

    summary = text_of(panel(office, "Ready for the trial"))
    assert "7 reps, 7 marketers, 2 managers, 1 liaison, 1 admin" in summary
    press(office, ids.SETUP_START, panel(office, "Ready for the trial"))
    panel(office, "The trial is on")

    playbook = office.bot.liaison.playbook
    assert playbook.channels.handoffs == channel_of(office, "inbound")
    assert playbook.hours.timezone == "Europe/Berlin"
    assert playbook.person("ben@example.com").manager == "ana@example.com"  # type: ignore[union-attr]
    assert [str(role) for role in playbook.person("ana@example.com").roles] == ["manager"]  # type: ignore[union-attr]
    assert playbook.standups[0].time.isoformat("minutes") == "10:00"
    assert len(office.dms(OWNER)) == 1


@ON_BOTH_ENGINES
def test_in_the_trial_only_the_installer_is_messaged_and_presses_for_everybody(
    bare: Office,
) -> None:
    office = bare
    press(office, ids.TRIAL_SAMPLE, on_trial(office))

    card = panel(office, "Trial: this would go to <#")
    told = panel(office, "Trial: this would go to Ben Cole.")
    assert str(told["text"]).startswith("Trial: this would go to Ben Cole.\nCall ")

    press(office, ids.ACCEPT, told, lead(office).id)
    accepted = panel(office, "Ben Cole accepted it")
    assert accepted["ts"] == card["ts"]

    press(office, ids.TOUCH, told, lead(office).id)
    form = office.modal(OWNER, "Log touch")
    office.control.submit(OWNER, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
    panel(office, "Ben Cole is working on it")
    assert only_the_installer_heard(office)


def test_a_card_without_an_owner_is_claimed_for_the_first_rep(bare: Office) -> None:
    office = bare
    on_trial(office)
    office.hand_over(owner=None)

    press(office, ids.CLAIM, panel(office, "In the queue"), lead(office).id)

    panel(office, "Ben Cole has it")


def test_leads_that_come_before_the_set_up_is_done_wait_for_its_end(bare: Office) -> None:
    office = bare
    handoff = office.hand_over(owner=None)
    office.control.until(lambda: waits(office))
    set_up(office)
    assert len(office.dms(OWNER)) == 1

    press(office, ids.SETUP_START, panel(office, "Ready for the trial"))

    panel(office, "Acme 1")
    assert lead(office).id == handoff


@ON_BOTH_ENGINES
def test_it_goes_live_once_both_heads_agree_and_the_trial_is_taken_out(bare: Office) -> None:
    office = bare
    press(office, ids.TRIAL_SAMPLE, on_trial(office))
    played = panel(office, "Trial: this would go to Ben Cole.")
    office.settle()
    handoff = lead(office).id
    early = {"lead_id": "early", "occurred_at": office.now().isoformat()}
    office.hand_over(**early)

    press(office, ids.TRIAL_LIVE, panel(office, "The trial is on"))
    office.control.submit(OWNER, office.modal(OWNER, "Go live")["id"])
    panel(office, "marketing: waiting for Ida Berg")
    for head in (ANA, IDA):
        asked = panel(office, "would like to go live", head)
        press(office, ids.TRIAL_AGREE, asked, "1", by=head)

    panel(office, "Liaison is live")
    panel(office, "Liaison is live", ANA)
    assert handoffs(office) == 0
    office.press(OWNER, ids.ACCEPT, played, dm(OWNER), handoff)
    office.control.message(dm(OWNER), lambda m: "not here any more" in text_of(m))
    real = office.hand_over(**early)
    office.control.message(channel_of(office, "inbound"), lambda m: real in text_of(m))
    assert "Trial" not in text_of(office.control.message(dm(BEN), lambda m: real in text_of(m)))


def test_an_edit_meanwhile_makes_both_sides_agree_anew(bare: Office) -> None:
    office = bare
    assert office.bot
    press(office, ids.TRIAL_LIVE, on_trial(office))
    office.control.submit(OWNER, office.modal(OWNER, "Go live")["id"])
    press(office, ids.TRIAL_AGREE, panel(office, "Agree", ANA), "1", by=ANA)
    panel(office, "Sales agreed", ANA)

    office.control.command(IDA, channel_of(office, "inbound"), "/liaison", "playbook")
    view, block = office.modal(IDA, "Playbook"), f"{ids.BOOK_SECTION}sla"
    office.control.click(IDA, ids.BOOK_EDIT, view_id=view["id"], block_id=block)
    clocks = {ids.BOOK_TEXT: {ids.CHOICE: 'A = "2h"\n'}}
    office.control.submit(IDA, office.modal(IDA, "Clocks")["id"], clocks)
    press(office, ids.TRIAL_AGREE, panel(office, "A 2h", IDA), "2", by=IDA)

    again = panel(office, "A 2h", ANA)
    assert not live(office)
    press(office, ids.TRIAL_AGREE, again, "2", by=ANA)
    panel(office, "Liaison is live")


def test_another_admin_takes_over_and_nobody_else_may(bare: Office) -> None:
    office = bare
    inbound = channel_of(office, "inbound")
    fill_in(office, 1, "Channel", {ids.SETUP_CHANNEL: inbound})
    office.control.command(BEN, inbound, "/liaison", "setup")
    sentence = "An admin of this Slack workspace sets Liaison up"
    office.control.message(inbound, lambda m: m["ephemeral_to"] == BEN and sentence in text_of(m))

    office.control.home(BEN)
    office.control.until(lambda: "not set up here yet" in str(office.control.state(BEN)["home"]))

    with office.sandbox.workspace.lock:
        people = office.sandbox.workspace.people
        people[CHLOE] = replace(people[CHLOE], admin=True)
    office.control.command(CHLOE, inbound, "/liaison", "setup")

    panel(office, "Step 2 of 5", CHLOE)
    panel(office, "Chloe Martin goes on with setting up Liaison.")


def test_a_restart_goes_on_where_it_was(bare: Office) -> None:
    office = bare
    fill_in(office, 1, "Channel", {ids.SETUP_CHANNEL: channel_of(office, "inbound")})
    before = panel(office, "Step 2 of 5")

    office.reopen()
    press(office, ids.SETUP_BACK, before, "1")

    again = panel(office, "Step 1 of 5")
    assert again["ts"] == before["ts"]
    assert f"Cards go to <#{channel_of(office, 'inbound')}>" in text_of(again)


def test_a_pasted_list_says_who_has_no_account(bare: Office) -> None:
    office = bare
    fill_in(office, 1, "Channel", {ids.SETUP_CHANNEL: channel_of(office, "inbound")})

    listed(office, "Address,Team,Role\nben@example.com,sales\nzoe@example.com;marketing;marketer")
    press(office, ids.SETUP_BACK, panel(office, "Step 3 of 5"), "2")

    says = text_of(panel(office, "Step 2 of 5"))
    assert "1 rep, 1 marketer, 2 managers, 1 admin." in says
    assert "1 person has no account with an address here: zoe@example.com." in says


def test_hours_that_cannot_be_read_are_told_beside_their_field(bare: Office) -> None:
    office = bare
    set_up(office)
    press(office, ids.SETUP_AGAIN, panel(office, "Ready for the trial"), "change:3")

    hours: dict[str, object] = {
        ids.SETUP_OPEN: "nine to five",
        ids.SETUP_ZONE: "Europe/Nowhere",
        ids.SETUP_HOLIDAYS: "Atlantis",
    }
    given = {field: {ids.CHOICE: value} for field, value in hours.items()}
    told = office.control.submit(OWNER, office.modal(OWNER, "Step 3 of 5: Hours")["id"], given)

    assert told["errors"].keys() == hours.keys()


def listed(office: Office, text: str) -> Json:
    """The people as a pasted list, its form sent off; gives the answer."""
    press(office, ids.SETUP_CHANGE, panel(office, "Step 2 of 5"), "2")
    view = office.modal(OWNER, "Step 2 of 5: People")
    office.control.click(
        OWNER, ids.CHOICE, view_id=view["id"], block_id=ids.SETUP_WAY, value="list"
    )
    view = office.control.until(lambda: asking_for_a_list(office))
    values = {ids.SETUP_WAY: "list", ids.SETUP_LIST: text, **HEADS}
    given = {field: {ids.CHOICE: value} for field, value in values.items()}
    return office.control.submit(OWNER, view["id"], given)


def asking_for_a_list(office: Office) -> Json | None:
    view = office.modal(OWNER, "Step 2 of 5: People")
    return view if ids.SETUP_LIST in text_of({"blocks": view["blocks"]}) else None


def lead(office: Office) -> Handoff:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(Handoff)).one()


def is_noted(office: Office, ts: str) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(Message).where(col(Message.ts) == ts)).first() is not None


def waits(office: Office) -> bool:
    """Whether the courier had the card in its hands, and put it back."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        card = tx.scalars(select(Message).where(col(Message.kind) == MessageKind.CARD)).one()
        return card.attempts > 0 and card.lease is None


def handoffs(office: Office) -> int:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return len(tx.scalars(select(Handoff)).all())


def live(office: Office) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(Setup)).one().live_at is not None


def only_the_installer_heard(office: Office) -> bool:
    """No channel and nobody else's DM has a message of the bot's."""
    office.settle()
    channels = office.sandbox.workspace.channels
    others = [each for each in channels if each != dm(OWNER)]
    return not any(office.control.messages(channel) for channel in others)
