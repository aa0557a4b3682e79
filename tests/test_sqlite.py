"""What only SQLite needs: its writers queue, and a commit is on the disk."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session

from bot.delivery.messages import revise, send_after_all
from bot.delivery.sayings import queue_each
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Lane, MessageKind, Run
from bot.services.batches import start_shown
from bot.services.steps import last_warned
from bot.sqlite import SMALL, Instant, learn_sizes
from tests.conftest import NewDatabase
from tests.delivery.mailroom import TEAM, new_liaison
from tests.office import BEN
from tests.test_home_speed import Asked, fill


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


def test_a_look_takes_no_turn_and_the_writer_after_it_does(liaison: Liaison) -> None:
    with liaison.transaction() as writer:
        writer.execute(text("SELECT 1"))
        with liaison.reading() as tx:
            tx.execute(text("SELECT 1"))
    with liaison.transaction() as writer:  # the pool gives it the connection of that look
        writer.execute(text("SELECT 1"))
        with pytest.raises(NotSaved), liaison.transaction() as second:
            second.execute(text("SELECT 1"))


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_a_webhook_that_was_thanked_survives_a_power_cut(
    liaison: Liaison, pragma: str, value: str | int
) -> None:
    """`synchronous` 2 is FULL; group commit makes it cost two per cent."""
    with liaison.reading() as tx:
        assert tx.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_the_planner_hears_of_tables_that_have_grown_and_not_of_small_ones(
    liaison: Liaison,
) -> None:
    """Before, an idle look for leads of a batch would read every hand-off of the team."""
    assert not learn_sizes(liaison.engine)
    with liaison.engine.begin() as connection:
        fill(connection, SMALL)
    assert "ix_handoff_unshown" not in way_to_unshown(liaison)

    assert learn_sizes(liaison.engine)

    assert "ix_handoff_unshown" in way_to_unshown(liaison)
    assert not learn_sizes(liaison.engine)


def test_the_reminders_of_a_run_are_found_before_the_sizes_are_known(liaison: Liaison) -> None:
    """For an OR of two lists of ids SQLite then finds no index, and reads every message."""
    run = Run(team_id=TEAM, handoff_id="1", number=1, actor_id=BEN, why="owner", allowance=None)
    with liaison.transaction() as tx:
        queue_each(tx, [_nudge(number) for number in range(SMALL)])
    asked: list[tuple[str, Any]] = []
    event.listen(
        liaison.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_: asked.append((statement, values)),
    )

    with liaison.transaction() as tx:
        last_warned(tx, run)
        send_after_all(tx, liaison, run)
        revise(tx, liaison, "1")
        ways = [_way(tx, statement, values) for statement, values in list(asked)]

    assert len(ways) == 3
    assert [way for way in ways if "(team_id=?)" in way or "SCAN message" in way] == []


def _nudge(number: int) -> dict[str, object]:
    return {
        "team_id": TEAM,
        "id": f"{number:036}",
        "key": f"nudge {number}",
        "kind": MessageKind.NUDGE,
        "subject_id": str(number // 6),
        "channel": "C1",
        "lane": Lane.STEP,
        "gate": f"gate {number % 40}",
        "is_answer": False,
    }


def _way(tx: Session, statement: str, values: Any) -> str:
    explain = tx.connection().exec_driver_sql
    return str(explain(f"EXPLAIN QUERY PLAN {statement}", values).all())


def way_to_unshown(liaison: Liaison) -> str:
    """How SQLite goes about the first question of that look."""
    asked = Asked(liaison.engine).listen()
    start_shown(liaison)
    statement, values = asked.statements[0]
    with liaison.reading() as tx:
        explain = tx.connection().exec_driver_sql
        return str(explain(f"EXPLAIN QUERY PLAN {statement}", cast("Any", values)).all())


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 10, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        None,
    ],
)
def test_an_instant_is_written_as_sqlalchemy_writes_it(at: datetime | None) -> None:
    """Databases that were written before compare with it, as text."""
    # What they are made with is not in their stubs.
    kinds: list[Any] = [Instant, DATETIME]
    ours, theirs = (kind().bind_processor(SQLiteDialect_pysqlite()) for kind in kinds)

    assert ours(at) == theirs(at)
