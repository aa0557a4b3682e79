"""The actor answers, or is reminded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.models import Person, Step
from bot.services.people import member_changed
from bot.slack import Member
from bot.views import ids
from tests.office import ANA, BEN, CHLOE, HUGO, LEADS, MONDAY_TEN, Office, dm, text_of
from tests.services.test_handoffs import run_of, stored


def touch(office: Office, person: str, handoff: str, kind: str = "spoke") -> None:
    office.press(person, ids.TOUCH, office.dm(person, handoff), dm(person), handoff)
    form = office.modal(person, "Log touch")
    office.control.submit(person, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: kind}})


def nudges(office: Office, person: str, handoff: str) -> list[str]:
    """The texts of all DMs about a lead but the first."""
    office.settle()
    about = [m for m in office.dms(person) if m["metadata"] and handoff in office.subject(m)]
    return [m["text"] for m in about[1:]]


def test_half_way_through_an_hour_and_at_its_end_the_actor_is_reminded(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    office.control.advance("29m")
    assert nudges(office, BEN, handoff) == []
    office.control.advance("2m")
    assert len(nudges(office, BEN, handoff)) == 1
    office.control.advance("30m")
    assert len(nudges(office, BEN, handoff)) == 2


def test_only_the_newest_message_about_a_lead_has_buttons(office: Office) -> None:
    handoff = office.hand_over(company="Initech")
    first = office.dm(BEN, handoff)

    office.control.advance("31m")
    second = office.dm(BEN, handoff, "first touch due 11:00")

    assert second["ts"] > first["ts"]
    office.control.message(
        dm(BEN), lambda m: m["ts"] == first["ts"] and "see the newer message" in m["text"]
    )


def test_after_a_long_outage_one_message_stands_for_all_steps(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    office.control.advance("3h")

    assert len(nudges(office, BEN, handoff)) == 1
    assert office.bot
    with office.bot.liaison.reading() as tx:
        steps = tx.scalars(select(Step).where(col(Step.handoff_id) == handoff)).all()
    assert sorted(step.number for step in steps) == [1, 2]
    assert len({step.message_id for step in steps}) == 1


def test_ticking_again_and_again_takes_no_step_twice(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    for _ in range(5):
        office.control.advance("20m")

    assert len(nudges(office, BEN, handoff)) == 2


def test_a_touch_answers_the_clock(office: Office) -> None:
    handoff = office.hand_over()

    touch(office, BEN, handoff)

    office.card(handoff, "Ben Cole is working on it")
    office.control.advance("2d")
    assert nudges(office, BEN, handoff) == []
    assert stored(office, handoff).stage is Stage.WORKING


def test_accept_says_mine_and_stops_no_clock(office: Office) -> None:
    handoff = office.hand_over()

    office.press(BEN, ids.ACCEPT, office.dm(BEN, handoff), dm(BEN), handoff)

    office.card(handoff, "Ben Cole accepted it")
    assert stored(office, handoff).stage is Stage.NEW
    office.control.advance("31m")
    assert len(nudges(office, BEN, handoff)) == 1


def test_accepting_twice_is_answered_privately(office: Office) -> None:
    handoff = office.hand_over()
    told = office.dm(BEN, handoff)

    office.press_at_once([BEN, BEN], ids.ACCEPT, told, dm(BEN), handoff)

    office.whisper(BEN, "You accepted this lead already")


def test_a_colleague_cannot_answer_before_the_due_time_and_can_after(office: Office) -> None:
    handoff = office.hand_over()
    card = office.card(handoff, "First touch due")

    office.press(CHLOE, ids.TOUCH, card, LEADS, handoff)
    office.whisper(CHLOE, "somebody else's until its first touch is due")

    office.control.advance("61m")
    office.press(CHLOE, ids.TOUCH, office.card(handoff), LEADS, handoff)
    form = office.modal(CHLOE, "Log touch")
    office.control.submit(CHLOE, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "met"}})

    office.card(handoff, "Chloe Martin is working on it")
    office.dm(CHLOE, handoff, "You are working on it")
    office.control.message(
        dm(BEN), lambda m: handoff in office.subject(m) and "Chloe Martin is working" in m["text"]
    )
    assert run_of(office, handoff, 1).ended_at


def test_the_actors_manager_may_answer_for_them(office: Office) -> None:
    handoff = office.hand_over()

    office.press(ANA, ids.OUTCOME, office.card(handoff, "Ben Cole"), LEADS, handoff)
    form = office.modal(ANA, "Outcome")
    office.control.submit(ANA, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "not_a_fit"}})

    office.card(handoff, "says Ana Ruiz")
    assert stored(office, handoff).stage is Stage.REJECTED


def test_other_needs_words_and_says_so_beside_the_field(office: Office) -> None:
    handoff = office.hand_over()
    office.press(BEN, ids.OUTCOME, office.dm(BEN, handoff), dm(BEN), handoff)
    form = office.modal(BEN, "Outcome")
    other = {ids.OUTCOME_KEY: {ids.CHOICE: "other"}}

    answer = office.control.submit(BEN, form["id"], other)
    assert answer["errors"] == {ids.OUTCOME_WORDS: "“Other” needs a few words."}

    words = {ids.OUTCOME_WORDS: {ids.CHOICE: "They merged with a competitor."}}
    office.control.submit(BEN, form["id"], other | words)
    office.card(handoff, "They merged with a competitor.")


def test_the_second_of_two_outcomes_is_told_who_was_first(office: Office) -> None:
    handoff = office.hand_over()
    office.press(BEN, ids.OUTCOME, office.dm(BEN, handoff), dm(BEN), handoff)
    form = office.modal(BEN, "Outcome")
    office.tell(event="outcome", lead_id=office.lead_of(handoff), kind="won")

    office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "qualified"}})

    assert "The CRM already recorded “Won”" in text_of(office.modal(BEN, "Not saved"))
    assert stored(office, handoff).stage is Stage.WON


@pytest.mark.parametrize("by", [None, "ben@example.com", "BEN@example.com"])
def test_contact_told_by_the_crm_answers_the_clock(office: Office, by: str | None) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.advance("10m")

    office.tell(
        event="contacted",
        lead_id=office.lead_of(handoff),
        kind="spoke",
        occurred_at=office.now().isoformat(),
        **({"by": by} if by else {}),
    )

    office.card(handoff, "Ben Cole is working on it")
    office.control.advance("1d")
    assert nudges(office, BEN, handoff) == []


@pytest.mark.parametrize(
    "contact",
    [
        {"by": "chloe@example.com"},
        {"by": "stranger@example.com"},
        {"kind": "automated_email"},
        {"occurred_at": (MONDAY_TEN - timedelta(days=3)).isoformat()},
    ],
    ids=["a colleague's", "a stranger's", "automated", "before the hand-off"],
)
def test_other_contact_is_noted_and_stops_nothing(office: Office, contact: dict[str, str]) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    event = {"occurred_at": office.now().isoformat()} | contact
    office.tell(event="contacted", lead_id=office.lead_of(handoff), **event)

    assert stored(office, handoff).touched_at is None
    office.control.advance("31m")
    assert len(nudges(office, BEN, handoff)) == 1


def test_an_older_outcome_never_overwrites_a_newer_one(office: Office) -> None:
    handoff = office.hand_over()
    lead = office.lead_of(handoff)
    office.control.advance("10m")
    now = office.now()

    office.tell(event="outcome", lead_id=lead, kind="won", occurred_at=now.isoformat())
    earlier = (now - timedelta(minutes=5)).isoformat()
    office.tell(event="outcome", lead_id=lead, kind="lost", occurred_at=earlier)

    assert stored(office, handoff).stage is Stage.WON


def test_contact_with_a_lead_nobody_has_leaves_it_in_the_queue(office: Office) -> None:
    handoff = office.hand_over(owner=None)

    office.tell(event="contacted", lead_id=office.lead_of(handoff))

    office.card(handoff, "In the queue")
    assert stored(office, handoff).stage is Stage.NEW


def test_a_run_that_cannot_be_worked_on_does_not_hold_up_the_others(office: Office) -> None:
    bad, good = office.hand_over(owner="hugo@example.com"), office.hand_over()
    office.dm(BEN, good)
    office.dm(HUGO, bad)
    assert office.bot
    with office.bot.liaison.transaction() as tx:
        hugo = tx.get_one(Person, (office.bot.liaison.team_id, HUGO))
        hugo.opens = "no hours at all"

    office.control.advance("31m")
    office.control.advance("1m")

    assert len(nudges(office, BEN, good)) == 1
    with office.bot.liaison.transaction() as tx:
        tx.get_one(Person, (office.bot.liaison.team_id, HUGO)).opens = None


def test_news_of_a_lead_we_never_had_is_taken_and_changes_nothing(office: Office) -> None:
    for event in ("contacted", "outcome"):
        answer = office.tell(event=event, lead_id="never-seen", kind="won")
        assert answer == {"handoff": None, "duplicate": False}


def test_a_reminder_planned_for_closing_time_waits_for_the_next_opening(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    office.control.advance("31m")
    assert len(nudges(office, BEN, handoff)) == 1
    office.control.advance("31m")
    assert len(nudges(office, BEN, handoff)) == 1
    office.control.set_clock(datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC))
    assert len(nudges(office, BEN, handoff)) == 2


def test_a_nudge_that_became_needless_while_it_waited_is_never_sent(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.fault("rate_limited", method="chat.postMessage", times=3, seconds=1)
    office.control.advance("31m")

    office.tell(event="contacted", lead_id=office.lead_of(handoff))

    assert nudges(office, BEN, handoff) == []


def test_a_message_delayed_past_closing_waits_for_the_next_opening(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 15, 58, tzinfo=UTC))
    office.control.fault("rate_limited", method="chat.postMessage", times=2, seconds=1)
    handoff = office.hand_over()
    office.control.set_clock(datetime(2026, 11, 23, 16, 5, tzinfo=UTC))

    office.card(handoff, "Ben Cole has it")
    office.settle()
    assert not [m for m in office.dms(BEN) if office.subject(m) == handoff]

    office.control.set_clock(datetime(2026, 11, 24, 8, 1, tzinfo=UTC))
    assert office.dm(BEN, handoff)


def test_moving_to_another_zone_moves_the_actors_due_time_not_the_promise(
    office: Office,
) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)
    promised = stored(office, handoff).due_at

    assert office.bot
    ben = Member(BEN, "Ben Cole", "ben@example.com", "America/New_York", is_active=True)
    member_changed(office.bot.liaison, ben)

    moved = run_of(office, handoff).due_at
    assert stored(office, handoff).due_at == promised
    assert promised and moved and moved > promised
    member_changed(office.bot.liaison, replace(ben, timezone="Europe/Berlin"))
    assert run_of(office, handoff).due_at == promised
