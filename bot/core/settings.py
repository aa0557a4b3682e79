"""What somebody sets about their own messages: how many, and when none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.business_time import DAY, Opening, elapsed, local_date, midnight

MOST_SPANS = 4
LEFT = timedelta(hours=1)
"""Of each working day that quiet times have to leave."""
AHEAD = 14
"""Days that are looked at for it."""
_CLOCK = r"([01]?\d|2[0-4])(?:[:.]([0-5]\d))?"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|until)\s*{_CLOCK}")

Spans = tuple[tuple[time, time], ...]
"""Local times from when until when, in order; one that ends before it begins goes past midnight."""


class BadQuiet(ValueError):
    """Quiet times that cannot be read or leave nothing; the text says what to write instead."""


@dataclass(frozen=True)
class Wishes:
    """What somebody chose about their messages; the defaults are what the team agreed to."""

    hot_in_brief: bool = False
    """Whether leads that the team tells at once wait for the morning brief."""
    cap: int | None = None
    """Messages a day; None = the team's cap, 0 = nothing but the brief."""
    quiet: str | None = None
    """Times of day without messages, as `written` gives them."""
    is_unnamed: bool = False
    """Whether the channel reads of a win without their name."""
    skips_week: bool = False
    """Whether the Friday line is left out."""
    follows_slack: bool = False
    """Whether their Slack status and Do Not Disturb count."""


def read_quiet(typed: str) -> Spans:
    """`12:00-13:00, 16-17`: spans of local time. Raises `BadQuiet`."""
    spans = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]|\band\b", typed))):
        found = _SPAN.fullmatch(part)
        if not found:
            raise BadQuiet("Write times such as 12:00-13:00, several with a comma between.")
        begins, ends = _time(found[1], found[2]), _time(found[3], found[4])
        if begins == ends:
            raise BadQuiet(f"{part} is no time at all; write for example 12:00-13:00.")
        spans.append((begins, ends))
    if len(spans) > MOST_SPANS:
        raise BadQuiet(f"Please write at most {MOST_SPANS} times.")
    return tuple(sorted(spans))


def _time(hours: str, minutes: str | None) -> time:
    """24:00 is midnight."""
    return time(int(hours) % 24, int(minutes or 0))


def written(spans: Spans) -> str:
    """As `read_quiet` reads them, each in one spelling."""
    return ", ".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in spans)


def quiet_until(spans: Spans, zone: str, now: datetime) -> datetime | None:
    """When the quiet time is over that `now` falls into, with what joins on; None = none."""
    until = None
    today = local_date(zone, now)
    for begins_at, ends_at in sorted(_on_days(spans, zone, (today - DAY, today, today + DAY))):
        if begins_at <= (until or now) < ends_at:
            until = ends_at
    return until


def leaves_time(spans: Spans, opening: Opening, now: datetime) -> bool:
    """Whether each of the next working days has an hour, or all it has, without quiet."""
    today = local_date(opening.zone, now)
    return all(_leaves_time(spans, opening, today + n * DAY) for n in range(1, AHEAD + 1))


def _leaves_time(spans: Spans, opening: Opening, day: date) -> bool:
    zone = ZoneInfo(opening.zone)
    begins, ends = midnight(day, zone), midnight(day + DAY, zone)
    free, at = timedelta(0), begins
    for since, until in sorted(_on_days(spans, opening.zone, (day - DAY, day))):
        if since >= ends or until <= at:
            continue
        free += max(elapsed(opening, at, max(since, at)), timedelta(0))
        at = min(until, ends)
    free += elapsed(opening, at, ends)
    return free >= min(LEFT, elapsed(opening, begins, ends))


def _on_days(spans: Spans, zone: str, days: Sequence[date]) -> list[tuple[datetime, datetime]]:
    """The spans of these local dates as instants."""
    return [
        (_at(day, begins, zone), _at(day if ends > begins else day + DAY, ends, zone))
        for day in days
        for begins, ends in spans
    ]


def _at(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
