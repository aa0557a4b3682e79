"""`python -m bot import FILE.csv`: how it is read, what is wrong with it, and bring it in."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.intake.csv_file import CsvFile, Row, corrected
from bot.intake.formats import Fault
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.progress import Bar
from bot.services import imports

SHOWN = 50
"""Faulty lines that are told in full; whoever mends these sees the next ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="read a column as this field; COLUMN= keeps it as it is; may be given several times",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and stop")
    parser.add_argument(
        "--skip-faults", action="store_true", help="import the good lines of a file with bad ones"
    )


@dataclass
class _Findings:
    """What the first reading of a file finds."""

    good: int = 0
    faulty: int = 0
    told: list[str] = field(default_factory=list)
    """A sentence for each fault of the first lines that have any."""

    def note(self, row: Row) -> None:
        self.good += row.event is not None
        self.faulty += bool(row.faults)
        if row.faults and self.faulty <= SHOWN:
            faults = "; ".join(f"{fault.field}: {fault.problem}" for fault in row.faults)
            self.told.append(f"line {row.line}: {faults}")

    def sentences(self) -> Iterator[str]:
        yield from self.told
        if self.faulty > SHOWN:
            yield f"and {self.faulty - SHOWN:,} more lines with faults"


@dataclass(frozen=True)
class Reading:
    """One file as it will be read."""

    liaison: Liaison
    file: CsvFile
    mapping: dict[str, str]
    now: datetime

    def rows(self) -> Iterator[Row]:
        zone = ZoneInfo(self.liaison.playbook.hours.timezone)
        for row in self.file.rows(self.mapping, self.now, zone):
            fault = row.event and imports.unknown_outcome(row.event, self.liaison.playbook)
            yield Row(row.line, None, (self._in_column(fault),)) if fault else row

    def _in_column(self, fault: Fault) -> Fault:
        column = next(column for column, name in self.mapping.items() if name == fault.field)
        return Fault(column, fault.problem)

    def events(self) -> Iterator[LeadEvent]:
        return (row.event for row in self.rows() if row.event)


def open_file(chosen: argparse.Namespace) -> tuple[CsvFile, dict[str, str]]:
    """The file and how its columns are read. Raises `NotCsv`."""
    file = CsvFile.open(chosen.file)
    return file, corrected(file, file.guess(), chosen.map)


def bring_in(
    liaison: Liaison, file: CsvFile, mapping: dict[str, str], chosen: argparse.Namespace
) -> bool:
    """Tell, check, import; says whether all went well. Raises `NotSaved`."""
    reading = Reading(liaison, file, mapping, liaison.now())
    print(_mapping_told(file, mapping))
    found = _Findings()
    for row in reading.rows():
        found.note(row)
    for sentence in found.sentences():
        print(sentence, file=sys.stderr)
    if found.faulty and not chosen.skip_faults:
        total = found.good + found.faulty
        print(
            f"Nothing was imported: {found.faulty:,} of {total:,} lines have faults. "
            "Mend them, or leave them out with --skip-faults.",
            file=sys.stderr,
        )
        return False
    if chosen.dry_run:
        print(f"Leads that can be imported as history: {found.good:,}. Nothing was changed.")
        return True
    new = _store(reading, found.good)
    print(
        f"Imported as history, without cards and clocks: {new:,}. "
        f"Here already: {found.good - new:,}. Left out: {found.faulty:,}."
    )
    return True


def _store(reading: Reading, total: int) -> int:
    bar, new, through, events = Bar(total, "leads"), 0, 0, reading.events()
    while group := tuple(islice(events, imports.AT_ONCE)):
        new += imports.bring_in(reading.liaison, group)
        through += len(group)
        bar.show(through)
    bar.clear()
    return new


def _mapping_told(file: CsvFile, mapping: dict[str, str]) -> str:
    wide = max(len(column) for column in file.columns)
    lines = [
        f"  {column:<{wide}}  {'-> ' + mapping[column] if column in mapping else 'kept as it is'}"
        for column in file.columns
    ]
    return "\n".join(["The columns are read so; --map COLUMN=FIELD corrects:", *lines])
