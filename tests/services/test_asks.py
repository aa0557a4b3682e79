"""Sales asks marketing about a lead, and gets an answer, or marketing is the late side."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import NotAllowed, TooLate
from bot.services import asks
from bot.views import ids
from tests.acts import history
from tests.office import ANA, BEN, CHLOE, IDA, MONDAY_TEN, OLGA, PLAYBOOK, Json, Office, dm, text_of
from tests.services.test_followups import nudges

JONAS = "U0JONAS0000"
QUESTION, ANSWER = "Which of their plants?", "The one in Ghent."
WEDNESDAY_TEN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def open_form(office: Office, person: str, handoff: str) -> None:
    value = f"{ids.MORE_ASK}:{handoff}"
    office.press(person, ids.MORE, office.dm(person, handoff), dm(person), value)


def ask(office: Office, person: str, handoff: str, words: str = QUESTION) -> Json:
    open_form(office, person, handoff)
    form = office.modal(person, "Ask marketing")
    return office.control.submit(person, form["id"], {ids.ASK_WORDS: {ids.CHOICE: words}})


def question(office: Office, person: str, handoff: str, shows: str = QUESTION) -> Json:
    """The newest question about this lead that reached somebody in marketing."""
    return office.control.message(
        dm(person),
        lambda said: office.subject(said) == handoff and shows in text_of(said),
    )


def press_answer(office: Office, person: str, message: Json, channel: str) -> None:
    button = message["blocks"][-1]["elements"][0]
    office.control.click(
        person, ids.ANSWER, channel=channel, ts=message["ts"], value=button["value"]
    )


def answer(office: Office, person: str, message: Json) -> Json:
    press_answer(office, person, message, dm(person))
    form = office.modal(person, "Answer")
    return office.control.submit(person, form["id"], {ids.ANSWER_WORDS: {ids.CHOICE: ANSWER}})


def test_a_question_reaches_marketing_and_its_answer_whoever_asked(office: Office) -> None:
    handoff = office.hand_over(company="Askable Ltd")
    ask(office, BEN, handoff)

    asked = question(office, IDA, handoff)
    assert asked["text"].startswith(f"Ben Cole asks about Askable Ltd\n“{QUESTION}”")
    assert "jane" not in text_of(asked)
    answer(office, IDA, asked)

    told = question(office, BEN, handoff, ANSWER)
    assert told["text"].startswith(f"*Askable Ltd*: Ida Berg answered “{ANSWER}”")
    office.settle()
    assert office.dm(BEN, handoff)["text"].startswith("Call Askable Ltd")
    shown = question(office, IDA, handoff, "Ida Berg answered")
    assert len(shown["blocks"]) == 1
    lines = history(office, CHLOE, office.card(handoff), handoff)
    assert lines[-2:] == ["Ben Cole asked marketing", "Ida Berg answered the question"]


def test_reminders_rest_until_the_answer_and_the_due_time_stays(office: Office) -> None:
    handoff = office.hand_over()
    before = office.dm(BEN, handoff)["text"]
    ask(office, BEN, handoff)
    asked = question(office, IDA, handoff)

    office.control.advance("2h")
    assert [said for said in nudges(office, BEN, handoff) if "first touch" in said] == []
    assert before.startswith("Call") and "due 11:00" in before

    answer(office, IDA, asked)
    office.control.advance("1m")
    office.dm(BEN, handoff, "first touch due 11:00")


def test_only_the_first_question_lets_reminders_rest(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff)
    answer(office, IDA, question(office, IDA, handoff))
    question(office, BEN, handoff, ANSWER)
    open_form(office, BEN, handoff)
    form = office.modal(BEN, "Ask marketing")
    assert "Reminders rest" not in text_of(form)
    office.control.submit(BEN, form["id"], {ids.ASK_WORDS: {ids.CHOICE: "And when?"}})

    office.control.advance("31m")

    office.dm(BEN, handoff, "first touch due")


def test_after_two_working_days_marketing_is_the_late_side(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff)
    question(office, IDA, handoff)

    office.control.set_clock(WEDNESDAY_TEN.replace(minute=5))

    office.dm(BEN, handoff, "first touch due")
    late = question(office, IDA, handoff, "Not answered yet: Ben Cole asks")
    assert "The question to marketing is still open" in history(
        office, BEN, office.card(handoff), handoff
    )
    answer(office, IDA, late)
    question(office, BEN, handoff, ANSWER)


def test_a_marketer_and_the_liaison_may_answer_and_sales_may_not(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff)
    asked = question(office, IDA, handoff)
    assert office.bot

    for person in (JONAS, OLGA):
        assert asks.look_to_answer(office.bot.liaison, ask_id(asked), person)
    for person in (CHLOE, ANA):
        with pytest.raises(NotAllowed, match="Only marketing"):
            asks.look_to_answer(office.bot.liaison, ask_id(asked), person)


def ask_id(message: Json) -> str:
    return str(message["blocks"][-1]["elements"][0]["value"])


def test_a_lead_has_one_open_question(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff)
    question(office, IDA, handoff)

    open_form(office, BEN, handoff)

    office.whisper(BEN, "Marketing was asked about this lead already")


def test_an_answered_question_is_not_answered_twice(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff)
    asked = question(office, IDA, handoff)
    answer(office, IDA, asked)
    question(office, BEN, handoff, ANSWER)
    assert office.bot

    with pytest.raises(TooLate, match="Ida Berg answered this already"):
        asks.answer(office.bot.liaison, ask_id(asked), JONAS, "Another.")


def test_a_colleague_cannot_ask_before_the_due_time(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    assert office.bot

    with pytest.raises(NotAllowed, match="somebody else's"):
        asks.ask(office.bot.liaison, handoff, CHLOE, QUESTION)


def test_a_question_without_words_is_told_beside_the_field(office: Office) -> None:
    told = ask(office, BEN, office.hand_over(), "   ")

    assert told["errors"] == {ids.ASK_WORDS: "Write what you want to know."}
    office.control.close(BEN, office.modal(BEN, "Ask marketing")["id"])


def test_the_owner_of_the_campaign_is_asked(own_office: Office, tmp_path: Path) -> None:
    office, agreed = own_office, tmp_path / "playbook.toml"
    owned = '[[campaigns]]\nname = "Spring Webinar"\nowner = "jonas@example.com"\n'
    agreed.write_text(PLAYBOOK.read_text("utf-8") + "\n" + owned)
    office.reopen(liaison_playbook=agreed)
    handoff = office.hand_over(campaign="spring webinar")

    ask(office, BEN, handoff)

    question(office, JONAS, handoff)
    office.control.set_clock(WEDNESDAY_TEN.replace(minute=5))
    question(office, IDA, handoff, "Not answered yet: Ben Cole asks")


def test_a_reminder_held_for_the_morning_rests_for_a_question_asked_at_night(
    office: Office,
) -> None:
    office.control.set_clock(MONDAY_TEN.replace(hour=15, minute=45))
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.advance("10m")
    ask(office, BEN, handoff)
    question(office, IDA, handoff)

    office.control.set_clock(MONDAY_TEN.replace(day=24, hour=11))
    assert [said for said in nudges(office, BEN, handoff) if "first touch" in said] == []
    answer(office, IDA, question(office, IDA, handoff))

    office.control.advance("1m")
    office.dm(BEN, handoff, "first touch due")


def test_what_was_asked_is_erased_with_its_lead(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff, "Is it Zelda of the Ghent plant?")
    asked = question(office, IDA, handoff, "Zelda")

    office.tell(event="erased", lead_id=office.lead_of(handoff))

    shown = question(office, IDA, handoff, "the question about it is erased too")
    assert shown["ts"] == asked["ts"]
    assert "Zelda" not in text_of(shown)
