"""One line of the table: two things timed in one run, and the ratio that is asked of them."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

TIMES = 5
"""The median of so many runs counts; both sides take turns, so that a busy moment hits both."""


@dataclass(frozen=True)
class Line:
    """`ratio` is to be at least `bar`, or at most, whichever `at_least` says."""

    what: str
    against: str
    size: str
    ratio: float
    bar: float
    at_least: bool
    measured: str
    """Both sides in their own units."""

    @property
    def is_held(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def both(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """The medians of two measurements that take turns."""
    pairs = [(ours(), theirs()) for _ in range(TIMES)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
