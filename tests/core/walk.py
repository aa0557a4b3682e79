"""An oracle for working time that does no arithmetic on hours: it walks UTC step by step, converts
each instant to local time, and asks the week whether that minute is worked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.core.business_time import Opening

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Place:
    """Hours as in "Mo-Th 09:00-17:00; Fr 09:00-13:00", closed local dates, and times away."""

    zone: str
    hours: str
    closed: tuple[str, ...] = ()
    away: tuple[tuple[datetime, datetime], ...] = ()

    def local(self, text: str) -> datetime:
        """The instant of a local time; a text with an offset is taken as it is."""
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)


def walk(
    place: Place, since: datetime, until: datetime, step: timedelta = MINUTE
) -> Iterator[tuple[datetime, bool]]:
    """Each step of UTC with whether it is worked; hours and changes must fall on steps."""
    zone, week = ZoneInfo(place.zone), worked_minutes(place.hours)
    at = since
    while at < until:
        local = at.astimezone(zone)
        worked = (local.weekday(), local.hour * 60 + local.minute) in week
        yield at, worked and not _is_off(place, at, local)
        at += step


def _is_off(place: Place, at: datetime, local: datetime) -> bool:
    is_away = any(leaves <= at < returns for leaves, returns in place.away)
    return is_away or local.date().isoformat() in place.closed


def walked_opening(
    place: Place, since: datetime, until: datetime, step: timedelta = QUARTER
) -> Opening:
    """The table that walking gives."""
    runs = []
    for worked, steps in groupby(walk(place, since, until, step), key=lambda one: one[1]):
        first, *rest = [int(at.timestamp()) for at, _ in steps]
        last = rest[-1] if rest else first
        if worked:
            runs.append((first, last + int(step.total_seconds())))
    return Opening.of(place.zone, since, until, runs)


@cache
def worked_minutes(hours: str) -> set[tuple[int, int]]:
    """(weekday, minute of the day) of every minute worked; a window past midnight spills over."""
    if hours == "24/7":
        hours = "Mo-Su 00:00-24:00"
    worked = set()
    for rule in hours.split("; "):
        days, windows = rule.split(" ")
        for day in _weekdays(days):
            for window in windows.split(","):
                start, end = (_minute(text) for text in window.split("-"))
                for minute in range(start, end if end > start else end + 1440):
                    worked.add(((day + minute // 1440) % 7, minute % 1440))
    return worked


def _weekdays(text: str) -> list[int]:
    first, _, last = text.partition("-")
    start = DAYS.index(first)
    count = (DAYS.index(last or first) - start) % 7 + 1
    return [(start + day) % 7 for day in range(count)]


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
