"""Rows and columns: the plain table and the one that can be sorted and paged."""

from sandbox.blockkit.block import block
from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.rich_text import RICH_TEXT_FIELDS
from sandbox.blockkit.shapes import (
    Check,
    Fields,
    flag,
    listing,
    number,
    one_of,
    record,
    string,
    tagged,
    typed,
    whole,
    words,
)

_PLAIN_CELLS: Fields = {
    "raw_text": typed({"text": words()}),
    "raw_number": typed({"value": number}, {"text": words()}),
}
_CELLS: Fields = {
    **_PLAIN_CELLS,
    "rich_text": typed(RICH_TEXT_FIELDS, {"block_id": string(255, least=0)}),
}
_ROW = listing(tagged(_CELLS), 20)


def _rows(least: int, most: int, characters: int) -> Check:
    """Rows of cells. Their characters have an allowance of their own, one for all the tables of
    a message, and are not counted against the blocks."""
    rows = listing(_ROW, most, least=least)

    def check(value: object, at: str, inspection: Inspection) -> None:
        before = inspection.characters
        rows(value, at, inspection)
        inspection.cell_characters += inspection.characters - before
        inspection.characters = before
        if inspection.cell_characters > characters:
            inspection.refuse(at, f"must be less than {characters + 1} characters")

    return check


def _rows_of(table: dict[str, object]) -> list[list[object]]:
    rows = table.get("rows")
    return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []


def _rectangular(value: dict[str, object], at: str, inspection: Inspection) -> None:
    rows = _rows_of(value)
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            inspection.refuse(f"{at}/rows/{index}", "must have as many cells as the first row")
            return


def _plain_header(value: dict[str, object], at: str, inspection: Inspection) -> None:
    for header in _rows_of(value)[:1]:
        for index, cell in enumerate(header):
            if isinstance(cell, dict) and cell.get("type") == "rich_text":
                inspection.refuse(f"{at}/rows/0/{index}/type", "unsupported type: rich_text")


def _row_header_exists(value: dict[str, object], at: str, inspection: Inspection) -> None:
    column = value.get("row_header_column_index")
    for header in _rows_of(value)[:1]:
        if isinstance(column, int) and column >= len(header):
            inspection.refuse(f"{at}/row_header_column_index", f"must be less than {len(header)}")


def _one_to_a_message(value: dict[str, object], at: str, inspection: Inspection) -> None:
    inspection.tables += 1
    if inspection.tables > 1:
        inspection.refuse(at, "only_one_table_allowed", "invalid_attachments")


_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _column(value: object, at: str, inspection: Inspection) -> None:
    """How a column looks; null skips one."""
    if value is not None:
        _COLUMN(value, at, inspection)


TABLE = block(
    {"rows": _rows(1, 100, characters=10_000)},
    {"column_settings": listing(_column, 20, least=0)},
    _rectangular,
    _one_to_a_message,
)

# The published maximum went from 101 rows to 201; the door keeps to the smaller.
DATA_TABLE = block(
    {"caption": string(), "rows": _rows(2, 101, characters=20_000)},
    {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
    _rectangular,
    _plain_header,
    _row_header_exists,
    _one_to_a_message,
)
