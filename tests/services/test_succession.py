"""Somebody leaves, and what waits for their answer goes to their manager, or else to an admin."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from bot.models import Campaign
from bot.services.people import member_changed
from bot.slack import Member
from tests.office import BEN, IDA, OLGA, PIA, Office
from tests.services.test_asks import ask, question
from tests.services.test_campaigns import JONAS
from tests.services.test_disputes import WHY, dispute, rejected
from tests.services.test_disputes import told as told_of
from tests.services.test_flags import flag_card, said
from tests.services.test_previews import put, raise_concern

SHOW = "Widowed show"


def leave(office: Office, person: str, name: str) -> None:
    """As Slack tells of it; and back again, because others share this office."""
    assert office.bot
    address = f"{name.split()[0].lower()}@example.com"
    member = Member(person, name, address, "Europe/Berlin", is_active=True)
    member_changed(office.bot.liaison, replace(member, is_active=False))
    office.settle()
    member_changed(office.bot.liaison, member)


def own(office: Office, campaign: str, person: str) -> None:
    """Name who answers for a campaign."""
    assert office.bot
    with office.bot.liaison.transaction() as tx:
        tx.scalars(select(Campaign).where(col(Campaign.name) == campaign)).one().owner_id = person


def test_the_manager_has_the_questions_flags_and_previews_of_who_left(office: Office) -> None:
    handoff = office.hand_over(campaign=SHOW, company="Orphan Ltd")
    own(office, SHOW, JONAS)
    ask(office, BEN, handoff)
    question(office, JONAS, handoff)
    flag_card(office, BEN, handoff)
    said(office, JONAS, f"flagged {SHOW}")
    put(office, SHOW, (BEN,), by=IDA)
    said(office, JONAS, f"Preview of {SHOW}")

    leave(office, JONAS, "Jonas Weber")

    assert question(office, IDA, handoff)["text"].startswith("Ben Cole asks about Orphan Ltd")
    assert said(office, IDA, f"Ben Cole flagged {SHOW}")
    raise_concern(office, BEN, SHOW)
    assert said(office, IDA, f"Preview of {SHOW}: 0 OK, 1 concern")


def test_a_dispute_goes_on_when_the_liaison_leaves(office: Office) -> None:
    handoff = rejected(office, company="Left behind Ltd")
    dispute(office, JONAS, handoff)
    told_of(office, OLGA, handoff, WHY)

    leave(office, OLGA, "Olga Petrova")

    told_of(office, PIA, handoff, "Jonas Weber disputes an outcome: Left behind Ltd")
