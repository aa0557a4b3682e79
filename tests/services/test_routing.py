"""Leads without an owner go where the rules say, and everybody can read why."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.services import away
from bot.services.away import Plan
from sandbox.server import Sandbox
from tests.acts import history, why_me
from tests.conftest import NewDatabase
from tests.office import (
    BEN,
    CHLOE,
    ELLA,
    HUGO,
    IDA,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Office,
    playbook_without_a_cap,
    settings_for,
    text_of,
)
from tests.services.test_handoffs import run_of, stored

RULES = """
[[routing.groups]]
name = "DACH"
people = ["ben@example.com", "chloe@example.com"]

[[routing.rules]]
to = "account_owner"

[[routing.rules]]
country = ["DE", "Germany"]
grade = ["A", "B"]
to = "DACH"

[[routing.rules]]
postcode = "80"
size_from = 200
to = ["DACH", "hugo@example.com"]

[[routing.rules]]
email_domain = "capped.example"
to = "ella@example.com"

[[routing.rules]]
source = "List"
to = "queue"
"""
BEN_TWICE = 'email = "ben@example.com"\nteam = "sales"\n'
ELLA_ONE = 'email = "ella@example.com"\nteam = "sales"\n'


def playbook_with_rules(folder: Path) -> Path:
    """Ben gets two leads where others get one, Ella one a day."""
    text = playbook_without_a_cap().read_text("utf-8")
    text = text.replace(BEN_TWICE, f"{BEN_TWICE}weight = 2\n")
    text = text.replace(ELLA_ONE, f"{ELLA_ONE}cap_a_day = 1\n")
    file = folder / "playbook.toml"
    file.write_text(f"{text}\n{RULES}")
    return file


@pytest.fixture(scope="module")
def shared_office(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office with rules."""
    file = playbook_with_rules(tmp_path_factory.mktemp("routing"))
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=file)
        yield office
        office.close()


def actor_of(office: Office, **fields: object) -> str | None:
    return stored(office, office.hand_over(owner=None, **fields)).actor_id


def test_a_rule_gives_it_to_its_group_by_weight_and_says_so_everywhere(office: Office) -> None:
    handoffs = [office.hand_over(owner=None, country="germany") for _ in range(6)]

    given = Counter(stored(office, each).actor_id for each in handoffs)
    assert given == {BEN: 4, CHLOE: 2}
    mine = next(each for each in handoffs if stored(office, each).actor_id == BEN)
    assert run_of(office, mine).why == "rule"
    card = office.card(mine, "Ben Cole has it")
    because = "rule 2: country Germany, grade A → DACH"
    assert f"Routed by {because}; Ben Cole was next." in text_of(card)
    why = why_me(office, BEN, office.dm(BEN, mine), mine)
    assert f"You have this lead because of {because}, and you were next; grade A means" in why
    assert f"Ben Cole was next in turn, by {because}" in history(office, IDA, card, mine)


def test_what_a_crm_calls_its_fields_is_understood(office: Office) -> None:
    fits = {"Postal Code": "80331", "NumberOfEmployees": "1,200"}
    members = {BEN, CHLOE, HUGO}

    assert actor_of(office, country="FR", custom=fits) in members
    assert actor_of(office, country="FR", custom=fits | {"NumberOfEmployees": "51-200"}) is None
    assert actor_of(office, country="FR", custom=fits | {"Postal Code": "18033"}) is None


def test_whoever_has_the_account_gets_it_and_a_stranger_passes_to_the_next_rule(
    office: Office,
) -> None:
    account = {"account_owner": "Hugo@Example.com"}
    handoff = office.hand_over(owner=None, country="DE", custom=account)

    assert stored(office, handoff).actor_id == HUGO
    told = text_of(office.card(handoff, "Hugo"))
    assert "Routed by rule 1: the account's owner; Hugo" in told
    assert "has the account." in told
    stranger = {"account_owner": "someone@elsewhere.example"}
    assert actor_of(office, country="DE", custom=stranger) in {BEN, CHLOE}


def test_a_rep_who_has_their_share_for_today_gets_no_more_before_tomorrow(office: Office) -> None:
    lead = {"country": "FR", "email": "jo@sub.capped.example"}
    assert actor_of(office, **lead, lead_id="capped-1") == ELLA

    handoff = office.hand_over(owner=None, **lead, lead_id="capped-2")

    assert stored(office, handoff).actor_id is None
    because = "rule 4: e-mail domain capped.example → ella@example.com"
    card = office.card(handoff, f"Nobody was free by {because}.")
    assert "In the queue: nobody has it yet." in text_of(card)
    told = history(office, IDA, card, handoff)
    assert f"It waits in the queue, as nobody was free by {because}" in told
    office.control.advance("24h")
    assert actor_of(office, **lead, lead_id="capped-3") == ELLA


def test_a_rule_may_leave_leads_in_the_queue(office: Office) -> None:
    handoff = office.hand_over(owner=None, country="FR", source="list")

    assert stored(office, handoff).actor_id is None
    office.card(handoff, "Left in the queue by rule 5: source List.")


def test_a_lead_that_no_rule_fits_says_nothing_of_rules(office: Office) -> None:
    card = office.card(office.hand_over(owner=None, country="FR"), "In the queue")

    assert "rule" not in text_of(card)


def test_nobody_who_is_away_gets_a_turn_and_back_again_no_flood(office: Office) -> None:
    assert office.bot
    liaison, today = office.bot.liaison, office.now().date()
    plan = Plan(CHLOE, today, today + timedelta(days=1))
    away.go_away(liaison, CHLOE, plan)
    while_away = [actor_of(office, country="DE") for _ in range(6)]

    away.back_already(liaison, CHLOE)
    since = [actor_of(office, country="DE") for _ in range(6)]

    assert set(while_away) == {BEN}
    assert Counter(since) == {BEN: 4, CHLOE: 2}
