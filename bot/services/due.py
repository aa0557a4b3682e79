"""What a tick takes up because its time has come."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from bot.liaison import Liaison
from bot.queries.due import asking

AT_ONCE = 200
Row = TypeVar("Row")


def take(liaison: Liaison, due: Select[Row], act: Callable[[Session, Row, datetime], None]) -> int:
    """Let `act` take up to 200 rows that are due, each in one process only; says how many.

    `act` has to see to it that the row is due no more.
    """
    now = liaison.now()
    asked = asking(liaison.team_id, now)
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_first(due), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        locked = due.limit(AT_ONCE).with_for_update(skip_locked=True)
        rows = tx.scalars(locked, asked).all()
        for row in rows:
            act(tx, row, now)
        return len(rows)


def in_batches(liaison: Liaison, take_batch: Callable[[], int]) -> int:
    """Batch after batch until nothing is due any more, or the bot is to end; says how many there
    were. What is left is due at the next start."""
    taken = 0
    while not liaison.stopping.is_set() and (batch := take_batch()):
        taken += batch
    return taken


@lru_cache(maxsize=64)
def _first(due: Select[Row]) -> Select[Row]:
    """Built once: every tick asks it."""
    return due.limit(1)
