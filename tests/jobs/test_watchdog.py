"""The clock is set back, and the jobs run on."""

from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs.watchdog import Watchdog


def test_a_jump_of_the_wall_clock_runs_every_job_at_once() -> None:
    ran, offset = Event(), timedelta(0)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(ran.set, IntervalTrigger(hours=1), id="hourly")
    watchdog = Watchdog(scheduler, lambda: datetime.now(UTC) + offset)
    scheduler.start()
    watchdog.start()
    try:
        assert not ran.wait(1.5)
        offset = timedelta(hours=-1)
        assert ran.wait(5)
    finally:
        watchdog.stop()
        scheduler.shutdown()
