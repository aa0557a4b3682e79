"""One line of the table: two things timed in one run, and the ratio that is asked of them."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

TIMES = 5
"""The median of so many runs counts; the sides take turns, so that a busy moment hits all."""


@dataclass(frozen=True)
class Line:
    """`ratio` is to be at least `bar`, or at most, whichever `at_least` says."""

    what: str
    against: str
    size: str
    ratio: float
    bar: float
    at_least: bool
    ours: str
    """In its own unit, as the other side is."""
    theirs: str

    @property
    def is_held(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def medians(*sides: Callable[[], float], times: int = TIMES) -> list[float]:
    """The median of each of some measurements that take turns."""
    rounds = [[side() for side in sides] for _ in range(times)]
    return [statistics.median(values) for values in zip(*rounds, strict=True)]
