"""What happens to a hand-off when nobody does anything: reminded, silent, queue, expired."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import queries
from bot.core.lifecycle import Stage
from bot.models import Handoff, Person
from bot.services.people import member_changed
from bot.services.turns import take_due_turns
from bot.slack import Member
from bot.views import ids
from tests.acts import history
from tests.office import BEN, CHLOE, HUGO, IDA, LEADS, MONDAY_TEN, Json, Office, dm, text_of
from tests.services.test_followups import touch
from tests.services.test_handoffs import run_of, stored

DAY = timedelta(days=1)
FRIDAY = "2026-11-27"
FRIDAY_OPENING = datetime(2026, 11, 27, 8, 0, 30, tzinfo=UTC)
WEEK_AFTER = MONDAY_TEN + timedelta(days=7, hours=1, minutes=1)
"""A minute more than seven days after an hour's clock has ended."""


def touch_with_step(
    office: Office, person: str, handoff: str, day: str | None, words: str = ""
) -> Json:
    """Log a touch and say what comes next; gives the form's answer."""
    if not office.control.state(person)["views"]:
        office.press(person, ids.TOUCH, office.dm(person, handoff), dm(person), handoff)
    form = office.modal(person, "Log touch")
    values = {
        ids.TOUCH_KIND: {ids.CHOICE: "spoke"},
        ids.FOLLOW_UP_ON: {ids.CHOICE: day},
        ids.FOLLOW_UP_WORDS: {ids.CHOICE: words},
    }
    return office.control.submit(person, form["id"], values)


def follow_ups(office: Office, handoff: str) -> list[str]:
    """The first lines of the reminders of a next step that Ben got about a lead."""
    office.settle()
    about = [m for m in office.dms(BEN) if m["metadata"] and office.subject(m) == handoff]
    lines = [m["text"].splitlines()[0] for m in about]
    return [line for line in lines if "planned to follow up" in line]


def silent_of(office: Office, person: str) -> list[str]:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        return [facts.handoff.id for facts in queries.silent_of(tx, liaison.team_id, person)]


def at_stage(office: Office, handoff: str, stage: Stage) -> Handoff:
    """The hand-off, once it has come to this stage."""
    office.control.until(lambda: stored(office, handoff).stage is stage)
    return stored(office, handoff)


def in_the_queue(office: Office, handoff: str) -> Handoff:
    office.control.until(lambda: stored(office, handoff).actor_id is None)
    return stored(office, handoff)


def test_a_next_step_is_shown_and_reminded_of_once_on_the_morning_of_its_day(
    office: Office,
) -> None:
    handoff = office.hand_over(company="Globex")

    touch_with_step(office, BEN, handoff, FRIDAY, "send the offer")

    office.dm(BEN, handoff, "Next step Fri 27 Nov: send the offer.")
    office.control.set_clock(FRIDAY_OPENING - timedelta(hours=1))
    assert follow_ups(office, handoff) == []
    for minute in (0, 1, 2):
        office.control.set_clock(FRIDAY_OPENING + timedelta(minutes=minute))
    told = office.dm(BEN, handoff, "you planned to follow up today")
    assert told["text"].splitlines()[0] == "Call Globex: you planned to follow up today"
    assert len(follow_ups(office, handoff)) == 1
    assert ids.TOUCH in text_of(told)


def test_a_touch_before_the_day_cancels_the_reminder(office: Office) -> None:
    handoff = office.hand_over()
    touch_with_step(office, BEN, handoff, FRIDAY)
    office.dm(BEN, handoff, "Next step Fri 27 Nov.")

    office.control.advance("1d")
    touch(office, BEN, handoff)

    office.control.set_clock(FRIDAY_OPENING)
    assert follow_ups(office, handoff) == []
    assert stored(office, handoff).follow_up_on is None


def test_an_outcome_before_the_day_cancels_the_reminder(office: Office) -> None:
    handoff = office.hand_over()
    touch_with_step(office, BEN, handoff, FRIDAY)

    office.tell(event="outcome", lead_id=office.lead_of(handoff), kind="lost")

    office.control.set_clock(FRIDAY_OPENING)
    assert follow_ups(office, handoff) == []
    assert stored(office, handoff).turns_at is None


def test_another_date_takes_the_place_of_the_first(office: Office) -> None:
    handoff = office.hand_over()
    touch_with_step(office, BEN, handoff, FRIDAY)
    office.dm(BEN, handoff, "Next step Fri 27 Nov")
    office.control.advance("1m")

    touch_with_step(office, BEN, handoff, "2026-11-30")

    office.control.set_clock(FRIDAY_OPENING)
    assert follow_ups(office, handoff) == []
    office.control.set_clock(FRIDAY_OPENING + 3 * DAY)
    office.dm(BEN, handoff, "you planned to follow up today")


def test_contact_in_the_crm_before_the_day_cancels_the_reminder_and_older_news_does_not(
    office: Office,
) -> None:
    handoff = office.hand_over()
    office.control.advance("10m")
    touch_with_step(office, BEN, handoff, FRIDAY)
    lead = office.lead_of(handoff)

    earlier = office.now() - timedelta(minutes=5)
    office.tell(event="contacted", lead_id=lead, kind="met", occurred_at=earlier.isoformat())
    assert stored(office, handoff).follow_up_on == date.fromisoformat(FRIDAY)
    office.control.advance("1h")
    office.tell(event="contacted", lead_id=lead, kind="met", occurred_at=office.now().isoformat())

    assert stored(office, handoff).follow_up_on is None


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-11-22", "Choose a day after today."),
        ("2026-11-23", "Choose a day after today."),
        ("2027-11-24", "Choose a day within a year."),
    ],
)
def test_a_day_that_cannot_be_met_is_refused_beside_the_field(
    office: Office, day: str, sentence: str
) -> None:
    handoff = office.hand_over()

    answer = touch_with_step(office, BEN, handoff, day)

    assert answer["errors"] == {ids.FOLLOW_UP_ON: sentence}
    assert stored(office, handoff).touched_at is None
    assert not touch_with_step(office, BEN, handoff, None)["errors"]


def test_five_working_days_without_contact_are_silence_until_the_next_touch(
    office: Office,
) -> None:
    handoff = office.hand_over()
    touch(office, BEN, handoff)

    office.control.set_clock(MONDAY_TEN + 7 * DAY - timedelta(hours=1))
    assert handoff not in silent_of(office, BEN)
    office.control.set_clock(MONDAY_TEN + 7 * DAY + timedelta(minutes=5))
    office.control.until(lambda: handoff in silent_of(office, BEN))

    office.settle()
    assert len([m for m in office.dms(BEN) if office.subject(m) == handoff]) == 1
    touch(office, BEN, handoff)
    assert handoff not in silent_of(office, BEN)


def test_seven_days_after_the_breach_the_lead_is_in_the_queue_and_claim_works(
    office: Office,
) -> None:
    handoff = office.hand_over(company="Initech")
    office.dm(BEN, handoff)

    office.control.set_clock(WEEK_AFTER - timedelta(minutes=3))
    assert stored(office, handoff).actor_id == BEN
    office.control.set_clock(WEEK_AFTER)

    card = office.card(handoff, "In the queue: nobody has it yet.")
    assert "an owner we know" not in text_of(card)
    assert run_of(office, handoff, 1).ended_at
    assert "It went back to the queue" in history(office, IDA, card, handoff)
    office.press(CHLOE, ids.CLAIM, card, LEADS, handoff)
    office.card(handoff, "Chloe Martin has it")
    assert stored(office, handoff).owner_id == CHLOE
    assert run_of(office, handoff, 2).actor_id == CHLOE


def test_marketings_managers_hear_of_all_of_a_day_in_one_message_without_names(
    own_office: Office,
) -> None:
    own_office.open()
    handoffs = [own_office.hand_over(company=name) for name in ("Hooli", "Umbrella")]
    for handoff in handoffs:
        own_office.dm(BEN, handoff)

    own_office.control.set_clock(WEEK_AFTER)
    for handoff in handoffs:
        in_the_queue(own_office, handoff)
    own_office.settle()
    assert own_office.dms(IDA) == []
    own_office.control.set_clock(datetime(2026, 12, 1, 8, 1, tzinfo=UTC))

    told = own_office.brief(IDA, "2 waited without contact")
    assert "*Hooli*: It went back to the queue." in told["text"]
    assert "*Umbrella*: It went back to the queue." in told["text"]
    assert "Ben" not in text_of(told)
    assert len(own_office.dms(IDA)) == 1


def test_three_weeks_without_contact_are_the_end_and_a_new_beginning(office: Office) -> None:
    handoff = office.hand_over(lead_id="expiring", company="Stark", owner=None)
    office.card(handoff, "In the queue")

    office.control.set_clock(MONDAY_TEN + 21 * DAY - timedelta(hours=1))
    assert stored(office, handoff).stage is Stage.NEW
    office.control.set_clock(MONDAY_TEN + 21 * DAY + timedelta(minutes=5))

    shown = office.card(handoff, "*Expired*")
    assert "without contact" in text_of(shown)
    assert at_stage(office, handoff, Stage.EXPIRED).closed_at
    assert ids.CLAIM not in text_of(shown)
    again = office.hand_over(lead_id="expiring", company="Stark", owner=None)
    assert again != handoff
    assert stored(office, again).stage is Stage.NEW


def test_after_a_long_outage_every_turn_is_taken(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    office.control.set_clock(MONDAY_TEN + 40 * DAY)

    card = office.card(handoff, "*Expired*")
    told = history(office, IDA, card, handoff)
    assert {*told[-2:]} == {"It went back to the queue", "It expired: 21 days without contact"}


def test_taking_turns_again_changes_nothing(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.set_clock(WEEK_AFTER)
    before = in_the_queue(office, handoff)

    assert office.bot
    assert take_due_turns(office.bot.liaison) == 0
    assert stored(office, handoff).revision == before.revision


def test_a_lead_answered_in_time_is_never_given_back(office: Office) -> None:
    handoff = office.hand_over()
    touch(office, BEN, handoff)

    office.control.set_clock(MONDAY_TEN + 40 * DAY)

    office.control.until(lambda: handoff in silent_of(office, BEN))
    assert stored(office, handoff).stage is Stage.WORKING
    assert stored(office, handoff).actor_id == BEN


def test_a_hand_off_that_cannot_be_worked_on_does_not_hold_up_the_others(office: Office) -> None:
    bad, good = office.hand_over(owner="hugo@example.com"), office.hand_over()
    touch(office, HUGO, bad)
    touch(office, BEN, good)
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, HUGO)).opens = "no hours at all"

    for minute in (5, 6):
        office.control.set_clock(MONDAY_TEN + 7 * DAY + timedelta(minutes=minute))

    office.control.until(lambda: good in silent_of(office, BEN))
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, HUGO)).opens = None
    assert bad not in silent_of(office, HUGO)


def test_moving_to_another_zone_moves_the_morning_of_the_reminder(office: Office) -> None:
    handoff = office.hand_over()
    touch_with_step(office, BEN, handoff, FRIDAY)
    assert stored(office, handoff).turns_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

    assert office.bot
    ben = Member(BEN, "Ben Cole", "ben@example.com", "America/New_York", is_active=True)
    member_changed(office.bot.liaison, ben)

    assert stored(office, handoff).turns_at == datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    member_changed(office.bot.liaison, replace(ben, timezone="Europe/Berlin"))
