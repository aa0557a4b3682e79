"""The clock: an idle tick over many hand-offs, due steps, working time, the start."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import holidays
import pytz
from apscheduler.executors.pool import ThreadPoolExecutor as Pool
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from businesstimedelta import HolidayRule, Rules, WorkDayRule
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bench.line import Line, both
from bot.calendars import Calendars
from bot.clock import wall
from bot.core.business_time import elapsed
from bot.core.lifecycle import Stage
from bot.db import make_engine, migrate
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Handoff, Lead, Person, Run
from bot.playbook import Playbook
from bot.services.ladder import take_due_steps
from tests.postgres import Postgres

TEAM, BEN = "T0BENCH", "U0BEN"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT_ONCE = 5_000
IDLE_TICKS = 200
PLAYBOOK = """
[[people]]
email = "ben@example.com"
team = "sales"
roles = ["rep"]
"""


def liaison_on(engine: Engine) -> Liaison:
    shelf = Shelf(Playbook.parse(PLAYBOOK))
    return Liaison(TEAM, engine, shelf, Rooms("C0LEADS"), now=lambda: NOW, wall=wall)


@contextmanager
def filled(engine_name: str, handoffs: int) -> Iterator[Liaison]:
    """A database with so many open hand-offs, whose next steps lie ahead."""
    with TemporaryDirectory(prefix="liaison-bench-") as folder:
        server = Postgres(Path(folder) / "postgres") if engine_name == "postgresql" else None
        url = server.fresh() if server else f"sqlite:///{folder}/bench.db"
        engine = make_engine(url)
        migrate(engine)
        fill(engine, handoffs)
        try:
            yield liaison_on(engine)
        finally:
            engine.dispose()
            if server:
                server.stop()


def fill(engine: Engine, handoffs: int) -> None:
    with engine.begin() as connection:
        person = {"team_id": TEAM, "id": BEN, "name": "Ben", "email": "ben@example.com"}
        _put(connection, Person, [person | {"timezone": "UTC", "team": "sales", "roles": ["rep"]}])
        for start in range(0, handoffs, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, handoffs))
            _put(connection, Lead, [_lead(number) for number in numbers])
            _put(connection, Handoff, [_handoff(number) for number in numbers])
            _put(connection, Run, [_run(number) for number in numbers])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _put(connection: Any, table: type[SQLModel], rows: list[dict[str, object]]) -> None:
    connection.execute(insert(table), rows)


def _id(number: int) -> str:
    return f"{number:036d}"


def _lead(number: int) -> dict[str, object]:
    key = {"team_id": TEAM, "id": _id(number), "lead_key": f"id:{number}"}
    return key | {"company": f"Acme {number}", "custom": {}, "told_at": {}, "created_at": NOW}


def _handoff(number: int) -> dict[str, object]:
    return {
        "team_id": TEAM,
        "id": _id(number),
        "lead_id": _id(number),
        "stage": Stage.NEW,
        "owner_id": BEN,
        "actor_id": BEN,
        "grade": "A",
        "grade_given": True,
        "utm": {},
        "handed_at": NOW,
        "received_at": NOW,
        "shown_at": NOW,
        "due_at": NOW + timedelta(hours=1),
        "is_imported": False,
        "runs": 1,
        "revision": 1,
        "returns": 0,
    }


def _run(number: int) -> dict[str, object]:
    return {
        "team_id": TEAM,
        "handoff_id": _id(number),
        "number": 1,
        "actor_id": BEN,
        "why": "owner",
        "allowance": "1h",
        "started_at": NOW - timedelta(minutes=30),
        "counts_from": NOW - timedelta(minutes=30),
        "due_at": NOW + timedelta(minutes=30),
        "next_step_at": NOW + timedelta(days=1 + number % 300),
    }


def idle_tick(liaison: Liaison) -> float:
    """Seconds of one tick that finds nothing due."""
    began = time.perf_counter()
    for _ in range(IDLE_TICKS):
        assert take_due_steps(liaison) == 0
    return (time.perf_counter() - began) / IDLE_TICKS


def ticks(size: int) -> Iterator[Line]:
    """The idle tick over `size` open hand-offs against that over a hundredth of them."""
    for engine, bar in (("sqlite", 1.5), ("postgresql", 3.0)):
        with filled(engine, size) as many, filled(engine, max(size // 100, 100)) as few:
            ours, theirs = both(partial(idle_tick, many), partial(idle_tick, few))
        yield Line(
            f"idle tick, {engine}",
            "the same over a hundredth of the hand-offs",
            f"{size:,}",
            ours / theirs,
            bar,
            at_least=False,
            measured=f"{ours * 1e6:.0f} µs, {theirs * 1e6:.0f} µs",
        )


def scan(liaison: Liaison) -> float:
    """Seconds of the usual bot's tick: every open hand-off as an object, its hours in Python."""
    began = time.perf_counter()
    opening = Calendars().opening("UTC", "Mo-Fr 09:00-17:00", (), (), NOW)
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
    with filled("sqlite", size) as liaison:
        ours, theirs = both(partial(idle_tick, liaison), partial(scan, liaison))
        lean, heavy = (_memory(what, str(liaison.engine.url)) for what in ("tick", "scan"))
    yield Line(
        "idle tick, sqlite",
        "an ORM scan with working hours in Python",
        f"{size:,}",
        theirs / ours,
        1000.0,
        at_least=True,
        measured=f"{ours * 1e6:.0f} µs, {theirs:.2f} s",
    )
    yield Line(
        "its memory",
        "the scan's",
        f"{size:,}",
        lean / heavy,
        0.2,
        at_least=False,
        measured=f"{lean:.1f} MB, {heavy:.1f} MB more than before it",
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


def make_due(liaison: Liaison, count: int, at: datetime) -> None:
    with liaison.transaction() as tx:
        numbers = [_id(number) for number in range(count)]
        tx.execute(
            update(Run).where(col(Run.handoff_id).in_(numbers)).values(next_step_at=at),
            execution_options={"synchronize_session": False},
        )


def due_steps(liaison: Liaison, count: int) -> float:
    """Seconds until so many due steps are decided, recorded and queued."""
    with liaison.transaction() as tx:
        for table in ("step", "message", "history"):
            tx.execute(text(f"DELETE FROM {table}"))
    make_due(liaison, count, NOW - timedelta(seconds=1))
    began = time.perf_counter()
    taken = take_due_steps(liaison)
    assert taken == count, taken
    return time.perf_counter() - began


def nothing() -> None:
    """The body of APScheduler's jobs here."""


def job_per_lead(url: str, count: int) -> float:
    """Seconds until APScheduler has run as many jobs out of its SQLAlchemy store."""
    engine = make_engine(url)
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": Pool(10)},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )
    scheduler.start(paused=True)
    for number in range(count):
        scheduler.add_job(nothing, "date", run_date=wall(), id=str(number))
    began = time.perf_counter()
    scheduler.resume()
    while scheduler.get_jobs():
        time.sleep(0.01)
    took = time.perf_counter() - began
    scheduler.shutdown()
    engine.dispose()
    return took


def steps(size: int) -> Iterator[Line]:
    count = min(size, 10_000)
    with filled("sqlite", size) as liaison, TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/jobs.db"
        ours, theirs = both(partial(due_steps, liaison, count), partial(job_per_lead, url, count))
    yield Line(
        f"{count:,} due steps decided, recorded and queued, sqlite",
        "one APScheduler job each in its store, empty body",
        f"{size:,}",
        theirs / ours,
        3.0,
        at_least=True,
        measured=f"{count / ours:,.0f} and {count / theirs:,.0f} a second",
    )


SPAN = timedelta(days=5)


def sums(size: int) -> Iterator[Line]:
    """Working time over five days, and whether it is right in so many cases."""
    opening = Calendars().opening("Europe/Berlin", "Mo-Fr 09:00-17:00", ("DE",), (), NOW)
    berlin = pytz.timezone("Europe/Berlin")
    rule = Rules(
        [
            WorkDayRule(_nine, _five, [0, 1, 2, 3, 4], tz=berlin),
            HolidayRule(holidays.country_holidays("DE"), tz=berlin),
        ]
    )
    spans = [
        (NOW + timedelta(minutes=37 * n), NOW + SPAN + timedelta(minutes=37 * n))
        for n in range(200)
    ]

    def ours() -> float:
        began = time.perf_counter()
        for since, until in spans:
            elapsed(opening, since, until)
        return time.perf_counter() - began

    def theirs() -> float:
        began = time.perf_counter()
        for since, until in spans[:20]:
            rule.difference(since, until)
        return 10 * (time.perf_counter() - began)

    mine, other = both(ours, theirs)
    yield Line(
        "working time over 5 days",
        "businesstimedelta",
        f"{size:,}",
        other / mine,
        300.0,
        at_least=True,
        measured=f"{mine / 200 * 1e6:.1f} µs, {other / 200 * 1e6:.0f} µs",
    )


_nine, _five = clock_time(9), clock_time(17)


def first_tick(url: str) -> tuple[float, float]:
    """Seconds and MB from the start of a process to the end of its first tick."""
    began = time.perf_counter()
    asked = subprocess.run(
        [sys.executable, "-m", "bench.clock", "start", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - began, float(asked.stdout)


def starts(size: int) -> Iterator[Line]:
    with filled("sqlite", size) as many, filled("sqlite", 0) as none:
        urls = [str(each.engine.url) for each in (many, none)]
        megabytes: list[float] = []

        def start(url: str) -> float:
            seconds, memory = first_tick(url)
            megabytes.append(memory)
            return seconds

        ours, theirs = both(partial(start, urls[0]), partial(start, urls[1]))
    yield Line(
        "start to first tick, sqlite",
        "with no hand-off",
        f"{size:,}",
        ours / theirs,
        1.3,
        at_least=False,
        measured=f"{ours:.2f} s, {theirs:.2f} s",
    )
    yield Line(
        "memory after the first tick",
        "MB",
        f"{size:,}",
        max(megabytes),
        150.0,
        at_least=False,
        measured=f"{max(megabytes):.0f} MB",
    )


def _alone(what: str, url: str) -> None:
    """In a process of its own: one tick of a kind, and what memory it took."""
    liaison = liaison_on(make_engine(url))
    with liaison.reading() as tx:
        tx.execute(text("SELECT 1"))
    before = _peak()
    if what == "scan":
        scan(liaison)
    else:
        take_due_steps(liaison)
    print(_peak() if what == "start" else max(_peak() - before, 0.1))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _alone(sys.argv[1], sys.argv[2])
