"""A CSV file of leads, read as the webhook reads its events: one row, one `LeadEvent`.

Spreadsheets differ in encoding, delimiter and in what they call a column; what a value may be does
not, so a row obeys the same rules as a delivery.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from bot.errors import LiaisonError
from bot.intake.formats import Fault
from bot.intake.lead_event import InvalidEvent, LeadEvent, read
from bot.intake.spellings import FIELDS, NAME, field_called, with_names

_CHUNK = 1 << 16
_SAMPLE = 8_192
_DELIMITERS = ",;\t|"


class NotCsv(LiaisonError):
    """The file cannot be read as CSV: save it from your spreadsheet as CSV in UTF-8."""


@dataclass(frozen=True)
class Row:
    """One line of the file: its event, or else its faults by column."""

    line: int
    """Where the row ends, as an editor counts; the header is line 1."""
    event: LeadEvent | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class CsvFile:
    """A file whose header was read. Its rows are read anew each time, one at a time."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]

    @classmethod
    def open(cls, path: Path) -> "CsvFile":
        """Raises `NotCsv` with what to do."""
        try:
            encoding = _encoding_of(path)
            with path.open(encoding=encoding, errors="replace", newline="") as file:
                delimiter = _delimiter_of(file.read(_SAMPLE))
                file.seek(0)
                header = next(csv.reader(file, delimiter=delimiter), [])
        except OSError as error:
            raise NotCsv(f"{path} cannot be opened: {error.strerror}.") from error
        except (csv.Error, ValueError) as error:
            raise NotCsv from error
        return cls(path, encoding, delimiter, _named(header))

    def guess(self) -> dict[str, str]:
        """Which column is which field, by its name; of two that fit the first counts."""
        mapping: dict[str, str] = {}
        for column in self.columns:
            field = field_called(column)
            if field and field not in mapping.values():
                mapping[column] = field
        if {"first_name", "last_name"} & {*mapping.values()}:
            # What else is called a name is somebody else's, or says the same again.
            return {column: field for column, field in mapping.items() if field != NAME}
        return mapping

    def rows(
        self, mapping: Mapping[str, str], received_at: datetime, zone: tzinfo
    ) -> Iterator[Row]:
        """Every row that holds anything. A date without a zone is read in `zone`."""
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            next(reader, None)
            while True:
                try:
                    values = next(reader, None)
                except csv.Error as error:
                    yield Row(reader.line_num, None, (Fault("row", f"Cannot be read: {error}."),))
                    continue
                if values is None:
                    return
                if any(value.strip() for value in values):
                    yield self._row(reader.line_num, values, mapping, received_at, zone)

    def _row(
        self,
        line: int,
        values: Sequence[str],
        mapping: Mapping[str, str],
        received_at: datetime,
        zone: tzinfo,
    ) -> Row:
        if len(values) > len(self.columns):
            more = len(values) - len(self.columns)
            fault = Fault("row", f"Has {more} more values than the header; is a quote missing?")
            return Row(line, None, (fault,))
        given = dict(zip(self.columns, values, strict=False))
        fields = {field: given.get(name) for name, field in mapping.items()}
        told: dict[str, object] = {**with_names(fields)}
        told["custom"] = {
            name: value for name, value in given.items() if name not in mapping and value.strip()
        }
        told["occurred_at"] = _with_zone(str(told.get("occurred_at") or ""), zone)
        try:
            return Row(line, read(told, received_at))
        except InvalidEvent as error:
            return Row(line, None, tuple(_in_columns(error.faults, mapping)))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content, in hex: the same file again is recognised by it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def corrected(file: CsvFile, mapping: Mapping[str, str], wishes: Sequence[str]) -> dict[str, str]:
    """The mapping with `column=field` wishes applied; `column=` leaves a column out.

    Raises `NotCsv` for a column or field there is none of.
    """
    result = dict(mapping)
    for wish in wishes:
        column, _, field = wish.partition("=")
        if column not in file.columns:
            raise NotCsv(f"There is no column {column!r}; there are {', '.join(file.columns)}.")
        if field and field not in FIELDS:
            raise NotCsv(f"There is no field {field!r}; there are {', '.join(sorted(FIELDS))}.")
        result = {name: old for name, old in result.items() if old != field and name != column}
        if field:
            result[column] = field
    return result


def _encoding_of(path: Path) -> str:
    """UTF-16 by its mark, UTF-8 when all of the file is; else what Windows' spreadsheets write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter_of(sample: str) -> str:
    """The one of the usual four that the header has most of."""
    header = sample.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _named(header: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in header)
    if not any(names):
        raise NotCsv("The file is empty: its first line must name the columns.")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise NotCsv(f"The header names {', '.join(sorted(twice))} twice; rename one of each.")
    return tuple(name or f"column {number}" for number, name in enumerate(names, start=1))


def _with_zone(text: str, zone: tzinfo) -> str:
    """A spreadsheet's date has no zone; what is no date is left for the reader to refuse."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _in_columns(faults: Sequence[Fault], mapping: Mapping[str, str]) -> Iterator[Fault]:
    column_of = {field: column for column, field in mapping.items()}
    for fault in faults:
        yield Fault(column_of.get(fault.field, fault.field), fault.problem)
