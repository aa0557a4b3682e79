"""How long a person may be left in peace about one lead."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.business_time import Opening, next_days_opening, next_opening

LONGEST = timedelta(days=30)
"""Further away it is no snooze, and the lead should have an outcome."""
FREE = 2
"""Snoozes of one lead by one person that ask for no reason."""


class Choice(StrEnum):
    """What the form offers."""

    HOUR = "1h"
    HOURS = "3h"
    MORNING = "morning"
    PICK = "pick"


_LENGTHS = {Choice.HOUR: timedelta(hours=1), Choice.HOURS: timedelta(hours=3)}


def ends_at(opening: Opening, now: datetime, choice: Choice, picked: datetime | None) -> datetime:
    """When a snooze is over: inside the person's hours, so that it can be said at that moment.

    Raises ValueError with what to do when the picked time is missing, past or too far away.
    """
    if choice is Choice.MORNING:
        return next_days_opening(opening, now)
    if choice in _LENGTHS:
        return next_opening(opening, now + _LENGTHS[choice])
    if picked is None:
        raise ValueError("Pick the day and the time.")
    if picked <= now:
        raise ValueError("Pick a time that is still to come.")
    if picked > now + LONGEST:
        raise ValueError(f"Pick a time within {LONGEST.days} days.")
    return next_opening(opening, picked)


def needs_reason(before: int) -> bool:
    """Whether the next snooze asks why; `before` counts those of this person about this lead."""
    return before >= FREE
