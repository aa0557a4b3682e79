"""A bad day at Slack, and a bot that dies in it: nothing is lost, nothing is said twice."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from time import sleep
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.app import Bot
from bot.db import make_engine
from bot.models import Message
from bot.sqlite import looking
from tests.bot_process import BotProcess
from tests.delivery.mailroom import Ledger
from tests.office import BEN, LEADS, MONDAY_TEN, SECRET, Office, dm
from tests.postgres import ON_BOTH_ENGINES, Postgres

FAULTS = {
    "http_500_after": 0.04,
    "lost_answer": 0.03,
    "http_500_before": 0.03,
    "truncated": 0.02,
    "garbage": 0.02,
    "drop_connection": 0.02,
    "html_503": 0.02,
}
OWNERS = ("ana", "ben", "chloe", "hugo")
"""Those who are at work on a Monday at ten in Berlin."""


@ON_BOTH_ENGINES
def test_of_many_messages_on_a_bad_day_none_is_lost_and_none_is_double(
    own_office: Office,
) -> None:
    office = own_office
    office.open()
    assert office.bot
    ports = [office.bot.port]
    bad_day(office)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: hand_over(ports, n), range(60)))
    everything_told(office, 60)

    ledger = Ledger.of(office.sandbox, office.settings.database_url)
    assert (ledger.lost, ledger.double, ledger.shown) == ([], [], 120)


@pytest.mark.timeout(180)  # longer than all it waits for
def test_a_bot_killed_again_and_again_on_a_bad_day_loses_and_doubles_nothing(
    own_office: Office, tmp_path: Path
) -> None:
    office, ports = own_office, [0]
    bad_day(office)

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(hand_over, ports, number) for number in range(100)]
        for life in range(1, 4):
            with BotProcess(office.settings, tmp_path / "log") as bot:
                ports[0] = bot.port
                office.control.until(lambda life=life: posted(office) >= 30 * life, 20)  # type: ignore[misc]
                bot.kill()
        with BotProcess(office.settings, tmp_path / "log") as bot:
            ports[0] = bot.port
            for each in sent:
                each.result(20)
            everything_told(office, 100)

    ledger = Ledger.of(office.sandbox, office.settings.database_url)
    assert (ledger.lost, ledger.double, ledger.shown) == ([], [], 200)


@pytest.mark.postgres
def test_three_bots_on_one_database_lose_and_double_nothing(
    own_office: Office, postgres: Postgres
) -> None:
    office = own_office
    office.reopen(database_url=postgres.fresh())
    bad_day(office)

    with more_bots(office, 2) as bots, ThreadPoolExecutor(8) as pool:
        ports = [bot.port for bot in bots]
        list(pool.map(lambda n: hand_over([ports[n % 3]], n), range(40)))
        postgres.hang_up(office.settings.database_url)
        everything_told(office, 40)

    ledger = Ledger.of(office.sandbox, office.settings.database_url)
    assert (ledger.lost, ledger.double, ledger.shown) == ([], [], 80)


def bad_day(office: Office) -> None:
    """Every kind of fault on every method that tells, by chance but the same each time."""
    for seed, (kind, rate) in enumerate(FAULTS.items()):
        for method in ("chat.postMessage", "chat.update", "conversations.open"):
            office.control.fault(kind, method=method, rate=rate, seed=seed)


def hand_over(ports: list[int], number: int) -> None:
    """As a CRM does: the same delivery again until somebody says that it is stored."""
    event = {
        "lead_id": f"lead-{number}",
        "company": f"Acme {number}",
        "grade": "A",
        "owner": f"{OWNERS[number % 4]}@example.com",
        "occurred_at": MONDAY_TEN.isoformat(),
    }
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    body = json.dumps(event).encode()
    for _ in range(200):
        request = Request(f"http://127.0.0.1:{ports[0]}/hooks/leads", body, headers)
        try:
            with urlopen(request, timeout=5):
                return
        except (OSError, HTTPException):
            sleep(0.1)
    raise TimeoutError("The bot never came back.")


@contextmanager
def more_bots(office: Office, count: int) -> Iterator[list[Bot]]:
    """The office's bot and some more on the same database."""
    assert office.bot
    others = [Bot(office.settings) for _ in range(count)]
    for bot in others:
        bot.start()
    yield [office.bot, *others]
    for bot in others:
        bot.stop()


def posted(office: Office) -> int:
    return len(office.control.messages(LEADS)) + len(office.control.messages(dm(BEN)))


def everything_told(office: Office, handoffs: int) -> None:
    """Wait until each hand-off has its card and its DM, and nothing is left to send."""
    engine = make_engine(office.settings.database_url)
    said = select(func.count()).where(col(Message.ts).is_not(None))
    unsaid = select(func.count()).where(col(Message.send_at).is_not(None))

    def is_told() -> bool:
        with looking(engine) as tx:
            return tx.scalar(said) == 2 * handoffs and tx.scalar(unsaid) == 0

    office.control.until(is_told, 40)
    engine.dispose()
