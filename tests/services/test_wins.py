"""A win is told in the channel: campaign, marketer, rep, days; nobody who wants no mention."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.services import campaign_entry, campaigns
from bot.services.campaign_entry import Filled
from tests.office import BEN, IDA, LEADS, MONDAY_TEN, Json, Office, text_of

NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def won(office: Office, *, days: int = 3, **fields: object) -> str:
    """A lead that was handed over some days ago and that Ben has just won, says the CRM."""
    at = office.now() - timedelta(days=days)
    handoff = office.hand_over(occurred_at=at.isoformat(), **fields)
    lead = office.lead_of(handoff)
    office.tell(event="outcome", kind="won", lead_id=lead, by="ben@example.com")
    return handoff


def posts(office: Office, company: str) -> list[Json]:
    office.settle()
    start = f"Won: *{company}*"
    living = [m for m in office.control.messages(LEADS) if not m["deleted"]]
    return [m for m in living if m["text"].startswith(start)]


def test_a_win_names_its_campaign_its_rep_and_how_long_it_took(office: Office) -> None:
    won(office, company="Winner Ltd", campaign="Autumn fair")

    (told,) = posts(office, "Winner Ltd")

    assert told["text"] == (
        "Won: *Winner Ltd*, from Autumn fair, won by Ben Cole, 3 days after it was handed over."
    )


def test_whoever_answers_for_the_campaign_is_named_too(office: Office) -> None:
    won(office, company="First Ltd", campaign="Owned fair")
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        campaign = campaigns.called(tx, liaison.team_id, "Owned fair")
    assert campaign
    campaign_entry.edit(liaison, campaign.id, IDA, Filled(name="Owned fair", owner_id=IDA))

    won(office, company="Second Ltd", campaign="Owned fair")

    (told,) = posts(office, "Second Ltd")
    assert "from Owned fair (Ida Berg), won by Ben Cole, 3 days" in told["text"]


def test_it_is_told_once_however_often_the_crm_says_so(office: Office) -> None:
    handoff = won(office, company="Twice Ltd")
    office.tell(event="outcome", kind="won", lead_id=office.lead_of(handoff), by="ben@example.com")

    assert len(posts(office, "Twice Ltd")) == 1


def test_who_wants_no_mention_gets_none(office: Office) -> None:
    office.control.command(BEN, LEADS, "/liaison", "wins off")
    office.whisper(BEN, "without your name")
    won(office, company="Modest Ltd")

    (told,) = posts(office, "Modest Ltd")

    assert "Ben" not in text_of(told)
    office.control.command(BEN, LEADS, "/liaison", "wins on")
    office.whisper(BEN, "with your name")


def test_an_old_win_is_no_news(office: Office) -> None:
    at = office.now() - timedelta(days=30)
    handoff = office.hand_over(company="Long ago Ltd", occurred_at=at.isoformat())
    office.card(handoff, "First touch due")
    before = {"occurred_at": (office.now() - timedelta(days=8)).isoformat()}
    office.tell(event="outcome", kind="won", lead_id=office.lead_of(handoff), **before)

    assert posts(office, "Long ago Ltd") == []


def test_a_win_at_night_waits_for_the_teams_morning(office: Office) -> None:
    office.control.set_clock(NIGHT)
    won(office, company="Night Ltd", owner=None)
    assert posts(office, "Night Ltd") == []

    office.control.set_clock(MONDAY_TEN + timedelta(days=1))

    assert len(posts(office, "Night Ltd")) == 1


def test_an_erased_win_is_told_no_more(office: Office) -> None:
    handoff = won(office, company="Forgotten Ltd")
    assert len(posts(office, "Forgotten Ltd")) == 1

    office.tell(event="erased", lead_id=office.lead_of(handoff))

    assert posts(office, "Forgotten Ltd") == []


@pytest.fixture(autouse=True)
def told_before(office: Office) -> None:
    office.settle()
