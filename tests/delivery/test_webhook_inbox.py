"""What a CRM tells us: durable before it is thanked, many in one commit, each once."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import current_thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bot.delivery.inbox import GroupWriter, take_in
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery, NotStored, Receipt
from bot.liaison import Liaison
from bot.models import Handoff, InboxEvent, Lead, Message
from bot.services.deliveries import receive
from tests.conftest import NewDatabase
from tests.delivery.locks import locked
from tests.delivery.mailroom import new_liaison
from tests.office import MONDAY_TEN, SECRET, Json, Office
from tests.postgres import ON_BOTH_ENGINES


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    made = new_liaison(new_database())
    yield made
    made.engine.dispose()


@ON_BOTH_ENGINES
def test_forty_equal_deliveries_at_once_are_one_handoff(own_office: Office) -> None:
    own_office.open()
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: post(own_office, lead_id="one"), range(40)))

    assert {answer["handoff"] for answer in answers} == {answers[0]["handoff"]}
    assert [answer["duplicate"] for answer in answers].count(False) == 1
    assert count(own_office, Handoff) == count(own_office, InboxEvent) == 1


@ON_BOTH_ENGINES
def test_forty_different_deliveries_of_one_lead_at_once_are_one_open_handoff(
    own_office: Office,
) -> None:
    own_office.open()
    with ThreadPoolExecutor(40) as pool:
        answers = list(
            pool.map(lambda n: post(own_office, lead_id="one", reason=str(n)), range(40))
        )

    assert len({answer["handoff"] for answer in answers}) == 1
    assert [count(own_office, table) for table in (Lead, Handoff, InboxEvent)] == [1, 1, 40]


@ON_BOTH_ENGINES
def test_a_locked_database_is_a_503_and_leaves_nothing_half_stored(own_office: Office) -> None:
    own_office.open()
    with locked(own_office.settings.database_url), ThreadPoolExecutor(20) as pool:
        refusals = list(pool.map(lambda n: refusal(own_office, lead_id=f"lead-{n}"), range(20)))

    assert {error.code for error in refusals} == {503}
    assert all(error.headers["Retry-After"] for error in refusals)
    tables = (Lead, Handoff, InboxEvent, Message)
    assert [count(own_office, table) for table in tables] == [0, 0, 0, 0]
    assert post(own_office, lead_id="lead-1")["duplicate"] is False


def test_one_bad_delivery_in_a_group_fails_alone(liaison: Liaison) -> None:
    async def tell_all() -> list[Receipt | BaseException]:
        deliveries = [delivery(number) for number in range(20)]
        stored = (writer.store(each) for each in deliveries)
        return await asyncio.gather(*stored, return_exceptions=True)

    writer = GroupWriter(liaison, fails_on_seven)
    answers = asyncio.run(tell_all())
    writer.stop()

    assert isinstance(answers.pop(7), NotStored)
    assert all(isinstance(answer, Receipt) for answer in answers)
    with liaison.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(InboxEvent)) == 19


def fails_on_seven(_tx: Session, given: Sequence[Delivery], _now: datetime) -> list[Receipt]:
    if any(each.key == "wh:7" for each in given):
        raise ValueError("this one is bad")
    return [Receipt(each.key, duplicate=False) for each in given]


def test_a_delivery_that_was_ended_to_untie_a_deadlock_is_stored_all_the_same(
    liaison: Liaison,
) -> None:
    ended = [DeadlockDetected("deadlock detected")]

    def unlucky(_tx: Session, given: Sequence[Delivery], _now: datetime) -> list[Receipt]:
        if ended:
            raise OperationalError("UPDATE lead", {}, ended.pop())
        return [Receipt(each.key, duplicate=False) for each in given]

    writer = GroupWriter(liaison, unlucky)
    answer = asyncio.run(writer.store(delivery(1)))
    writer.stop()

    assert answer == Receipt("wh:1", duplicate=False)
    with liaison.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(InboxEvent)) == 1


def test_a_repeat_within_a_group_gets_the_answer_of_the_first(liaison: Liaison) -> None:
    told = [delivery(1), delivery(2), delivery(1)]

    first, second, again = take_in(liaison, told, answers_with_its_key)

    assert (first, second) == (Receipt("wh:1", duplicate=False), Receipt("wh:2", duplicate=False))
    assert again == Receipt("wh:1", duplicate=True)
    assert take_in(liaison, [delivery(2)], answers_with_its_key) == [
        Receipt("wh:2", duplicate=True)
    ]


def answers_with_its_key(_tx: Session, given: Sequence[Delivery], _now: datetime) -> list[Receipt]:
    return [Receipt(each.key, duplicate=False) for each in given]


@ON_BOTH_ENGINES
@pytest.mark.parametrize("owner", [None, "ben@example.com"])
def test_twelve_new_leads_in_a_group_are_as_many_statements_as_two(
    own_office: Office, owner: str | None
) -> None:
    own_office.open()
    assert own_office.bot
    liaison = own_office.bot.liaison
    ran: list[str] = []

    def taken(*numbers: int) -> int:
        ran.clear()
        told = [delivery(number, owner=owner) for number in numbers]
        assert all(each.handoff_id for each in take_in(liaison, told, partial(receive, liaison)))
        return len(ran)

    taken(*range(1, 4))
    own_office.settle()
    here = current_thread()

    def counted(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if current_thread() is here:
            ran.append(statement)

    event.listen(liaison.engine, "before_cursor_execute", counted)

    few, many = taken(10, 11), taken(*range(20, 32))

    assert many == few


def delivery(number: int, owner: str | None = None) -> Delivery:
    lead = {"lead_id": f"lead-{number}", "company": "Acme", "owner": owner}
    body = json.dumps(lead).encode()
    return Delivery(f"wh:{number}", parse(body, MONDAY_TEN), body)


def post(office: Office, **event: object) -> Json:
    assert office.bot
    request = Request(
        f"http://127.0.0.1:{office.bot.port}/hooks/leads",
        json.dumps({"company": "Acme", "occurred_at": MONDAY_TEN.isoformat(), **event}).encode(),
        {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=20) as answer:
        told: Json = json.load(answer)
        return told


def refusal(office: Office, **event: object) -> HTTPError:
    with pytest.raises(HTTPError) as refused:
        post(office, **event)
    refused.value.close()
    return refused.value


def count(office: Office, table: type[SQLModel]) -> int:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0
