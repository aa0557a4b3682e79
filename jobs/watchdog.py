"""Wakes the scheduler when the wall clock jumps: it plans by that clock and would oversleep.

Set back by an hour, APScheduler does not tick for an hour. The monotonic clock does not jump, so
the difference of the two tells.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
JUMP = timedelta(seconds=3)
"""More than a slow machine drifts between two looks."""


class Watchdog:
    """Looks every second; `wall` is the wall clock (aware UTC)."""

    def __init__(
        self,
        scheduler: BackgroundScheduler,
        wall: Callable[[], datetime],
        looked: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`looked` is called at every look, with the seconds since the one before."""
        self._looked = looked
        self._scheduler = scheduler
        self._wall = wall
        self._stopping = Event()
        self._loop = Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._loop.is_alive():
            self._loop.join()

    def _run(self) -> None:
        before, looked_at = self._difference(), time.monotonic()
        while not self._stopping.wait(LOOK_EVERY):
            self._looked(time.monotonic() - looked_at)
            looked_at = time.monotonic()
            now = self._difference()
            if abs(now - before) > JUMP:
                log.warning("the wall clock jumped by %s; every job runs now", now - before)
                self._wake_all()
            before = now

    def _difference(self) -> timedelta:
        """Wall time less monotonic time: constant, unless somebody sets the clock."""
        return timedelta(seconds=self._wall().timestamp() - time.monotonic())

    def _wake_all(self) -> None:
        for job in self._scheduler.get_jobs():
            self._scheduler.modify_job(job.id, next_run_time=self._wall())
