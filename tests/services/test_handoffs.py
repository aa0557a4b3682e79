"""A hand-off comes in, is shown, finds its actor."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.lifecycle import Stage
from bot.models import Handoff, Run
from bot.views import ids
from tests.office import ANA, BEN, CHLOE, DEV, ELLA, IDA, LEADS, MONDAY_TEN, Office, text_of


def stored(office: Office, handoff_id: str) -> Handoff:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Handoff, (office.bot.liaison.team_id, handoff_id))


def run_of(office: Office, handoff_id: str, number: int = 1) -> Run:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Run, (office.bot.liaison.team_id, handoff_id, number))


def test_a_lead_is_shown_in_the_channel_and_told_to_its_owner(office: Office) -> None:
    handoff = office.hand_over(company="Globex")

    card = office.card(handoff, "First touch due")
    told = office.dm(BEN, handoff)

    assert "Globex" in text_of(card)
    assert "Ben Cole has it" in text_of(card)
    assert told["text"].startswith("Call Globex: asked for a demo, due 11:00")


@pytest.mark.parametrize(
    ("grade", "due"),
    [
        ("A", MONDAY_TEN + timedelta(hours=1)),
        ("B", MONDAY_TEN + timedelta(hours=4)),
        ("C", MONDAY_TEN + timedelta(days=1)),
        (None, MONDAY_TEN + timedelta(days=1)),
        ("D", None),
    ],
)
def test_the_grade_decides_how_long_the_actor_has(
    office: Office, grade: str | None, due: datetime | None
) -> None:
    handoff = office.hand_over(grade=grade)
    office.dm(BEN, handoff)

    promised = stored(office, handoff).due_at

    assert (promised is None) == (due is None)
    if promised and due:
        assert timedelta(0) <= promised - due < timedelta(minutes=1)


def test_the_clock_starts_when_the_card_is_shown_not_when_the_lead_arrives(
    office: Office,
) -> None:
    office.control.fault("slow", method="chat.postMessage", times=1, seconds=0.7)
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    shown, run = stored(office, handoff), run_of(office, handoff)

    assert shown.shown_at == run.started_at
    assert shown.shown_at and shown.shown_at - shown.received_at > timedelta(seconds=0.5)


def test_a_lead_outside_the_owners_hours_is_told_at_their_next_opening(office: Office) -> None:
    handoff = office.hand_over(owner="ella@example.com")
    office.card(handoff, "Ella Novak has it")
    office.settle()
    assert not [m for m in office.dms(ELLA) if handoff in text_of(m)]

    office.control.set_clock(datetime(2026, 11, 23, 14, 0, tzinfo=UTC))

    told = office.dm(ELLA, handoff)
    assert "due 10:00" in told["text"]


def test_a_person_is_told_their_own_local_time(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 24, 4, 15, tzinfo=UTC))
    handoff = office.hand_over(owner="dev@example.com")

    assert "due 11:00" in office.dm(DEV, handoff)["text"]


@pytest.mark.parametrize("owner", [None, "nobody@example.com", "ida@example.com"])
def test_without_an_owner_who_sells_it_waits_in_the_queue(
    office: Office, owner: str | None
) -> None:
    handoff = office.hand_over(owner=owner)

    card = office.card(handoff, "In the queue")

    assert ids.CLAIM in text_of(card)
    assert stored(office, handoff).actor_id is None


def test_whoever_claims_first_has_it_and_the_other_is_told_who(office: Office) -> None:
    handoff = office.hand_over(owner=None)
    card = office.card(handoff, "In the queue")

    office.press_at_once([CHLOE, BEN], ids.CLAIM, card, LEADS, handoff)

    winner = stored(office, handoff).actor_id
    assert winner in {CHLOE, BEN}
    loser, name = (BEN, "Chloe Martin") if winner == CHLOE else (CHLOE, "Ben Cole")
    assert office.card(handoff, f"{name} has it")
    assert office.dm(str(winner), handoff)
    office.whisper(loser, f"{name} has this lead already")


def test_a_marketer_cannot_claim_and_reads_why(office: Office) -> None:
    handoff = office.hand_over(owner=None)
    card = office.card(handoff, "In the queue")

    office.press(IDA, ids.CLAIM, card, LEADS, handoff)

    assert "Only sales" in office.whisper(IDA, "Only sales")["text"]
    assert stored(office, handoff).actor_id is None


def test_a_manager_of_sales_may_claim(office: Office) -> None:
    handoff = office.hand_over(owner=None)

    office.press(ANA, ids.CLAIM, office.card(handoff, "In the queue"), LEADS, handoff)

    office.card(handoff, "Ana Ruiz has it")


def test_the_same_delivery_twice_is_one_hand_off(office: Office) -> None:
    event = {"lead_id": "twice", "company": "Twice", "occurred_at": office.now().isoformat()}

    first, second = office.tell(**event), office.tell(**event)

    assert first["duplicate"] is False
    assert second == {"handoff": first["handoff"], "duplicate": True}


def test_a_lead_that_comes_back_while_open_keeps_its_hand_off(office: Office) -> None:
    first = office.hand_over(lead_id="again", company="Again")
    office.card(first)

    answer = office.tell(lead_id="again", company="Again", last_activity="opened the price list")

    assert answer == {"handoff": first, "duplicate": True}
    office.card(first, "opened the price list")


def test_a_lead_whose_hand_off_is_closed_gets_a_new_one(office: Office) -> None:
    first = office.hand_over(lead_id="returning")
    office.tell(event="outcome", lead_id="returning", kind="not_a_fit")

    second = office.hand_over(lead_id="returning")

    assert second != first
    assert stored(office, first).stage is Stage.REJECTED
    assert stored(office, second).stage is Stage.NEW


def test_what_marketing_left_out_is_named(office: Office) -> None:
    handoff = office.hand_over(phone=None, reason=None, title=None)

    card = office.card(handoff, "Missing")

    assert "Missing: role, phone, why it qualifies." in text_of(card)


def test_who_was_reminded_is_for_that_person_and_their_manager(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.advance("31m")
    card = office.card(handoff, "Ben Cole has it")

    sees = {}
    for person in (BEN, ANA, CHLOE, IDA):
        office.press(person, ids.MORE, card, LEADS, f"{ids.MORE_HISTORY}:{handoff}")
        sees[person] = "was reminded" in text_of(office.modal(person, "History"))

    assert sees == {BEN: True, ANA: True, CHLOE: False, IDA: False}
