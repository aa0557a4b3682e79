"""`python -m bench [ROW …]`: what the bot costs, as ratios of two things timed in one run.

Finished rows are kept in build/bench.json by size, so that a run that was cut off goes on; after
each row docs/performance.md is written anew.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from bench import clock, doors, hours, imports, pace, start
from bench.line import Line
from bench.page import Measured, page

KEPT = Path("build/bench.json")
PAGE = Path("docs/performance.md")
SIZES = (10_000, 100_000, 1_000_000)
AT_MOST = 600
"""Seconds of one row at one size; what takes longer is ended and said to be missing."""
Row = Callable[[int], Iterable[Line]]
ROWS: dict[str, tuple[Row, int]] = {
    "tick": (clock.ticks, 1_000_000),
    "scan": (clock.scans, 1_000_000),
    "steps": (clock.steps, 1_000_000),
    "intake": (doors.intakes, 1_000_000),
    "pace": (pace.paces, 1_000_000),
    "clicks": (doors.clicks, 1_000_000),
    "dispatch": (doors.dispatches, 10_000),
    "hours": (hours.sums, 10_000),
    "start": (start.starts, 1_000_000),
    "import": (imports.imports, 1_000_000),
}
"""Each row, and the largest size it is asked at; two of them ask no database for anything."""


def main() -> int:
    """0 when every line asked for was measured and holds."""
    chosen = _chosen()
    kept = {} if chosen.again or not KEPT.exists() else _read()
    signal.signal(signal.SIGALRM, _too_long)
    is_held = True
    for name in chosen.rows or ROWS:
        row, largest = ROWS[name]
        for size in [size for size in chosen.sizes if size <= largest]:
            key = f"{name} {size}"
            if key not in kept or chosen.rows:
                print(f"{name} at {size:,} …", flush=True)
                if (measured := _measured(row, size)) is None:
                    is_held = False
                    continue
                kept[key] = measured
                _write(kept)
            for line in kept[key].lines:
                print(told_of(line), flush=True)
                is_held = is_held and line.is_held
    return int(not is_held)


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="hand-offs there are")
    parser.add_argument("--again", action="store_true", help="forget finished rows")
    chosen = parser.parse_args()
    if unknown := [row for row in chosen.rows if row not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    return chosen


def _measured(row: Row, size: int) -> Measured | None:
    """None = it was ended for taking too long."""
    busy, began = os.getloadavg()[0], time.monotonic()
    signal.alarm(AT_MOST)
    try:
        lines = list(row(size))
    except TimeoutError as error:
        print(f"  not measured: {error}", flush=True)
        return None
    finally:
        signal.alarm(0)
    seconds = round(time.monotonic() - began)
    print(f"  {seconds} s", flush=True)
    return Measured(lines, seconds, round(busy, 1))


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"it took longer than {AT_MOST} s")


def _read() -> dict[str, Measured]:
    return {
        key: Measured([Line(**line) for line in found["lines"]], found["seconds"], found["load"])
        for key, found in json.loads(KEPT.read_text("utf-8")).items()
    }


def _write(kept: dict[str, Measured]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({key: asdict(found) for key, found in kept.items()}), "utf-8")
    order = {f"{name} {size}": None for name in ROWS for size in SIZES}
    PAGE.write_text(page([kept[key] for key in order if key in kept]), "utf-8")


def told_of(line: Line) -> str:
    mark = "met   " if line.is_held else "MISSED"
    bound = "at least" if line.at_least else "at most"
    return (
        f"{mark} {line.what} against {line.against}, {line.size}: {line.ratio:,.2f}, "
        f"{bound} {line.bar:g} ({line.ours}; {line.theirs})"
    )


if __name__ == "__main__":
    sys.exit(main())
