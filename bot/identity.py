"""Ids of our own rows."""

from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_bytes
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_serial = count()
"""Rows of one transaction share its `now`; this keeps them in the order they were made."""


def first_id(at: datetime) -> str:
    """Sorts before every id made at `at` or later, and after those made a millisecond before."""
    return str(UUID(int=_milliseconds(at) << 80))


def new_id(at: datetime) -> str:
    """A UUIDv7 (RFC 9562) as text: ids made later sort later, to the millisecond of `at`; those of
    one millisecond and process sort as they were made (6.2, method 1, with 26 bits of counter)."""
    serial = next(_serial) & (1 << 26) - 1
    high, low = serial >> 14, serial & (1 << 14) - 1
    value = _milliseconds(at) << 80 | 0x7 << 76 | high << 64
    value |= 0x2 << 62 | low << 48 | int.from_bytes(token_bytes(6))
    # As `UUID` writes it, in a third of the time: every row of ours has one.
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def made_at(row_id: str) -> datetime:
    """The instant for which `new_id` made it, to the millisecond; aware UTC."""
    return _EPOCH + timedelta(milliseconds=UUID(row_id).int >> 80)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000) & (1 << 48) - 1
