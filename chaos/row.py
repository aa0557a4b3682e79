"""What a row of the table finds."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOG = Path("build/chaos.log")


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


def log_to_file() -> None:
    """For each process that plays a row or a part of one."""
    logging.basicConfig(filename=LOG)
