"""Action items and topics know what they came from, open it, and lose their words with its lead."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.errors import NotAllowed
from bot.models import ActionItem, Dispute, Topic
from bot.services import erasing, item_sources, items
from bot.services.disputes import look_to_add_item
from bot.services.items import Wish
from bot.views import ids
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    IDA,
    LEADS,
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
from tests.services import test_disputes as disputes
from tests.services import test_flags as flags
from tests.services.test_standup import STANDUP, command, in_channel, playbook, submit

WHERE = "Where it comes from"


@pytest.fixture(scope="module")
def shared_office(new_database: NewDatabase) -> Iterator[Office]:
    """Two teams with a stand-up on Tuesday at ten."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        settings = settings_for(sandbox, new_database())
        office = Office(sandbox, replace(settings, liaison_playbook=playbook()))
        office.control.set_clock(MONDAY_TEN)
        office.open()
        yield office
        office.close()


def press(office: Office, person: str, action_id: str, message: Json, beside: str = "") -> None:
    """Press such a button of a DM or a private answer, after the block with these words."""
    blocks = message["blocks"]
    start = next(n for n, block in enumerate(blocks) if beside in json.dumps(block))
    for block in blocks[start:]:
        for element in block.get("elements", []):
            if element.get("action_id") == action_id:
                channel = message.get("channel") or dm(person)
                where = {"channel": channel, "ts": message["ts"], "value": element["value"]}
                office.control.click(person, action_id, **where)
                return
    raise AssertionError(f"no {action_id} after “{beside}”")


def add_item(office: Office, person: str, words: str) -> None:
    submit(office, person, "Action item", item_words=words, item_owner=person)
    office.control.close(person, office.modal(person, "Added")["id"])


def own_items(office: Office, person: str, shows: str) -> Json:
    """The private answer to `items`, with the channel it stands in."""
    office.control.command(person, STANDUP, "/alignment-standup", "items")
    answer = office.control.message(
        STANDUP, lambda m: m["ephemeral_to"] == person and shows in text_of(m)
    )
    return answer | {"channel": STANDUP}


def opened(office: Office, person: str) -> str:
    view = office.modal(person, WHERE)
    office.control.close(person, view["id"])
    return json.dumps(view, ensure_ascii=False)


def rows(office: Office, table: type[ActionItem] | type[Topic]) -> list[ActionItem | Topic]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(tx.scalars(select(table).order_by(col(table.id).desc())))


def erase(office: Office, handoff: str) -> None:
    assert office.bot
    lead_id = office.lead_of(handoff)
    assert erasing.erase_lead(office.bot.liaison, lead_id=lead_id, email=None)
    office.settle()


def test_an_item_made_of_a_flag_stands_on_both_and_opens_it(office: Office) -> None:
    handoff = office.hand_over(campaign="Autumn fair")
    flags.flag_card(office, CHLOE, handoff)
    warning = flags.said(office, IDA, "flagged Autumn fair")

    press(office, IDA, ids.ITEM_OF_FLAG, warning)
    add_item(office, IDA, "Put the size into the fair's form")

    flags.said(office, IDA, "Action item: *Put the size into the fair's form*")
    answer = own_items(office, IDA, "from a flag on Autumn fair")
    press(office, IDA, ids.ITEM_ORIGIN, answer, "Put the size")
    shown = opened(office, IDA)
    assert "*Autumn fair* was flagged" in shown
    assert flags.ISSUE in shown
    assert "Chloe" not in shown

    press(office, IDA, ids.ITEM_DONE, answer, "Put the size")
    flags.said(office, IDA, "· done")


def test_an_item_made_of_a_dispute_is_opened_by_those_in_it_alone(office: Office) -> None:
    handoff = disputes.rejected(office, company="Contested Corp")
    disputes.dispute(office, IDA, handoff)
    told = disputes.told(office, OLGA, handoff, "disputes an outcome")

    press(office, OLGA, ids.ITEM_OF_DISPUTE, told)
    add_item(office, OLGA, "Agree on what too small means")

    disputes.told(office, OLGA, handoff, "Action item: *Agree on what too small means*")
    answer = own_items(office, OLGA, "from a contested outcome")
    press(office, OLGA, ids.ITEM_ORIGIN, answer, "too small")
    assert disputes.WHY in opened(office, OLGA)

    item = next(each for each in rows(office, ActionItem) if "too small" in each.words)
    assert office.bot
    shown = json.dumps(item_sources.look(office.bot.liaison, item.id, BEN))
    assert "the liaison settles" in shown
    assert "Contested Corp" not in shown

    erase(office, handoff)
    assert "whose words were erased with a lead" in text_of(own_items(office, OLGA, "erased"))


def test_only_those_in_a_dispute_make_an_item_of_it(office: Office) -> None:
    handoff = disputes.rejected(office)
    disputes.dispute(office, IDA, handoff)
    disputes.told(office, OLGA, handoff, "disputes an outcome")
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        contested = tx.scalars(select(Dispute).where(col(Dispute.handoff_id) == handoff)).one()

    with pytest.raises(NotAllowed, match="Only the liaison makes an action item of a dispute"):
        look_to_add_item(liaison, contested.id, BEN)
    look_to_add_item(liaison, contested.id, OLGA)


def test_a_topic_made_of_a_card_loses_its_words_with_the_lead(office: Office) -> None:
    handoff = office.hand_over(company="Vanishing Inc")
    card = office.card(handoff)
    office.settle()

    office.control.shortcut(ANA, ids.ADD_MESSAGE, channel=LEADS, ts=card["ts"])
    words = "Why did Vanishing Inc wait?"
    submit(office, ANA, "Add to stand-up", item_words=words, add_as="topic")
    office.control.close(ANA, office.modal(ANA, "Added")["id"])
    in_channel(office, words)
    erase(office, handoff)

    assert office.bot
    office.control.until(lambda: words not in shown_in(office, STANDUP))
    (topic, *_) = rows(office, Topic)
    assert topic.words == ""


def test_an_item_made_of_a_reply_to_a_card_keeps_its_owner_and_loses_its_words(
    office: Office,
) -> None:
    handoff = office.hand_over(company="Replied GmbH")
    card = office.card(handoff)
    office.settle()
    ts = office.control.post(ANA, LEADS, "Replied GmbH wants a demo", thread_ts=card["ts"])

    office.control.shortcut(CHLOE, ids.ADD_MESSAGE, channel=LEADS, ts=ts)
    submit(office, CHLOE, "Add to stand-up", add_as="item")
    submit(office, CHLOE, "Action item", item_owner=CHLOE)
    office.control.close(CHLOE, office.modal(CHLOE, "Added")["id"])
    answer = own_items(office, CHLOE, "Replied GmbH wants a demo")
    press(office, CHLOE, ids.ITEM_ORIGIN, answer, "Replied GmbH")
    assert ts.replace(".", "") in opened(office, CHLOE)
    press(office, CHLOE, ids.ITEMS_POST, answer)
    office.control.until(lambda: "Replied GmbH" in shown_in(office, STANDUP))
    erase(office, handoff)

    assert "Replied GmbH" not in text_of(own_items(office, CHLOE, "erased with a lead"))
    office.control.until(lambda: "Replied GmbH" not in shown_in(office, STANDUP))


def test_what_was_added_in_a_cards_thread_goes_with_its_lead_too(office: Office) -> None:
    handoff = office.hand_over(company="Threaded Ltd")
    card = office.card(handoff)
    office.settle()

    office.control.post(
        BEN, LEADS, "<@U0LIAISON00> add Threaded Ltd waits for a price", thread_ts=card["ts"]
    )
    office.control.until(lambda: "“Threaded Ltd waits" in shown_in(office, LEADS, replies=True))
    erase(office, handoff)

    office.control.until(lambda: "erased with its lead" in shown_in(office, LEADS, replies=True))
    assert "“Threaded Ltd waits" not in shown_in(office, LEADS, replies=True)


def test_ones_own_items_are_read_by_a_channel_when_they_press(office: Office) -> None:
    assert office.bot
    key = office.bot.liaison.playbook.standups[0].key
    items.add(office.bot.liaison, key, DEV, Wish("Call the three oldest", DEV))
    answer = own_items(office, DEV, "Call the three oldest")

    press(office, DEV, ids.ITEMS_POST, answer)
    press(office, DEV, ids.ITEMS_POST, answer)

    in_channel(office, "Dev Thapa has 1 action item open.")
    office.settle()
    assert shown_in(office, STANDUP).count("Dev Thapa has 1 action item open.") == 2


def test_the_minutes_are_read_by_another_channel_when_somebody_presses(office: Office) -> None:
    command(office, ANA, "add what do we promise at the fair?")
    office.control.set_clock(MONDAY_TEN + timedelta(days=1))
    press(office, ANA, ids.STANDUP_NEXT, in_channel(office, "1 of") | {"channel": STANDUP})
    office.control.set_clock(MONDAY_TEN + timedelta(days=1, minutes=50))
    in_channel(office, "Minutes of the stand-up")

    office.control.command(BEN, LEADS, "/alignment-standup", "minutes")
    answer = office.whisper(BEN, "Minutes of the stand-up")
    press(office, BEN, ids.MINUTES_POST, answer | {"channel": LEADS})

    office.control.until(lambda: "Minutes of the stand-up" in shown_in(office, LEADS))
    office.control.command(BEN, STANDUP, "/alignment-standup", "minutes")
    answer = office.control.message(STANDUP, lambda m: m["ephemeral_to"] == BEN)
    press(office, BEN, ids.MINUTES_POST, answer | {"channel": STANDUP})
    office.control.message(STANDUP, lambda m: "in this channel already" in text_of(m))


def shown_in(office: Office, channel: str, *, replies: bool = False) -> str:
    """What everybody reads there now."""
    found = [m for m in office.control.messages(channel) if not m["ephemeral_to"]]
    return json.dumps([text_of(m) for m in found if not m["deleted"]], ensure_ascii=False)
