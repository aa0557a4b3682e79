"""Two clocks. Business time may be set in a sandbox; wall time never is.

Due times, hours and reports go by business time. Leases, pacing, signatures and triggers go by
wall time, or a clock set forward would break what keeps messages from doubling.
"""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from urllib.request import Request, urlopen
from uuid import uuid4

from bot.errors import CannotStart

log = logging.getLogger(__name__)

_WAIT = 20
"""Seconds the sandbox may hold a request open until its clock changes."""
_TELLS_WITHIN = 5


def wall() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


class SandboxClock:
    """Follows the business clock of a sandbox on this machine, and ticks when it is set."""

    def __init__(self, url: str, tick: Callable[[], None]) -> None:
        """`tick` runs the jobs once; the sandbox is told when it is through."""
        self._url = url
        self._tick = tick
        self._name = uuid4().hex
        self._offset = timedelta(0)
        self._version = -1
        self._stopping = Event()
        self._loop = Thread(target=self._follow, name="clock", daemon=True)

    def now(self) -> datetime:
        """Business time, aware UTC."""
        return wall() + self._offset

    def start(self) -> None:
        """Adopt the sandbox's time at once, then follow it. Raises `CannotStart`."""
        try:
            self._adopt(wait=0)
        except (OSError, ValueError) as error:
            raise CannotStart(
                f"No sandbox keeps a clock at {self._url}: start it, or remove LIAISON_CLOCK_URL."
            ) from error
        self._loop.start()

    def stop(self) -> None:
        """Tell the sandbox to wait for us no more; the thread ends with its current request."""
        self._stopping.set()
        with suppress(OSError):
            self._say("left", {"who": self._name})

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._adopt(wait=_WAIT) and not self._stopping.is_set():
                    self._tick()
                    self._say("ticked", {"version": self._version})
            except (OSError, ValueError):
                if not self._stopping.wait(1):
                    log.warning("the sandbox's clock does not answer")

    def _adopt(self, wait: int) -> bool:
        """Take over the sandbox's time; says whether it was set since we last asked."""
        query = f"?after={self._version}&wait={wait}&who={self._name}"
        with urlopen(self._url + query, timeout=wait + 10) as answer:
            clock = json.load(answer)
        is_new = bool(clock["version"] != self._version)
        self._version, self._offset = clock["version"], timedelta(seconds=clock["offset"])
        return is_new

    def _say(self, word: str, about: dict[str, object]) -> None:
        headers = {"Content-Type": "application/json"}
        body = json.dumps(about).encode()
        urlopen(Request(f"{self._url}/{word}", body, headers), timeout=_TELLS_WITHIN).close()
