"""Where the app speaks to everybody: it follows the playbook while the bot runs."""

from pathlib import Path

import pytest

from bot.models import Occurrence
from bot.services.playbooks import bring_in_file
from sandbox.channels import Channel
from sandbox.people import BOT_USER_ID
from tests.office import LEADS, PIA, Json, Office, playbook_without_a_cap, text_of


def channel_without_the_bot(office: Office, name: str, *, private: bool) -> Channel:
    workspace = office.sandbox.workspace
    with workspace.lock:
        channel = workspace.add_channel(name, private=private)
        channel.members.remove(BOT_USER_ID)
    return channel


def invite(office: Office, channel: Channel) -> None:
    """Somebody types `/invite @Liaison`; the minute until the bot looks again is over."""
    assert office.bot
    with office.sandbox.workspace.lock:
        channel.members.append(BOT_USER_ID)
    office.bot.liaison.rooms.looked_at = None


def catch_up(office: Office) -> None:
    """Let every tick look twice, rather than wait: what one finds, another acts on."""
    for _ in range(2):
        office.control.advance("1s")


def agree_on(office: Office, folder: Path, channels: str) -> None:
    """Bring in a playbook with other channels, as `playbook import` does."""
    assert office.bot
    text = playbook_without_a_cap().read_text("utf-8")
    assert 'handoffs = "#leads"' in text
    file = folder / "playbook.toml"
    file.write_text(text.replace('handoffs = "#leads"', channels), "utf-8")
    bring_in_file(office.bot.liaison, file)


def standing_in(office: Office, channel: Channel, handoff: str) -> Json:
    return office.control.message(channel.id, lambda message: handoff in text_of(message))


def told_to_the_admin(office: Office, words: str) -> list[Json]:
    return [message for message in office.dms(PIA) if words in text_of(message)]


def test_cards_go_where_a_new_playbook_says_without_a_restart(
    own_office: Office, tmp_path: Path
) -> None:
    office = own_office
    office.open()
    assert office.bot
    before = office.hand_over()
    stood = office.card(before, "First touch due")
    inbound = channel_without_the_bot(office, "inbound", private=False)

    agree_on(office, tmp_path, 'handoffs = "#inbound"')
    catch_up(office)
    assert office.bot.liaison.handoff_channel == inbound.id

    standing_in(office, inbound, office.hand_over())
    assert BOT_USER_ID in inbound.members
    assert office.card(before)["ts"] == stood["ts"]


def test_a_card_waits_for_a_private_channel_and_goes_out_once_the_bot_is_invited(
    own_office: Office, tmp_path: Path
) -> None:
    office = own_office
    office.open()
    assert office.bot
    deals = channel_without_the_bot(office, "deals", private=True)
    agree_on(office, tmp_path, 'handoffs = "#deals"')
    catch_up(office)

    handoff = office.hand_over()
    office.control.until(lambda: told_to_the_admin(office, "I cannot post in #deals"))
    assert not any(handoff in text_of(message) for message in office.control.messages(LEADS))

    invite(office, deals)
    catch_up(office)
    standing_in(office, deals, handoff)
    assert len(told_to_the_admin(office, "I cannot post in")) == 1


def test_a_bot_starts_without_any_channel_and_says_who_has_to_do_what(own_office: Office) -> None:
    office = own_office
    with office.sandbox.workspace.lock:
        office.sandbox.workspace.channels[LEADS].members.remove(BOT_USER_ID)
        office.sandbox.workspace.channels[LEADS].private = True
    office.open()

    office.control.until(lambda: told_to_the_admin(office, "/invite @Liaison"))


@pytest.mark.parametrize("is_private", [False, True])
def test_a_stand_up_is_planned_once_its_channel_is_there(
    own_office: Office, tmp_path: Path, *, is_private: bool
) -> None:
    office = own_office
    office.open()
    assert office.bot
    weekly = channel_without_the_bot(office, "weekly", private=is_private)
    agree_on(office, tmp_path, 'handoffs = "#leads"\nstandup = "#weekly"')
    catch_up(office)
    if is_private:
        office.control.until(lambda: told_to_the_admin(office, "I cannot post in #weekly"))
        assert not planned(office)
        invite(office, weekly)
        catch_up(office)

    assert planned(office)
    assert office.bot.liaison.standup_channels == {"standup": weekly.id}


def planned(office: Office) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.query(Occurrence).first() is not None
