"""What the sets leave open, settled by a hash of an id: the same at every run, on every machine."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

SLOT = timedelta(minutes=30)
"""Whatever falls on one half hour is told at one instant, as a CRM that syncs by then would."""
_MORNING = time(9)
_SLOTS = 16
"""From 09:00 to 16:30."""

_GIVEN = (
    "Ada",
    "Alma",
    "Bea",
    "Bruno",
    "Cara",
    "Dina",
    "Edda",
    "Emil",
    "Enzo",
    "Finn",
    "Hana",
    "Ines",
    "Jule",
    "Lars",
    "Mats",
    "Nora",
    "Otto",
    "Rosa",
    "Tess",
    "Vic",
)
_FAMILY = (
    "Adler",
    "Birch",
    "Crane",
    "Drake",
    "Falk",
    "Gale",
    "Heath",
    "Holt",
    "Keller",
    "Lund",
    "Marsh",
    "Moss",
    "Oak",
    "Pike",
    "Reed",
    "Rowe",
    "Stone",
    "Thorne",
    "Vale",
    "York",
)


def pick(options: Sequence[T], *key: str) -> T:
    """One of the options, always the same for the same key."""
    return options[_number(*key) % len(options)]


def within_day(day: date, zone: str, key: str) -> datetime:
    """An instant on a date between nine and five in `zone`, on the half hour; UTC.

    The sets know days only. Week-ends stay week-ends: leads arrive then, too.
    """
    opening = datetime.combine(day, _MORNING, ZoneInfo(zone)).astimezone(UTC)
    return opening + _number("time", key) % _SLOTS * SLOT


def invented_name(key: str) -> tuple[str, str]:
    """A given and a family name of nobody."""
    return pick(_GIVEN, "given", key), pick(_FAMILY, "family", key)


def _number(*key: str) -> int:
    return int.from_bytes(sha256("/".join(key).encode()).digest()[:8])
