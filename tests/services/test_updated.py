"""The CRM brings a lead up to date."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.models import Lead
from tests.acts import why_me
from tests.office import BEN, CHLOE, MONDAY_TEN, Office, dm, text_of
from tests.services.test_followups import nudges
from tests.services.test_handoffs import run_of, stored

THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def update(office: Office, handoff: str, **fields: object) -> None:
    event = {"event": "updated", "lead_id": office.lead_of(handoff), **fields}
    answer = office.tell(**{"occurred_at": office.now().isoformat()} | event)
    assert answer == {"handoff": handoff, "duplicate": False}


def lead_of(office: Office, handoff: str) -> Lead:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        lead_id = stored(office, handoff).lead_id
        return tx.get_one(Lead, (office.bot.liaison.team_id, lead_id))


def test_the_card_and_the_dm_show_what_the_crm_corrected(office: Office) -> None:
    handoff = office.hand_over(company="Acmee")
    office.dm(BEN, handoff)

    update(office, handoff, company="Acme GmbH", campaign="Autumn fair", phone="+1 555 0142")

    assert "Autumn fair" in text_of(office.card(handoff, "Acme GmbH"))
    office.dm(BEN, handoff, "+1 555 0142")


def test_older_news_overwrites_nothing_newer_field_by_field(office: Office) -> None:
    handoff = office.hand_over(company="First")
    now = office.now()

    update(office, handoff, company="Third", occurred_at=(now + timedelta(minutes=2)).isoformat())
    update(office, handoff, company="Second", title="CFO", occurred_at=now.isoformat())

    lead = lead_of(office, handoff)
    assert (lead.company, lead.title) == ("Third", "CFO")


def test_a_new_owner_has_a_run_of_their_own_and_both_are_told(office: Office) -> None:
    handoff = office.hand_over(company="Moving")
    before = office.dm(BEN, handoff)

    update(office, handoff, owner="chloe@example.com")

    told = office.dm(CHLOE, handoff, "Moving")
    assert "the CRM made you the owner" in why_me(office, CHLOE, told, handoff)
    office.control.message(dm(BEN), lambda said: "Chloe Martin became the owner" in said["text"])
    office.control.message(
        dm(BEN), lambda said: said["ts"] == before["ts"] and "Chloe Martin has it" in said["text"]
    )
    assert (run_of(office, handoff, 1).ended_at, run_of(office, handoff, 2).why) != (None, "owner")
    assert stored(office, handoff).owner_id == stored(office, handoff).actor_id == CHLOE


def test_an_owner_we_do_not_know_changes_nothing(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    update(office, handoff, owner="stranger@example.com")

    assert stored(office, handoff).actor_id == BEN


def test_a_grade_that_is_corrected_upward_is_due_earlier(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)

    update(office, handoff, grade="A")
    office.card(handoff, "grade A")

    due = run_of(office, handoff).due_at
    assert due and due - office.now() <= timedelta(hours=1)


def test_an_update_of_a_lead_we_never_had_is_taken_and_changes_nothing(office: Office) -> None:
    answer = office.tell(event="updated", lead_id="never-seen", company="X")

    assert answer == {"handoff": None, "duplicate": False}


@pytest.mark.parametrize("event", ["updated", "contacted"])
def test_a_meeting_ahead_stops_the_clock_until_it_is_over(office: Office, event: str) -> None:
    handoff = office.hand_over(company="Meeting")
    office.dm(BEN, handoff)
    promised = stored(office, handoff).due_at

    lead = {"lead_id": office.lead_of(handoff), "meeting_at": THURSDAY_TEN.isoformat()}
    office.tell(event=event, by="chloe@example.com", **lead)

    office.card(handoff, "Meeting <!date")
    office.control.set_clock(THURSDAY_TEN + timedelta(minutes=50))
    assert nudges(office, BEN, handoff) == []
    due = run_of(office, handoff).due_at
    assert due == THURSDAY_TEN + timedelta(hours=2)
    assert stored(office, handoff).due_at == promised
    office.control.set_clock(THURSDAY_TEN + timedelta(minutes=91))
    assert len(nudges(office, BEN, handoff)) == 1


def test_a_reminder_that_waits_is_not_sent_once_a_meeting_is_agreed(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.fault("rate_limited", method="chat.postMessage", times=3, seconds=1)
    office.control.advance("31m")

    update(office, handoff, meeting_at=THURSDAY_TEN.isoformat())

    assert nudges(office, BEN, handoff) == []


def test_a_meeting_told_with_the_hand_over_stops_the_clock_from_the_start(office: Office) -> None:
    handoff = office.hand_over(
        meeting_at=THURSDAY_TEN.isoformat(),
        meeting_ends_at=(THURSDAY_TEN + timedelta(minutes=30)).isoformat(),
    )
    office.dm(BEN, handoff)

    assert run_of(office, handoff).due_at == THURSDAY_TEN + timedelta(minutes=90)


def test_a_meeting_that_is_called_off_starts_the_clock_again(office: Office) -> None:
    handoff = office.hand_over(meeting_at=THURSDAY_TEN.isoformat())
    office.dm(BEN, handoff)
    office.control.advance("10m")

    update(office, handoff, meeting_at=None)

    due = run_of(office, handoff).due_at
    assert due and abs(due - office.now() - timedelta(hours=1)) < timedelta(minutes=1)
    office.settle()
    assert "Meeting" not in text_of(office.card(handoff, "First touch due"))


def test_a_meeting_that_is_over_already_stops_nothing(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    due = run_of(office, handoff).due_at

    update(office, handoff, meeting_at=(MONDAY_TEN - timedelta(days=1)).isoformat())

    assert run_of(office, handoff).due_at == due
