"""What nobody works on any more goes after the playbook's days."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import InboxEvent
from jobs.retention import blank_old_bodies
from tests.office import MONDAY_TEN, Office, playbook_without_a_cap
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES


@pytest.fixture
def tidy_office(own_office: Office, tmp_path: Path) -> Office:
    """An office whose playbook keeps closed leads for thirty days."""
    playbook = tmp_path / "playbook.toml"
    kept = "\n[retention]\ninbox_days = 2\nclosed_leads_days = 30\n"
    playbook.write_text(playbook_without_a_cap().read_text("utf-8") + kept, "utf-8")
    own_office.reopen(liaison_playbook=playbook)
    return own_office


def test_a_lead_closed_long_ago_is_erased_and_may_come_back(tidy_office: Office) -> None:
    office = tidy_office
    closed = office.hand_over(lead_id="closed-1", company="Closed Ltd")
    still_open = office.hand_over(lead_id="open-1", company="Open Ltd")
    office.card(closed, "has it")
    office.tell(event="outcome", lead_id="closed-1", kind="not_a_fit")

    office.control.set_clock(MONDAY_TEN + timedelta(days=29))
    office.card(closed, "Closed Ltd")
    office.control.set_clock(MONDAY_TEN + timedelta(days=31))

    card = office.card(closed, "An erased lead")
    assert "Not a fit" in card["text"]
    office.card(still_open, "Open Ltd")
    again = office.hand_over(lead_id="closed-1", company="Closed Ltd")
    assert again != closed
    office.card(again, "Closed Ltd")


def test_a_lead_with_anything_newer_is_kept(tidy_office: Office) -> None:
    office = tidy_office
    first = office.hand_over(lead_id="busy-1", company="Busy Ltd")
    office.card(first, "has it")
    office.tell(event="outcome", lead_id="busy-1", kind="not_a_fit")
    office.control.set_clock(MONDAY_TEN + timedelta(days=7))
    second = office.hand_over(lead_id="busy-1", company="Busy Ltd")

    office.control.set_clock(MONDAY_TEN + timedelta(days=40))

    office.card(second, "Busy Ltd")
    office.settle()
    office.card(first, "Busy Ltd")


def test_a_body_goes_after_the_days_the_playbook_says(tidy_office: Office) -> None:
    office = tidy_office
    office.hand_over()
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        for row in tx.scalars(select(InboxEvent).where(col(InboxEvent.body).is_not(None))):
            row.processed_at = liaison.wall() - timedelta(days=2, minutes=1)
    office.hand_over()

    assert blank_old_bodies(liaison) >= 1
    with liaison.reading() as tx:
        bodies = tx.scalars(select(col(InboxEvent.body)).where(col(InboxEvent.body).is_not(None)))
        assert len([body for body in bodies if "lead-" in str(body)]) == 1
