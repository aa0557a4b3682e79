"""A meeting with the lead stands for the first touch until it is over."""

from datetime import datetime, timedelta

USUAL = timedelta(hours=1)
"""How long a meeting lasts when nobody says."""


def ends_at(begins_at: datetime | None, told_end: datetime | None) -> datetime | None:
    """When a meeting is over; None = there is none."""
    return told_end or (begins_at + USUAL if begins_at else None)


def counts_from(now: datetime, meeting_ends_at: datetime | None) -> datetime:
    """From when an allowance counts that starts now: not before a meeting ahead is over."""
    return max(now, meeting_ends_at or now)
