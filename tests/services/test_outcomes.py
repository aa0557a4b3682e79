"""How a hand-off ends, for now."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.lifecycle import Stage
from bot.models import Lead
from bot.views import ids, whys
from tests.acts import history
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    LEADS,
    MONDAY_TEN,
    OLGA,
    Json,
    Office,
    dm,
    text_of,
)
from tests.services.test_followups import touch
from tests.services.test_handoffs import stored


def form_of(office: Office, person: str, handoff: str) -> Json:
    """The outcome form, opened from the person's DM."""
    office.press(person, ids.OUTCOME, office.dm(person, handoff), dm(person), handoff)
    return office.modal(person, "Outcome")


def choose(office: Office, person: str, form: Json, choice: str, shows: str) -> Json:
    """Choose an outcome, and give the form once it has the field that follows."""
    office.control.click(
        person, ids.CHOICE, view_id=form["id"], block_id=ids.OUTCOME_KEY, value=choice
    )
    return office.control.until(lambda: _showing(office.modal(person, "Outcome"), shows))


def _showing(view: Json, shows: str) -> Json | None:
    return view if shows in text_of(view) else None


def say(office: Office, by: str, handoff: str, choice: str, **fields: str) -> Json:
    """Fill the form in: `words`, `date` or `person` besides the choice; gives the answer."""
    form = form_of(office, by, handoff)
    if "date" in fields:
        form = choose(office, by, form, choice, ids.OUTCOME_DATE)
    if "person" in fields:
        form = choose(office, by, form, choice, ids.OUTCOME_PERSON)
    filled = {f"outcome_{name}": {ids.CHOICE: value} for name, value in fields.items()}
    chosen = {ids.OUTCOME_KEY: {ids.CHOICE: choice}}
    answer = office.control.submit(by, form["id"], chosen | filled)
    if answer["errors"]:
        office.control.close(by, form["id"])
    return answer


def lead_row(office: Office, handoff: str) -> Lead:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Lead, (office.bot.liaison.team_id, stored(office, handoff).lead_id))


def inputs(view: Json) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


@pytest.mark.parametrize(
    ("choice", "asks", "label"),
    [
        ("qualified", ids.OUTCOME_PERSON, "Who goes on with it?"),
        ("not_a_fit:size", ids.OUTCOME_WORDS, "In your words"),
        ("already_ours:duplicate", ids.OUTCOME_PERSON, "Whose is it?"),
        ("bad_timing", ids.OUTCOME_DATE, "When would be better?"),
        ("other", ids.OUTCOME_WORDS, "In your words"),
    ],
)
def test_the_second_field_follows_the_choice(
    office: Office, choice: str, asks: str, label: str
) -> None:
    form = form_of(office, BEN, office.hand_over())
    assert inputs(form) == [ids.OUTCOME_KEY, ids.OUTCOME_WORDS]

    then = choose(office, BEN, form, choice, label)

    assert inputs(then) == [ids.OUTCOME_KEY, asks]
    chosen = then["state"]["values"][ids.OUTCOME_KEY][ids.CHOICE]["selected_option"]
    assert chosen["value"] == choice
    office.control.close(BEN, form["id"])


@pytest.mark.parametrize(
    ("choice", "label", "stage", "returns"),
    [
        ("not_a_fit:industry", "Not a fit: industry", Stage.REJECTED, None),
        ("not_a_fit", "Not a fit", Stage.REJECTED, None),
        ("wrong_data", "Wrong or missing data", Stage.REJECTED, None),
        ("already_ours:in a deal", "Already ours: in a deal", Stage.REJECTED, None),
        ("no_need", "No need", Stage.REJECTED, None),
        ("no_budget", "No budget", Stage.RECYCLED, 90),
        ("bad_timing", "Bad timing", Stage.RECYCLED, 60),
        ("do_not_contact", "Do not contact", Stage.REJECTED, None),
    ],
)
def test_each_reason_leads_to_its_stage(
    office: Office, choice: str, label: str, stage: Stage, returns: int | None
) -> None:
    handoff = office.hand_over()

    say(office, BEN, handoff, choice)

    office.card(handoff, f"*{label}*, says Ben Cole")
    row = stored(office, handoff)
    assert row.stage is stage
    assert (row.return_at is None) == (returns is None)
    if returns and row.return_at:
        assert row.return_at.date() == (MONDAY_TEN + timedelta(days=returns - 1)).date()


def test_bad_timing_with_a_day_comes_back_at_the_beginning_of_it(office: Office) -> None:
    handoff = office.hand_over()

    say(office, BEN, handoff, "bad_timing", date="2027-02-01")

    office.card(handoff, "Bad timing")
    row = stored(office, handoff)
    assert row.stage is Stage.RECYCLED
    assert row.return_at == datetime(2027, 1, 31, 23, tzinfo=UTC), "midnight in Berlin"


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-20", "2029-01-01"])
def test_a_day_that_is_past_or_far_off_is_refused_beside_its_field(
    office: Office, day: str
) -> None:
    handoff = office.hand_over()

    answer = say(office, BEN, handoff, "bad_timing", date=day)

    assert answer["errors"] == {ids.OUTCOME_DATE: "Choose a day after today, within two years."}
    assert stored(office, handoff).outcome is None


def test_the_date_is_filled_in_with_the_usual_one(office: Office) -> None:
    form = form_of(office, BEN, office.hand_over())

    then = choose(office, BEN, form, "bad_timing", ids.OUTCOME_DATE)

    usual = then["state"]["values"][ids.OUTCOME_DATE][ids.CHOICE]["selected_date"]
    assert usual == (date(2026, 11, 23) + timedelta(days=60)).isoformat()
    office.control.close(BEN, form["id"])


def test_whoever_takes_a_qualified_lead_on_is_named_and_told(office: Office) -> None:
    handoff = office.hand_over(company="Initech")

    say(office, BEN, handoff, "qualified", person=CHLOE)

    office.card(handoff, "Chloe Martin goes on with it.")
    told = f"*Initech*: You got it from Ben Cole to go on with.\nWhy you: {whys.NAMED_TO_GO_ON}."
    office.control.message(dm(CHLOE), lambda message: message["text"] == told)
    assert "Chloe Martin got it from Ben Cole to go on with" in history(
        office, OLGA, office.card(handoff), handoff
    )


def test_a_qualified_lead_stays_with_whoever_said_so(office: Office) -> None:
    handoff = office.hand_over()

    say(office, BEN, handoff, "qualified")

    office.card(handoff, "Ben Cole goes on with it.")
    assert stored(office, handoff).outcome_person == BEN


def test_whose_it_was_already_is_told(office: Office) -> None:
    handoff = office.hand_over(company="Hooli")

    say(office, BEN, handoff, "already_ours:duplicate", person=DEV)

    office.card(handoff, "Dev Thapa has it already.")
    told = "*Hooli*: You had it already, said Ben Cole: already ours: duplicate."
    why = f"Why you: {whys.NAMED_AS_HAVING_IT}."
    office.control.message(dm(DEV), lambda message: message["text"] == f"{told}\n{why}")


def test_a_colleague_is_told_in_their_own_hours(office: Office) -> None:
    handoff = office.hand_over(company="Umbra")
    office.dm(BEN, handoff)
    office.control.set_clock(datetime(2026, 11, 23, 17, 30, tzinfo=UTC))

    say(office, BEN, handoff, "qualified", person=CHLOE)
    office.settle()
    assert not [m for m in office.dms(CHLOE) if "Umbra" in m["text"]]

    office.control.set_clock(datetime(2026, 11, 24, 8, 1, tzinfo=UTC))
    office.control.message(dm(CHLOE), lambda message: "Umbra" in message["text"])


def test_somebody_nobody_knows_is_refused_beside_the_field(office: Office) -> None:
    handoff = office.hand_over()
    form = choose(office, BEN, form_of(office, BEN, handoff), "qualified", ids.OUTCOME_PERSON)

    answer = office.control.submit(
        BEN, form["id"], {ids.OUTCOME_PERSON: {ids.CHOICE: "U0NOBODY000"}}
    )

    assert answer["errors"] == {
        ids.OUTCOME_PERSON: "Choose a member of this workspace, and no app."
    }
    assert stored(office, handoff).outcome is None
    office.control.close(BEN, form["id"])


def test_a_form_sent_off_twice_counts_once(office: Office) -> None:
    handoff = office.hand_over()
    form = form_of(office, BEN, handoff)
    office.press(ANA, ids.OUTCOME, office.card(handoff), LEADS, handoff)
    second = office.modal(ANA, "Outcome")
    choice = {ids.OUTCOME_KEY: {ids.CHOICE: "no_need"}}

    office.control.submit(BEN, form["id"], choice)
    office.control.submit(ANA, second["id"], choice)

    assert "Ben Cole already recorded “No need”" in text_of(office.modal(ANA, "Not saved"))
    assert stored(office, handoff).outcome_by == BEN


def test_could_not_reach_says_what_is_missing_before_it_is_chosen(office: Office) -> None:
    handoff = office.hand_over()
    touch(office, BEN, handoff, "no_answer")
    office.card(handoff, "working on it")
    sentence = (
        "1 of 6 attempts so far; the next by phone counts from 13:00, or choose this from 7 Dec on."
    )

    form = choose(office, BEN, form_of(office, BEN, handoff), "no_response", "attempts so far")
    answer = office.control.submit(BEN, form["id"], {})

    assert sentence in text_of(form)
    assert answer["errors"] == {ids.OUTCOME_KEY: sentence}
    assert stored(office, handoff).outcome is None
    office.control.close(BEN, form["id"])


def test_could_not_reach_opens_after_the_attempts_agreed(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    touch(office, BEN, handoff, "no_answer")
    office.control.advance("10m")
    touch(office, BEN, handoff, "no_answer")
    assert "1 of 3" in say(office, BEN, handoff, "no_response")["errors"][ids.OUTCOME_KEY]

    office.control.set_clock(datetime(2026, 11, 23, 13, tzinfo=UTC))
    touch(office, BEN, handoff, "no_answer")
    office.control.set_clock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    touch(office, BEN, handoff, "no_answer")
    refused = say(office, BEN, handoff, "no_response")["errors"][ids.OUTCOME_KEY]
    assert refused.startswith(
        "3 attempts so far, by phone only; one by e-mail or message is missing, or choose this from"
    )

    touch(office, BEN, handoff, "emailed")
    say(office, BEN, handoff, "no_response")

    office.card(handoff, "*Could not reach*, says Ben Cole")
    assert stored(office, handoff).stage is Stage.RECYCLED


def test_what_the_crm_saw_counts_when_it_happened(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    lead = office.lead_of(handoff)
    office.dm(BEN, handoff)
    office.control.set_clock(datetime(2026, 11, 24, 14, tzinfo=UTC))

    for kind, at in [
        ("call", "2026-11-23T10:00:00Z"),
        ("email", "2026-11-23T10:05:00Z"),
        ("call", "2026-11-24T13:00:00Z"),
        ("automated_email", "2026-11-24T08:00:00Z"),
    ]:
        office.tell(event="contacted", lead_id=lead, kind=kind, occurred_at=at)
    say(office, BEN, handoff, "no_response")

    office.card(handoff, "*Could not reach*")


def test_after_ten_working_days_could_not_reach_needs_no_attempt(office: Office) -> None:
    handoff = office.hand_over()
    touch(office, BEN, handoff, "no_answer")

    office.control.set_clock(datetime(2026, 12, 7, 10, tzinfo=UTC))
    say(office, BEN, handoff, "no_response")

    office.card(handoff, "*Could not reach*")


@pytest.mark.parametrize("same", ["the lead's id", "the address"])
def test_who_asked_to_be_left_alone_is_never_handed_over_again(office: Office, same: str) -> None:
    email = f"alone-{len(same)}@example.org"
    handoff = office.hand_over(email=email, company="Quiet")
    lead = office.lead_of(handoff)
    say(office, BEN, handoff, "do_not_contact")
    card = office.card(handoff, "*Do not contact*")
    office.settle()
    cards = len(office.control.messages(LEADS))

    again = {"lead_id": lead} if same == "the lead's id" else {"lead_id": f"other-{lead}"}
    answer = office.tell(email=email, company="Loud", owner="ben@example.com", **again)

    assert answer == {"handoff": handoff, "duplicate": True}
    office.settle()
    assert len(office.control.messages(LEADS)) == cards
    assert lead_row(office, handoff).company == "Quiet"
    assert "It was handed over again and refused: do not contact" in history(
        office, OLGA, card, handoff
    )


def test_the_crm_can_say_do_not_contact_and_when_a_lead_returns(office: Office) -> None:
    alone, later = office.hand_over(), office.hand_over()

    office.tell(event="outcome", lead_id=office.lead_of(alone), kind="do_not_contact")
    office.tell(event="outcome", lead_id=office.lead_of(later), kind="no_budget")

    assert lead_row(office, alone).do_not_contact_at
    row = stored(office, later)
    assert row.stage is Stage.RECYCLED
    assert row.outcome_at and row.return_at == row.outcome_at + timedelta(days=90)


@pytest.mark.parametrize("who", [BEN, CHLOE, ANA])
def test_a_qualified_lead_is_won_by_whoever_qualified_it_or_took_it_on(
    office: Office, who: str
) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "qualified", person=CHLOE)
    card = office.card(handoff, "*Qualified*")

    office.press(who, ids.MORE, card, LEADS, f"{ids.MORE_DEAL}:{handoff}")
    form = office.modal(who, "Won or lost")
    office.control.submit(who, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "won"}})

    office.card(handoff, "*Won*, says")
    row = stored(office, handoff)
    assert (row.stage, row.outcome_by, row.outcome_person) == (Stage.WON, who, CHLOE)


def test_the_reps_own_line_about_a_qualified_lead_keeps_the_menu(office: Office) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "qualified")
    office.control.advance("6m")

    line = office.dm(BEN, handoff, "Won / Lost…")
    office.press(BEN, ids.MORE, line, dm(BEN), f"{ids.MORE_DEAL}:{handoff}")
    form = office.modal(BEN, "Won or lost")
    office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "lost"}})

    office.card(handoff, "*Lost*, says Ben Cole")


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (DEV, "for those who qualified the lead or took it on"),
        (OLGA, "Only sales can press this"),
    ],
)
def test_nobody_else_says_won_or_lost(office: Office, who: str, sentence: str) -> None:
    handoff = office.hand_over()
    say(office, BEN, handoff, "qualified")
    card = office.card(handoff, "*Qualified*")

    office.press(who, ids.MORE, card, LEADS, f"{ids.MORE_DEAL}:{handoff}")

    office.whisper(who, sentence)
