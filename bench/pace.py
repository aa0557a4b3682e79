"""Messages into forty channels, as fast as Slack allows and twenty times as fast.

`python -m bench.pace SLACK DATABASE PACE` is one worker, until it is ended.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from slack_sdk import WebClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bench.ground import ground
from bench.line import TIMES, Line
from bench.slack import CHANNELS
from bot.clock import wall
from bot.db import make_engine
from bot.delivery.courier import Courier, Telling
from bot.delivery.pacing import Pace
from bot.delivery.sayings import say_in_channel
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Message, MessageKind
from bot.playbook import Playbook
from bot.slack import Slack
from bot.sqlite import looking
from bot.views.blocks import Post
from sandbox.control import Control
from sandbox.people import TEAM_ID

LEASE = timedelta(seconds=60)
CASES = (
    ("sqlite", 1, 1.0, 20, 0.98),
    ("postgresql", 1, 1.0, 20, 0.98),
    ("postgresql", 3, 1.0, 20, 0.98),
    ("sqlite", 1, 20.0, 5, 0.88),
    ("postgresql", 3, 20.0, 5, 0.88),
)
"""Engine, workers, messages a second and channel, seconds of them, and what is asked."""


def paces(size: int) -> Iterator[Line]:
    """The pace that is reached over a database of `size` against the one that is allowed."""
    for engine, workers, pace, seconds, floor in CASES:
        with ground(engine, size) as url:
            reached, limited = delivered(url, workers, pace, seconds)
        allowed = pace * len(CHANNELS)
        yield Line(
            f"messages at {pace:g}/s × {len(CHANNELS)} channels, "
            f"{workers} worker{'' if workers == 1 else 's'}, {engine}",
            "the pace allowed",
            f"{size:,}",
            # What Slack turned away was too fast, whatever else was reached.
            reached / allowed if not limited else 0.0,
            floor,
            at_least=True,
            ours=f"{reached:,.1f} a second, {limited} answers 429",
            theirs=f"{allowed:,.0f} a second",
        )


def delivered(url: str, workers: int, pace: float, seconds: int) -> tuple[float, int]:
    """Messages a second, the median of five stretches of one run; and how often Slack said 429."""
    with process("bench.slack", pace) as slack:
        _queue(url, round(seconds * pace) + 1)
        started = [process("bench.pace", slack, url, pace) for _ in range(workers)]
        for worker in started:
            worker.__enter__()
        try:
            _settle(url, 60 + 20 * seconds)
        finally:
            for worker in started:
                worker.__exit__(None, None, None)
        calls = [call for call in Control(slack).traffic() if call["method"] == "chat.postMessage"]
    at = sorted(datetime.fromisoformat(call["at"]) for call in calls if call["status"] == 200)
    # The first of each channel may go at once.
    at = at[len(CHANNELS) - 1 :]
    marks = at[:: (len(at) - 1) // TIMES]
    rates = [((len(at) - 1) // TIMES) / (b - a).total_seconds() for a, b in pairwise(marks)]
    return median(rates), sum(call["status"] == 429 for call in calls)


@contextmanager
def process(module: str, *arguments: object) -> Iterator[str]:
    """One of ours with the block; gives the line it says when it is ready."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout
        try:
            yield started.stdout.readline().strip()
        finally:
            started.kill()


def _queue(url: str, each: int) -> None:
    liaison = _liaison(url)
    for number in range(each):
        with liaison.transaction() as tx:
            for channel in CHANNELS:
                subject = f"{channel} {number}"
                key, kind = f"card:{subject}", MessageKind.CARD
                say_in_channel(tx, liaison, key, kind, subject, channel)
    liaison.engine.dispose()


def _settle(url: str, seconds: float) -> None:
    """Wait until nothing is left to send."""
    engine = make_engine(url)
    waiting = select(func.count()).where(col(Message.send_at).is_not(None))
    deadline = time.monotonic() + seconds
    with looking(engine) as tx:
        while tx.scalar(waiting):
            tx.rollback()
            if time.monotonic() > deadline:
                raise TimeoutError(f"Messages still wait after {seconds:.0f} s.")
            time.sleep(0.2)
    engine.dispose()


def _liaison(url: str) -> Liaison:
    shelf = Shelf(Playbook.parse(""))
    return Liaison(TEAM_ID, make_engine(url), shelf, Rooms(CHANNELS[0]), now=wall, wall=wall)


def _render(_tx: Session, message: Message, _now: datetime) -> Post:
    text = {"type": "mrkdwn", "text": message.subject_id}
    return Post(message.subject_id, [{"type": "section", "text": text}])


def work(slack: str, url: str, pace: str) -> None:
    client = WebClient("xoxb-sandbox", f"{slack}/api/", timeout=10, retry_handlers=[])
    tellings = dict.fromkeys(MessageKind, Telling(_render))
    liaison = _liaison(url)
    courier = Courier(liaison, Slack(client), tellings, pace=Pace(float(pace)), lease=LEASE)
    courier.start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    work(*sys.argv[1:])
