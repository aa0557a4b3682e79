"""Each job runs one at a time, so that no run acts by a time that is no longer."""

from datetime import datetime, timedelta
from threading import Event, Thread

from bot.db import make_engine
from bot.liaison import Liaison, Rooms, Shelf
from bot.playbook import Playbook
from jobs import Rounds, Tick
from tests.conftest import NewDatabase
from tests.office import LEADS, MONDAY_TEN


def test_after_the_clock_was_set_back_no_run_is_left_that_goes_by_the_later_time(
    new_database: NewDatabase,
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
    tick = Tick("act", timedelta(seconds=5), act)
    rounds = Rounds(liaison, [tick])
    in_progress = Thread(target=rounds.run, args=(tick,))
    in_progress.start()
    assert began.wait(10)
    time_is.append(MONDAY_TEN)
    again = Thread(target=rounds.run_all)
    again.start()
    again.join(0.2)
    may_end.set()
    again.join(10)

    assert acted == [later, MONDAY_TEN]
    in_progress.join(10)
    engine.dispose()
