"""A file of leads is brought in as history, against one executemany of the rows it becomes."""

import csv
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC
from functools import partial
from io import StringIO
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, insert, text
from sqlmodel import SQLModel

from bench.ground import HOME, NOW, filled
from bench.line import TIMES, Line
from bot import cli_imports
from bot.db import table_of
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Campaign, CampaignAlias, Handoff, History, InboxEvent, Lead
from bot.services import imports as importing

ROWS = 100_000
PART = ROWS // TIMES
"""Rows of one measurement: all of them come in, in five parts."""
COLUMNS = ("lead_id", "company", "first_name", "last_name", "email", "grade", "campaign", "owner")
TABLES: tuple[type[SQLModel], ...] = (InboxEvent, Campaign, CampaignAlias, Lead, Handoff, History)
Rows = dict[type[SQLModel], list[dict[str, object]]]


def imports(size: int) -> Iterator[Line]:
    """100,000 rows of a file into a database of `size`: stored only, and by the whole command."""
    stores: dict[str, Callable[[Liaison, Path], float]] = {
        "rows that are read and checked, sqlite": _store,
        "rows by the command, which reads and checks the file twice, sqlite": _command,
    }
    for what, ours in stores.items():
        with filled("sqlite", size) as one, filled("sqlite", size) as other:
            rounds = [_round(partial(ours, one), one, other, part) for part in range(TIMES)]
        mine, theirs = (median(side) for side in zip(*rounds, strict=True))
        yield Line(
            f"import of {ROWS:,} {what}",
            "executemany of the same prepared rows into the same tables and indexes",
            f"{size:,}",
            theirs / mine,
            0.3,
            at_least=True,
            ours=f"{PART / mine:,.0f} a second",
            theirs=f"{PART / theirs:,.0f} a second",
        )


def _round(
    ours: Callable[[Path], float], one: Liaison, other: Liaison, part: int
) -> tuple[float, float]:
    file = _file(part)
    with one.engine.connect() as connection:
        marks = {model: _newest(connection, model) for model in TABLES}
    mine = ours(file)
    with one.engine.connect() as connection:
        rows = {model: _since(connection, model, marks[model]) for model in TABLES}
    assert len(rows[Handoff]) == PART
    began = time.perf_counter()
    with other.engine.begin() as connection:
        for model, prepared in rows.items():
            if prepared:
                connection.execute(insert(table_of(model)), prepared)
    return mine, time.perf_counter() - began


def _newest(connection: Connection, model: type[SQLModel]) -> int:
    newest = text(f"SELECT coalesce(max(rowid), 0) FROM {table_of(model).name}")  # names of our own
    return int(connection.execute(newest).scalar_one())


def _since(connection: Connection, model: type[SQLModel], mark: int) -> list[dict[str, object]]:
    newer = table_of(model).select().where(text("rowid > :mark")).params(mark=mark)
    return [row._asdict() for row in connection.execute(newer)]


def _file(part: int) -> Path:
    """The leads of one part, of two hundred campaigns and some owners nobody knows."""
    file = HOME / f"leads-{part}.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for n in range(part * PART, (part + 1) * PART):
            owner = "ben@example.com" if n % 2 else f"rep{n % 50}@example.com"
            named = (f"file-{n}", f"Acme {n}", "Jane", f"Doe {n}", f"jane{n}@example.org")
            writer.writerow((*named, "ABCD"[n % 4], f"Campaign {n % 200}", owner))
    return file


def _events(file: Path) -> list[LeadEvent]:
    read, mapping = cli_imports.open_file(Namespace(file=file, map=[]))
    rows = read.rows(mapping, NOW, UTC)
    return [row.event for row in rows if row.event]


def _store(liaison: Liaison, file: Path) -> float:
    events = _events(file)
    began = time.perf_counter()
    for start in range(0, len(events), importing.AT_ONCE):
        importing.bring_in(liaison, events[start : start + importing.AT_ONCE])
    return time.perf_counter() - began


def _command(liaison: Liaison, file: Path) -> float:
    chosen = Namespace(file=file, map=[], skip_faults=False, announce=False, dry_run=False)
    began = time.perf_counter()
    with redirect_stdout(StringIO()):
        read, mapping = cli_imports.open_file(chosen)
        assert cli_imports.bring_in(liaison, read, mapping, chosen)
    return time.perf_counter() - began
