"""Each job runs one at a time, and a round runs those that have something to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot.db import make_engine
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Workspace
from bot.playbook import Playbook
from bot.queries.due import NOW, OF_TEAM
from jobs import Due, Job, Rounds, Tick
from tests.conftest import NewDatabase
from tests.office import LEADS, MONDAY_TEN

NEVER = timedelta(days=1)
"""By itself, while a test goes on."""
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def nothing_is() -> Select[str]:
    return select(col(Workspace.team_id)).where(col(Workspace.team_id) == OF_TEAM, NOW < OLDEST)


@pytest.mark.parametrize(("due", "by"), [(None, [MONDAY_TEN]), (nothing_is, [])])
def test_after_the_clock_was_set_back_no_run_is_left_that_goes_by_the_later_time(
    new_database: NewDatabase, due: Due | None, by: list[datetime]
) -> None:
    later = MONDAY_TEN + timedelta(days=60)
    time_is = [later]
    began, may_end = Event(), Event()
    acted: list[datetime] = []

    def act(liaison: Liaison) -> int:
        now = liaison.now()
        began.set()
        if now == later:
            may_end.wait(10)
        acted.append(now)
        return 1

    def now() -> datetime:
        return time_is[-1]

    engine = make_engine(new_database())
    liaison = Liaison("T0", engine, Shelf(Playbook.parse("")), Rooms(LEADS), now=now, wall=now)
    tick = Tick("act", timedelta(seconds=5), act, due)
    rounds = Rounds(liaison, [tick])
    in_progress = Thread(target=rounds.run, args=(tick,))
    in_progress.start()
    assert began.wait(10)
    time_is.append(MONDAY_TEN)
    again = Thread(target=rounds.run_all)
    again.start()
    again.join(0.2)
    assert again.is_alive()
    may_end.set()
    again.join(10)

    assert acted == [later, *by]
    in_progress.join(10)
    engine.dispose()


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    """On a Monday at ten that does not go on."""
    engine = make_engine(new_database())
    shelf = Shelf(Playbook.parse(""))
    yield Liaison(
        "T0", engine, shelf, Rooms(LEADS), now=lambda: MONDAY_TEN, wall=lambda: MONDAY_TEN
    )
    engine.dispose()


def test_a_round_runs_what_is_due_and_what_another_job_made_due(liaison: Liaison) -> None:
    ran: list[str] = []

    def renamed(name: str) -> Select[str]:
        is_due = (col(Workspace.name) == name) & (col(Workspace.connected_at) <= NOW)
        return select(col(Workspace.team_id)).where(col(Workspace.team_id) == OF_TEAM, is_due)

    def job(name: str, then: str = "") -> Job:
        def act(liaison: Liaison) -> int:
            ran.append(name)
            with liaison.transaction() as tx:
                tx.get_one(Workspace, "T0").name = then or name
            return int(bool(then))

        return act

    with liaison.transaction() as tx:
        tx.add(Workspace(team_id="T0", name="one", bot_user_id="U0", connected_at=MONDAY_TEN))
    lines = [
        Tick("never", NEVER, job("never"), partial(renamed, "never")),
        Tick("one", NEVER, job("one", then="two"), partial(renamed, "one")),
        Tick("two", NEVER, job("two"), partial(renamed, "two")),
        Tick("three", NEVER, job("three"), partial(renamed, "three")),
        Tick("by itself", NEVER, job("by itself")),
    ]

    Rounds(liaison, lines).run_all()

    assert ran == ["one", "two", "by itself"]


def test_a_job_that_was_ended_to_untie_a_deadlock_runs_again_at_once(liaison: Liaison) -> None:
    ended = [DeadlockDetected("deadlock detected")]

    def unlucky(liaison: Liaison) -> int:
        with liaison.transaction():
            if ended:
                raise OperationalError("UPDATE message", {}, ended.pop())
            return 3

    tick = Tick("unlucky", NEVER, unlucky)
    assert Rounds(liaison, [tick]).run(tick) == 3
