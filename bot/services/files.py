"""A file for its reader alone, and how a table becomes one."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of show, at the beginning of a cell."""


@dataclass(frozen=True)
class File:
    """A file for its reader alone."""

    name: str
    content: bytes
    about: str
    """A sentence that comes with it."""


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """In UTF-8 with a mark by which spreadsheets know it."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return lines.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
