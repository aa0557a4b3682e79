"""A recycled lead comes back, a few a day, unless marketing says no."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.models import Handoff, Lead, Person
from bot.views import ids
from sandbox.server import Sandbox
from tests.acts import edits_held, history, record_outcome, why_me
from tests.conftest import NewDatabase
from tests.office import (
    BEN,
    CHLOE,
    HUGO,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Json,
    Office,
    playbook_without_a_cap,
    settings_for,
    text_of,
)
from tests.services.test_handoffs import stored

TIMING = """
[timing]
returns_a_day = 3

[[reasons]]
key = "timing"
label = "Bad timing"
recycle_days = 60
"""
EMAILS = {BEN: "ben@example.com", CHLOE: "chloe@example.com", HUGO: "hugo@example.com"}
"""One rep for each test that fills their day."""
BERLIN = ZoneInfo("Europe/Berlin")
BACK = datetime(2027, 1, 22, 9, 5, tzinfo=UTC)
"""Friday, five minutes after sixty days since the Monday at ten."""


@pytest.fixture(scope="module")
def shared_office(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office that recycles for bad timing, and takes three returns a day and rep."""
    playbook: Path = tmp_path_factory.mktemp("playbook") / "playbook.toml"
    playbook.write_text(playbook_without_a_cap().read_text("utf-8") + TIMING)
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=playbook)
        yield office
        office.close()


def recycle(office: Office, rep: str = BEN, **fields: object) -> str:
    """Hand over a lead of a rep's, who puts it off; gives the hand-off's id."""
    handoff = office.hand_over(owner=EMAILS[rep], **fields)
    put_off(office, rep, handoff)
    return handoff


def put_off(office: Office, rep: str, handoff: str) -> None:
    record_outcome(office, rep, office.dm(rep, handoff), handoff, "timing")


def returns_of(office: Office, *handoffs: str) -> list[Handoff]:
    """The hand-offs that are the returns of these."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return [*tx.scalars(select(Handoff).where(col(Handoff.returned_from).in_(handoffs)))]


def the_return_of(office: Office, handoff: str) -> Handoff:
    """Waited for."""
    return office.control.until(lambda: returns_of(office, handoff))[0]


def cancel(office: Office, person: str, card: Json, handoff: str) -> None:
    value = f"{ids.MORE_CANCEL_RETURN}:{handoff}"
    office.press(person, ids.MORE, card, LEADS, value)


def test_a_reason_with_days_recycles_the_lead(office: Office) -> None:
    handoff = stored(office, recycle(office))

    assert handoff.stage is Stage.RECYCLED
    assert handoff.return_at == datetime(2027, 1, 22, tzinfo=BERLIN)


def test_it_comes_back_as_a_new_hand_off_that_says_what_was_said(office: Office) -> None:
    handoff = recycle(office, company="Globex")

    office.control.set_clock(BACK - timedelta(hours=2))
    assert returns_of(office, handoff) == []
    office.control.set_clock(BACK)

    back = the_return_of(office, handoff)
    assert (back.stage, back.owner_id, back.returns) == (Stage.NEW, BEN, 1)
    card = office.card(back.id, "Ben Cole has it. First touch due")
    assert "Back after 60 days: “Bad timing”, said Ben Cole." in text_of(card)
    told = office.dm(BEN, back.id)
    assert told["text"].startswith("Call Globex: asked for a demo, due")
    assert "Back after 60 days" in told["text"]
    assert "it came back by itself and was with you last time" in why_me(office, BEN, told, back.id)
    assert "It came back, as a new hand-off" in history(office, IDA, office.card(handoff), handoff)


def test_the_second_return_is_the_last(office: Office) -> None:
    handoff = recycle(office, HUGO)
    for number in (1, 2):
        office.control.set_clock(BACK + timedelta(days=70 * (number - 1)))
        back = the_return_of(office, handoff)
        assert back.returns == number
        handoff = back.id
        put_off(office, HUGO, handoff)

    last = stored(office, handoff)
    assert (last.stage, last.return_at, last.turns_at) == (Stage.REJECTED, None, None)


def test_no_more_come_back_on_a_day_than_agreed_and_none_is_lost(office: Office) -> None:
    handoffs = [recycle(office, CHLOE) for _ in range(7)]

    office.control.set_clock(BACK)
    office.control.until(lambda: len(returns_of(office, *handoffs)) == 3)
    for minutes in (5, 60, 240):
        office.control.set_clock(BACK + timedelta(minutes=minutes))
    assert len(returns_of(office, *handoffs)) == 3
    office.control.set_clock(BACK + timedelta(days=3))
    office.control.until(lambda: len(returns_of(office, *handoffs)) == 6)
    office.control.set_clock(BACK + timedelta(days=4))
    office.control.until(lambda: len(returns_of(office, *handoffs)) == 7)


def test_in_the_week_before_marketing_may_cancel_a_return(office: Office) -> None:
    handoff = recycle(office)
    return_at = stored(office, handoff).return_at
    assert return_at
    office.control.set_clock(return_at - timedelta(days=7, minutes=10))
    office.settle()
    assert "Cancel return" not in text_of(office.card(handoff, "Bad timing"))
    office.control.set_clock(BACK - timedelta(days=6))
    card = office.card(handoff, "Returns from")
    assert str(int(datetime(2027, 1, 22, tzinfo=BERLIN).timestamp())) in text_of(card)

    with edits_held(office):
        cancel(office, BEN, card, handoff)
        office.whisper(BEN, "Only marketing can cancel a return.")
        assert stored(office, handoff).return_at
        cancel(office, IDA, card, handoff)
        office.control.until(lambda: stored(office, handoff).return_at is None)
        cancel(office, IDA, card, handoff)
        office.whisper(IDA, "no return ahead")

    office.control.set_clock(BACK + timedelta(days=1))
    assert returns_of(office, handoff) == []
    assert "Ida" in " ".join(history(office, IDA, office.card(handoff), handoff))
    assert "Returns from" not in text_of(office.card(handoff, "Bad timing"))


def test_a_lead_whose_owner_sells_no_more_returns_to_the_queue(office: Office) -> None:
    handoff = recycle(office)
    office.control.change_person(BEN, deleted=True)
    assert office.bot
    liaison = office.bot.liaison

    def has_left() -> bool:
        with liaison.reading() as tx:
            return not tx.get_one(Person, (liaison.team_id, BEN)).is_active

    office.control.until(has_left)
    office.control.set_clock(BACK)
    back = the_return_of(office, handoff)
    office.control.change_person(BEN, deleted=False)
    office.control.until(lambda: not has_left())

    assert (back.owner_id, back.actor_id) == (None, None)
    office.card(back.id, "In the queue: nobody has it yet")


def test_a_lead_that_was_handed_over_anew_does_not_come_back_besides(office: Office) -> None:
    handoff = recycle(office, lead_id="both-ways")
    office.hand_over(lead_id="both-ways")

    office.control.set_clock(BACK)

    office.control.until(lambda: stored(office, handoff).return_at is None)
    assert returns_of(office, handoff) == []


def test_an_erased_lead_does_not_come_back(office: Office) -> None:
    handoff = recycle(office)
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.get_one(Lead, (liaison.team_id, stored(office, handoff).lead_id)).erased_at = MONDAY_TEN

    office.control.set_clock(BACK)

    office.control.until(lambda: stored(office, handoff).return_at is None)
    assert returns_of(office, handoff) == []


def test_an_outcome_from_the_crm_takes_the_return_away(office: Office) -> None:
    handoff = recycle(office)
    office.control.advance("1h")

    office.tell(event="outcome", lead_id=office.lead_of(handoff), kind="won")

    won = stored(office, handoff)
    assert (won.stage, won.return_at, won.turns_at) == (Stage.WON, None, None)
