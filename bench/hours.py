"""Working time over five days: how long it takes, and whether it is right."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as clock_time
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytz
from businesstimedelta import HolidayRule, Rules, WorkDayRule

from bench.ground import NOW
from bench.line import Line, medians
from bot.calendars import Calendars
from bot.core.business_time import Opening, elapsed

SPAN = timedelta(days=5)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo")
SPANS = 5_000
MINUTE = timedelta(minutes=1)
NINE, FIVE = clock_time(9), clock_time(17)


def sums(_size: int) -> Iterator[Line]:
    """Five days of a Berliner with holidays, against the library for it; then right or wrong."""
    opening = Calendars().opening("Europe/Berlin", "Mo-Fr 09:00-17:00", ("DE",), (), NOW)
    berlin = pytz.timezone("Europe/Berlin")
    rule = Rules(
        [
            WorkDayRule(NINE, FIVE, [0, 1, 2, 3, 4], tz=berlin),
            HolidayRule(holidays.country_holidays("DE"), tz=berlin),
        ]
    )
    starts = [NOW + 37 * number * MINUTE for number in range(200)]

    def ours() -> float:
        began = time.perf_counter()
        for since in starts:
            elapsed(opening, since, since + SPAN)
        return (time.perf_counter() - began) / len(starts)

    def theirs() -> float:
        began = time.perf_counter()
        for since in starts[:20]:
            rule.difference(since, since + SPAN)
        return (time.perf_counter() - began) / 20

    mine, other = medians(ours, theirs)
    yield Line(
        "working time over 5 days",
        "businesstimedelta",
        "any",
        other / mine,
        300.0,
        at_least=True,
        ours=f"{mine * 1e6:.1f} µs",
        theirs=f"{other * 1e6:,.0f} µs",
    )
    wrong = sum(_wrong(zone, SPANS // len(ZONES)) for zone in ZONES)
    yield Line(
        f"wrong of {SPANS:,} sums, around changes of the clock too",
        "a walk over the minutes",
        "any",
        wrong,
        0.0,
        at_least=False,
        ours=f"{wrong} wrong",
        theirs="right by definition",
    )


def _wrong(zone: str, spans: int) -> int:
    """Of so many spans of up to five days within a year, those that a walk sums otherwise."""
    opening = Calendars().opening(zone, "Mo-Fr 09:00-17:00", (), (), NOW)
    first = NOW.replace(month=1, day=1, hour=0)
    walked = _walk(zone, first, 371)
    chance = Random(zone)
    wrong = 0
    for _ in range(spans):
        since = chance.randrange(365 * 24 * 60)
        until = since + chance.randrange(5 * 24 * 60)
        wrong += _minutes(opening, first, since, until) != walked[until] - walked[since]
    return wrong


def _minutes(opening: Opening, first: datetime, since: int, until: int) -> float:
    return elapsed(opening, first + since * MINUTE, first + until * MINUTE) / MINUTE


def _walk(zone: str, first: datetime, days: int) -> list[int]:
    """Open minutes before each minute since `first`, by looking at every clock on the wall."""
    local, total, walked = ZoneInfo(zone), 0, [0]
    for minute in range(days * 24 * 60):
        at = (first + minute * MINUTE).astimezone(local)
        total += at.weekday() < 5 and NINE <= at.time() < FIVE
        walked.append(total)
    return walked
