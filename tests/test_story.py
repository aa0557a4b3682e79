"""The whole story over the wire: leads handed over, shown, nudged, answered, and never lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.views import ids
from bot.views.ratings import QUESTION
from tests.acts import edits_held, history, log_touch, press, record_outcome, shrunk, why_me
from tests.bot_process import BotProcess
from tests.office import (
    BEN,
    CHLOE,
    HUGO,
    IDA,
    LEADS,
    PLAYBOOK,
    Json,
    Office,
    text_of,
)

NILS = "U0NILS00000"

NORTHGATE: Json = {
    "lead_id": "crm-18",
    "company": "Northgate",
    "first_name": "Maren",
    "last_name": "Holt",
    "email": "maren.holt@example.org",
    "phone": "+1 555 0118",
    "title": "Strategic Sourcing Manager",
    "campaign": "Spring webinar",
    "grade": "A",
    "owner": "ben@example.com",
    "reason": "asked for a demo",
    "message": "Could somebody call me this morning?",
}


def test_one_lead_all_the_way_with_the_bot_killed_twice(own_office: Office, tmp_path: Path) -> None:
    office, control, log = own_office, own_office.control, tmp_path / "log"

    with BotProcess(office.settings, log) as bot:
        handoff = bot.deliver("evt-1", NORTHGATE)["handoff"]
        card = office.card(handoff, "First touch due")
        told = office.dm(BEN, handoff, "You have it. First touch due")
        assert told["text"].startswith("Call Northgate: asked for a demo, due 11:00")
        assert bot.deliver("evt-1", NORTHGATE) == {"handoff": handoff, "duplicate": True}
        # Slack takes the nudge and does not answer: when the bot dies, only Slack knows of it.
        control.fault("slow", method="chat.postMessage", times=1, seconds=10)
        control.advance("31m")
        nudge = office.dm(BEN, handoff, "first touch due 11:00")
        bot.kill()

    with BotProcess(office.settings, log) as bot:
        assert office.dm(BEN, handoff)["ts"] == nudge["ts"]
        line = shrunk(office, BEN, told)
        assert line["text"] == "*Northgate*: see the newer message below."
        press(office, BEN, ids.ACCEPT, nudge, handoff)
        bot.kill()

    with BotProcess(office.settings, log):
        assert office.card(handoff, "Ben Cole accepted it")["ts"] == card["ts"]
        accepted = office.dm(BEN, handoff, "You accepted it.")
        assert accepted["ts"] == nudge["ts"]
        assert ids.ACCEPT not in text_of(accepted)

        log_touch(office, BEN, accepted, handoff, "spoke")
        assert office.card(handoff, "Ben Cole is working on it")["ts"] == card["ts"]
        control.advance("1h")
        control.advance("next_working_day")
        assert len(office.dms(BEN)) == 2

        record_outcome(
            office, BEN, office.dm(BEN, handoff, "You are working"), handoff, "qualified"
        )
        assert office.card(handoff, "*Qualified*, says Ben Cole")["ts"] == card["ts"]
        assert "as you said" in shrunk(office, BEN, nudge)["text"]
        assert "as you said" in shrunk(office, BEN, told, "as you said")["text"]
        control.advance("10d")

        everybody_reads = [
            "Marketing handed it over",
            "The card was shown",
            "Ben Cole accepted it",
            "Ben Cole was in touch: Called, spoke",
            "Ben Cole said: qualified",
        ]
        assert history(office, IDA, card, handoff) == everybody_reads
        ben_reads = [*everybody_reads[:2], "Ben Cole was reminded", *everybody_reads[2:]]
        assert history(office, BEN, card, handoff) == ben_reads
    office.open()
    office.settle()
    assert len(living(office, LEADS)) == 1
    assert len(office.dms(BEN)) == 2


def test_another_lead_is_rejected_and_other_needs_words(office: Office) -> None:
    handoff = office.hand_over(company="Globex")
    told = office.dm(BEN, handoff)

    refused = record_outcome(office, BEN, told, handoff, "other")
    assert refused["errors"] == {ids.OUTCOME_WORDS: "“Other” needs a few words."}
    taken = record_outcome(office, BEN, told, handoff, "other", "They build it themselves.")

    assert taken["acked"] and not taken["errors"]
    office.card(handoff, "*Other*, says Ben Cole")
    press(office, BEN, ids.RATE_SO_SO, office.dm(BEN, handoff, QUESTION), handoff)
    assert "“They build it themselves.”" in shrunk(office, BEN, told)["text"]
    office.control.advance("next_working_day")
    assert about(office, BEN, handoff) == [told["ts"]]


def test_a_lead_without_a_known_owner_is_claimed_by_one_of_two_who_press_at_once(
    office: Office,
) -> None:
    handoff = office.hand_over(company="Initech", owner="former.colleague@example.com")
    card = office.card(handoff, "In the queue: nobody has it yet. First touch due")
    assert "an owner we know" in text_of(card)

    with edits_held(office):
        office.press_at_once((CHLOE, HUGO), ids.CLAIM, card, LEADS, handoff)

    shown = office.card(handoff, "has it. First touch due")
    winner, loser = (CHLOE, HUGO) if "Chloe Martin has it" in text_of(shown) else (HUGO, CHLOE)
    name = "Chloe Martin" if winner == CHLOE else "Hugo Lind"
    assert name in text_of(shown)
    office.whisper(loser, f"{name} has this lead already")
    told = office.dm(winner, handoff)
    assert "Initech" in told["text"]
    assert about(office, loser, handoff) == []
    assert why_me(office, winner, told, handoff).startswith(
        "You have this lead because you claimed it from the queue; grade A means a first touch"
    )


def test_a_lead_worked_only_in_the_crm_gets_no_nudge(office: Office) -> None:
    handoff = office.hand_over(company="Hooli")
    told = office.dm(BEN, handoff)

    office.control.advance("10m")
    office.tell(
        event="contacted",
        lead_id=office.lead_of(handoff),
        by="ben@example.com",
        kind="call",
        occurred_at=office.now().isoformat(),
    )

    card = office.card(handoff, "Ben Cole is working on it")
    for step in ("1h", "1h", "next_working_day", "7d"):
        office.control.advance(step)
    office.settle()
    assert about(office, BEN, handoff) == [told["ts"]]
    assert "Ben Cole was in touch, says the CRM: call" in history(office, BEN, card, handoff)


def test_why_me_answers_in_one_sentence(office: Office) -> None:
    handoff = office.hand_over(company="Umbrella")

    sentence = why_me(office, BEN, office.dm(BEN, handoff), handoff)

    assert sentence.startswith(
        "You have this lead because marketing named the owner when handing it over; "
        "grade A means a first touch within 1h of working time, so it is due "
    )
    assert sentence.count(".") == 1


def test_a_marketer_who_presses_log_touch_reads_one_private_sentence(office: Office) -> None:
    handoff = office.hand_over(company="Stark")
    card = office.card(handoff, "First touch due")

    office.press(IDA, ids.TOUCH, card, LEADS, handoff)

    note = office.whisper(IDA, "Only sales")
    assert note["text"] == "Only sales can press this; you will read the outcome here."
    assert office.control.state(IDA)["views"] == []
    assert office.card(handoff) == card


def test_lead_lists_what_is_open_and_says_what_to_type_otherwise(office: Office) -> None:
    handoff = office.hand_over(company="Wayne Enterprises", owner="hugo@example.com")
    office.dm(HUGO, handoff)

    office.control.command(HUGO, LEADS, "/lead")
    listed = office.whisper(HUGO, "Wayne Enterprises")
    assert "*Wayne Enterprises*: You have it. First touch due" in listed["text"]

    office.control.command(HUGO, LEADS, "/lead", "help")
    assert office.whisper(HUGO, "`/lead` lists")["text"].startswith("`/lead` lists the leads")


def test_app_home_lists_what_is_open(office: Office) -> None:
    handoff = office.hand_over(company="Tyrell", owner="hugo@example.com")
    office.dm(HUGO, handoff)

    office.control.home(HUGO)

    office.control.until(lambda: "*Tyrell*: You have it." in home_of(office, HUGO))


@pytest.fixture
def office_without_nils(own_office: Office, tmp_path: Path) -> Iterator[Office]:
    """An office whose playbook does not list Nils, who is a member of the workspace."""
    entry = '[[people]]\nemail = "nils@example.com"\n'
    listed = PLAYBOOK.read_text("utf-8")
    assert entry in listed
    unlisted = tmp_path / "playbook.toml"
    unlisted.write_text(listed.replace(entry, '[[people]]\nemail = "someone@example.com"\n'))
    own_office.reopen(liaison_playbook=unlisted)
    yield own_office


def test_somebody_the_playbook_does_not_list_reads_only(office_without_nils: Office) -> None:
    office = office_without_nils
    handoff = office.hand_over(owner=None)
    card = office.card(handoff, "First touch due")

    office.press(NILS, ids.CLAIM, card, LEADS, handoff)
    office.whisper(NILS, "You can read here, but the playbook does not list you")
    assert history(office, NILS, card, handoff) == [
        "Marketing handed it over",
        "The card was shown",
    ]
    office.control.home(NILS)
    office.control.until(lambda: "the playbook does not list you" in home_of(office, NILS))
    assert office.card(handoff) == card


def about(office: Office, person: str, handoff: str) -> list[str]:
    """The ts of every DM a person ever had about a hand-off."""
    office.settle()
    return [m["ts"] for m in office.dms(person) if office.subject(m) == handoff]


def living(office: Office, channel: str) -> list[Json]:
    return [m for m in office.control.messages(channel) if not m["deleted"]]


def home_of(office: Office, person: str) -> str:
    return json.dumps(office.control.state(person)["home"])
