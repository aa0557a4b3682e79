"""The clock of a replay: it stands still, and jumps."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime

from jobs import TIMETABLE

GRID = min(tick.every for tick in TIMETABLE)
"""Jumps land where the timetable's shortest tick would, as a running bot notices no sooner."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReplayClock:
    """Business time. Remembers at which wall time each instant began.

    All that one instant brings is over before the next begins, so the wall time of a message in
    Slack's history says exactly at which instant it was posted.
    """

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._instants: list[datetime] = []
        self._began: list[float] = []

    def now(self) -> datetime:
        """The instant we stand at, aware UTC; before the first jump, wall time."""
        return self._instants[-1] if self._instants else self._wall()

    def jump(self, instant: datetime) -> None:
        """Stand at this instant from now on. Raises ValueError when it is not a later one."""
        if self._instants and instant <= self._instants[-1]:
            raise ValueError(f"Time stands still at {instant}: what is due there stays due.")
        self._instants.append(instant)
        self._began.append(self._wall().timestamp())

    def tick_for(self, at: datetime) -> datetime:
        """The first tick at or after `at` that is still ahead of us."""
        late = (at - _EPOCH) % GRID
        tick = at + (GRID - late) if late else at
        return max(tick, self._instants[-1] + GRID) if self._instants else tick

    def instant_of(self, ts: str) -> datetime:
        """The instant at which Slack gave out this ts. LookupError for one before the first."""
        index = bisect_right(self._began, float(ts)) - 1
        if index < 0:
            raise LookupError(f"The ts {ts} is older than the replay.")
        return self._instants[index]

    @property
    def began(self) -> datetime:
        """The first instant."""
        return self._instants[0]

    @property
    def jumps(self) -> int:
        """How many instants there were."""
        return len(self._instants)
