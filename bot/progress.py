"""A bar on the terminal; nothing at all where there is none."""

import sys
import time
from typing import TextIO

WIDTH = 40
EVERY = 0.1
"""Seconds between two drawings."""


class Bar:
    """Draws itself anew on one line of `out`; `what` is counted, in the plural."""

    def __init__(self, total: int, what: str, out: TextIO = sys.stderr) -> None:
        self._what = what
        self._total = max(total, 1)
        self._out = out
        self._drawn_at = 0.0
        self._shows = out.isatty()

    def show(self, through: int) -> None:
        """So many of the total are through."""
        now = time.monotonic()
        if not self._shows or now - self._drawn_at < EVERY:
            return
        self._drawn_at = now
        done = WIDTH * through // self._total
        bar = "█" * done + "·" * (WIDTH - done)
        self._out.write(f"\r{bar} {through:,} of {self._total:,} {self._what}")
        self._out.flush()

    def clear(self) -> None:
        """Leave the line as if nothing had been there."""
        if self._shows:
            self._out.write("\r\033[K")
            self._out.flush()
