"""The joint meeting: it announces itself, is run from one message, and leaves action items."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.standup import State
from bot.models import ActionItem, Dispute, Occurrence, Preview, PreviewAnswer, Topic
from bot.services import items, preview_put, previews
from bot.services.items import Wish
from bot.services.previews import close_previews
from bot.services.standup import take_due_standups
from bot.views import ids
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    MONDAY_TEN,
    OLGA,
    Json,
    Office,
    dm,
    playbook_with,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES

STANDUP = "C0STANDUP00"
TUESDAY_TEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""In Berlin, where the meeting is."""
WEEK = timedelta(days=7)
MEETING = """
[attention]
cap = 1000
at_once = ["A", "B", "C", "D"]

[[meetings]]
key = "weekly"
channel = "#standup"
weekday = "tuesday"
time = "10:00"
timezone = "Europe/Berlin"
call_link = "https://meet.example.com/standup"
"""


@cache
def playbook() -> Path:
    return playbook_with(MEETING, leave_out='standup = "#standup"\n')


@pytest.fixture
def weekly(own_office: Office) -> Iterator[Office]:
    """An office with a stand-up on Tuesday at ten, on the Friday morning before."""
    own_office.settings = replace(own_office.settings, liaison_playbook=playbook())
    own_office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    own_office.open()
    own_office.control.advance("1m")
    yield own_office


def command(office: Office, person: str, text: str = "", channel: str = STANDUP) -> str:
    """Type it; gives the private answer, waited for."""
    before = {m["ts"] for m in office.control.messages(channel) if m["ephemeral_to"] == person}
    office.control.command(person, channel, "/alignment-standup", text)
    said = office.control.message(
        channel, lambda m: m["ephemeral_to"] == person and m["ts"] not in before
    )
    return text_of(said)


def in_channel(office: Office, shows: str) -> Json:
    return office.control.message(STANDUP, lambda m: not m["ephemeral_to"] and shows in text_of(m))


def said_in_channel(office: Office) -> list[str]:
    office.settle()
    messages = office.control.messages(STANDUP)
    return [m["text"] for m in messages if not m["ephemeral_to"] and not m["deleted"]]


def told(office: Office, person: str, shows: str) -> Json:
    return office.control.message(
        dm(person), lambda m: not m["ephemeral_to"] and shows in text_of(m)
    )


def press(office: Office, person: str, action_id: str, message: Json, beside: str = "") -> None:
    """Press the first such button, in a block that has these words, of a message in the meeting's
    channel or in the person's own DM."""
    for block in message["blocks"]:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if element.get("action_id") == action_id and beside in json.dumps(block):
                office.control.click(
                    person,
                    action_id,
                    channel=message.get("channel") or STANDUP,
                    ts=message["ts"],
                    block_id=block["block_id"],
                    value=element.get("value", ""),
                )
                return
    raise AssertionError(f"no {action_id} beside “{beside}”")


def submit(office: Office, person: str, title: str, **values: object) -> Json:
    form = office.modal(person, title)
    given = {field: {ids.CHOICE: value} for field, value in values.items()}
    return office.control.submit(person, form["id"], given)


def add_item(office: Office, words: str, **wish: str) -> str:
    assert office.bot
    return items.add(office.bot.liaison, "weekly", ANA, Wish(words, **wish))


def occurrences(office: Office) -> list[Occurrence]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(tx.scalars(select(Occurrence).order_by(col(Occurrence.day))))


def at(office: Office, moment: datetime) -> None:
    office.control.set_clock(moment)
    office.settle()


def start(office: Office, moment: datetime = TUESDAY_TEN) -> Json:
    at(office, moment)
    return in_channel(office, "1 of")


def test_with_nothing_open_it_skips_itself_and_says_what_that_saves(weekly: Office) -> None:
    at(weekly, MONDAY_TEN)

    sentence = "No stand-up on Tue 24 Nov: nothing is open. That saves 30 minutes for each of 3"
    assert sentence in text_of(in_channel(weekly, "No stand-up"))
    at(weekly, TUESDAY_TEN + timedelta(hours=2))
    assert len(said_in_channel(weekly)) == 1


def test_a_topic_after_that_brings_it_back_in_the_same_message(weekly: Office) -> None:
    at(weekly, MONDAY_TEN)
    skipped = in_channel(weekly, "No stand-up")

    answer = command(weekly, BEN, "add why do trials stop?")

    assert "“why do trials stop?” is a topic for the stand-up" in answer
    agenda = in_channel(weekly, "why do trials stop?")
    assert agenda["ts"] == skipped["ts"]
    assert len(said_in_channel(weekly)) == 1


def test_the_agenda_stands_the_working_day_before_with_its_three_parts(weekly: Office) -> None:
    add_item(weekly, "Ask for the company size", owner=IDA, due="2026-11-24")
    for _ in range(3):
        weekly.hand_over(owner=None)
    at(weekly, MONDAY_TEN)

    agenda = in_channel(weekly, "Stand-up Tue 24 Nov")

    said = agenda["text"]
    assert "*1 · Action items* (5 min): 1 open\n*Ask for the company size*\nIda Berg" in said
    assert "*2 · To talk about*" in said
    assert "*3 · Decisions and new action items* (5 min)" in said
    assert "Ana Ruiz leads" in said
    assert "https://meet.example.com/standup" in text_of(agenda)


def test_problems_come_from_the_data_and_name_nobody(weekly: Office) -> None:
    leads = [weekly.hand_over(company=f"Late {n}") for n in range(3)]
    for lead in leads:
        weekly.card(lead, "First touch due")
    at(weekly, MONDAY_TEN)

    agenda = in_channel(weekly, "Stand-up Tue 24 Nov")

    assert "3 leads wait for a first touch past the agreed time" in agenda["text"]
    assert "Ben" not in text_of(agenda).replace("Ben Cole comes from the reps", "")
    press(weekly, CHLOE, ids.STANDUP_LEADS, agenda)
    shown = json.dumps(weekly.modal(CHLOE, "Leads"))
    assert "Late 1" in shown
    assert "Ben Cole" not in shown
    press(weekly, ANA, ids.STANDUP_LEADS, agenda)
    assert "Ben Cole" in json.dumps(weekly.modal(ANA, "Leads"))


def test_it_is_run_from_one_message(weekly: Office) -> None:
    command(weekly, BEN, "add why do trials stop?")
    add_item(weekly, "Ask for the company size", owner=IDA, due="2026-11-24")
    at(weekly, MONDAY_TEN)
    agenda = start(weekly)

    press(weekly, IDA, ids.ITEM_DONE, agenda)
    in_channel(weekly, "Ida Berg · due Tue 24 Nov · done")
    press(weekly, ANA, ids.STANDUP_NEXT, in_channel(weekly, "1 of 3"))
    assert "why do trials stop?" in in_channel(weekly, "2 of 3")["text"]
    press(weekly, OLGA, ids.STANDUP_DECIDE, in_channel(weekly, "2 of 3"))
    submit(weekly, OLGA, "Decision", decision_words="Trials get a call in week one.")
    press(weekly, ANA, ids.STANDUP_ADD, in_channel(weekly, "Decided: Trials get"))
    submit(weekly, ANA, "Action item", item_words="Write the call script", item_owner=BEN)
    press(weekly, ANA, ids.STANDUP_NEXT, in_channel(weekly, "Write the call script"))
    press(weekly, ANA, ids.STANDUP_END, in_channel(weekly, "3 of 3"))

    minutes = in_channel(weekly, "Minutes of the stand-up of Tue 24 Nov")["text"]
    assert "*Decided*\n• Trials get a call in week one." in minutes
    assert "*New action items*\n• Write the call script: Ben Cole, due Tue 1 Dec" in minutes
    assert "*Done*\n• Ask for the company size: Ida Berg" in minutes
    assert "*Talked about*\n• why do trials stop?" in minutes
    in_channel(weekly, "is over; its minutes stand below.")
    assert next(each.state for each in occurrences(weekly)) is State.CLOSED


def test_only_those_who_run_it_may_turn_the_page_and_only_once_each(weekly: Office) -> None:
    command(weekly, BEN, "add why do trials stop?")
    at(weekly, MONDAY_TEN)
    agenda = start(weekly)

    press(weekly, BEN, ids.STANDUP_NEXT, agenda)
    note = weekly.control.message(
        STANDUP, lambda m: m["ephemeral_to"] == BEN and "run" in m["text"]
    )
    assert "The managers of both sides and the liaison run the stand-up." in note["text"]

    weekly.control.fault("rate_limited", method="chat.update", times=1, seconds=1)
    for person in (ANA, IDA):
        press(weekly, person, ids.STANDUP_NEXT, agenda)
    weekly.control.message(STANDUP, lambda m: m["ephemeral_to"] == IDA and "turned" in m["text"])
    in_channel(weekly, "2 of 3")


def test_it_closes_itself_and_what_is_loose_goes_to_whoever_led(weekly: Office) -> None:
    command(weekly, BEN, "add why do trials stop?")
    at(weekly, MONDAY_TEN)
    agenda = start(weekly)
    press(weekly, ANA, ids.STANDUP_ADD, agenda)
    submit(weekly, ANA, "Action item", item_words="Find out")
    in_channel(weekly, "nobody yet")

    at(weekly, TUESDAY_TEN + timedelta(minutes=44))
    assert not [said for said in said_in_channel(weekly) if "Minutes" in said]
    at(weekly, TUESDAY_TEN + timedelta(minutes=45))

    in_channel(weekly, "Find out: Ana Ruiz, due Tue 1 Dec")
    told(weekly, ANA, "1 action item had no owner or no day: you have them now.")


def test_an_item_is_carried_until_it_must_be_decided(weekly: Office) -> None:
    item = add_item(weekly, "Ask for the company size", owner=IDA, due="2026-11-24")
    for week in range(2):
        at(weekly, MONDAY_TEN + week * WEEK)
        agenda = start(weekly, TUESDAY_TEN + week * WEEK)
        press(weekly, ANA, ids.STANDUP_NEXT, agenda)
        in_channel(weekly, "2 of 2")
        at(weekly, TUESDAY_TEN + week * WEEK + timedelta(hours=1))
    at(weekly, MONDAY_TEN + 2 * WEEK)

    agenda = in_channel(weekly, "carried twice: decide what becomes of it")
    assert agenda["text"].count("Ask for the company size") == 1
    press(weekly, ANA, ids.ITEM_DECIDE, agenda)
    refused = submit(weekly, ANA, "Action item", item_verdict="drop")
    assert ids.ITEM_REASON in refused["errors"]
    submit(weekly, ANA, "Action item", item_verdict="drop", item_reason="The form is gone.")

    weekly.settle()
    assert weekly.bot
    with weekly.bot.liaison.reading() as tx:
        row = tx.get_one(ActionItem, (weekly.bot.liaison.team_id, item))
    assert row.is_dropped


def test_whose_turn_it_is_goes_round_and_can_be_passed_on(weekly: Office) -> None:
    turn = told(weekly, ANA, "Your turn to lead the stand-up on Tue 24 Nov")
    press(weekly, ANA, ids.DUTY_CANNOT, turn | {"channel": dm(ANA)})

    passed = told(weekly, IDA, "Your turn to lead the stand-up on Tue 24 Nov")
    told(weekly, ANA, "Ida Berg does it")
    press(weekly, IDA, ids.DUTY_SWAP, passed | {"channel": dm(IDA)})
    refused = submit(weekly, IDA, "Swap", duty_to=BEN)
    assert refused["errors"] == {ids.DUTY_TO: "Choose a manager or the liaison."}
    submit(weekly, IDA, "Swap", duty_to=OLGA)

    told(weekly, OLGA, "Your turn to lead the stand-up on Tue 24 Nov")
    told(weekly, BEN, "You are the rep at the stand-up on Tue 24 Nov")


def test_a_person_skips_it_with_a_reason_and_two_weeks_without_are_told_once(
    weekly: Office,
) -> None:
    command(weekly, BEN, "add why do trials stop?")
    assert "Type why" in command(weekly, ANA, "skip")
    assert "run the stand-up" in command(weekly, BEN, "skip no time")
    command(weekly, ANA, "skip everybody is at the fair")
    in_channel(weekly, "No stand-up on Tue 24 Nov, says Ana Ruiz: everybody is at the fair")

    at(weekly, MONDAY_TEN + WEEK)
    command(weekly, ANA, "skip again")
    at(weekly, TUESDAY_TEN + WEEK)
    at(weekly, MONDAY_TEN + 2 * WEEK)
    command(weekly, ANA, "skip and again")
    at(weekly, TUESDAY_TEN + 2 * WEEK)

    told(weekly, OLGA, "No stand-up has taken place since")
    at(weekly, TUESDAY_TEN + 2 * WEEK + timedelta(days=1))
    gaps = [m for m in weekly.dms(OLGA) if "has taken place since" in m["text"]]
    assert len(gaps) == 1


def test_when_the_bot_was_down_over_the_moment_it_runs_once_and_says_it_is_late(
    weekly: Office,
) -> None:
    command(weekly, BEN, "add why do trials stop?")
    weekly.close()
    weekly.control.set_clock(TUESDAY_TEN + timedelta(hours=3))
    weekly.open()
    weekly.control.advance("1m")
    weekly.settle()

    in_channel(weekly, "This comes late: I was not running at its time.")
    in_channel(weekly, "is late, because I was not running")
    assert len(said_in_channel(weekly)) == 2
    at(weekly, TUESDAY_TEN + timedelta(hours=4))
    in_channel(weekly, "Minutes of the stand-up")


def test_a_meeting_whose_next_one_is_near_was_missed_and_nothing_is_lost(weekly: Office) -> None:
    command(weekly, BEN, "add why do trials stop?")
    weekly.close()
    weekly.control.set_clock(MONDAY_TEN + WEEK)
    weekly.open()
    weekly.control.advance("1m")

    in_channel(weekly, "The stand-up of Tue 24 Nov went by while I was not running.")
    in_channel(weekly, "why do trials stop?")
    assert len(said_in_channel(weekly)) == 2


@ON_BOTH_ENGINES
def test_whoever_asks_however_often_there_is_one_agenda(weekly: Office) -> None:
    command(weekly, BEN, "add why do trials stop?")
    draft = command(weekly, ANA)
    assert "Post to channel" in draft
    assert "Post to channel" not in command(weekly, BEN)
    private = weekly.control.message(STANDUP, lambda m: m["ephemeral_to"] == ANA)
    for _ in range(3):
        press(weekly, ANA, ids.STANDUP_POST, private)
    assert weekly.bot
    at(weekly, MONDAY_TEN)
    for _ in range(3):
        take_due_standups(weekly.bot.liaison)

    assert len(said_in_channel(weekly)) == 1
    assert "the agenda stands" in command(weekly, IDA)


def test_a_message_becomes_a_topic_by_shortcut_and_by_mention(weekly: Office) -> None:
    ts = weekly.control.post(BEN, "C0LEADS0000", "Half of the fair leads have no phone.")
    weekly.control.shortcut(BEN, ids.ADD_MESSAGE, channel="C0LEADS0000", ts=ts)
    submit(weekly, BEN, "Add to stand-up")
    weekly.modal(BEN, "Added")
    asked = weekly.control.post(
        CHLOE, "C0LEADS0000", "<@U0LIAISON00> add who calls fair leads?", thread_ts=ts
    )

    reply = weekly.control.message("C0LEADS0000", lambda m: "is a topic for" in m["text"])
    assert reply["thread_ts"] == ts
    assert asked != reply["ts"]
    assert weekly.bot
    with weekly.bot.liaison.reading() as tx:
        found = tx.scalars(select(Topic).order_by(col(Topic.id))).all()
    assert [topic.words for topic in found] == [
        "Half of the fair leads have no phone.",
        "who calls fair leads?",
    ]


def test_an_item_is_in_the_brief_the_day_before_and_is_ticked_there(weekly: Office) -> None:
    add_item(weekly, "Write the call script", owner=BEN, due="2026-11-24")

    at(weekly, MONDAY_TEN - timedelta(hours=1))

    brief = weekly.brief(BEN, "Write the call script")
    assert "Your brief: 1 action item\n" in brief["text"]
    press(weekly, BEN, ids.ITEM_DONE, brief | {"channel": dm(BEN)})
    weekly.settle()
    at(weekly, MONDAY_TEN + timedelta(days=1))
    assert len(weekly.briefs(BEN)) == 1


def test_an_item_ticked_while_its_brief_is_on_its_way_leaves_it(weekly: Office) -> None:
    add_item(weekly, "Write the call script", owner=BEN, due="2026-11-24")
    weekly.control.fault("slow", method="chat.postMessage", seconds=0.8)
    weekly.control.set_clock(MONDAY_TEN - timedelta(hours=1))

    # Slack shows it, and has not told the bot yet.
    brief = weekly.control.message(dm(BEN), lambda m: "Write the call script" in text_of(m))
    press(weekly, BEN, ids.ITEM_DONE, brief | {"channel": dm(BEN)})

    weekly.control.message(
        dm(BEN), lambda m: m["ts"] == brief["ts"] and "Write the call script" not in text_of(m)
    )


def test_an_item_of_somebody_who_left_is_their_managers(weekly: Office) -> None:
    item = add_item(weekly, "Write the call script", owner=BEN, due="2026-11-24")

    weekly.control.change_person(BEN, deleted=True)
    assert weekly.bot
    liaison = weekly.bot.liaison

    def owner() -> str | None:
        take_due_standups(liaison)
        with liaison.reading() as tx:
            return tx.get_one(ActionItem, (liaison.team_id, item)).owner_id

    weekly.control.until(lambda: owner() == ANA)


def test_items_minutes_and_decisions_are_answered_in_private(weekly: Office) -> None:
    add_item(weekly, "Write the call script", owner=BEN, due="2026-11-24")

    assert "You have 1 action item open." in command(weekly, BEN, "items")
    assert "There are no minutes yet" in command(weekly, BEN, "minutes")
    assert "No decision has “form” in it" in command(weekly, BEN, "decisions form")
    assert "puts a topic on it" in command(weekly, BEN, "help")
    weekly.control.command(BEN, STANDUP, "/liaison", "standup items")
    weekly.control.until(
        lambda: (
            sum(
                "You have 1 action item open." in m["text"]
                for m in weekly.control.messages(STANDUP)
            )
            == 2
        )
    )


def written_answer(office: Office, person: str, progress: str, problem: str = "") -> None:
    asked = told(office, person, ids.WRITTEN_ANSWER)
    press(office, person, ids.WRITTEN_ANSWER, asked | {"channel": dm(person)})
    submit(
        office, person, "Stand-up in writing", written_progress=progress, written_problem=problem
    )
    told(office, person, "Your answer for the stand-up of Tue 24 Nov")


def test_in_writing_everybody_is_asked_in_their_morning_and_one_summary_tells_it(
    weekly: Office,
) -> None:
    command(weekly, BEN, "add why do trials stop?")
    assert "is held in writing" in command(weekly, ANA, "async")
    at(weekly, MONDAY_TEN)
    in_channel(weekly, "In writing: everybody is asked in their own morning")
    assert not [said for said in weekly.dms(ANA) if "in writing" in said["text"]]

    at(weekly, TUESDAY_TEN - timedelta(hours=1))
    written_answer(weekly, ANA, "Called all three.", "The form")
    asked = told(weekly, IDA, "is held in writing: two questions")
    press(weekly, IDA, ids.WRITTEN_SKIP, asked | {"channel": dm(IDA)})
    at(weekly, TUESDAY_TEN)
    in_channel(weekly, "2 of 3 answered so far")
    written_answer(weekly, ANA, "Called all four.")
    at(weekly, TUESDAY_TEN + timedelta(days=1))

    summary = in_channel(weekly, "Minutes of the stand-up")
    assert "Ana Ruiz: Called all four." in summary["text"]
    assert "Ida Berg: Nothing this time." in summary["text"]
    written_answer(weekly, OLGA, "Late but here.")
    later = in_channel(weekly, "Olga Petrova (later): Late but here.")
    assert later["ts"] == summary["ts"]


def test_whoever_is_away_is_not_asked_in_writing(weekly: Office) -> None:
    weekly.control.command(IDA, STANDUP, "/liaison", "away")
    submit(weekly, IDA, "Away", away_from="2026-11-24", away_to="2026-11-24")
    command(weekly, BEN, "add why do trials stop?")
    command(weekly, ANA, "async")
    at(weekly, TUESDAY_TEN)

    told(weekly, ANA, "is held in writing: two questions")
    at(weekly, TUESDAY_TEN + timedelta(days=1))
    assert not [said for said in weekly.dms(IDA) if "in writing" in said["text"]]


def test_files_are_sent_to_whoever_presses(weekly: Office) -> None:
    invited = told(weekly, ANA, "every Tuesday at 10:00 (Europe/Berlin), 30 minutes")
    press(weekly, ANA, ids.CALENDAR_FILE, invited | {"channel": dm(ANA)})
    sent(weekly, ANA, "weekly.ics")
    command(weekly, BEN, "add why do trials stop?")
    at(weekly, MONDAY_TEN)
    agenda = start(weekly)
    press(weekly, ANA, ids.STANDUP_ADD, agenda)
    submit(weekly, ANA, "Action item", item_words="Find out", item_owner=BEN)
    in_channel(weekly, "Find out")
    at(weekly, TUESDAY_TEN + timedelta(minutes=45))

    press(weekly, IDA, ids.MINUTES_FILES, in_channel(weekly, "Minutes of"))

    sent(weekly, IDA, "stand-up-2026-11-24.md")
    sent(weekly, IDA, "stand-up-2026-11-24.ics")


def sent(office: Office, person: str, name: str) -> Json:
    """The message that brought a file, waited for."""
    return office.control.message(
        dm(person), lambda m: name in [file["name"] for file in m.get("files") or []]
    )


def test_contested_outcomes_are_a_number_and_a_list(weekly: Office) -> None:
    handoff = weekly.hand_over(company="Contested Ltd")
    assert weekly.bot
    liaison = weekly.bot.liaison
    now = liaison.now()
    contested = Dispute(
        team_id=liaison.team_id,
        id="d1",
        handoff_id=handoff,
        by=IDA,
        words="They did fit.",
        at=now,
        due_at=now,
        receiver_id=OLGA,
        outcome="not_a_fit",
        outcome_at=now,
    )
    with liaison.transaction() as tx:
        tx.add(contested)

    draft = command(weekly, ANA)

    assert "1 outcome is contested" in draft
    assert "They did fit." not in draft
    private = weekly.control.message(STANDUP, lambda m: m["ephemeral_to"] == ANA)
    press(weekly, ANA, ids.STANDUP_LEADS, private)
    assert "Contested Ltd" in json.dumps(weekly.modal(ANA, "Leads"))


def test_open_concerns_about_a_launch_are_a_line_and_their_words(weekly: Office) -> None:
    assert weekly.bot
    liaison, now = weekly.bot.liaison, weekly.now()
    brief = ("Trade fair", "Buyers", "A free audit", "2026-11-27", "Call within the day", None)
    shown = preview_put.put(liaison, preview_put.Filled(*brief, asked=[BEN]), IDA)
    words = "Nobody can answer for the discount."
    previews.answer(liaison, shown.preview.id, BEN, PreviewAnswer.CONCERN, words)
    assert "Trade fair" not in command(weekly, ANA), "it is open until 48 hours before"
    with liaison.transaction() as tx:
        tx.get_one(Preview, (liaison.team_id, shown.preview.id)).close_check_at = now
    weekly.control.until(lambda: close_previews(liaison) == 0)

    draft = command(weekly, ANA)

    assert "Trade fair, launch Fri 27 Nov: 1 concern of sales open" in draft
    assert words not in draft
    private = weekly.control.message(
        STANDUP, lambda m: m["ephemeral_to"] == ANA and "Trade fair" in text_of(m)
    )
    press(weekly, ANA, ids.STANDUP_LEADS, private)
    listed = json.dumps(weekly.modal(ANA, "In their words"))
    assert words in listed and "Ben" not in listed
