"""Socket Mode on a bad line: never deaf for long, and no click lost at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from bot.views import ids
from sandbox.control import Control
from tests.bot_process import ROOT, environment
from tests.delivery.locks import locked
from tests.office import BEN, LEADS, Office, dm

BOUND = 10.0
"""Seconds; Slack's own client was deaf for 48 after a dropped connection."""


@dataclass
class Listener:
    """Somebody who types `/lead` ten times a second and notes when it was heard."""

    control: Control
    heard: list[float] = field(default_factory=list)

    def run(self, enough: Event) -> None:
        with ThreadPoolExecutor(40) as pool:
            while not enough.wait(0.1):
                pool.submit(self._ask)

    def _ask(self) -> None:
        asked_at = time.monotonic()
        if self.control.command(BEN, LEADS, "/lead")["acked"]:
            self.heard.append(asked_at)

    def heard_again(self, since: float) -> bool:
        """Whether a whole second was heard without a gap, some time after."""
        return sum(at > since + 0.5 for at in self.heard) > 8

    def deaf(self) -> float:
        """The longest time in which nothing was heard."""
        return max(later - earlier for earlier, later in pairwise(sorted(self.heard)))


@pytest.mark.parametrize(
    ("trouble", "seconds", "deaf_at_least"),
    [("drop", 0, 0.0), ("drop", 2, 1.9), ("half_open", None, 0.3), ("refresh", None, 0.0)],
)
def test_the_bot_is_deaf_for_seconds_only(
    office: Office, trouble: str, seconds: float | None, deaf_at_least: float
) -> None:
    listener, enough = Listener(office.control), Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(listener.run, enough)
        office.control.until(lambda: listener.heard)
        hit_at = time.monotonic()
        office.control.socket(trouble, seconds)
        office.control.until(lambda: listener.heard_again(hit_at + deaf_at_least), 2 * BOUND)
        enough.set()

    assert deaf_at_least <= listener.deaf() <= BOUND


def test_healthz_tells_that_nobody_listens(own_office: Office) -> None:
    own_office.open()
    bot = own_office.bot
    assert bot
    assert bot.health().parts["socket"] == "ok"

    own_office.control.socket("drop", 60)
    own_office.control.until(lambda: bot.health().parts["socket"] == "down")
    assert not bot.health().ok

    own_office.control.socket("restore")
    own_office.control.until(lambda: bot.health().ok)


def test_a_bot_that_is_started_listens_at_once(own_office: Office) -> None:
    own_office.open()

    assert own_office.control.command(BEN, LEADS, "/lead")["acked"]


def test_a_click_that_is_at_work_when_the_line_drops_is_acknowledged_over_the_next(
    office: Office,
) -> None:
    handoff = office.hand_over()
    told = office.dm(BEN, handoff)
    with ThreadPoolExecutor(1) as pool, locked(office.settings.database_url):
        click = pool.submit(office.press, BEN, ids.ACCEPT, told, dm(BEN), handoff)
        office.control.until(lambda: sent(office, "block_actions"))
        office.control.socket("drop", 0)
        office.control.until(lambda: not office.control.state(BEN)["bot"]["connected"])

    assert click.result()["acked"]
    office.dm(BEN, handoff, "accepted")


@pytest.mark.alone
def test_sigterm_acknowledges_what_is_at_hand_and_ends_well(
    own_office: Office, running: Callable[[], subprocess.Popen[str]]
) -> None:
    office, bot = own_office, running()
    office.control.until(lambda: office.control.state(BEN)["bot"]["connected"])

    with ThreadPoolExecutor(30) as pool:
        commands = [pool.submit(office.control.command, BEN, LEADS, "/lead") for _ in range(30)]
        office.control.until(lambda: any(command.done() for command in commands))
        started = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        bot.wait(10)
        took = time.monotonic() - started

    assert bot.returncode == 0
    assert took < 5
    assert sent(office, "slash_commands") <= {"acked", "no_active_connection"}
    assert "acked" in sent(office, "slash_commands")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one choose the thread")
def test_sigterm_is_noticed_whichever_thread_the_system_gives_it_to(
    running: Callable[[], subprocess.Popen[str]],
) -> None:
    bot = running()
    threads = [int(each.name) for each in Path(f"/proc/{bot.pid}/task").iterdir()]

    os.kill(max(threads), signal.SIGTERM)

    assert bot.wait(10) == 0


def sent(office: Office, kind: str) -> set[str | None]:
    """How Slack's deliveries of this kind went; None = still under way."""
    return {each["status"] for each in office.control.traffic() if each.get("type") == kind}


@pytest.fixture
def running(own_office: Office, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts `python -m bot run` for the office; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        with (tmp_path / "log").open("w") as log:
            bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=os.environ | environment(own_office.settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        started.append(bot)
        assert bot.stdout
        assert "running" in bot.stdout.readline()
        return bot

    yield start
    for bot in started:
        bot.kill()
        bot.communicate()
