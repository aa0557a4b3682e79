"""The clock: an idle tick over many open hand-offs, and ten thousand steps that are due."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor as Pool
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bench.ground import NOW, filled, ground, liaison_on
from bench.line import TIMES, Line, medians
from bench.memory import peak
from bot.calendars import Calendars
from bot.clock import wall
from bot.core.business_time import elapsed
from bot.db import make_engine
from bot.liaison import Liaison
from bot.models import Handoff, Message, Run
from bot.services.ladder import take_due_steps
from bot.sqlite import looking

IDLE_TICKS = 200
DUE = 10_000
JOBS_DUE = 2_000
"""Of APScheduler's jobs; each is a transaction of its own, so its pace is the same for more."""
ONCE_FROM = 1_000_000
"""Hand-offs from which on the scan, which then takes a minute, is measured once."""


def idle_tick(liaison: Liaison) -> float:
    """Seconds of one tick that finds nothing due."""
    began = time.perf_counter()
    for _ in range(IDLE_TICKS):
        assert take_due_steps(liaison) == 0
    return (time.perf_counter() - began) / IDLE_TICKS


def ticks(size: int) -> Iterator[Line]:
    """The idle tick over `size` open hand-offs against that over a hundredth of them."""
    for engine, bar in (("sqlite", 1.5), ("postgresql", 3.0)):
        with filled(engine, size) as many, filled(engine, size // 100) as few:
            ours, theirs = medians(partial(idle_tick, many), partial(idle_tick, few))
        yield Line(
            f"idle tick, {engine}",
            f"the same at {size // 100:,}",
            f"{size:,}",
            ours / theirs,
            bar,
            at_least=False,
            ours=f"{ours * 1e6:.0f} µs",
            theirs=f"{theirs * 1e6:.0f} µs",
        )


def scan(liaison: Liaison) -> float:
    """Seconds of the usual bot's tick: every open hand-off as an object, its hours in Python."""
    began = time.perf_counter()
    opening = Calendars().opening("Europe/Berlin", "Mo-Fr 09:00-17:00", (), (), NOW)
    with Session(liaison.engine) as tx:
        due = [
            run
            for run, handoff in tx.execute(
                select(Run, Handoff).join(
                    Handoff,
                    (col(Handoff.team_id) == Run.team_id) & (col(Handoff.id) == Run.handoff_id),
                )
            )
            if handoff.closed_at is None
            and run.counts_from
            and elapsed(opening, run.counts_from, NOW) > timedelta(hours=1)
        ]
    assert not due
    return time.perf_counter() - began


def scans(size: int) -> Iterator[Line]:
    """The idle tick against the scan, which grows with `size`: the bar is meant at 100,000."""
    with filled("sqlite", size) as liaison:
        times = 1 if size >= ONCE_FROM else TIMES
        ours, theirs = medians(partial(idle_tick, liaison), partial(scan, liaison), times=times)
        lean, heavy = (_memory(what, str(liaison.engine.url)) for what in ("tick", "scan"))
    yield Line(
        "idle tick, sqlite",
        "an ORM scan with working hours in Python",
        f"{size:,}",
        theirs / ours,
        1000.0 * min(1.0, size / 100_000),
        at_least=True,
        ours=f"{ours * 1e6:.0f} µs",
        theirs=f"{theirs:.2f} s",
    )
    yield Line(
        "its memory",
        "the scan's",
        f"{size:,}",
        lean / heavy,
        0.2,
        at_least=False,
        ours=f"{lean:.1f} MB",
        theirs=f"{heavy:.1f} MB",
    )


def _memory(what: str, url: str) -> float:
    """MB that one tick of either kind adds to a fresh process."""
    asked = subprocess.run(
        [sys.executable, "-m", "bench.clock", what, url],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(asked.stdout)


def steps(size: int) -> Iterator[Line]:
    """Ten thousand due steps among `size` open hand-offs, against as many leads' jobs."""
    count, fewer = min(size, DUE), min(size, JOBS_DUE)
    with filled("sqlite", size) as liaison, ground("sqlite", 0) as jobs:
        store = make_engine(jobs)
        put_jobs(store, size)
        ours, theirs = medians(partial(due_steps, liaison, count), partial(due_jobs, store, fewer))
        store.dispose()
    yield Line(
        f"{count:,} due steps decided, checked again, recorded and queued, sqlite",
        "one APScheduler job a lead in its SQLAlchemy store, empty body",
        f"{size:,}",
        (count / ours) / (fewer / theirs),
        3.0,
        at_least=True,
        ours=f"{count / ours:,.0f} a second",
        theirs=f"{fewer / theirs:,.0f} a second",
    )


def due_steps(liaison: Liaison, count: int) -> float:
    """Seconds until so many due steps are queued; then all is as it was."""
    _make_due(liaison, count, NOW - timedelta(seconds=1))
    began = time.perf_counter()
    taken = take_due_steps(liaison)
    took = time.perf_counter() - began
    with liaison.transaction() as tx:
        queued = tx.scalar(select(func.count()).select_from(Message))
        for table in ("step", "message", "history"):
            tx.execute(text(f"DELETE FROM {table}"))  # names of our own
    assert taken == queued == count, (taken, queued)
    return took


def _make_due(liaison: Liaison, count: int, at: datetime) -> None:
    some = select(col(Run.handoff_id)).order_by(col(Run.handoff_id)).limit(count)
    with liaison.transaction() as tx:
        change = update(Run).where(col(Run.handoff_id).in_(some)).values(next_step_at=at)
        tx.execute(change, execution_options={"synchronize_session": False})


def nothing() -> None:
    """The body of APScheduler's jobs here."""


def _scheduler(store: SQLAlchemyJobStore) -> BackgroundScheduler:
    return BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": Pool(10)},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )


def put_jobs(engine: Engine, count: int) -> None:
    """One job a lead, far ahead, as the scheduler writes it."""
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = _scheduler(store)
    scheduler.start(paused=True)
    ahead = wall() + timedelta(days=300)
    scheduler.add_job(nothing, "date", run_date=ahead, id="ahead")
    with engine.begin() as tx:
        like: Any = tx.execute(select(store.jobs_t)).one()
        for start in range(0, count, DUE):
            numbers = range(start, min(start + DUE, count))
            rows = [like._asdict() | {"id": f"ahead-{number}"} for number in numbers]
            tx.execute(insert(store.jobs_t), rows)
    scheduler.shutdown()


def due_jobs(engine: Engine, count: int) -> float:
    """Seconds until the scheduler has run so many due jobs of its store."""
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = _scheduler(store)
    scheduler.start(paused=True)
    for number in range(count):
        scheduler.add_job(nothing, "date", run_date=wall(), id=f"due-{number}")
    due = select(func.count()).where(store.jobs_t.c.next_run_time < time.time() + 3600)
    began = time.perf_counter()
    scheduler.resume()
    with looking(engine) as tx:
        while tx.scalar(due):
            tx.rollback()
            time.sleep(0.02)
    took = time.perf_counter() - began
    scheduler.shutdown()
    return took


def _alone(what: str, url: str) -> None:
    """In a process of its own: one tick of a kind, and what memory it took."""
    liaison = liaison_on(make_engine(url))
    with liaison.reading() as tx:
        tx.execute(text("SELECT 1"))
    before = peak()
    if what == "scan":
        scan(liaison)
    else:
        take_due_steps(liaison)
    print(max(peak() - before, 0.1))


if __name__ == "__main__":
    _alone(sys.argv[1], sys.argv[2])
