"""Many processes bring the leads of one campaign at once: one batch, and none left out."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.db import make_engine
from bot.delivery.inbox import take_in
from bot.errors import NotSaved
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery
from bot.liaison import Liaison
from bot.models import Batch, Handoff, Message, MessageKind, Run
from bot.services.batches import start_shown
from bot.services.deliveries import receive
from tests.office import PLAYBOOK, Office
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

TRIES = 20


@pytest.fixture
def processes(own_office: Office) -> Iterator[list[Liaison]]:
    """Four that share a database and a workspace, of which one runs."""
    own_office.reopen(liaison_playbook=PLAYBOOK)
    assert own_office.bot
    first = own_office.bot.liaison
    engines = [make_engine(own_office.settings.database_url) for _ in range(3)]
    yield [first, *(replace(first, engine=engine) for engine in engines)]
    for engine in engines:
        engine.dispose()


def bring(liaison: Liaison, campaigns: tuple[str, ...], number: int) -> None:
    """Take in a lead of each campaign, in one transaction, as the webhook does; what was not saved
    is sent again, as every sender does."""
    told = [delivery(liaison, each, number) for each in campaigns]
    for _ in range(TRIES):
        try:
            take_in(liaison, told, partial(receive, liaison))
        except NotSaved:
            continue
        return
    raise AssertionError("It was never saved.")


def delivery(liaison: Liaison, campaign: str, number: int) -> Delivery:
    told = {
        "event": "handoff",
        "lead_id": f"{campaign}-{number}",
        "company": "Acme",
        "campaign": campaign,
        "owner": "ben@example.com",
    }
    body = json.dumps(told).encode()
    return Delivery(f"{campaign}:{number}", parse(body, liaison.now()), body)


def test_of_those_that_bring_the_tenth_lead_at_once_none_is_left_out(
    own_office: Office, processes: list[Liaison]
) -> None:
    own_office.control.fault("rate_limited", method="chat.postMessage", seconds=0.1)
    orders = [("Fair", "Show"), ("Show", "Fair")]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda number: bring(processes[number % 4], orders[number % 2], number), range(12)
            )
        )
    own_office.control.clear_faults()

    with processes[0].reading() as tx:
        batches = {batch.name: batch.id for batch in tx.scalars(select(Batch))}
        assert set(batches) == {"Fair", "Show"}
        for name, batch_id in batches.items():
            leads = tx.scalars(select(Handoff).where(col(Handoff.campaign) == name)).all()
            assert [lead.batch_id for lead in leads] == [batch_id] * 12


def test_clocks_start_once_however_many_processes_look(
    own_office: Office, processes: list[Liaison]
) -> None:
    for number in range(12):
        bring(processes[0], ("Once",), number)
    own_office.control.until(lambda: cards(processes[0]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start_shown, processes))
    own_office.control.until(lambda: not start_shown(processes[0]))

    with processes[0].reading() as tx:
        assert {run.number for run in tx.scalars(select(Run))} == {1}
        lists = select(Message).where(col(Message.kind) == MessageKind.BATCH_LIST)
        assert len(tx.scalars(lists).all()) == 1
        late = select(Handoff).where(col(Handoff.due_at).is_(None))
        assert tx.scalars(late).all() == []


def cards(liaison: Liaison) -> bool:
    shown = select(Message).where(
        col(Message.kind) == MessageKind.BATCH_CARD, col(Message.ts).is_not(None)
    )
    with liaison.reading() as tx:
        return tx.scalars(shown).first() is not None
