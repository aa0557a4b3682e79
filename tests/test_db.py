"""Writers cannot overwrite each other unseen, nobody waits for long, and errors name no values."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, NoResultFound

from bot.db import insert_once, make_engine
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Absence, Gate, Person, Workspace
from tests.conftest import NewDatabase
from tests.delivery.locks import locked
from tests.delivery.mailroom import TEAM, new_liaison
from tests.office import BEN
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    made = new_liaison(new_database())
    yield made
    made.engine.dispose()


def test_of_four_hundred_read_then_writes_none_that_was_saved_is_lost(liaison: Liaison) -> None:
    with liaison.transaction() as tx:
        tx.add(Gate(team_id=TEAM, name="counter", next_at=NOW))

    def count_one_up(_: int) -> bool:
        try:
            with liaison.transaction() as tx:
                gate = tx.get_one(Gate, (TEAM, "counter"), with_for_update=True)
                gate.next_at = datetime.fromtimestamp(gate.next_at.timestamp() + 1, UTC)
        except NotSaved:
            return False  # a disk that stalls is said so, and nothing is counted
        return True

    with ThreadPoolExecutor(8) as pool:
        saved = sum(pool.map(count_one_up, range(400)))

    with liaison.reading() as tx:
        counted = tx.get_one(Gate, (TEAM, "counter")).next_at - NOW
    assert counted.total_seconds() == saved > 0


def test_sixty_writers_at_once_all_find_their_turn(liaison: Liaison) -> None:
    def write(number: int) -> None:
        with liaison.transaction() as tx:
            insert_once(tx, Gate(team_id=TEAM, name=f"gate {number}", next_at=NOW))
            tx.execute(text("SELECT 1"))

    with ThreadPoolExecutor(60) as pool:
        list(pool.map(write, range(60)))

    with liaison.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM gate")).scalar_one() == 60


def test_a_writer_waits_so_long_for_a_lock_that_a_click_can_still_be_answered(
    liaison: Liaison, new_database: NewDatabase
) -> None:
    url = liaison.engine.url.render_as_string(hide_password=False)
    started = time.monotonic()
    with locked(url), pytest.raises(NotSaved), liaison.transaction() as tx:
        tx.execute(text("UPDATE message SET attempts = attempts + 1"))
        tx.execute(text("DELETE FROM inbox_event"))

    assert 1 < time.monotonic() - started < 2.5


def test_a_reader_does_not_wait_for_a_writer(liaison: Liaison) -> None:
    with locked(liaison.engine.url.render_as_string(hide_password=False)):
        started = time.monotonic()
        with liaison.reading() as tx:
            tx.get_one(Person, (TEAM, BEN))
        assert time.monotonic() - started < 0.5


def test_a_database_that_is_not_there_is_told_in_a_sentence(liaison: Liaison) -> None:
    gone = {"sqlite": "sqlite:////nowhere/at/all.db", "postgresql": "postgresql://127.0.0.1:1/x"}
    nowhere = replace(liaison, engine=make_engine(gone[liaison.engine.dialect.name]))

    with pytest.raises(NotSaved, match="Please try again"), nowhere.transaction() as tx:
        tx.get(Person, (TEAM, BEN))


def test_what_failed_leaves_nothing_behind(liaison: Liaison) -> None:
    with pytest.raises(ZeroDivisionError), liaison.transaction() as tx:
        tx.add(Workspace(team_id="T2", name="Other", bot_user_id="U2", connected_at=NOW))
        tx.flush()
        _ = 1 / 0

    with liaison.reading() as tx:
        assert tx.get(Workspace, "T2") is None


def test_a_row_that_refers_to_nothing_is_refused(liaison: Liaison) -> None:
    with pytest.raises(IntegrityError), liaison.transaction() as tx:
        tx.add(Absence(team_id=TEAM, id="1", person_id="U0NOBODY", starts_at=NOW, ends_at=NOW))


def test_an_error_names_no_values(liaison: Liaison) -> None:
    email = "jane.doe@example.org"
    with pytest.raises(IntegrityError) as failed, liaison.transaction() as tx:
        tx.add(Person(team_id=TEAM, id=BEN, name="Jane", email=email, timezone="UTC"))

    assert email not in str(failed.value.args[0]) + str(failed.value).partition("[SQL")[2]


def test_a_key_is_inserted_once(liaison: Liaison) -> None:
    with liaison.transaction() as tx:
        first = insert_once(tx, Gate(team_id=TEAM, name="gate", next_at=NOW))
        second = insert_once(tx, Gate(team_id=TEAM, name="gate", next_at=NOW))

    assert (first, second) == (True, False)


def test_times_come_back_aware_and_in_utc(liaison: Liaison) -> None:
    with liaison.transaction() as tx:
        tx.add(Gate(team_id=TEAM, name="gate", next_at=NOW))

    with liaison.reading() as tx:
        read = tx.get_one(Gate, (TEAM, "gate")).next_at
    assert read == NOW
    assert read.utcoffset() == NOW.utcoffset()


def test_a_row_got_twice_is_one_object_and_what_was_changed_meanwhile_is_read(
    liaison: Liaison,
) -> None:
    with liaison.transaction() as tx:
        tx.add(Gate(team_id=TEAM, name="door", next_at=NOW))

    with liaison.transaction() as tx:
        gate = tx.get_one(Gate, (TEAM, "door"))
        gate.next_at = NOW + timedelta(hours=1)
        assert tx.get(Gate, (TEAM, "door")) is gate
        tx.flush()
        tx.expire(gate)
        assert tx.get_one(Gate, (TEAM, "door")).next_at == NOW + timedelta(hours=1)
        assert tx.get(Gate, (TEAM, "window")) is None
        with pytest.raises(NoResultFound):
            tx.get_one(Gate, (TEAM, "window"))
        tx.connection().execute(text("DELETE FROM gate"))
        tx.expire(gate)
        assert tx.get(Gate, (TEAM, "door")) is None
