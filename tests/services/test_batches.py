"""Ten leads of one campaign within ten minutes: one card, one list each, every lead its own."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import queries
from bot.cli_imports import add_arguments, bring_in, open_file
from bot.errors import NotAllowed
from bot.models import Batch, Handoff, Message, MessageKind, Step
from bot.services.batch_steps import decide_all
from bot.services.batches import start_shown
from bot.services.escalations import excuse
from bot.services.flags import Raising, raise_by_hand
from bot.views import ids
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    ELLA,
    HUGO,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    PLAYBOOK,
    Json,
    Office,
    dm,
    is_brief,
    is_reply,
    settings_for,
    text_of,
)
from tests.services.test_away import enter
from tests.services.test_handoffs import run_of, stored

REPS = {
    "ana": ANA, "ben": BEN, "chloe": CHLOE, "dev": DEV, "ella": ELLA, "femi": "U0FEMI00000",
    "grace": "U0GRACE0000", "hugo": HUGO,
}  # fmt: skip
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def gathering_playbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's, in which many leads are a batch, but without a cap: tests share a day."""
    file = tmp_path_factory.mktemp("playbook") / "playbook.toml"
    file.write_text(PLAYBOOK.read_text("utf-8") + "\n[attention]\ncap = 1000\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def crowd(new_database: NewDatabase, gathering_playbook: Path) -> Iterator[Office]:
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        settings = settings_for(sandbox, new_database())
        office = Office(sandbox, replace(settings, liaison_playbook=gathering_playbook))
        office.control.set_clock(MONDAY_TEN)
        office.open()
        yield office
        office.close()


@pytest.fixture
def office(crowd: Office) -> Office:
    """On a Monday at ten; each test has a campaign of its own."""
    crowd.control.clear_faults()
    crowd.control.set_clock(MONDAY_TEN)
    for person in REPS.values():
        for view in reversed(crowd.control.state(person)["views"]):
            crowd.control.close(person, view["id"])
    return crowd


def rush(office: Office, campaign: str, count: int = 10, **fields: object) -> list[str]:
    """So many leads at once, all of them in before Slack takes a post; started and told."""
    office.settle()
    office.control.fault("rate_limited", method="chat.postMessage", seconds=0.1)
    handoffs = [office.hand_over(campaign=campaign, **fields) for _ in range(count)]
    office.control.clear_faults()
    start(office, campaign)
    return handoffs


def start(office: Office, campaign: str) -> None:
    """Wait for the card of the batch, and let the clocks of its leads start."""
    card_of(office, campaign)
    office.control.until(lambda: _has_started(office, campaign))
    office.settle()


def _has_started(office: Office, campaign: str) -> bool:
    assert office.bot
    liaison = office.bot.liaison
    start_shown(liaison)
    waits = select(Handoff).join(Batch, col(Batch.id) == Handoff.batch_id)
    with liaison.reading() as tx:
        return not tx.scalars(
            waits.where(col(Batch.name) == campaign, col(Handoff.shown_at).is_(None))
        ).all()


def card_of(office: Office, campaign: str, shows: str = "came together") -> Json:
    """The one card of a campaign's batch, waited for."""
    return office.control.message(
        LEADS,
        lambda m: (
            m["text"].startswith(f"*{campaign}*")
            and "came together" in m["text"]
            and shows in text_of(m)
        ),
    )


def list_of(office: Office, person: str, campaign: str, shows: str = "Work through") -> Json:
    """A person's newest list of a campaign, waited for."""
    return office.control.message(
        dm(person), lambda m: f"of {campaign}" in m["text"] and shows in text_of(m)
    )


def about(office: Office, campaign: str, channel: str = LEADS) -> list[Json]:
    """All that stands in a channel or DM about a campaign, briefs left out."""
    office.settle()
    said = office.control.messages(channel)
    return [m for m in said if campaign in text_of(m) and not is_brief(m) and not m["deleted"]]


def batch_of(office: Office, campaign: str) -> Batch:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(Batch).where(col(Batch.name) == campaign)).one()


def spot(blocks: list[Json], action_id: str, value: str) -> str:
    """The block in which a button with this value stands."""
    for block in blocks:
        for button in block.get("elements", [block.get("accessory", {})]):
            if (button.get("action_id"), button.get("value")) == (action_id, value):
                return str(block["block_id"])
    raise AssertionError(f"no {action_id} for {value}")


def open_lead(office: Office, person: str, told: Json, handoff: str) -> Json:
    """Open a lead from a list as it stands now."""
    (now,) = [m for m in office.dms(person) if m["ts"] == told["ts"]]
    where = {"channel": dm(person), "ts": told["ts"]}
    block_id = spot(now["blocks"], ids.OPEN, handoff)
    office.control.click(person, ids.OPEN, block_id=block_id, value=handoff, **where)
    return office.modal(person, "Lead")


def open_listed(office: Office, person: str, page: Json, handoff: str) -> Json:
    """Open a lead from a page of the form."""
    block_id = spot(page["blocks"], ids.OPEN, handoff)
    office.control.click(person, ids.OPEN, view_id=page["id"], block_id=block_id, value=handoff)
    return office.modal(person, "Lead")


def touch(office: Office, person: str, told: Json, handoff: str) -> None:
    """Open a lead from a list and log a touch."""
    lead = open_lead(office, person, told, handoff)
    office.control.click(person, ids.TOUCH, view_id=lead["id"], value=handoff)
    form = office.modal(person, "Log touch")
    office.control.submit(person, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})


def contacted(office: Office, handoff: str) -> None:
    """The CRM says that its actor was in touch."""
    office.tell(event="contacted", lead_id=office.lead_of(handoff), kind="call")


def test_eighty_leads_for_eight_reps_are_one_card_and_eight_lists(office: Office) -> None:
    office.settle()
    office.control.fault("rate_limited", method="chat.postMessage", seconds=0.1)
    for number in range(80):
        owner = f"{[*REPS][number % 8]}@example.com"
        office.hand_over(campaign="Expo", owner=owner, grade="BBCD"[number // 8 % 4])
    office.control.clear_faults()
    start(office, "Expo")
    office.control.set_clock(datetime(2026, 11, 23, 14, 30, tzinfo=UTC))
    for person in REPS.values():
        list_of(office, person, "Expo", "10 leads")

    (card,) = about(office, "Expo")
    assert "80 leads came together\nGrades: B 48 · C 16 · D 16\n" in card["text"]
    assert "Open with Ana Ruiz 10, Ben Cole 10" in card["text"]
    assert [len(about(office, "Expo", dm(person))) for person in REPS.values()] == [1] * 8
    lines = list_of(office, BEN, "Expo")["text"].split("\n")
    assert [line.split(" · ")[1] for line in lines if line.startswith("*")] == [*"BBBBBBCCDD"]


def test_a_file_that_is_announced_is_one_card_and_a_list_for_each_owner(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    rows = [f"f-{n},Fabrikam {n},Fabrik,{[*REPS][n % 8]}@example.com" for n in range(80)]
    file.write_text("\n".join(["id,company,campaign,owner", *rows]), "utf-8")
    chosen = ArgumentParser()
    add_arguments(chosen)
    asked = chosen.parse_args([str(file), "--announce", "--yes"])
    assert office.bot
    office.control.set_clock(datetime(2026, 11, 23, 14, 30, tzinfo=UTC))

    assert bring_in(office.bot.liaison, *open_file(asked), asked)
    start(office, "Fabrik")

    assert len(about(office, "Fabrik")) == 1
    for person in {*REPS.values()} - {DEV}:
        list_of(office, person, "Fabrik", "10 leads")
        assert len(about(office, "Fabrik", dm(person))) == 1
    assert about(office, "Fabrik", dm(DEV)) == []
    office.control.set_clock(datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    list_of(office, DEV, "Fabrik", "10 leads")


def test_the_card_of_a_batch_shows_the_flag_of_its_campaign(office: Office) -> None:
    first, *_ = rush(office, "Flagged rush")
    card = card_of(office, "Flagged rush")
    assert office.bot
    with office.bot.liaison.reading() as tx:
        campaign_id = tx.get_one(Handoff, (office.bot.liaison.team_id, first)).campaign_id
    raising = Raising(str(campaign_id), "Students, not buyers", "serious", None)

    raise_by_hand(office.bot.liaison, raising, BEN)

    flagged = card_of(office, "Flagged rush", "Campaign flagged (serious): Students, not buyers")
    assert flagged["ts"] == card["ts"]


def test_nine_leads_or_ten_in_more_than_ten_minutes_have_their_own_cards(office: Office) -> None:
    nine = [office.hand_over(campaign="Nine") for _ in range(9)]
    office.control.advance("10m")
    tenth = office.hand_over(campaign="Nine")

    for handoff in (*nine, tenth):
        office.card(handoff, "Ben Cole has it")
    assert {stored(office, handoff).batch_id for handoff in (*nine, tenth)} == {None}


def test_leads_of_different_campaigns_or_of_none_are_no_batch(office: Office) -> None:
    mixed = [office.hand_over(campaign=f"Mixed {number}") for number in range(10)]
    unnamed = [office.hand_over(campaign=None) for _ in range(10)]

    assert {stored(office, each).batch_id for each in mixed + unnamed} == {None}


def test_those_that_came_before_the_tenth_join_and_keep_what_was_promised(office: Office) -> None:
    before = [office.hand_over(campaign="Early", company=f"Early {n}") for n in range(9)]
    dms = [office.dm(BEN, handoff, "due 11:00") for handoff in before]
    cards = [office.card(handoff, "Ben Cole has it") for handoff in before]

    tenth = office.hand_over(campaign="EARLY ", company="Tenth")
    start(office, "EARLY")

    said = {m["ts"]: m for m in about(office, "E")}
    for number, card in enumerate(cards):
        assert said[card["ts"]]["text"] == (
            f"*Early {number}* is one of many leads of EARLY: see their one card."
        )
    told = list_of(office, BEN, "EARLY", "Work through 10 leads")
    assert told["text"].split("\n")[0].endswith("the first due 11:00")
    after = {m["ts"]: m["text"] for m in office.dms(BEN)}
    assert all("it is in your list of EARLY below." in after[m["ts"]] for m in dms)
    hour = timedelta(hours=1)
    due = stored(office, before[0]).due_at
    assert due and due < MONDAY_TEN + hour + timedelta(minutes=1)
    due = stored(office, tenth).due_at
    assert due and due > MONDAY_TEN + 4 * hour
    assert run_of(office, tenth).allowance == "4h"


def test_a_card_that_is_with_a_sender_when_the_tenth_comes_shrinks_and_starts_one_clock(
    office: Office,
) -> None:
    office.settle()
    office.control.fault("slow", method="chat.postMessage", times=1, seconds=0.7)
    first = office.hand_over(campaign="In flight")
    office.card(first)  # Slack shows it, and has not answered yet
    for _ in range(9):
        office.hand_over(campaign="In flight")
    start(office, "In flight")

    office.control.message(
        LEADS, lambda m: "see their one card" in m["text"] and first in text_of(m)
    )
    assert office.bot
    with office.bot.liaison.reading() as tx:
        lines = queries.history(tx, tx.get_one(Handoff, (office.bot.liaison.team_id, first)))
    assert [line.kind for line in lines].count("shown") == 1
    list_of(office, BEN, "In flight", "10 leads")
    told = about(office, "In flight", dm(BEN))
    assert len([m for m in told if "Work through" in m["text"]]) == 1
    assert len([m for m in about(office, "In flight") if "came together" in m["text"]]) == 1


def test_more_leads_join_and_the_same_messages_count_them(office: Office) -> None:
    rush(office, "Growing")
    card = card_of(office, "Growing", "10 leads")

    office.hand_over(campaign="Growing", company="Eleven", owner="chloe@example.com")

    assert card_of(office, "Growing", "11 leads")["ts"] == card["ts"]
    start(office, "Growing")
    list_of(office, CHLOE, "Growing", "Eleven")
    office.control.advance("10m")
    alone = office.hand_over(campaign="Growing")
    office.card(alone, "Ben Cole has it")


def test_a_batch_goes_on_while_ten_come_within_ten_minutes(office: Office) -> None:
    rush(office, "Long")
    office.control.advance("9m")
    rush_on = [office.hand_over(campaign="Long") for _ in range(9)]
    office.control.advance("2m")
    last = office.hand_over(campaign="Long")

    together = {stored(office, each).batch_id for each in [*rush_on, last]}
    assert together == {batch_of(office, "Long").id}


def test_a_lead_is_opened_from_the_list_answered_and_taken_back(office: Office) -> None:
    handoffs = rush(office, "Answers", company="Globex")
    first, second = handoffs[:2]
    told = list_of(office, BEN, "Answers", "10 leads")

    lead = open_lead(office, BEN, told, first)
    assert "jane" in text_of(lead) and "+1 555 0100" in json.dumps(lead)
    office.control.close(BEN, lead["id"])
    touch(office, BEN, told, first)
    card_of(office, "Answers", "First touch made: 1 of 10")
    office.control.message(dm(BEN), lambda m: m["ts"] == told["ts"] and "in touch" in text_of(m))

    lead = open_lead(office, BEN, told, second)
    office.control.click(BEN, ids.OUTCOME, view_id=lead["id"], value=second)
    form = office.modal(BEN, "Outcome")
    office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "no_need"}})
    card_of(office, "Answers", "Answered: 1: 1 No need.")
    list_of(office, BEN, "Answers", "9 leads")

    page = open_page(office, BEN, told, f"{batch_of(office, 'Answers').id}:{BEN}:0")
    lead = open_listed(office, BEN, page, second)
    office.control.click(BEN, ids.UNDO, view_id=lead["id"], value=second)
    list_of(office, BEN, "Answers", "10 leads")
    assert stored(office, second).closed_at is None


def open_page(office: Office, person: str, told: Json, value: str) -> Json:
    office.press(person, ids.BATCH_PAGE, told, dm(person), value)
    return office.modal(person, "Leads")


def test_the_queue_of_a_batch_is_claimed_one_by_one(office: Office) -> None:
    rush(office, "Queue", owner=None)
    card = card_of(office, "Queue", "10 in the queue.")
    batch = batch_of(office, "Queue").id

    office.press_at_once([BEN, CHLOE], ids.BATCH_CLAIM, card, LEADS, batch)

    card = card_of(office, "Queue", "8 in the queue.")
    assert "Open with Ben Cole 1, Chloe Martin 1." in card["text"]
    for person in (BEN, CHLOE):
        office.control.message(dm(person), lambda m: "Queue · grade" in text_of(m))
    office.press(IDA, ids.BATCH_CLAIM, card, LEADS, batch)
    office.whisper(IDA, "Only sales")
    for _ in range(8):
        office.press(HUGO, ids.BATCH_CLAIM, card, LEADS, batch)
    assert "Claim one" not in text_of(card_of(office, "Queue", "Hugo Lind 8"))


def test_the_reminders_of_a_day_are_one_line(office: Office) -> None:
    handoffs = rush(office, "Nudged")
    told = list_of(office, BEN, "Nudged")
    touch(office, BEN, told, handoffs[0])
    office.control.set_clock(MONDAY_TEN + timedelta(minutes=195))
    nudge = office.control.message(dm(BEN), lambda m: m["text"].startswith("Nudged: "))
    assert nudge["text"].startswith("Nudged: 9 first touches open, the first due 14:00")

    office.control.advance("1h")
    office.settle()

    assert len([m for m in about(office, "Nudged", dm(BEN)) if "first touches" in m["text"]]) == 1
    assert {len(steps(office, handoff)) for handoff in handoffs} == {0, 2}
    for handoff in handoffs[1:]:
        contacted(office, handoff)
    office.control.message(
        dm(BEN), lambda m: m["ts"] == nudge["ts"] and "nothing is left" in m["text"]
    )


def steps(office: Office, handoff: str) -> list[Step]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(tx.scalars(select(Step).where(col(Step.handoff_id) == handoff)))


def test_no_reminder_once_all_of_them_are_answered(office: Office) -> None:
    handoffs = rush(office, "Silent")
    for handoff in handoffs:
        contacted(office, handoff)

    for minutes in (195, 241, 365):
        office.control.set_clock(MONDAY_TEN + timedelta(minutes=minutes))
    office.settle()

    assert len(about(office, "Silent", dm(BEN))) == 1


def test_colleagues_and_the_manager_read_one_line_for_all_of_them(
    own_office: Office, gathering_playbook: Path
) -> None:
    office = own_office
    office.reopen(liaison_playbook=gathering_playbook)
    handoffs = rush(office, "Ladder", company="Slow Ltd")
    for minutes in (195, 241, 365):
        office.control.set_clock(MONDAY_TEN + timedelta(minutes=minutes))
        office.settle()
    asked = office.control.message(LEADS, lambda m: m["text"].startswith("*Ladder*: first touch"))
    assert is_reply(asked) and "open for 10 leads. Anyone free?" in asked["text"]
    assert "Ben" not in text_of(asked)

    office.press(CHLOE, ids.BATCH_TAKE_ON, asked, LEADS, batch_of(office, "Ladder").id)

    office.control.message(LEADS, lambda m: m["ts"] == asked["ts"] and "9 leads" in m["text"])
    card_of(office, "Ladder", "Ben Cole 9, Chloe Martin 1")
    office.control.set_clock(MONDAY_TEN + timedelta(minutes=396))
    office.control.set_clock(TUESDAY_NINE)
    told = office.control.message(dm(ANA), lambda m: "*Ladder*" in m["text"])
    lines = [line for line in told["text"].split("\n") if "Ladder" in line]
    assert len(lines) == 1 and "9 leads · Ben Cole has them" in lines[0]
    batch = batch_of(office, "Ladder").id
    assert office.bot
    with pytest.raises(NotAllowed):
        decide_all(office.bot.liaison, excuse, batch, BEN, CHLOE)
    office.press(ANA, ids.BATCH_EXCUSE, told, dm(ANA), f"{batch}:{BEN}")
    office.control.message(dm(ANA), lambda m: m["ts"] == told["ts"] and "Ladder" not in m["text"])
    excused = [each for each in handoffs if run_of(office, each, 1).excused_at]
    assert len(excused) == 9


def test_a_cover_gets_one_list_and_gives_it_back(office: Office) -> None:
    rush(office, "Covered", owner="hugo@example.com")
    told = list_of(office, HUGO, "Covered")

    enter(office, HUGO, cover=DEV)

    list_of(office, DEV, "Covered", "10 leads")
    office.control.message(
        dm(HUGO), lambda m: m["ts"] == told["ts"] and "nothing is left" in m["text"]
    )
    assert len([m for m in about(office, "Covered", dm(DEV)) if "Work through" in m["text"]]) == 1
    office.control.set_clock(datetime(2026, 11, 27, 8, 0, 5, tzinfo=UTC))
    back = list_of(office, HUGO, "Covered", "10 leads")
    assert back["ts"] != told["ts"]


def test_an_erased_lead_leaves_card_and_list(office: Office) -> None:
    handoffs = rush(office, "Erased")
    named = office.lead_of(handoffs[3])
    company = f"Acme {named.partition('-')[2]}"
    list_of(office, BEN, "Erased", company)

    office.tell(event="erased", lead_id=named)

    list_of(office, BEN, "Erased", "9 leads")
    card_of(office, "Erased", "1 Erased")
    assert not [m for m in about(office, "Erased", dm(BEN)) if f"*{company}*" in text_of(m)]


def test_every_message_answers_why(office: Office) -> None:
    rush(office, "Why")
    batch = batch_of(office, "Why").id

    office.press(BEN, ids.BATCH_WHY, list_of(office, BEN, "Why"), dm(BEN), batch)
    mine = office.whisper(BEN, "These leads of Why")["text"]
    office.press(IDA, ids.MORE, card_of(office, "Why"), LEADS, f"{ids.MORE_BATCH}:{batch}")
    everybodys = office.whisper(IDA, "These leads of Why")["text"]

    assert everybodys == (
        "These leads of Why are one card and one list for each person, because 10 or more came "
        "within 10 minutes."
    )
    assert "you have each of yours because marketing named the owner when handing it over" in mine
    assert "in working time: A 4h, B 24h, C 72h, D no clock." in mine


def test_all_leads_of_one_rep_are_paged_in_a_form(office: Office) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff & Sons <!channel> " * 3
    rush(office, "Many", 45, company=long, grade="B")
    rush_of_none = office.hand_over(campaign="Many", company=None, first_name=None)
    start(office, "Many")
    told = list_of(office, BEN, "Many", "and 36 more")
    batch = batch_of(office, "Many").id

    page = open_page(office, BEN, told, f"{batch}:{BEN}:0")
    assert "1 to 20 of 46" in text_of(page | {"text": ""})
    for number, shows in ((1, "21 to 40 of 46"), (2, "41 to 46 of 46")):
        value = f"{batch}:{BEN}:{number}"
        office.control.click(BEN, ids.BATCH_NEXT, view_id=page["id"], value=value)
        office.control.until(partial(_page_shows, office, shows))
    assert "<!channel>" not in json.dumps(office.modal(BEN, "Leads"))
    assert stored(office, rush_of_none).batch_id == batch


def _page_shows(office: Office, words: str) -> bool:
    return words in json.dumps(office.modal(BEN, "Leads")["blocks"])


def test_a_morning_brief_does_not_tell_a_list_again(office: Office) -> None:
    rush(office, "Told", grade="D", owner="ella@example.com")
    office.control.set_clock(datetime(2026, 11, 23, 14, 30, tzinfo=UTC))
    list_of(office, ELLA, "Told")

    office.control.set_clock(datetime(2026, 11, 24, 14, 0, 5, tzinfo=UTC))
    office.settle()

    assert not [m for m in office.briefs(ELLA) if "Told" in text_of(m)]


def test_what_was_not_started_is_started_by_the_next_process(
    own_office: Office, gathering_playbook: Path
) -> None:
    own_office.reopen(liaison_playbook=gathering_playbook)
    handoffs = [own_office.hand_over(campaign="Restart") for _ in range(10)]
    card_of(own_office, "Restart")
    own_office.reopen()

    own_office.control.advance("1s")

    list_of(own_office, BEN, "Restart", "10 leads")
    assert run_of(own_office, handoffs[-1]).due_at
    with own_office.bot.liaison.reading() as tx:  # type: ignore[union-attr]
        cards = select(Message).where(col(Message.kind) == MessageKind.BATCH_CARD)
        assert len(tx.scalars(cards).all()) == 1
