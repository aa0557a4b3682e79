"""By when sales says what it thinks of a campaign, and who is asked."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from bot.core.business_time import DAY, local_date, start_of_day

NOTICE = timedelta(hours=48)
"""A campaign that is not agreed by then before its launch slips."""
MOST_ASKED = 10
NEVER = datetime.min.replace(tzinfo=UTC)


def closes_at(zone: str, launches_on: date) -> datetime:
    """When a preview closes: `NOTICE` before the first instant of the day of the launch."""
    return start_of_day(zone, launches_on) - NOTICE


def earliest_launch(zone: str, now: datetime) -> date:
    """The first day of launch whose preview has not closed by now."""
    day = local_date(zone, now)
    while closes_at(zone, day) <= now:
        day += DAY
    return day


def first_asked(people: Iterable[tuple[str, str, datetime | None]]) -> list[str]:
    """Who is asked unless somebody else is chosen, of (id, name, when they were asked last).

    Whoever was asked longest ago goes first, so that it is not always the same ten.
    """
    waiting = sorted(people, key=lambda each: (each[2] or NEVER, each[1].casefold(), each[0]))
    return [person_id for person_id, _, _ in waiting[:MOST_ASKED]]
