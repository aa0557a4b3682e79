"""The page that `make bench` writes: one table, and what its rows do."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from bench.line import Line


@dataclass(frozen=True)
class Measured:
    """One row at one size."""

    lines: list[Line]
    seconds: int
    load: float
    """How many processes wanted a core just before, on average of a minute."""


HEAD = """\
# Performance

Written by `make bench`, which goes on where it was cut off; `make bench ROW=tick` measures one row
anew, `make bench ARGS="--sizes 10000"` at one size, `make bench ARGS=--again` all. Both sides of a
row are timed in one run, taking turns, five times; the medians count, and their ratio, which says
more than a number of milliseconds that belongs to a machine. *Size* is how many open hand-offs the
database holds. *Load* is how many processes wanted a core before the row began: with more than
there are cores, others were at work, and what needs two cores at once looks slower than it is.
"""
ROWS = """\
## What the rows do
- **Idle tick**: the bot's own `take_due_steps` with nothing due. The scan is what a bot without a
  due time in its rows does: all open hand-offs as objects, their working hours in Python. Memory is
  what one tick adds to a fresh process.
- **Due steps**: 10,000 steps are due at once. Ours are planned in their actors' hours, checked
  again under the lock (put off, taken before, answered), written to the history and queued. On the
  other side APScheduler has a job for every lead, of which 2,000 are due and do nothing.
- **Hand-offs over HTTP**: 32 clients, each answered when its hand-off, history and card are on disk
  (SQLite with `synchronous=FULL`, PostgreSQL with `fsync=on`).
- **Messages**: the courier with the real slack_sdk, against the sandbox in a process of its own;
  the median of five stretches of a run. One answer 429 makes the ratio 0.
- **Clicks**: a hundred people press at once, and what comes after the acknowledgement takes a
  second: at the door and Bolt with a listener that does nothing else, then **Outcome…** of the
  whole bot, which reads the lead and says no before a form opens that may not be filled in.
- **Dispatch**: one command that the last of our listeners takes, through Bolt.
- **Start**: a process of its own, until every job of the timetable has run once.
- **Import**: five parts of 20,000 rows, in commits of 500; the other side has each table's rows
  prepared and puts them in with one statement and one commit.

## What holds a floor up
- **Messages at 20 times Slack's pace**: a message costs the bot 1.2 ms of CPU and the sandbox 0.65,
  where 800 a second leave 1.25 ms for the one process that sends, and three workers, PostgreSQL and
  the sandbox share two cores. At Slack's own pace, 40 a second, that is a twentieth of one core.
- **Outcome… by a hundred at once**: reading the lead takes each of them two milliseconds of Python
  before its acknowledgement, and one process runs one of them at a time.
- **Due steps** and **hand-offs over HTTP** came to 3.49, 0.42 and 0.19 on a machine whose cores
  were a third faster: what is Python and what is the database slow down differently.
"""


def page(measured: Sequence[Measured]) -> str:
    rows = "\n".join(_row(line, each.load) for each in measured for line in each.lines)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        f"{HEAD}\nMeasured on {machine}.\n\n"
        "| What | Against | Size | Ours | The other side | Ratio | Asked | Met | Load |\n"
        f"|---|---|--:|--:|--:|--:|--:|---|--:|\n{rows}\n\n{ROWS}"
    )


def _row(line: Line, load: float) -> str:
    asked = f"{'≥' if line.at_least else '≤'} {line.bar:g}"
    cells = (line.what, line.against, line.size, line.ours, line.theirs)
    met = "yes" if line.is_held else "**no**"
    return f"| {' | '.join(cells)} | {line.ratio:,.2f} | {asked} | {met} | {load:g} |"
