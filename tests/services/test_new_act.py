"""A lead that is open acts again."""

from datetime import UTC, datetime, timedelta

from bot.views.whys import HAS_THE_LEAD
from tests.acts import history, log_touch
from tests.office import BEN, MONDAY_TEN, Office, dm, text_of
from tests.services.test_handoffs import run_of, stored

NEXT_MORNING = datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)


def come_back(office: Office, handoff: str, **fields: object) -> None:
    lead = {"lead_id": office.lead_of(handoff), "company": "Acme", **fields}
    answer = office.tell(**{"occurred_at": office.now().isoformat()} | lead)
    assert answer == {"handoff": handoff, "duplicate": True}


def told(office: Office, handoff: str) -> list[str]:
    """The notes about this lead that Ben read."""
    office.settle()
    about = [said for said in office.dms(BEN) if office.subject(said) == handoff]
    return [said["text"] for said in about if "came back" in said["text"]]


def test_a_hotter_lead_is_due_earlier_and_its_actor_is_told_once(office: Office) -> None:
    handoff = office.hand_over(grade="D", company="Acme")
    living = office.dm(BEN, handoff)
    office.control.advance("10m")

    come_back(office, handoff, grade="A", reason="asked for a price")
    office.card(handoff, "grade A")

    due = office.now() + timedelta(hours=1)
    run = run_of(office, handoff)
    assert run.due_at == stored(office, handoff).due_at
    assert run.due_at and abs(run.due_at - due) < timedelta(minutes=1)
    came_back = "*Acme*: The lead came back: asked for a price; was D, now A."
    assert told(office, handoff) == [f"{came_back}\nWhy you: {HAS_THE_LEAD}."]
    assert office.dm(BEN, handoff, "grade A")["ts"] == living["ts"]
    assert len(office.dm(BEN, handoff)["blocks"]) > 1


def test_the_reminders_follow_the_earlier_due_time(office: Office) -> None:
    handoff = office.hand_over(grade="C", company="Remind Ltd")
    office.dm(BEN, handoff)

    come_back(office, handoff, grade="A")
    office.control.advance("31m")

    assert "first touch due" in office.dm(BEN, handoff, "first touch due")["text"]


def test_a_cooler_grade_and_a_later_due_time_are_not_taken(office: Office) -> None:
    handoff = office.hand_over(grade="A")
    office.dm(BEN, handoff)
    due = stored(office, handoff).due_at
    office.control.advance("20m")

    come_back(office, handoff, grade="C", last_activity="opened the price list")
    office.card(handoff, "opened the price list")

    assert stored(office, handoff).grade == "A"
    assert stored(office, handoff).due_at == run_of(office, handoff).due_at == due
    came_back = "*Acme*: The lead came back: opened the price list."
    assert told(office, handoff) == [f"{came_back}\nWhy you: {HAS_THE_LEAD}."]


def test_an_act_that_was_told_before_is_not_told_again(office: Office) -> None:
    handoff = office.hand_over()
    card = office.card(handoff, "First touch due")
    office.dm(BEN, handoff)

    come_back(office, handoff, occurred_at=(MONDAY_TEN - timedelta(days=1)).isoformat(), grade="A")

    assert told(office, handoff) == []
    assert "The CRM told of an earlier act again" in history(office, BEN, card, handoff)


def test_a_lead_in_touch_starts_no_clock_by_coming_back(office: Office) -> None:
    handoff = office.hand_over(grade="D")
    log_touch(office, BEN, office.dm(BEN, handoff), handoff, "spoke")
    office.card(handoff, "is working on it")

    come_back(office, handoff, grade="A", reason="wants to talk again")

    assert len(told(office, handoff)) == 1
    assert run_of(office, handoff).due_at is None


def test_in_the_queue_only_the_card_and_the_promise_change(office: Office) -> None:
    handoff = office.hand_over(owner=None, grade="D")
    office.card(handoff, "In the queue")

    come_back(office, handoff, grade="A", reason="asked again")

    office.card(handoff, "asked again")
    assert stored(office, handoff).due_at
    assert told(office, handoff) == []


def test_outside_hours_the_actor_is_told_at_their_next_opening(office: Office) -> None:
    handoff = office.hand_over(grade="D", company="Owl")
    office.dm(BEN, handoff)
    office.control.set_clock(datetime(2026, 11, 23, 19, 0, tzinfo=UTC))

    come_back(office, handoff, grade="A")
    assert told(office, handoff) == []

    office.control.set_clock(NEXT_MORNING)
    office.control.message(dm(BEN), lambda said: "was D, now A" in text_of(said))
