"""The clock of a rehearsal: a working day and the morning after it, in less than a minute."""

from datetime import datetime, timedelta
from itertools import pairwise

LASTS = timedelta(minutes=5)
"""Wall time from its beginning, after which a rehearsal is taken away."""
_HOUR = timedelta(hours=1)
_DAY = (
    (0, 0 * _HOUR),
    (3, 0.05 * _HOUR),
    (12, 3.4 * _HOUR),
    (26, 4.2 * _HOUR),
    (38, 6.3 * _HOUR),
    (46, 6.8 * _HOUR),
)
"""Seconds since it began, and what the clock shows then since the opening: the card is shown in the
first minutes, then the steps of a clock of four hours fall due one by one, each read before the
next, and the last well before the day closes."""
MORNING = 54
"""Seconds after which the next working day opens; from there on a second is a second."""


def instant(begins: datetime, morning: datetime, since: timedelta) -> datetime:
    """Business time, `since` a rehearsal began by the wall. `begins` is the opening of the day it
    plays on, `morning` that of the working day after it."""
    seconds = since.total_seconds()
    if seconds >= MORNING:
        return morning + timedelta(seconds=60 + seconds - MORNING)
    points = [(at, begins + shown) for at, shown in _DAY]
    points.append((MORNING, morning + timedelta(seconds=60)))
    for (at, shown), (then, later) in pairwise(points):
        if seconds < then:
            share = max(0.0, seconds - at) / (then - at)
            return shown + share * (later - shown)
    raise AssertionError("the last point is the morning")
