"""Being away: where whole and half days begin and end, and what becomes of the leads meanwhile."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.business_time import DAY, Opening, add, elapsed, midnight

WEEK = 7 * DAY
LEAST_A_WEEK = timedelta(hours=4)
"""Of one's own hours: with less, the longest clock a playbook may set would run for years."""
LONGEST = 366 * DAY
"""How far ahead an absence may reach: hours are compiled some two years ahead."""


def span(
    opening: Opening, first: date, last: date, *, from_midday: bool, until_midday: bool
) -> tuple[datetime, datetime]:
    """From the first instant of `first`, or its midday, until `last` is over, or its midday.

    The days are local ones of the opening's zone. The span is empty or turned round when `last`
    lies before `first`.
    """
    zone = ZoneInfo(opening.zone)
    starts_at = midday(opening, first) if from_midday else midnight(first, zone)
    ends_at = midday(opening, last) if until_midday else midnight(last + DAY, zone)
    return starts_at, ends_at


def midday(opening: Opening, day: date) -> datetime:
    """The instant at which half of a local day's working time is over; noon when there is none.

    A half that is over at a closing ends there: of 09:00-12:00 and 14:00-17:00, at 12:00.
    """
    zone = ZoneInfo(opening.zone)
    begins = midnight(day, zone)
    worked = elapsed(opening, begins, midnight(day + DAY, zone))
    if not worked:
        return datetime.combine(day, time(12), zone).astimezone(UTC)
    return add(opening, begins, worked / 2)


def least_a_week(opening: Opening, since: datetime) -> timedelta:
    """The working time of the shortest of the 52 weeks from `since` on."""
    return min(elapsed(opening, since + n * WEEK, since + (n + 1) * WEEK) for n in range(52))


class Fate(StrEnum):
    """What became of a lead that somebody could not answer because they were away."""

    QUALIFIED = "qualified"
    ANSWERED = "answered"
    """Ended in any other way."""
    KEPT = "kept"
    """A colleague has it and is on it."""
    BACK = "back"
    QUEUE = "queue"


@dataclass(frozen=True)
class WhileAway:
    """What happened during one absence. `cover` is a name; None = nobody was named."""

    cover: str | None
    fates: Counter[Fate]
    """How many leads met each fate; one that none met is left out."""
