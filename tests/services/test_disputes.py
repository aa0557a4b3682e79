"""Marketing contests an outcome: the liaison settles it, quietly, with one line to both sides."""

from datetime import timedelta

import pytest

from bot.core.lifecycle import Stage
from bot.models import Handoff, RatingValue
from bot.views import ids
from tests.acts import history, record_outcome
from tests.office import ANA, BEN, IDA, LEADS, MONDAY_TEN, OLGA, PIA, Json, Office, dm, text_of
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_ratings import ratings_of

pytestmark = ON_BOTH_ENGINES

JONAS = "U0JONAS0000"
WHY, ANSWER = "They have 400 people; the form says so.", "The site counts 400; size does fit."


def rejected(office: Office, **fields: object) -> str:
    """A lead that Ben turned down, after the minutes in which he could undo it."""
    handoff = office.hand_over(**fields)
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, "not_a_fit:size", "Forty people.")
    office.control.advance("15m")
    office.card(handoff, "Dispute…")
    return handoff


def dispute(office: Office, person: str, handoff: str, words: str = WHY) -> Json:
    card = office.card(handoff, "Dispute…")
    office.press(person, ids.MORE, card, LEADS, f"{ids.MORE_DISPUTE}:{handoff}")
    form = office.modal(person, "Dispute")
    return office.control.submit(person, form["id"], {ids.DISPUTE_WORDS: {ids.CHOICE: words}})


def told(office: Office, person: str, handoff: str, shows: str) -> Json:
    return office.control.message(
        dm(person), lambda m: office.subject(m) == handoff and shows in text_of(m)
    )


def settle(
    office: Office, person: str, message: Json, verdict: str, reason: str | None = None
) -> Json:
    button = message["blocks"][-1]["elements"][0]
    where = {"channel": dm(person), "ts": message["ts"], "value": button["value"]}
    office.control.click(person, ids.SETTLE, **where)
    form = office.modal(person, "Settle")
    values = {ids.VERDICT: {ids.CHOICE: verdict}, ids.SETTLE_WORDS: {ids.CHOICE: ANSWER}}
    if reason:
        values[ids.OUTCOME_KEY] = {ids.CHOICE: reason}
    return office.control.submit(person, form["id"], values)


def stored(office: Office, handoff: str) -> Handoff:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Handoff, (office.bot.liaison.team_id, handoff))


def test_it_goes_to_the_liaison_and_nowhere_else(office: Office) -> None:
    handoff = rejected(office, company="Quarrel Ltd")
    dispute(office, JONAS, handoff)

    asked = told(office, OLGA, handoff, WHY)
    assert asked["text"].startswith("Jonas Weber disputes an outcome: Quarrel Ltd\nBen Cole said")
    assert "“Forty people.”" in asked["text"]
    office.settle()
    assert not [m for m in office.control.messages(LEADS) if WHY in text_of(m)]
    assert not [m for m in office.dms(BEN) if WHY in text_of(m)]


def test_when_the_outcome_stands_both_read_one_line(office: Office) -> None:
    handoff = rejected(office, company="Stands Ltd")
    dispute(office, JONAS, handoff)

    settle(office, OLGA, told(office, OLGA, handoff, WHY), "stands")

    ended = f"the outcome stands. “{ANSWER}”"
    assert told(office, JONAS, handoff, ended)["text"] == (
        f"*Stands Ltd*: Olga Petrova settled your dispute: {ended}\n"
        "Why you: you opened the dispute."
    )
    assert told(office, BEN, handoff, ended)["text"] == (
        f"*Stands Ltd*: Olga Petrova settled a dispute about it: {ended}\n"
        "Why you: you recorded the outcome."
    )
    assert stored(office, handoff).stage is Stage.REJECTED
    assert ratings_of(office, handoff) == {BEN: RatingValue.BAD}
    assert len(told(office, OLGA, handoff, "dispute of Jonas Weber, settled")["blocks"]) == 1


def test_upheld_opens_the_lead_again_for_whoever_had_it(office: Office) -> None:
    handoff = rejected(office)
    dispute(office, JONAS, handoff)

    settle(office, OLGA, told(office, OLGA, handoff, WHY), "reopened")

    now = stored(office, handoff)
    assert (now.stage, now.actor_id, now.outcome) == (Stage.NEW, BEN, None)
    assert now.due_at and now.due_at > office.now()
    assert ratings_of(office, handoff) == {}
    office.dm(BEN, handoff, "Log touch")
    assert history(office, ANA, office.card(handoff, "First touch due"), handoff)[-1] == (
        "Olga Petrova settled a dispute: it is open again"
    )


def test_upheld_may_give_another_reason(office: Office) -> None:
    handoff = rejected(office)
    dispute(office, JONAS, handoff)
    asked = told(office, OLGA, handoff, WHY)

    missing = settle(office, OLGA, asked, "relabelled")
    assert missing["errors"] == {ids.OUTCOME_KEY: "Choose one of the outcomes."}
    for view in office.control.state(OLGA)["views"]:
        office.control.close(OLGA, view["id"])
    settle(office, OLGA, asked, "relabelled", "no_need")

    now = stored(office, handoff)
    assert (now.stage, now.outcome, now.outcome_by) == (Stage.REJECTED, "no_need", OLGA)
    assert now.outcome_words == "Forty people."
    assert ratings_of(office, handoff) == {}
    told(office, BEN, handoff, "it counts as “No need” now.")


def test_the_backup_settles_while_the_liaison_is_away(office: Office) -> None:
    office.control.set_clock(MONDAY_TEN + timedelta(days=1))  # the other tests' day stays as it is
    office.control.command(OLGA, LEADS, "/liaison", "away")
    form = office.modal(OLGA, "Away")
    day = office.now().date().isoformat()
    values = {ids.AWAY_FROM: day, ids.AWAY_TO: day}
    office.control.submit(OLGA, form["id"], {k: {ids.CHOICE: v} for k, v in values.items()})
    for view in office.control.state(OLGA)["views"]:
        office.control.close(OLGA, view["id"])
    handoff = rejected(office)

    dispute(office, JONAS, handoff)

    settle(office, PIA, told(office, PIA, handoff, WHY), "stands")
    told(office, JONAS, handoff, "Pia Schmidt settled your dispute")


def test_what_nobody_settles_goes_to_an_admin_and_never_to_the_channel(office: Office) -> None:
    handoff = rejected(office, company="Waiting Ltd")
    dispute(office, JONAS, handoff)
    told(office, OLGA, handoff, WHY)
    office.settle()
    assert not [m for m in office.dms(PIA) if office.subject(m) == handoff]

    office.control.set_clock(MONDAY_TEN + timedelta(days=2, hours=1))

    passed_on = told(office, PIA, handoff, "and yours now")
    assert passed_on["text"].startswith("Jonas Weber disputes an outcome: Waiting Ltd")
    office.settle()
    assert not [m for m in office.control.messages(LEADS) if WHY in text_of(m)]
    settle(office, PIA, passed_on, "stands")
    told(office, JONAS, handoff, "Pia Schmidt settled your dispute")
    told(office, OLGA, handoff, "dispute of Jonas Weber, settled")


def test_who_opened_it_does_not_settle_it(office: Office) -> None:
    handoff = rejected(office)
    dispute(office, OLGA, handoff)

    told(office, PIA, handoff, "Olga Petrova disputes an outcome")


def test_only_marketing_disputes_and_once(office: Office) -> None:
    handoff = rejected(office)
    card = office.card(handoff, "Dispute…")
    office.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_DISPUTE}:{handoff}")
    office.whisper(BEN, "Only marketing can press this.")

    dispute(office, JONAS, handoff)
    office.press(IDA, ids.MORE, card, LEADS, f"{ids.MORE_DISPUTE}:{handoff}")

    office.whisper(IDA, "This outcome is disputed already")


def test_a_settled_outcome_is_not_disputed_again(office: Office) -> None:
    handoff = rejected(office)
    dispute(office, JONAS, handoff)
    settle(office, OLGA, told(office, OLGA, handoff, WHY), "stands")
    card = office.card(handoff, "Dispute…")

    office.press(IDA, ids.MORE, card, LEADS, f"{ids.MORE_DISPUTE}:{handoff}")

    office.whisper(IDA, "A dispute of this outcome was settled")


def test_a_lead_that_was_handed_over_anew_is_left_as_it_is(office: Office) -> None:
    handoff = rejected(office, lead_id="twice disputed")
    dispute(office, JONAS, handoff)
    asked = told(office, OLGA, handoff, WHY)
    office.hand_over(lead_id="twice disputed")

    answer = settle(office, OLGA, asked, "reopened")

    assert "handed over anew since" in answer["errors"][ids.VERDICT]
    assert stored(office, handoff).stage is Stage.REJECTED


def test_whoever_asked_to_be_left_alone_is_not_disputed(office: Office) -> None:
    handoff = office.hand_over()
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, "do_not_contact")
    office.control.advance("15m")
    card = office.card(handoff, "Dispute…")

    office.press(JONAS, ids.MORE, card, LEADS, f"{ids.MORE_DISPUTE}:{handoff}")

    office.whisper(JONAS, "is left alone")


def test_an_erased_lead_leaves_no_words_of_its_dispute(office: Office) -> None:
    handoff = rejected(office)
    dispute(office, JONAS, handoff)
    told(office, OLGA, handoff, WHY)

    office.tell(event="erased", lead_id=office.lead_of(handoff))

    told(office, OLGA, handoff, "the dispute about it is erased too")


@pytest.fixture(autouse=True)
def nothing_open(office: Office) -> None:
    """No form of the test before stands in the way."""
    for person in (BEN, IDA, JONAS, OLGA, PIA):
        for view in reversed(office.control.state(person)["views"]):
            office.control.close(person, view["id"])
