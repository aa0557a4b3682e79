"""What only SQLite needs: its writers queue, and a commit is on the disk."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from bot.liaison import Liaison
from tests.conftest import NewDatabase
from tests.delivery.mailroom import new_liaison


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    made = new_liaison(new_database())
    yield made
    made.engine.dispose()


def test_writers_get_their_turn_in_the_order_they_came(liaison: Liaison) -> None:
    served: list[int] = []

    def write(number: int) -> None:
        time.sleep(0.02 * number)
        with liaison.transaction() as tx:
            tx.execute(text("SELECT 1"))  # the lock is taken with the first statement
            time.sleep(0.01 if number else 0.5)
            served.append(number)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))

    assert sum(abs(place - number) for place, number in enumerate(served)) <= 10


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_a_webhook_that_was_thanked_survives_a_power_cut(
    liaison: Liaison, pragma: str, value: str | int
) -> None:
    """`synchronous` 2 is FULL; group commit makes it cost two per cent."""
    with liaison.reading() as tx:
        assert tx.execute(text(f"PRAGMA {pragma}")).scalar_one() == value
