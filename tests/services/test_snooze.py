"""A lead is put off: once, for one person, and the clock runs on."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotAllowed
from bot.services import snooze as service
from bot.views import ids
from tests.acts import history, log_touch, press
from tests.office import ANA, BEN, CHLOE, LEADS, MONDAY_TEN, Json, Office, dm, text_of
from tests.services.test_followups import nudges
from tests.services.test_handoffs import run_of

FRIDAY_FOUR = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def snooze(
    office: Office,
    handoff: str,
    choice: str = "1h",
    reason: str = "",
    until: datetime | None = None,
) -> Json:
    """Fill in the form, opened from the newest message about a lead; gives the answer."""
    if not office.control.state(BEN)["views"]:
        menu = f"{ids.MORE_SNOOZE}:{handoff}"
        press(office, BEN, ids.MORE, office.dm(BEN, handoff, "Call"), menu)
    form = office.modal(BEN, "Snooze")
    values: Json = {ids.SNOOZE_FOR: {ids.CHOICE: choice}}
    if until:
        values[ids.SNOOZE_UNTIL] = {ids.CHOICE: int(until.timestamp())}
    if reason:
        values[ids.SNOOZE_REASON] = {ids.CHOICE: reason}
    return office.control.submit(BEN, form["id"], values)


def test_while_it_lasts_nobody_is_reminded_and_then_once(office: Office) -> None:
    handoff = office.hand_over(company="Globex")
    office.dm(BEN, handoff)
    due = run_of(office, handoff).due_at

    snooze(office, handoff, "3h")
    office.dm(BEN, handoff, "Snoozed until")
    office.control.advance("31m")
    office.control.advance("31m")
    assert nudges(office, BEN, handoff) == []

    office.control.set_clock(MONDAY_TEN + timedelta(hours=3, minutes=1))
    assert len(nudges(office, BEN, handoff)) == 1
    office.dm(BEN, handoff, "Call Globex: first touch due 11:00")
    office.control.advance("1h")
    assert len(nudges(office, BEN, handoff)) == 1
    assert run_of(office, handoff).due_at == due


def test_after_a_short_snooze_the_ladder_goes_on(office: Office) -> None:
    handoff = office.hand_over(grade="B")
    office.dm(BEN, handoff)
    snooze(office, handoff, "1h")

    office.control.advance("61m")
    assert len(nudges(office, BEN, handoff)) == 1
    office.control.set_clock(MONDAY_TEN + timedelta(hours=3, minutes=30))

    assert len(nudges(office, BEN, handoff)) == 2


def test_an_hour_that_ends_after_closing_ends_at_the_next_opening(office: Office) -> None:
    office.control.set_clock(FRIDAY_FOUR + timedelta(minutes=30))
    handoff = office.hand_over(grade="B")
    office.dm(BEN, handoff)

    snooze(office, handoff, "1h")
    office.control.set_clock(FRIDAY_FOUR + timedelta(days=1))
    assert nudges(office, BEN, handoff) == []
    office.control.set_clock(FRIDAY_FOUR + timedelta(days=2, hours=17, minutes=1))

    assert len(nudges(office, BEN, handoff)) == 1


@pytest.mark.parametrize("by", ["a touch", "the CRM"])
def test_contact_ends_it(office: Office, by: str) -> None:
    handoff = office.hand_over()
    told = office.dm(BEN, handoff)
    snooze(office, handoff, "1h")
    office.dm(BEN, handoff, "Snoozed until")

    if by == "a touch":
        log_touch(office, BEN, told, handoff, "spoke")
    else:
        now = office.now().isoformat()
        office.tell(event="contacted", lead_id=office.lead_of(handoff), occurred_at=now)
    working = office.dm(BEN, handoff, "You are working on it")
    office.control.advance("2h")

    assert "Snoozed" not in text_of(working)
    assert nudges(office, BEN, handoff) == []


def test_a_change_of_hands_ends_it(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    snooze(office, handoff, "3h")
    office.control.advance("61m")

    office.press(CHLOE, ids.TOUCH, office.card(handoff), LEADS, handoff)
    form = office.modal(CHLOE, "Log touch")
    office.control.submit(CHLOE, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "met"}})
    office.control.advance("3h")

    assert nudges(office, BEN, handoff) == []
    office.settle()
    mine = [m for m in office.dms(CHLOE) if office.subject(m) == handoff]
    assert len(mine) == 1


def test_from_the_third_on_it_asks_why(office: Office) -> None:
    handoff = office.hand_over(grade="B")
    office.dm(BEN, handoff)
    for _ in range(2):
        assert not snooze(office, handoff, "1h").get("errors")
        assert len(office.control.state(BEN)["views"]) == 0

    missing = snooze(office, handoff, "1h")
    assert missing["errors"] == {ids.SNOOZE_REASON: "Please complete this required field."}
    snooze(office, handoff, "1h", reason="Their buyer is back at noon.")

    assert office.control.state(BEN)["views"] == []


@pytest.mark.parametrize(
    ("picked", "sentence"),
    [
        (None, "Pick the day and the time."),
        (MONDAY_TEN - timedelta(hours=1), "Pick a time that is still to come."),
        (MONDAY_TEN + timedelta(days=40), "Pick a time within 30 days."),
    ],
)
def test_a_time_that_will_not_do_is_said_beside_the_field(
    office: Office, picked: datetime | None, sentence: str
) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    answer = snooze(office, handoff, "pick", until=picked)

    assert answer["errors"] == {ids.SNOOZE_UNTIL: sentence}
    snooze(office, handoff, "pick", until=MONDAY_TEN + timedelta(hours=2))
    office.dm(BEN, handoff, "Snoozed until")


def test_only_the_person_and_their_manager_read_of_it(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    snooze(office, handoff, "1h")
    card = office.card(handoff, "First touch due")

    assert "Snoozed" not in text_of(card)
    seen = {who: history(office, who, card, handoff) for who in (ANA, BEN, CHLOE)}
    said = {who: [line for line in lines if "snoozed it" in line] for who, lines in seen.items()}
    assert {who: len(lines) for who, lines in said.items()} == {ANA: 1, BEN: 1, CHLOE: 0}


def test_a_colleague_cannot_snooze_it(office: Office) -> None:
    handoff = office.hand_over()
    office.control.advance("61m")
    assert office.bot

    with pytest.raises(NotAllowed, match="Only the one who has this lead, or their manager"):
        service.snooze(office.bot.liaison, handoff, CHLOE, "1h", None, None)
    service.snooze(office.bot.liaison, handoff, ANA, "1h", None, None)
    office.dm(BEN, handoff, "Snoozed until")


def test_my_list_says_until_when(office: Office) -> None:
    handoff = office.hand_over(company="Sleepy Ltd")
    office.dm(BEN, handoff)
    snooze(office, handoff, "1h")

    office.control.command(BEN, dm(BEN), "/lead")

    listed = office.whisper(BEN, "Sleepy Ltd")
    line = next(line for line in listed["text"].splitlines() if "Sleepy Ltd" in line)
    assert "Snoozed until <!date^" in line
