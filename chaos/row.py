"""What a row of the table finds."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One promise, what was measured, and whether it was kept."""

    promise: str
    measured: str
    kept: bool


@dataclass(frozen=True)
class Row:
    """`short` takes seconds and runs with the tests; `long` is what the table asks for."""

    about: str
    long: Callable[[], list[Finding]]
    short: Callable[[], list[Finding]] | None = None
    """None = tests of the same name and kind stand in tests/ already; `long` repeats them."""
    longest: Callable[[], list[Finding]] | None = None
    """What `--long` runs instead of `long`; None = the same."""
