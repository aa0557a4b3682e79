"""The stage of a row: a Slack in a process of its own, a database, and bots that may be killed."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.request import Request, urlopen

from sqlalchemy import Executable, func, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot.config import Settings
from bot.db import make_engine
from bot.models import Message
from bot.sqlite import looking
from replay.slack_process import sandbox
from sandbox.control import Control
from sandbox.people import roster
from tests.bot_process import BotProcess
from tests.delivery.mailroom import Ledger
from tests.office import LEADS, MONDAY_TEN, SECRET, dm, settings_at
from tests.postgres import Postgres

T = TypeVar("T")

PACE = 1000.0
SUPERVISED = 5
"""How often a bot that did not start is started again."""
BAD_DAY = {
    "http_500_after": 0.04,
    "lost_answer": 0.03,
    "http_500_before": 0.03,
    "truncated": 0.02,
    "garbage": 0.02,
    "drop_connection": 0.02,
    "html_503": 0.02,
    "rate_limited": 0.01,
    "slow": 0.01,
}
"""Every kind of fault by how often it strikes a call."""
METHODS = ("chat.postMessage", "chat.update", "conversations.open")
REPS = ("ana", "ben", "chloe", "hugo")
"""Those who are at work on a Monday at ten in Berlin."""


@dataclass
class Stage:
    """One workspace and one database; bots come and go."""

    control: Control
    settings: Settings
    log: Path
    postgres: Postgres | None
    bots: list[BotProcess] = field(default_factory=list)

    def start(self, count: int = 1) -> None:
        """Start some bots; returns once each listens."""
        self.bots += [self._started() for _ in range(count)]

    def kill(self, number: int) -> None:
        """Kill one as the kernel would, and start another in its place."""
        self.bots[number].kill()
        self.bots[number] = self._started()

    def _started(self) -> BotProcess:
        """As a supervisor does it: again, when Slack could not be asked at the start."""
        for _ in range(SUPERVISED):
            try:
                return BotProcess(self.settings, self.log).__enter__()
            except AssertionError:
                time.sleep(1)
        return BotProcess(self.settings, self.log).__enter__()

    def stop(self) -> None:
        for bot in self.bots:
            bot.__exit__(None, None, None)
        self.bots.clear()

    def scalar(self, statement: Executable) -> Any:
        """One value from the database, read from outside of every bot."""
        engine = make_engine(self.settings.database_url)
        try:
            with looking(engine) as tx:
                return tx.execute(statement).scalar()
        finally:
            engine.dispose()

    def rows(self, statement: Executable) -> Sequence[Any]:
        engine = make_engine(self.settings.database_url)
        try:
            with looking(engine) as tx:
                return tx.execute(statement).all()
        finally:
            engine.dispose()

    def posted(self) -> int:
        return int(self.scalar(select(func.count()).where(col(Message.ts).is_not(None))))

    def unsaid(self) -> int:
        """Messages that still wait for Slack."""
        return int(self.scalar(select(func.count()).where(col(Message.send_at).is_not(None))))

    def until(self, probe: Callable[[], T | None], seconds: float) -> T:
        """As the sandbox's `until`, but no more often than the database likes to be asked."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = probe()
            except OperationalError:
                found = None  # it is being locked or stopped on purpose
            if found:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"Nothing came within {seconds:.0f} s; see {self.log}.")
            time.sleep(0.1)

    def bad_day(self) -> None:
        """Every kind of fault on every method that tells, by chance but the same each time."""
        for seed, (kind, rate) in enumerate(BAD_DAY.items()):
            for method in METHODS:
                seconds = 0.3 if kind == "slow" else 1.0
                self.control.fault(kind, method=method, rate=rate, seed=seed, seconds=seconds)

    def ledger(self) -> Ledger:
        channels = [LEADS, *map(dm, roster())]
        return Ledger.across(self.control, channels, self.settings.database_url)


@contextmanager
def stage(
    engine: str = "sqlite", pace: float = PACE, at: datetime | None = MONDAY_TEN, **changes: Any
) -> Iterator[Stage]:
    """On "sqlite" or "postgresql"; `changes` are settings. All of it goes with the block."""
    with TemporaryDirectory(prefix="liaison-chaos-") as folder, sandbox(pace) as url:
        control = Control(url)
        if at:
            control.set_clock(at)
        server = Postgres(Path(folder) / "postgres") if engine == "postgresql" else None
        database = server.fresh() if server else f"sqlite:///{folder}/liaison.db"
        settings = replace(settings_at(url, database), liaison_pace=pace, **changes)
        staged = Stage(control, settings, Path(folder) / "log", server)
        try:
            yield staged
        finally:
            for bot in staged.bots:
                with suppress(ValueError):  # it is dead already
                    bot.kill()
            if server:
                server.stop()


def lead(number: int, **fields: object) -> dict[str, object]:
    """A hot lead of one of those who are at work."""
    return {
        "lead_id": f"lead-{number}",
        "company": f"Acme {number}",
        "grade": "A",
        "owner": f"{REPS[number % len(REPS)]}@example.com",
        "occurred_at": MONDAY_TEN.isoformat(),
        **fields,
    }


def deliver(
    port: Callable[[], int], event: dict[str, object], tries: int = 600, pause: float = 0.1
) -> str:
    """As a CRM does: the same delivery again, after so many seconds, until somebody says that it is
    stored."""
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    body = json.dumps(event).encode()
    for _ in range(tries):
        request = Request(f"http://127.0.0.1:{port()}/hooks/leads", body, headers)
        try:
            with urlopen(request, timeout=5) as answer:
                return str(json.load(answer)["handoff"])
        except (OSError, HTTPException):
            time.sleep(pause)
    raise TimeoutError("The bot never came back.")
