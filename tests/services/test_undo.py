"""An answer can be taken back for five minutes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.models import Handoff, Run, Undo
from bot.views import ids, whys
from tests.acts import edits_held, history, press, shrunk
from tests.office import BEN, CHLOE, HUGO, LEADS, OLGA, Json, Office, dm, text_of
from tests.services.test_followups import nudges, touch
from tests.services.test_handoffs import run_of, stored
from tests.services.test_hands import ask as ask_to_take
from tests.services.test_hands import offer_of
from tests.services.test_outcomes import form_of, lead_row, say

Answer = Callable[[Office, str], object]


def accept(office: Office, handoff: str) -> None:
    press(office, BEN, ids.ACCEPT, office.dm(BEN, handoff), handoff)


def log_a_touch(office: Office, handoff: str) -> None:
    touch(office, BEN, handoff)


def do_not_contact(office: Office, handoff: str) -> None:
    say(office, BEN, handoff, "do_not_contact", words="They said so.")


def qualify(office: Office, handoff: str) -> None:
    say(office, BEN, handoff, "qualified", person=CHLOE)


def bad_timing(office: Office, handoff: str) -> None:
    say(office, BEN, handoff, "bad_timing", date="2027-02-01")


def undo(office: Office, person: str, handoff: str) -> Json:
    """Press Undo in the person's message, waited for."""
    return office.press(person, ids.UNDO, office.dm(person, handoff, '"Undo"'), dm(person), handoff)


def state(office: Office, handoff: str) -> list[Json]:
    """Everything an answer may change, as it stands."""
    rows: list[Handoff | Run] = [stored(office, handoff), run_of(office, handoff)]
    states = [row.model_dump(exclude={"revision"}) for row in rows]
    return [*states, lead_row(office, handoff).model_dump()]


@pytest.mark.parametrize("answer", [accept, log_a_touch, do_not_contact, qualify, bad_timing])
def test_undo_puts_everything_back_to_where_it_was(office: Office, answer: Answer) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.card(handoff, "First touch due")
    office.settle()
    before = state(office, handoff)

    answer(office, handoff)
    assert state(office, handoff) != before
    undo(office, BEN, handoff)

    assert state(office, handoff) == before
    card = office.card(handoff, "Ben Cole has it. First touch due")
    told = office.dm(BEN, handoff, "You have it")
    assert "Undo" not in text_of(card) + text_of(told)
    assert '"Accept"' in text_of(told)
    lines = history(office, OLGA, card, handoff)
    assert lines[-1] == "Ben Cole took their last answer back"


def test_the_clock_runs_on_after_an_undo_and_no_nudge_comes_twice(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.advance("31m")
    assert len(nudges(office, BEN, handoff)) == 1

    touch(office, BEN, handoff)
    undo(office, BEN, handoff)

    office.dm(BEN, handoff, "first touch due 11:00")
    office.control.advance("1m")
    assert len(nudges(office, BEN, handoff)) == 1
    office.control.advance("30m")
    assert len(nudges(office, BEN, handoff)) == 2


def test_after_five_minutes_the_button_is_gone_and_a_late_press_is_told_so(office: Office) -> None:
    handoff = office.hand_over()
    accept(office, handoff)
    told = office.dm(BEN, handoff, '"Undo"')
    with edits_held(office):
        office.control.advance("5m")
        office.press(BEN, ids.UNDO, told, dm(BEN), handoff)

    office.whisper(BEN, "An answer can be undone for 5 minutes; they are over.")
    assert run_of(office, handoff).accepted_at
    office.settle()
    assert '"Undo"' not in text_of(office.dm(BEN, handoff))
    assert "Undo" not in text_of(office.card(handoff))
    assert office.bot
    with office.bot.liaison.reading() as tx:
        assert tx.scalars(select(Undo).where(col(Undo.handoff_id) == handoff)).all() == []


def test_nobody_undoes_what_somebody_else_answered(office: Office) -> None:
    handoff = office.hand_over()
    accept(office, handoff)
    card = office.card(handoff, "Undo the last answer")

    office.press(CHLOE, ids.MORE, card, LEADS, f"{ids.MORE_UNDO}:{handoff}")

    office.whisper(CHLOE, "Only Ben Cole can undo this answer.")
    assert run_of(office, handoff).accepted_at


def test_once_something_happened_since_it_stays(office: Office) -> None:
    handoff = office.hand_over()
    touch(office, BEN, handoff)
    told = office.dm(BEN, handoff, '"Undo"')
    office.settle()

    office.tell(event="contacted", lead_id=office.lead_of(handoff), kind="call")
    office.press(BEN, ids.UNDO, told, dm(BEN), handoff)

    office.whisper(BEN, "Something happened with this lead since, so it cannot be undone.")
    assert stored(office, handoff).stage is Stage.WORKING


def test_a_lead_that_was_handed_over_again_stays_as_it_was_answered(office: Office) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "no_need")
    told = office.dm(BEN, handoff, '"Undo"')

    office.hand_over(lead_id=office.lead_of(handoff))
    office.press(BEN, ids.UNDO, told, dm(BEN), handoff)

    office.whisper(BEN, "Something happened with this lead since, so it cannot be undone.")
    assert stored(office, handoff).stage is Stage.REJECTED


def test_pressed_twice_it_is_undone_once(office: Office) -> None:
    handoff = office.hand_over()
    accept(office, handoff)
    told = office.dm(BEN, handoff, '"Undo"')
    with edits_held(office):
        office.press_at_once([BEN, BEN], ids.UNDO, told, dm(BEN), handoff)

    office.whisper(BEN, "An answer can be undone for 5 minutes")
    lines = history(office, OLGA, office.card(handoff), handoff)
    assert lines.count("Ben Cole took their last answer back") == 1


def test_only_the_last_answer_is_undone(office: Office) -> None:
    handoff = office.hand_over()
    accept(office, handoff)
    office.dm(BEN, handoff, "You accepted it")

    say(office, BEN, handoff, "no_need")
    undo(office, BEN, handoff)

    office.card(handoff, "Ben Cole accepted it")
    assert run_of(office, handoff).accepted_at


def test_a_colleague_who_took_it_on_gives_it_back(office: Office) -> None:
    handoff = office.hand_over()
    office.card(handoff, "First touch due")
    office.control.advance("61m")
    office.settle()
    before = state(office, handoff)

    for _ in range(2):
        card = office.card(handoff, "First touch due")
        office.press(CHLOE, ids.TOUCH, card, LEADS, handoff)
        form = office.modal(CHLOE, "Log touch")
        office.control.submit(CHLOE, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
        office.dm(CHLOE, handoff, "You are working on it")
        undo(office, CHLOE, handoff)
        office.card(handoff, "Ben Cole has it")
        office.settle()

    assert state(office, handoff) == before
    assert office.dm(BEN, handoff, "Log touch")
    theirs = [message for message in office.dms(CHLOE) if office.subject(message) == handoff]
    assert len(theirs) == 2
    assert all("Ben Cole has it" in m["text"] and len(m["blocks"]) == 1 for m in theirs)


def test_an_outcome_recorded_before_the_message_went_out_is_undone_with_it(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    handoff = office.hand_over(owner="hugo@example.com")
    card = office.card(handoff, "First touch due")
    office.press(HUGO, ids.OUTCOME, card, LEADS, handoff)
    form = office.modal(HUGO, "Outcome")
    office.control.submit(HUGO, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "no_need"}})
    card = office.card(handoff, "Undo the last answer")

    office.press(HUGO, ids.MORE, card, LEADS, f"{ids.MORE_UNDO}:{handoff}")

    office.card(handoff, "Hugo Lind has it")
    office.control.set_clock(datetime(2026, 11, 24, 8, 1, tzinfo=UTC))
    assert office.dm(HUGO, handoff, "Accept")


def test_whoever_was_told_hears_that_it_is_off(office: Office) -> None:
    handoff = office.hand_over(company="Vandelay")
    qualify(office, handoff)
    office.control.message(dm(CHLOE), lambda m: "*Vandelay*: You got it" in m["text"])

    undo(office, BEN, handoff)

    told = "*Vandelay*: Ben Cole took their last answer back."
    why = f"Why you: {whys.HEARD_OF_IT_BEFORE}."
    office.control.message(dm(CHLOE), lambda m: m["text"] == f"{told}\n{why}")


def test_what_did_not_reach_anybody_yet_is_withdrawn_in_silence(office: Office) -> None:
    handoff = office.hand_over(company="Kramerica")
    office.dm(BEN, handoff)
    office.control.set_clock(datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    qualify(office, handoff)

    undo(office, BEN, handoff)

    office.control.set_clock(datetime(2026, 11, 24, 8, 1, tzinfo=UTC))
    office.settle()
    assert not [m for m in office.dms(CHLOE) if "Kramerica" in m["text"]]


def test_an_offer_that_the_answer_closed_is_open_again(office: Office) -> None:
    handoff = office.hand_over(company="Passed on")
    ask_to_take(office, BEN, handoff, CHLOE)
    offered = offer_of(office, CHLOE, handoff)
    touch(office, BEN, handoff)
    shrunk(office, CHLOE, offered, "it was answered")

    undo(office, BEN, handoff)

    office.press(CHLOE, ids.TAKE, offer_of(office, CHLOE, handoff), dm(CHLOE), handoff)
    office.card(handoff, "Chloe Martin has it")


def test_an_offer_that_was_over_before_it_could_be_sent_is_sent_after_all(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    handoff = office.hand_over(company="Late one")
    ask_to_take(office, BEN, handoff, CHLOE)
    office.control.set_clock(datetime(2026, 11, 24, 7, 57, tzinfo=UTC))
    office.press(BEN, ids.TOUCH, office.card(handoff, "has it"), LEADS, handoff)
    form = office.modal(BEN, "Log touch")
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
    office.control.set_clock(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    office.settle()
    card = office.card(handoff, "Undo the last answer")

    office.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_UNDO}:{handoff}")

    offer_of(office, CHLOE, handoff)


def test_won_can_be_undone_too(office: Office) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "qualified")
    card = office.card(handoff, "Won / Lost…")
    office.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_DEAL}:{handoff}")
    form = office.modal(BEN, "Won or lost")
    office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "won"}})
    office.dm(BEN, handoff, "*Won*")

    undo(office, BEN, handoff)

    office.card(handoff, "*Qualified*")
    assert stored(office, handoff).stage is Stage.QUALIFIED


def test_a_form_left_open_can_be_sent_off_again_after_an_undo(office: Office) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "no_need")
    undo(office, BEN, handoff)
    office.dm(BEN, handoff, "Accept")

    form = form_of(office, BEN, handoff)
    office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "wrong_data"}})

    office.card(handoff, "*Wrong or missing data*")
