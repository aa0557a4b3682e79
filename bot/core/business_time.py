"""Working time: how long a person had, and when their time will be up.

All arithmetic is done in UTC on a table compiled beforehand, because subtracting two local times of
one zone is wrong by an hour around a clock change. Only local dates and "the same local time" ask
for the zone: they have no other meaning.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from math import floor
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_A_SECOND = 1_000_000
"""In microseconds. Inside, working time is counted in whole ones, which are exact and, unlike
`timedelta`, cost next to nothing."""
_QUARTER = 900
_FIRST_DAY = date(1970, 1, 1).toordinal()


class OutsideTable(LookupError):
    """The answer lies outside the span the table was compiled for; compile a longer one."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One person's working time as a table; build it with `Opening.of`.

    All instants are whole seconds since 1970 UTC. Interval i is open from `starts[i]` until just
    before `ends[i]`; intervals are sorted and never touch. `worked[i]` is the working seconds
    before interval i, so it is one longer than the others and ends with the total. Nothing is
    known before `since` or after `until`. `zone` is an IANA name.
    """

    zone: str
    since: int
    until: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    worked: tuple[int, ...]

    @classmethod
    def of(
        cls, zone: str, since: datetime, until: datetime, intervals: Iterable[tuple[int, int]]
    ) -> "Opening":
        """Sorted intervals in epoch seconds; those that touch become one.

        Raises ValueError when they overlap, are empty or leave the span.
        """
        first, last = _floor(_utc(since)), _floor(_utc(until))
        joined = _joined(intervals)
        if joined and (joined[0][0] < first or joined[-1][1] > last):
            raise ValueError("an interval leaves the span the table covers")
        lengths = (end - start for start, end in joined)
        return cls(
            zone=zone,
            since=first,
            until=last,
            starts=tuple(start for start, _ in joined),
            ends=tuple(end for _, end in joined),
            worked=tuple(accumulate(lengths, initial=0)),
        )


def is_open(opening: Opening, at: datetime) -> bool:
    """The opening instant is open, the closing instant is closed."""
    second = _floor(_covered(opening, at))
    index = bisect_right(opening.starts, second) - 1
    return index >= 0 and second < opening.ends[index]


def next_opening(opening: Opening, at: datetime) -> datetime:
    """`at` itself while open, else the next instant at which work begins."""
    at = _covered(opening, at)
    second = _floor(at)
    upcoming = bisect_right(opening.starts, second)
    if upcoming and second < opening.ends[upcoming - 1]:
        return at
    if upcoming == len(opening.starts):
        raise OutsideTable(f"no opening between {at} and {_instant(opening.until)}")
    return _instant(opening.starts[upcoming])


def next_change(opening: Opening, at: datetime) -> datetime:
    """When work ends that is going on, else when it begins next; `until` when neither is known."""
    second = _floor(_covered(opening, at))
    upcoming = bisect_right(opening.starts, second)
    if upcoming and second < opening.ends[upcoming - 1]:
        return _instant(opening.ends[upcoming - 1])
    known = upcoming < len(opening.starts)
    return _instant(opening.starts[upcoming] if known else opening.until)


def opening_on(opening: Opening, day: date) -> datetime:
    """The first opening of a local date, or the next one after it when that date has none."""
    return next_opening(opening, midnight(day, ZoneInfo(opening.zone)))


def next_morning(opening: Opening, at: datetime) -> datetime:
    """The next first opening of a local date that is still ahead of `at`."""
    today = local_date(opening.zone, at)
    first = opening_on(opening, today)
    return first if first > at else opening_on(opening, today + DAY)


def elapsed(opening: Opening, since: datetime, until: datetime) -> timedelta:
    """Working time from one instant to the other; negative when `until` is the earlier one."""
    return timedelta(microseconds=worked_by(opening, until) - worked_by(opening, since))


def add(opening: Opening, start: datetime, worked: timedelta) -> datetime:
    """The first instant by which `worked` has been worked since `start`.

    Time that runs out exactly at a closing ends at that closing, not at the next opening.
    No time at all ends at `start`, open or not. Raises ValueError when `worked` is negative.
    """
    if worked < timedelta(0):
        raise ValueError("working time is added forwards only")
    if not worked:
        return _covered(opening, start)
    target = worked_by(opening, start) + microseconds(worked)
    rounded_up = -(-target // _A_SECOND)
    index = bisect_left(opening.worked, rounded_up) - 1
    if index == len(opening.starts):
        raise OutsideTable(f"less than {worked} of working time until {_instant(opening.until)}")
    left = target - opening.worked[index] * _A_SECOND
    return EPOCH + timedelta(seconds=opening.starts[index], microseconds=left)


def goes_on(opening: Opening, worked: int) -> datetime:
    """When work goes on of which so much is done, by the measure of `worked_by`.

    Where it runs out at a closing that is the next opening, as `next_opening` of what `add` says.
    """
    index = bisect_right(opening.worked, worked // _A_SECOND) - 1
    if not 0 <= index < len(opening.starts):
        raise OutsideTable(f"no such time of work until {_instant(opening.until)}")
    left = worked - opening.worked[index] * _A_SECOND
    return EPOCH + timedelta(seconds=opening.starts[index], microseconds=left)


def next_working_day(opening: Opening, start: datetime, days: int) -> datetime:
    """The same local time on the n-th later local date that has any opening.

    Never before that date's first opening or after its last closing; a time that falls between two
    windows moves to the next opening. Where nothing could have been worked by then, as for a lead
    that came on Saturday at eight, it is the date's last closing. An overnight shift counts for
    both dates it touches, cut at local midnight.
    """
    if days < 1:
        raise ValueError("a next working day is at least one day away")
    zone = ZoneInfo(opening.zone)
    local = _utc(start).astimezone(zone)
    day = local.date()
    for _ in range(days):
        day = _next_working_date(opening, day, zone)
    first, last = _edges(opening, day, zone)
    # A local time skipped by the clock change counts on past it; one that comes twice is the first.
    same_time = datetime.combine(day, local.time(), zone).replace(fold=0).astimezone(UTC)
    due = last if same_time >= last else next_opening(opening, max(first, same_time))
    return due if elapsed(opening, start, due) else last


def local_day(zone: str, at: datetime) -> tuple[datetime, datetime]:
    """The local date that `at` falls on in an IANA zone, as a half-open pair of UTC instants."""
    day = local_date(zone, at)
    return start_of_day(zone, day), start_of_day(zone, day + DAY)


def days_opening(opening: Opening, at: datetime) -> datetime | None:
    """When the work of the local date of `at` begins; None on a day on which none begins.

    A night shift begins once, on the date of its first hour; a day that is open throughout begins
    at midnight.
    """
    start, end = local_day(opening.zone, at)
    first = bisect_left(opening.starts, _floor(start))
    if first < len(opening.starts) and opening.starts[first] < _floor(end):
        return _instant(opening.starts[first])
    return start if elapsed(opening, start, end) == end - start else None


def next_days_opening(opening: Opening, after: datetime) -> datetime:
    """The first beginning of a day's work that is later than `after`. Raises OutsideTable."""
    day = after
    while True:
        begins = days_opening(opening, day)
        if begins and begins > after:
            return begins
        _, midnight = local_day(opening.zone, day)
        day = next_opening(opening, midnight)


def at_local(opening: Opening, at: datetime, time_of_day: time) -> datetime:
    """The instant at which it is `time_of_day` on the local date of `at`."""
    return _on(local_date(opening.zone, at), time_of_day, ZoneInfo(opening.zone))


def on_day(zone: str, day: date, time_of_day: time) -> datetime:
    """The instant at which it is `time_of_day` on a local date; one that the clock skips counts on
    past the skip, one that comes twice is the first."""
    return _on(day, time_of_day, ZoneInfo(zone))


def next_local_day(opening: Opening, at: datetime) -> datetime:
    """The first instant of the local date after that of `at`."""
    return start_of_day(opening.zone, local_date(opening.zone, at) + DAY)


def local_date(zone: str, at: datetime) -> date:
    """The date that people in `zone` write at that instant."""
    return _utc(at).astimezone(ZoneInfo(zone)).date()


def day_number(zone: str, at: datetime) -> int:
    """The ordinal of that date; quicker where there are many of one zone."""
    seconds = floor(at.timestamp())
    local = seconds + _offset(zone, seconds // _QUARTER)
    return local // 86_400 + _FIRST_DAY


@lru_cache(maxsize=100_000)
def _offset(zone: str, quarter: int) -> int:
    """Seconds from UTC in a quarter of an hour, within which no zone changes its own."""
    at = datetime.fromtimestamp(quarter * _QUARTER, ZoneInfo(zone))
    return round((at.utcoffset() or timedelta()).total_seconds())


def start_of_day(zone: str, day: date) -> datetime:
    """The first instant of a local date."""
    return midnight(day, ZoneInfo(zone))


def _next_working_date(opening: Opening, day: date, zone: ZoneInfo) -> date:
    return next_opening(opening, midnight(day + DAY, zone)).astimezone(zone).date()


def _edges(opening: Opening, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First opening and last closing of a local date that has an opening."""
    over = midnight(day + DAY, zone)
    last_started = bisect_left(opening.starts, _floor(over)) - 1
    closing = _instant(opening.ends[last_started])
    return next_opening(opening, midnight(day, zone)), min(closing, over)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local date; where the clock skips midnight, the skip itself."""
    return _on(day, time(), zone)


def _on(day: date, time_of_day: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time_of_day, zone).astimezone(UTC)


def worked_by(opening: Opening, at: datetime) -> int:
    """Microseconds of work from the start of the table until `at`: only differences of two mean
    something. Quicker than `elapsed` and `add` for whoever asks a dozen times.

    `at` may be the very end of the span.
    """
    gone = _utc(at) - EPOCH
    second = gone.days * 86_400 + gone.seconds
    if second < opening.since or (second, gone.microseconds) > (opening.until, 0):
        raise _outside(opening, at)
    index = bisect_right(opening.starts, second) - 1
    if index < 0:
        return 0
    if second >= opening.ends[index]:
        return opening.worked[index + 1] * _A_SECOND
    whole = opening.worked[index] + second - opening.starts[index]
    return whole * _A_SECOND + gone.microseconds


def _covered(opening: Opening, at: datetime) -> datetime:
    at = _utc(at)
    if not opening.since <= _floor(at) < opening.until:
        raise _outside(opening, at)
    return at


def _outside(opening: Opening, at: datetime) -> OutsideTable:
    span = f"{_instant(opening.since)} to {_instant(opening.until)}"
    return OutsideTable(f"{at} is outside the compiled hours, {span}")


def _joined(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in intervals:
        if end <= start or (joined and start < joined[-1][1]):
            raise ValueError(f"interval {start} to {end} is empty or out of order")
        if joined and start == joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone; working time is counted in UTC")
    return at.astimezone(UTC)


def _floor(at: datetime) -> int:
    return floor(at.timestamp())


def microseconds(span: timedelta) -> int:
    """All of it, as a whole number."""
    return (span.days * 86_400 + span.seconds) * _A_SECOND + span.microseconds


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
