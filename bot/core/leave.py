"""Which entries of a calendar, and which status in Slack, say that somebody is away; and when.

Only what says so itself counts. A day that is merely full is no leave, and an entry that leaves
its owner free is somebody else's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core.business_time import DAY, local_date, midnight

AHEAD = timedelta(days=60)
"""How far ahead a calendar is read."""
LEAST = timedelta(hours=4)
"""An entry of hours is leave from this length on; an hour at the dentist's hands no lead on."""
LONGEST = timedelta(days=366)
MOST_TIMES = 2000
"""Times of all entries together that are looked at, and of one that comes again."""
_WORDS = re.compile(
    r"\b(out of (the )?office|ooo|vacation(ing)?|holidays?|annual leave|on leave|parental leave|"
    r"(ma|pa)ternity leave|sick( leave| day)?|out sick|pto|day off|time off|"
    r"urlaub|abwesend|krank|elternzeit|vacances|congés?|absent|vacaciones|ausente|férias|ferie)\b",
    re.IGNORECASE,
)
_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:"})


class Every(StrEnum):
    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"
    YEAR = "YEARLY"


@dataclass(frozen=True)
class Repeat:
    """How an entry comes again. What is finer than this is read as its first time alone."""

    every: Every
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: frozenset[int] = frozenset()
    """Of a weekly one; Monday = 0. Empty = that of the first time."""


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar. Whole days have dates; an end is exclusive."""

    uid: str
    starts: datetime | date
    ends: datetime | date
    title: str = ""
    is_free: bool = False
    """Whether its owner can be booked meanwhile."""
    is_out: bool = False
    """Whether Outlook marks its owner as out of office."""
    is_off: bool = False
    """Whether it was cancelled."""
    repeat: Repeat | None = None
    without: frozenset[date] = frozenset()
    """Local dates on which it does not come again."""


@dataclass(frozen=True)
class Leave:
    """A span in which somebody is away, half-open, and what it is recognised by next time."""

    key: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Status:
    """What stands beside a name in Slack."""

    text: str
    emoji: str
    expires_at: datetime | None
    """None = until it is changed."""


def of_entries(entries: Iterable[Entry], zone: str, now: datetime) -> list[Leave]:
    """What a calendar tells of the days ahead, in order. `zone` is its owner's."""
    times = (leave for entry in entries if _is_leave(entry) for leave in _times(entry, zone, now))
    found = {
        leave.key: leave
        for leave in islice(times, MOST_TIMES)
        if leave.ends_at > now and leave.starts_at < now + AHEAD
    }
    return sorted(found.values(), key=lambda leave: (leave.starts_at, leave.key))


def of_status(status: Status, zone: str, now: datetime) -> Leave | None:
    """What a status tells; without an end it holds until the day after tomorrow begins, and is
    looked at again before."""
    if not says_so(status.text) and status.emoji not in _EMOJI:
        return None
    if status.expires_at and status.expires_at <= now:
        return None
    ends_at = status.expires_at or midnight(local_date(zone, now) + 2 * DAY, ZoneInfo(zone))
    expires = status.expires_at.isoformat() if status.expires_at else ""
    key = _key(status.text, status.emoji, expires)
    return Leave(key, now, min(ends_at, now + LONGEST))


def says_so(title: str) -> bool:
    """Whether words say that somebody is away."""
    return _WORDS.search(title) is not None


def _is_leave(entry: Entry) -> bool:
    says_away = entry.is_out or (says_so(entry.title) and not entry.is_free)
    return says_away and not entry.is_off and _is_long(entry)


def _is_long(entry: Entry) -> bool:
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        return entry.ends.replace(tzinfo=None) - entry.starts.replace(tzinfo=None) >= LEAST
    return True


def _times(entry: Entry, zone: str, now: datetime) -> Iterator[Leave]:
    home = ZoneInfo(zone)
    for start in _starts(entry, local_date(zone, now)):
        starts_at, ends_at = _span(entry, start, home)
        if starts_at < ends_at <= starts_at + LONGEST:
            yield Leave(_key(entry.uid, start.isoformat()), starts_at, ends_at)


def _span(entry: Entry, day: date, home: ZoneInfo) -> tuple[datetime, datetime]:
    """The time that begins on this date; entries of hours keep their own zone."""
    if not isinstance(entry.starts, datetime) or not isinstance(entry.ends, datetime):
        days = _date(entry.ends) - _date(entry.starts)
        return midnight(day, home), midnight(day + max(days, DAY), home)
    starts = datetime.combine(day, entry.starts.timetz())
    starts = starts if starts.tzinfo else starts.replace(tzinfo=home)
    lasts = entry.ends.replace(tzinfo=None) - entry.starts.replace(tzinfo=None)
    return starts.astimezone(UTC), (starts + lasts).astimezone(UTC)


def _starts(entry: Entry, today: date) -> Iterator[date]:
    """The dates on which it begins, from those that may last until today until the days ahead are
    over; bounded, whatever the rule."""
    first = _date(entry.starts)
    if entry.repeat is None:
        yield first
        return
    until = min(filter(None, [today + AHEAD, entry.repeat.until]))
    lasts = _date(entry.ends) - first + 2 * DAY
    for number, day in enumerate(_repeated(first, entry.repeat, today - lasts)):
        is_past_count = entry.repeat.count is not None and number >= entry.repeat.count
        if day > until or is_past_count or number >= MOST_TIMES:
            return
        if day not in entry.without:
            yield day


def _repeated(first: date, repeat: Repeat, since: date) -> Iterator[date]:
    """One date after the other. Without a count it begins near `since`: old entries are long."""
    step = max(1, repeat.interval)
    weekdays = sorted(repeat.weekdays) or [first.weekday()]
    skipped = 0 if repeat.count else max(0, (since - first).days)
    match repeat.every:
        case Every.DAY:
            start = skipped // step
            yield from (first + n * step * DAY for n in range(start, start + MOST_TIMES))
        case Every.WEEK:
            monday, start = first - first.weekday() * DAY, skipped // (7 * step)
            for n in range(start, start + MOST_TIMES):
                week = monday + n * step * 7 * DAY
                yield from (d for w in weekdays if (d := week + w * DAY) >= first)
        case Every.MONTH | Every.YEAR:
            months = step * (12 if repeat.every is Every.YEAR else 1)
            start = skipped // (31 * months)
            for n in range(start, start + MOST_TIMES):
                yield from _month_later(first, n * months)


def _month_later(first: date, months: int) -> Iterator[date]:
    """The same day that many months later; none where the month has no such day."""
    year, month = divmod(first.month - 1 + months, 12)
    try:
        yield first.replace(year=first.year + year, month=month + 1)
    except ValueError:
        return


def _date(at: datetime | date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _key(*parts: str) -> str:
    """Says nothing of what it is made of."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
