"""The outcome says how good a lead was, or the rep does, with one tap."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.errors import NotAllowed
from bot.models import Handoff, Rating, RatingValue
from bot.services.ratings import rate
from bot.views import ids
from bot.views.ratings import QUESTION
from tests.acts import history, press, record_outcome
from tests.office import ANA, BEN, CHLOE, IDA, LEADS, Office, text_of

GOOD, SO_SO, BAD = RatingValue.GOOD, RatingValue.SO_SO, RatingValue.BAD


def ratings_of(office: Office, handoff: str) -> dict[str, RatingValue]:
    """What is in force, by rater."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        rows = tx.scalars(
            select(Rating).where(col(Rating.handoff_id) == handoff, col(Rating.ended_at).is_(None))
        )
        return {row.rater_id: row.value for row in rows}


def is_rated(office: Office, handoff: str) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Handoff, (office.bot.liaison.team_id, handoff)).rated_at is not None


def answered(office: Office, outcome: str, words: str = "") -> str:
    """A lead of Ben's that he answered for like this."""
    handoff = office.hand_over()
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, outcome, words)
    return handoff


def tap(office: Office, handoff: str, button: str) -> None:
    """In the message that asks."""
    press(office, BEN, button, office.dm(BEN, handoff, QUESTION), handoff)


@pytest.mark.parametrize(
    ("outcome", "value"),
    [("not_a_fit:size", BAD), ("wrong_data", BAD), ("qualified", GOOD)],
)
def test_some_outcomes_carry_the_rating(office: Office, outcome: str, value: RatingValue) -> None:
    handoff = answered(office, outcome)

    assert ratings_of(office, handoff) == {BEN: value}
    assert is_rated(office, handoff)


@pytest.mark.parametrize("outcome", ["already_ours:customer", "do_not_contact"])
def test_others_say_nothing_of_it_and_nobody_is_asked(office: Office, outcome: str) -> None:
    handoff = answered(office, outcome)

    assert office.control.state(BEN)["views"] == []
    office.settle()
    assert QUESTION not in text_of(office.dm(BEN, handoff))
    assert ratings_of(office, handoff) == {}
    assert not is_rated(office, handoff)


def test_after_the_rest_the_form_asks_with_three_plain_buttons(office: Office) -> None:
    handoff = answered(office, "no_need")

    view = office.modal(BEN, QUESTION)
    buttons = view["blocks"][1]["elements"]
    assert [button["text"]["text"] for button in buttons] == ["Good", "So-so", "Bad"]
    assert not any("style" in button for button in buttons)
    office.control.click(BEN, ids.RATE_SO_SO, view_id=view["id"], value=handoff)

    office.control.until(lambda: "Noted: so-so." in text_of(office.modal(BEN, QUESTION)))
    assert ratings_of(office, handoff) == {BEN: SO_SO}


def test_the_message_asks_until_it_is_told(office: Office) -> None:
    handoff = answered(office, "no_budget")

    tap(office, handoff, ids.RATE_GOOD)

    told = office.dm(BEN, handoff, "You rated it good.")
    assert len(told["blocks"]) == 1
    assert ratings_of(office, handoff) == {BEN: GOOD}


def test_a_rating_may_be_changed_and_its_history_stays(office: Office) -> None:
    handoff = answered(office, "no_budget")
    tap(office, handoff, ids.RATE_GOOD)
    office.control.advance("15m")
    office.dm(BEN, handoff, "You rated it good.")

    menu = f"{ids.MORE_RATE}:{handoff}"
    told = office.dm(BEN, handoff, menu)
    press(office, BEN, ids.MORE, told, menu)
    view = office.control.until(
        lambda: next(
            (v for v in office.control.state(BEN)["views"] if "You said good" in text_of(v)), None
        )
    )
    office.control.click(BEN, ids.RATE_BAD, view_id=view["id"], value=handoff)

    assert ratings_of(office, handoff) == {BEN: BAD}
    for view in reversed(office.control.state(BEN)["views"]):
        office.control.close(BEN, view["id"])
    lines = history(office, BEN, office.card(handoff), handoff)
    assert lines[-2:] == ["Ben Cole rated it: good", "Ben Cole rated it: bad"]


def test_what_somebody_thinks_of_a_lead_is_for_them_and_their_manager(office: Office) -> None:
    handoff = answered(office, "no_budget")
    tap(office, handoff, ids.RATE_BAD)
    card = office.card(handoff)

    assert "Ben Cole rated it: bad" in history(office, ANA, card, handoff)
    assert "rated" not in " ".join(history(office, IDA, card, handoff))
    assert "rated" not in " ".join(history(office, CHLOE, card, handoff))
    assert "rated" not in text_of(card)


def test_undo_takes_the_rating_back_with_the_outcome(office: Office) -> None:
    handoff = answered(office, "not_a_fit:size")

    press(office, BEN, ids.UNDO, office.dm(BEN, handoff, "as you said"), handoff)

    assert ratings_of(office, handoff) == {}
    assert not is_rated(office, handoff)


def test_undo_takes_a_tap_back_too(office: Office) -> None:
    handoff = answered(office, "no_need")
    tap(office, handoff, ids.RATE_BAD)

    press(office, BEN, ids.UNDO, office.dm(BEN, handoff, "You rated it bad."), handoff)

    assert ratings_of(office, handoff) == {}
    assert not is_rated(office, handoff)


def test_an_undone_answer_leaves_what_was_said_before_it(office: Office) -> None:
    handoff = answered(office, "wrong_data")
    office.control.advance("15m")
    send_back(office, handoff)
    record_outcome(office, BEN, office.dm(BEN, handoff, "Log touch"), handoff, "qualified")
    assert ratings_of(office, handoff) == {BEN: GOOD}

    press(office, BEN, ids.UNDO, office.dm(BEN, handoff, "as you said"), handoff)

    assert ratings_of(office, handoff) == {BEN: BAD}
    assert is_rated(office, handoff)


def send_back(office: Office, handoff: str) -> None:
    card = office.card(handoff, "Wrong or missing data")
    office.press(IDA, ids.MORE, card, LEADS, f"{ids.MORE_FIXED}:{handoff}")
    form = office.modal(IDA, "Send back fixed")
    office.control.submit(IDA, form["id"], {"title": {ids.CHOICE: "Buyer"}})


def test_somebody_else_is_told_who_rates(office: Office) -> None:
    handoff = answered(office, "no_need")
    assert office.bot

    with pytest.raises(NotAllowed, match="Whoever recorded the outcome"):
        rate(office.bot.liaison, handoff, CHLOE, "bad")

    assert ratings_of(office, handoff) == {}


def test_the_crms_outcome_speaks_for_whoever_has_the_lead(office: Office) -> None:
    named, unnamed, stranger = (office.hand_over() for _ in range(3))

    for handoff, by in ((named, "chloe@example.com"), (unnamed, None), (stranger, "x@y.org")):
        lead = office.lead_of(handoff)
        fields = {"event": "outcome", "kind": "not_a_fit", "lead_id": lead} | (
            {"by": by} if by else {}
        )
        office.tell(**fields)

    assert ratings_of(office, named) == {CHLOE: BAD}
    assert ratings_of(office, unnamed) == {BEN: BAD}
    assert ratings_of(office, stranger) == {}


def test_a_win_does_not_rate_again(office: Office) -> None:
    handoff = answered(office, "qualified")
    assert office.bot

    office.tell(event="outcome", kind="won", lead_id=office.lead_of(handoff))

    with office.bot.liaison.reading() as tx:
        rows = tx.scalars(select(Rating).where(col(Rating.handoff_id) == handoff)).all()
    assert len(rows) == 1
