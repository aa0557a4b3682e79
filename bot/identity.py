"""Ids of our own rows."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_id(at: datetime) -> str:
    """Sorts before every id made at `at` or later, and after those made a millisecond before."""
    milliseconds = int(at.timestamp() * 1000)
    return str(UUID(int=(milliseconds & (1 << 48) - 1) << 80))


def new_id(at: datetime) -> str:
    """A UUIDv7 (RFC 9562) as text: ids made later sort later, to the millisecond of `at`."""
    milliseconds = int(at.timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def made_at(row_id: str) -> datetime:
    """The instant for which `new_id` made it, to the millisecond; aware UTC."""
    return _EPOCH + timedelta(milliseconds=UUID(row_id).int >> 80)
