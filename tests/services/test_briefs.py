"""One message opens a person's day; what is not urgent, or one too many, waits for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_day
from bot.core.history import Line
from bot.delivery.sayings import tell
from bot.models import Absence, Message, MessageKind, Person
from bot.services.brief_plan import plan_brief
from bot.services.briefs import write_briefs
from bot.services.handoffs import note
from bot.services.people import member_changed
from bot.slack import Member
from bot.views import ids
from tests.acts import press
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    MONDAY_TEN,
    Office,
    dm,
    is_brief,
    playbook_with,
    text_of,
    without_standup,
)
from tests.postgres import ON_BOTH_ENGINES

TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""In Berlin, where Ben works."""
WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


@pytest.fixture
def quiet(own_office: Office) -> Iterator[Office]:
    """An office with the attention both teams get by default, on a Monday at ten."""
    own_office.settings = replace(own_office.settings, liaison_playbook=without_standup())
    own_office.open()
    own_office.control.set_clock(MONDAY_TEN)  # a first tick plans everybody's briefs
    yield own_office


def person(office: Office, person_id: str) -> Person:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Person, (office.bot.liaison.team_id, person_id))


def handed(office: Office, **fields: object) -> str:
    """A lead whose card is shown, so that its clock runs."""
    handoff = office.hand_over(**fields)
    office.card(handoff, "Ben Cole has it" if fields.get("owner", "") is not None else "queue")
    office.settle()
    return handoff


def test_a_warm_lead_waits_for_the_morning_and_its_clock_runs(quiet: Office) -> None:
    cold, warm = handed(quiet, grade="D", company="Cold"), handed(quiet, grade="C", company="Warm")
    assert quiet.dms(BEN) == []

    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(BEN)
    assert told["text"].startswith("Your brief: 1 due today, 1 new\n")
    for company, handoff in (("Warm", warm), ("Cold", cold)):
        assert company in told["text"]
        assert handoff in text_of(quiet.brief(BEN))
    assert "1 due today" in told["text"]


def test_nobody_is_reminded_of_a_warm_lead_before_the_brief_or_right_after_it(
    quiet: Office,
) -> None:
    quiet.control.set_clock(MONDAY_TEN - timedelta(minutes=50))
    handoff = handed(quiet, grade="C")
    quiet.control.set_clock(MONDAY_TEN + timedelta(hours=6))
    quiet.settle()
    assert quiet.dms(BEN) == []

    quiet.control.set_clock(TUESDAY_NINE)
    quiet.brief(BEN, "1 due today")
    quiet.settle()
    quiet.control.set_clock(TUESDAY_NINE + timedelta(minutes=20))
    quiet.settle()
    assert len(quiet.dms(BEN)) == 1
    quiet.control.set_clock(TUESDAY_NINE + timedelta(minutes=31))

    assert quiet.dm(BEN, handoff)["text"].startswith("Call Acme 1: first touch due 09:10")


def test_a_hot_lead_is_a_message_of_its_own(quiet: Office) -> None:
    handoff = quiet.hand_over(grade="B")

    assert quiet.dm(BEN, handoff)["text"].startswith("Call Acme 1")


def test_a_new_lead_stands_in_one_brief_only(quiet: Office) -> None:
    handed(quiet, grade="D")
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.brief(BEN, "1 new")

    quiet.control.set_clock(WEDNESDAY_NINE)
    quiet.settle()

    assert len(quiet.briefs(BEN)) == 1


def test_without_news_there_is_no_message(quiet: Office) -> None:
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.control.set_clock(WEDNESDAY_NINE)
    quiet.settle()

    assert [message for who in (ANA, BEN, IDA) for message in quiet.dms(who)] == []


@ON_BOTH_ENGINES
def test_what_is_overdue_comes_first_and_what_nobody_has_last(quiet: Office) -> None:
    handed(quiet, grade="A", company="Missed")
    handed(quiet, grade="C", company="Warm")
    handed(quiet, grade="A", company="Free", owner=None)

    quiet.control.set_clock(TUESDAY_NINE)

    said = quiet.brief(BEN)["text"]
    assert said.startswith("Your brief: 1 overdue, 1 due today, 1 in the queue\n")
    assert [said.index(name) for name in ("Missed", "Warm", "Free")] == sorted(
        said.index(name) for name in ("Missed", "Warm", "Free")
    )
    assert quiet.brief(CHLOE)["text"].startswith("Your brief: 1 in the queue\n")
    quiet.settle()
    assert quiet.briefs(IDA) == []


def test_open_shows_the_lead_with_its_buttons_wherever_it_is_pressed(quiet: Office) -> None:
    handoff = handed(quiet, grade="C", company="Warm")
    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(BEN)
    quiet.settle()
    before = len(quiet.dms(BEN))
    press(quiet, BEN, ids.OPEN, told, handoff)

    opened = quiet.modal(BEN, "Lead")
    assert "+1 555 0100" in text_of(opened)
    quiet.control.click(BEN, ids.ACCEPT, view_id=opened["id"], value=handoff)
    quiet.control.until(lambda: "You accepted it" in text_of(quiet.modal(BEN, "Lead")))
    quiet.settle()
    assert len(quiet.dms(BEN)) == before


def test_a_claim_from_the_brief_is_answered_at_once(quiet: Office) -> None:
    handoff = handed(quiet, grade="D", company="Free", owner=None)
    quiet.control.set_clock(TUESDAY_NINE)

    press(quiet, CHLOE, ids.CLAIM, quiet.brief(CHLOE), handoff)

    quiet.dm(CHLOE, handoff, "You have it.")


def test_after_an_outage_there_is_one_brief_and_none_when_the_day_is_over(quiet: Office) -> None:
    handed(quiet, grade="D")
    quiet.close()
    quiet.control.set_clock(TUESDAY_NINE + timedelta(hours=9))
    quiet.open()
    quiet.control.advance("1m")
    quiet.settle()
    assert quiet.briefs(BEN) == []

    quiet.close()
    quiet.control.set_clock(WEDNESDAY_NINE + timedelta(hours=6))
    quiet.open()
    quiet.control.advance("1m")

    quiet.brief(BEN, "1 new")
    quiet.control.advance("1h")
    quiet.settle()
    assert len(quiet.briefs(BEN)) == 1


def test_a_brief_that_slack_did_not_take_on_its_day_is_not_sent(quiet: Office) -> None:
    handed(quiet, grade="D")
    assert quiet.bot
    liaison = quiet.bot.liaison
    quiet.control.fault("error", method="conversations.open", times=1000, error="internal_error")
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.control.set_clock(WEDNESDAY_NINE - timedelta(hours=3))
    quiet.control.clear_faults()
    quiet.settle()

    with liaison.reading() as tx:
        rows = tx.scalars(select(Message).where(col(Message.kind) == MessageKind.BRIEF)).all()
    assert [row.dropped for row in rows] == ["no longer wanted"]
    quiet.control.set_clock(WEDNESDAY_NINE)
    quiet.brief(BEN, "1 new")


def test_writing_again_and_again_queues_one(quiet: Office) -> None:
    handed(quiet, grade="D")
    assert quiet.bot
    liaison = quiet.bot.liaison
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.brief(BEN)

    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, BEN)).brief_at = TUESDAY_NINE
    assert write_briefs(liaison) == 1
    quiet.settle()

    assert len(quiet.briefs(BEN)) == 1


def test_other_hours_and_leave_move_the_next_brief(quiet: Office) -> None:
    assert quiet.bot
    liaison = quiet.bot.liaison
    assert person(quiet, BEN).brief_at == TUESDAY_NINE

    ben = Member(BEN, "Ben Cole", "ben@example.com", "America/New_York", is_active=True)
    member_changed(liaison, ben)
    in_new_york = person(quiet, BEN).brief_at
    member_changed(liaison, replace(ben, is_active=False))
    when_gone = person(quiet, BEN).brief_at
    member_changed(liaison, replace(ben, timezone="Europe/Berlin"))
    with liaison.transaction() as tx:
        back = tx.get_one(Person, (liaison.team_id, BEN))
        until = WEDNESDAY_NINE + timedelta(hours=4)
        team = back.team_id
        tx.add(Absence(team_id=team, id="a1", person_id=BEN, starts_at=MONDAY_TEN, ends_at=until))
        tx.flush()
        plan_brief(tx, liaison, back, liaison.now())

    assert in_new_york == MONDAY_TEN + timedelta(hours=5)
    assert when_gone is None
    assert person(quiet, BEN).brief_at == WEDNESDAY_NINE + timedelta(hours=4)


def test_hours_that_cannot_be_read_hold_up_nobody_elses_brief(quiet: Office) -> None:
    handed(quiet, grade="D")
    assert quiet.bot
    liaison = quiet.bot.liaison
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, ANA)).opens = "no hours at all"

    quiet.control.set_clock(TUESDAY_NINE)
    quiet.control.advance("1m")

    quiet.brief(BEN, "1 new")


@ON_BOTH_ENGINES
def test_beyond_the_cap_messages_wait_for_the_next_brief(quiet: Office) -> None:
    leads = [quiet.hand_over(grade="B", company=f"Number {n}") for n in range(9)]
    for lead in leads:
        quiet.card(lead, "First touch due")
    quiet.settle()
    assert len(quiet.dms(BEN)) == 6
    quiet.control.set_clock(MONDAY_TEN + timedelta(hours=3, minutes=30))
    quiet.settle()
    assert len(quiet.dms(BEN)) == 6

    quiet.control.set_clock(TUESDAY_NINE)

    assert quiet.brief(BEN)["text"].startswith("Your brief: 9 overdue\n")
    quiet.settle()
    start, end = local_day("Europe/Berlin", TUESDAY_NINE)
    assert quiet.bot
    with quiet.bot.liaison.reading() as tx:
        told = tx.scalars(
            select(Message).where(col(Message.recipient_id) == BEN, col(Message.ts).is_not(None))
        ).all()
    assert len([row for row in told if row.settled_at and start <= row.settled_at < end]) <= 6


def test_an_answer_to_ones_own_press_is_never_one_too_many(quiet: Office) -> None:
    for lead in [quiet.hand_over(grade="B") for _ in range(6)]:
        quiet.dm(BEN, lead)
    free = handed(quiet, grade="B", owner=None)

    quiet.press(BEN, ids.CLAIM, quiet.card(free), "C0LEADS0000", free)

    quiet.dm(BEN, free, "You have it.")


def test_a_note_beyond_the_cap_is_read_in_the_brief(quiet: Office) -> None:
    leads = [quiet.hand_over(grade="B") for _ in range(6)]
    for lead in leads:
        quiet.dm(BEN, lead)
    assert quiet.bot
    liaison = quiet.bot.liaison
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, leads[0])
        line = note(tx, handoff, Line.CAME_BACK, liaison.now())
        tx.flush()
        tell(tx, liaison, line, BEN, hold_until=None)
    quiet.settle()
    assert len(quiet.dms(BEN)) == 6

    quiet.control.set_clock(TUESDAY_NINE)

    assert "*Acme 1*: The lead came back." in quiet.brief(BEN, "1 to know")["text"]


def test_a_reminder_the_day_had_no_room_for_is_read_though_nothing_is_due(
    own_office: Office, tmp_path: Path
) -> None:
    """Sixteen hours from Monday at ten are over on Wednesday; the first reminder is on Monday."""
    agreed = playbook_with("[attention]\ncap = 1\n", leave_out='standup = "#standup"\n')
    slow = agreed.read_text("utf-8").replace('B = "4h"', 'B = "16h"').replace('"80%"', '"20%"')
    file = tmp_path / "playbook.toml"
    file.write_text(slow, "utf-8")
    own_office.settings = replace(own_office.settings, liaison_playbook=file)
    own_office.open()
    own_office.control.set_clock(MONDAY_TEN)
    own_office.dm(BEN, own_office.hand_over(grade="B", company="Slow Ltd"))
    own_office.control.set_clock(MONDAY_TEN + timedelta(hours=4))
    own_office.settle()
    assert len(own_office.dms(BEN)) == 1

    own_office.control.set_clock(TUESDAY_NINE)

    told = own_office.brief(BEN)["text"]
    assert told.startswith("Your brief: 1 held back\n")
    assert "Slow Ltd" in told


def test_an_erased_lead_stands_in_no_brief(quiet: Office) -> None:
    handed(quiet, grade="D", company="Secret Ltd")
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.brief(BEN, "Secret Ltd")
    handed(quiet, grade="D", company="Public Ltd")
    quiet.control.set_clock(WEDNESDAY_NINE)
    quiet.brief(BEN, "Public Ltd")
    quiet.control.message(dm(BEN), lambda said: "Tue 24 Nov is over" in said["text"])

    quiet.tell(event="erased", lead_id="lead-2")

    quiet.control.message(dm(BEN), lambda said: "Wed 25 Nov: all of it is done" in said["text"])
    assert not [said for said in quiet.dms(BEN) if "Ltd" in text_of(said)]


def test_a_brief_of_another_day_shrinks_when_it_is_edited(quiet: Office) -> None:
    handed(quiet, grade="D", company="Cold")
    quiet.control.set_clock(TUESDAY_NINE)
    told = quiet.brief(BEN, "Cold")
    quiet.settle()
    quiet.control.set_clock(WEDNESDAY_NINE)
    assert quiet.bot
    liaison = quiet.bot.liaison
    with liaison.transaction() as tx:
        row = tx.scalars(select(Message).where(col(Message.kind) == MessageKind.BRIEF)).one()
        row.revision, row.send_at = row.revision + 1, liaison.wall()

    def is_over(message: dict[str, object]) -> bool:
        return message["ts"] == told["ts"] and "Tue 24 Nov is over" in str(message["text"])

    shrunk = quiet.control.message(dm(BEN), is_over)
    assert "Cold" not in text_of(shrunk)
    assert is_brief(shrunk)
