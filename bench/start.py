"""From nothing to the end of the first tick; each start is a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from bench.ground import NOW, ground
from bench.line import Line, medians
from replay.slack_process import sandbox
from sandbox.control import Control
from tests.bot_process import environment
from tests.office import settings_at


def starts(size: int) -> Iterator[Line]:
    """The bot over so many open hand-offs against the bot over none; each start is a process."""
    peaks: dict[str, list[float]] = {}
    with sandbox() as slack, ground("sqlite", size) as many, ground("sqlite", 0) as none:
        Control(slack).set_clock(NOW)
        for url in (many, none):
            _start(slack, url, peaks)  # the first meets a new schema and new people
        ours, theirs = medians(*(partial(_start, slack, url, peaks) for url in (many, none)))
    yield Line(
        "start to the end of the first tick of every job, sqlite",
        "with no hand-off",
        f"{size:,}",
        ours / theirs,
        1.3,
        at_least=False,
        ours=f"{ours:.2f} s",
        theirs=f"{theirs:.2f} s",
    )
    most, least = max(peaks[many]), max(peaks[none])
    yield Line(
        "its memory then, in MB",
        "a limit",
        f"{size:,}",
        most,
        150.0,
        at_least=False,
        ours=f"{most:.0f} MB",
        theirs=f"{least:.0f} MB with no hand-off",
    )


def _start(slack: str, database: str, peaks: dict[str, list[float]]) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.started"]
    env = os.environ | environment(settings_at(slack, database))
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout
        peaks.setdefault(database, []).append(float(bot.stdout.readline()))
        return time.perf_counter() - began
