"""`python -m bot import FILE.csv`: how it is read, what is wrong with it; then it is brought in as
history, or announced."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.intake.csv_file import CsvFile, Row, corrected, file_digest
from bot.intake.formats import Fault
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.playbook import Playbook
from bot.progress import Bar
from bot.services import imports
from bot.services.import_rows import outcome_of

SHOWN = 50
"""Faulty lines that are told in full; whoever mends these sees the next ones."""
WITHOUT_ASKING = 50
"""Leads that are announced without `--yes`."""


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
        "--announce",
        action="store_true",
        help="hand the leads over as one batch: a card, clocks, and a list for each rep",
    )
    parser.add_argument("--yes", action="store_true", help="announce more than 50 leads")
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
    if chosen.announce:
        return _announce(reading, found, chosen)
    if chosen.dry_run:
        print(f"Leads that can be imported as history: {found.good:,}. Nothing was changed.")
        return True
    new = _store(reading, found.good, partial(imports.bring_in, liaison))
    print(
        f"Imported as history, without cards and clocks: {new:,}. "
        f"Here already: {found.good - new:,}. Left out: {found.faulty:,}."
    )
    return True


def _announce(reading: Reading, found: _Findings, chosen: argparse.Namespace) -> bool:
    """Say who will be told what, then hand over; nobody hears of it before all rows are in."""
    plan = imports.plan(reading.liaison, reading.events())
    for sentence in _announcement(plan, reading.liaison.playbook):
        print(sentence)
    if chosen.dry_run:
        print("Nothing was changed.")
        return True
    if plan.leads > WITHOUT_ASKING and not chosen.yes:
        print("Nothing was changed. Add --yes to announce them.", file=sys.stderr)
        return False
    batch_id = imports.batch_for(
        reading.liaison, file_digest(reading.file.path), _campaign(reading.events())
    )
    new = _store(reading, found.good, partial(imports.announce, reading.liaison, batch_id))
    imports.tell(reading.liaison)
    print(
        f"Announced: {new:,}. Announced before, open already, or history: {found.good - new:,}. "
        f"Left out: {found.faulty:,}. The running bot now tells of them."
    )
    return True


def _announcement(plan: imports.Plan, playbook: Playbook) -> Iterator[str]:
    """How many messages to whom, and how long they take at Slack's pace."""
    if not plan.leads:
        yield "There is no lead to announce: each was announced before, or has an outcome."
        return
    yield (
        f"Announcing {plan.leads:,} lead{'s' if plan.leads > 1 else ''} sends 1 message to "
        f"{playbook.channels.handoffs} and {plan.lists:,} direct message"
        f"{'' if plan.lists == 1 else 's'}, each inside its reader's working hours."
    )
    if plan.by_owner:
        named = ", ".join(f"{name} {count:,}" for name, count in sorted(plan.by_owner.items()))
        yield f"By owner: {named}."
    if plan.waiting:
        turn = "are routed to reps" if playbook.routing.gives else "wait in the queue"
        yield f"Without an owner we know: {plan.waiting:,}; they {turn}."
    yield (
        f"At Slack's pace of one message a second that takes up to {1 + plan.lists:,} "
        f"second{'s' if plan.lists else ''}."
    )


def _campaign(events: Iterable[LeadEvent]) -> str | None:
    """The one campaign of a file; None when it has several, or none."""
    names = {event.campaign for event in events if outcome_of(event) is None}
    return names.pop() if len(names) == 1 else None


def _store(reading: Reading, total: int, store: Callable[[Sequence[LeadEvent]], int]) -> int:
    bar, new, through, events = Bar(total, "leads"), 0, 0, reading.events()
    while group := tuple(islice(events, imports.AT_ONCE)):
        new += store(group)
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
