"""`python -m bench [ROW …]`: what the bot costs, as ratios of two things timed in one run.

Finished rows are kept in build/bench.json by size, so that a run that was cut off goes on; when all
asked for are there, docs/performance.md is written.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from bench import clock, doors
from bench.line import Line

KEPT = Path("build/bench.json")
PAGE = Path("docs/performance.md")
SIZES = (10_000, 100_000, 1_000_000)
Row = Callable[[int], Iterable[Line]]
ROWS: dict[str, tuple[Row, int]] = {
    "tick": (clock.ticks, 1_000_000),
    "scan": (clock.scans, 100_000),
    "steps": (clock.steps, 1_000_000),
    "hours": (clock.sums, 10_000),
    "start": (clock.starts, 1_000_000),
    "intake": (doors.intakes, 100_000),
    "pace": (doors.paces, 10_000),
    "clicks": (doors.clicks, 10_000),
    "dispatch": (doors.dispatches, 10_000),
    "import": (doors.imports, 100_000),
}
"""Each row, and the largest size it is asked at."""


def main() -> int:
    """0 when every line holds what is asked of it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--again", action="store_true", help="measure finished rows anew")
    chosen = parser.parse_args()
    kept: dict[str, list[dict[str, object]]] = (
        json.loads(KEPT.read_text("utf-8")) if KEPT.exists() and not chosen.again else {}
    )
    for name in chosen.rows or ROWS:
        row, largest = ROWS[name]
        for size in [size for size in chosen.sizes if size <= largest]:
            key = f"{name} {size}"
            if key not in kept or chosen.rows:
                kept[key] = [asdict(line) for line in row(size)]
                KEPT.parent.mkdir(exist_ok=True)
                KEPT.write_text(json.dumps(kept, indent=2), "utf-8")
            for line in kept[key]:
                print(told_of(Line(**line)), flush=True)  # type: ignore[arg-type]
    lines = [Line(**line) for found in kept.values() for line in found]  # type: ignore[arg-type]
    PAGE.write_text(page(lines), "utf-8")
    return int(not all(line.is_held for line in lines))


def told_of(line: Line) -> str:
    mark = "held  " if line.is_held else "MISSED"
    bound = "at least" if line.at_least else "at most"
    return (
        f"{mark} {line.what} against {line.against}, {line.size}: {line.ratio:,.2f}, "
        f"{bound} {line.bar:g} ({line.measured})"
    )


def page(lines: list[Line]) -> str:
    rows = "\n".join(
        f"| {line.what} | {line.against} | {line.size} | {line.ratio:,.2f} | "
        f"{'≥' if line.at_least else '≤'} {line.bar:g}{'' if line.is_held else ', missed'} | "
        f"{line.measured} |"
        for line in lines
    )
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    return (
        "# Performance\n\nWritten by `make bench`: both sides in one run, taking turns, the median "
        f"of five. {machine}. A ratio says more than a number of milliseconds, which belongs to "
        "the machine.\n\n| What | Against | Size | Ratio | Asked | Measured |\n"
        f"|---|---|---|---|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
