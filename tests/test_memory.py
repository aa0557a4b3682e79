"""What the bot takes of memory does not grow with what it has done."""

import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest
from slack_sdk import WebClient
from sqlalchemy import QueuePool, event, select, text
from sqlmodel import col

from bot.clock import wall
from bot.delivery import homes
from bot.delivery.homes import Homes
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import HomeChange
from bot.queries import facts_of
from bot.queries.lists import evened
from bot.slack import Slack
from bot.sqlite import FILES_KEPT_OPEN
from tests.bot_process import BotProcess
from tests.conftest import NewDatabase
from tests.delivery.mailroom import TEAM, new_liaison
from tests.office import Office

MUCH = 16 * 1024 * 1024
"""Bytes; glibc sets 64 MB aside for each heap beside the first, and takes a little of it."""


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    made = new_liaison(new_database())
    yield made
    made.engine.dispose()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap per thread")
def test_all_threads_of_the_bot_take_memory_from_one_heap(
    own_office: Office, tmp_path: Path
) -> None:
    with BotProcess(own_office.settings, tmp_path / "log") as bot:
        maps = Path(f"/proc/{bot.pid}/maps").read_text("utf-8").splitlines()

    assert not [line for line in maps if is_kept_for_a_heap(line)]


def is_kept_for_a_heap(line: str) -> bool:
    """Of a line of a process's map: much that is nobody's yet and of no file."""
    places, rights, _, _, inode, *_ = line.split()
    begins, ends = (int(place, 16) for place in places.split("-"))
    return rights == "---p" and inode == "0" and ends - begins > MUCH


def test_lists_of_a_thousand_lengths_are_statements_of_nine() -> None:
    lists = [[str(key) for key in range(length)] for length in range(1, 1025)]

    assert {len(evened(keys)) for keys in lists} == {1, 2, 4, 8, 16, 32, 64, 256, 1024}
    assert all(sorted({*evened(keys)}) == sorted(keys) for keys in lists)


@pytest.mark.parametrize(("length", "evens_to"), [(0, 0), (1025, 2048), (16_000, 16_384)])
def test_a_list_is_never_so_long_that_a_database_refuses_it(length: int, evens_to: int) -> None:
    assert len(evened("x" * length)) == evens_to


def test_leads_are_asked_for_by_one_statement_however_many_they_are(liaison: Liaison) -> None:
    def ask(most: int) -> None:
        with liaison.reading() as tx:
            facts_of(tx, TEAM, [str(number) for number in range(most)])

    assert run_by(liaison, lambda: ask(9)) == run_by(liaison, lambda: ask(16))


def test_homes_ask_the_same_however_many_leads_have_changed(
    liaison: Liaison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "LOOK", 0.01)

    assert run_by(liaison, lambda: follow(liaison, 2)) == run_by(
        liaison, lambda: follow(liaison, 50)
    )


def follow(liaison: Liaison, changes: int) -> None:
    """Let Homes take up that so many leads have changed."""
    with liaison.transaction() as tx:
        for number in range(changes):
            change = new_id(wall())
            tx.add(HomeChange(team_id=TEAM, id=change, handoff_id=f"h{number}", in_queue=False))
            tx.flush()  # one at a time, so that only what Homes ask varies
    following = Homes(liaison, Slack(WebClient()), lambda *_: {})
    following.start()
    while changed(liaison):
        time.sleep(0.01)
    following.stop()


def changed(liaison: Liaison) -> list[str]:
    with liaison.reading() as tx:
        return list(tx.scalars(select(col(HomeChange.id))))


def run_by(liaison: Liaison, act: Callable[[], None]) -> set[str]:
    """The statements that run while it acts."""
    ran: set[str] = set()

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        ran.add(statement)

    event.listen(liaison.engine, "before_cursor_execute", note)
    act()
    event.remove(liaison.engine, "before_cursor_execute", note)
    return ran


def test_of_a_burst_of_readers_few_connections_stay_open(liaison: Liaison) -> None:
    all_here = Barrier(40)

    def read(_: int) -> None:
        with liaison.reading() as tx:
            tx.execute(text("SELECT 1"))
            all_here.wait(10)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(read, range(40)))

    assert cast("QueuePool", liaison.engine.pool).checkedin() == FILES_KEPT_OPEN
