"""Weekly hours, public holidays and absences, compiled to one table of working time.

Everything is first laid out in local seconds, where a week repeats and a holiday is a date. Each
stretch of constant UTC offset is then shifted to UTC by itself, so an hour that comes twice counts
twice and an hour that is skipped counts not at all.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo, available_timezones

from holidays import country_holidays, list_supported_countries
from opening_hours import OpeningHours, State
from opening_hours import ParserError as BadSyntax  # type: ignore[attr-defined]  # not in its stub

from bot.core.business_time import Opening

Intervals = list[tuple[int, int]]
"""Sorted, disjoint, half-open, in whole seconds since 1970: local ones or UTC."""

DAY = 86_400

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_POSITION = re.compile(r"--> \d+:(\d+)")
_DEPENDS = re.compile(r"\b(PH|SH|sunrise|sunset|dawn|dusk|unknown)\b", re.IGNORECASE)

# Weekly hours are local time, and local seconds are counted as if the zone were UTC.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH = datetime.combine(date(1970, 1, 1), time())
_LEAP_CYCLE = tuple(datetime.combine(date(year, 1, 1), time()) for year in (2024, 2028))


class BadCalendar(ValueError):
    """Hours, a holiday or a zone that cannot be read; the text says what to write instead."""


class Calendars:
    """Compiled tables, kept for the next who asks. Threads may share one.

    A table spans whole UTC years, from one before `at` to the end of the second after it, so
    working time of at least two years lies ahead. `size` tables are kept, each some 100 kB.
    """

    def __init__(self, size: int = 256) -> None:
        self._compiled = lru_cache(maxsize=size)(_compile_years)

    def opening(
        self,
        zone: str,
        open: str,
        holidays: tuple[str, ...],
        absences: tuple[tuple[datetime, datetime], ...],
        at: datetime,
    ) -> Opening:
        """The working time around `at`; see `compile_opening`."""
        return self._compiled(zone, open, holidays, absences, at.astimezone(UTC).year)


def _compile_years(
    zone: str,
    open: str,
    holidays: tuple[str, ...],
    absences: tuple[tuple[datetime, datetime], ...],
    year: int,
) -> Opening:
    since, until = datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 3, 1, 1, tzinfo=UTC)
    return compile_opening(zone, open, holidays, absences, since, until)


def compile_opening(
    zone: str,
    open: str,
    holidays: Sequence[str],
    absences: Sequence[tuple[datetime, datetime]],
    since: datetime,
    until: datetime,
) -> Opening:
    """A table of working time from `since` to `until`.

    `open` is opening-hours syntax, read in local time. `holidays` are country codes ("DE",
    "US-CA") or ISO dates; each closes its local date from midnight to midnight, whatever shift
    runs across. `absences` are pairs of aware instants and may overlap.
    Raises BadCalendar for a text that cannot be read.
    """
    usual = _never_away(zone, open, tuple(holidays), _seconds(since), _seconds(until))
    return Opening.of(zone, since, until, _without(usual, _away(absences)))


@lru_cache(maxsize=64)
def _never_away(
    zone: str, open: str, holidays: tuple[str, ...], first: int, last: int
) -> Sequence[tuple[int, int]]:
    """Working time in UTC, kept apart from absences: colleagues share it, and their leave comes
    and goes."""
    hours, local_zone = parse_hours(open), parse_zone(zone)
    days = range(first // DAY - 1, last // DAY + 2)  # no zone is further than a day from UTC
    closed = [(day * DAY, (day + 1) * DAY) for day in _holidays_among(holidays, days)]
    local = _without(_weekly(hours, days), closed)
    stretches = _stretches(local_zone, first, last)
    return tuple(interval for stretch in stretches for interval in _shifted(local, *stretch))


def parse_hours(open: str) -> OpeningHours:
    """Weekly hours without a zone; raises BadCalendar."""
    if word := _DEPENDS.search(open):
        raise BadCalendar(
            f'"{open}" depends on "{word[0]}"; write fixed times, and public holidays '
            'under holidays, for example holidays = "DE".'
        )
    try:
        hours = OpeningHours(open)
    except BadSyntax as error:
        position = _POSITION.search(str(error))
        where = f" from character {position[1]} on" if position and open.strip() else ""
        raise BadCalendar(
            f'"{open}" cannot be read{where}; write for example '
            '"Mo-Fr 09:00-17:00", "Mo-Fr 09:00-12:00,13:00-17:00" or "24/7".'
        ) from error
    if not any(state is State.OPEN for _, _, state, _ in hours.intervals(*_LEAP_CYCLE)):
        raise BadCalendar(f'"{open}" never opens; write for example "Mo-Fr 09:00-17:00".')
    return hours


def parse_zone(name: str) -> ZoneInfo:
    """An IANA zone by its exact name; raises BadCalendar."""
    known = _zone_names()
    if name in known:
        return ZoneInfo(name)
    close = get_close_matches(name, known, n=1) or ["Europe/Berlin"]
    raise BadCalendar(f'"{name}" is no time zone; write an IANA name such as "{close[0]}".')


def holiday_dates(holidays: Sequence[str], years: range) -> set[date]:
    """The dates of country codes and of ISO dates; years limit the codes only.

    Raises BadCalendar for a code or date that is none.
    """
    dates: set[date] = set()
    for text in holidays:
        dates |= {_explicit(text)} if _ISO_DATE.fullmatch(text) else _public(text, years)
    return dates


def _explicit(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadCalendar(
            f'"{text}" is not a day of the calendar; write year-month-day, such as "2026-12-24".'
        ) from error


def _public(code: str, years: range) -> set[date]:
    country, _, part = code.partition("-")
    known = list_supported_countries()
    if country not in known:
        example = country.upper() if country.upper() in known else "DE"
        raise BadCalendar(
            f'"{code}" is no country known here; write a code such as "{example}" or "US-CA", '
            'or a date such as "2026-12-24".'
        )
    if part not in known[country] and "-" in code:
        parts = ", ".join(f"{country}-{name}" for name in known[country])
        others = f"one of {parts}, or " if parts else ""
        raise BadCalendar(f'"{code}" is no part of {country}; write {others}"{country}" alone.')
    return set(country_holidays(country, subdiv=part or None, years=years))


@cache
def _zone_names() -> frozenset[str]:
    """Read from disk once: it takes some 30 ms."""
    return frozenset(available_timezones())


def _holidays_among(holidays: Sequence[str], days: range) -> list[int]:
    """Day numbers since 1970, sorted."""
    years = range(_date(days.start).year, _date(days.stop).year + 1)
    numbers = ((day - _EPOCH.date()).days for day in holiday_dates(holidays, years))
    return sorted(number for number in numbers if number in days)


def _away(absences: Sequence[tuple[datetime, datetime]]) -> Intervals:
    """Sorted by start; unlike other intervals they may overlap."""
    for leaves, returns in absences:
        if returns < leaves:
            raise ValueError(f"an absence ends at {returns}, before it begins at {leaves}")
    return sorted((_seconds(leaves), _seconds(returns)) for leaves, returns in absences)


def _weekly(hours: OpeningHours, days: range) -> Intervals:
    span = (datetime.combine(_date(day), time()) for day in (days.start, days.stop))
    return [
        (_whole(start - _LOCAL_EPOCH), _whole(end - _LOCAL_EPOCH))
        for start, end, state, _ in hours.intervals(*span)
        if state is State.OPEN
    ]


def _stretches(zone: ZoneInfo, since: int, until: int) -> Iterator[tuple[int, int, int]]:
    """UTC start, UTC end and offset of each stretch of constant offset, together the whole span.

    Looks once a day: no zone changes its offset and changes it back within one.
    """
    start, offset = since, _offset(zone, since)
    for day in range(since, until, DAY):
        noticed = min(day + DAY, until - 1)
        if (changed := _offset(zone, noticed)) != offset:
            change = _first_with(zone, changed, day, noticed)
            yield start, change, offset
            start, offset = change, changed
    yield start, until, offset


def _first_with(zone: ZoneInfo, offset: int, before: int, after: int) -> int:
    """The second at which `offset` begins; `before` still has another."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _shifted(local: Intervals, since: int, until: int, offset: int) -> Intervals:
    """The parts of local intervals that fall into a stretch, in UTC."""
    first = bisect_right(local, since + offset, key=itemgetter(1))
    last = bisect_left(local, until + offset, key=itemgetter(0))
    return [
        (max(start - offset, since), min(end - offset, until)) for start, end in local[first:last]
    ]


def _without(intervals: Sequence[tuple[int, int]], cuts: Sequence[tuple[int, int]]) -> Intervals:
    """What is left of the intervals; cuts are sorted by start and may overlap."""
    left: Intervals = []
    first = 0
    for start, end in intervals:
        while first < len(cuts) and cuts[first][1] <= start:
            first += 1
        for cut_start, cut_end in cuts[first : bisect_left(cuts, (end,))]:
            if start < cut_start:
                left.append((start, cut_start))
            start = max(start, cut_end)
        if start < end:
            left.append((start, end))
    return left


def _offset(zone: ZoneInfo, seconds: int) -> int:
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return round(offset.total_seconds())


def _seconds(at: datetime) -> int:
    return _whole(at - _EPOCH)


def _whole(since_1970: timedelta) -> int:
    return since_1970.days * DAY + since_1970.seconds


def _date(day: int) -> date:
    return _EPOCH.date() + timedelta(days=day)
