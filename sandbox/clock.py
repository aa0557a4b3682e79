"""Business time: wall time plus an offset that people of the sandbox may turn."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.bell import Bell
from sandbox.errors import Misuse
from sandbox.people import BERLIN
from sandbox.wire import Json

_STEP = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_OPENING = time(9)
_LISTENS_FOR = timedelta(seconds=30)


class BusinessClock:
    """Only business time moves here; leases, pacing, triggers and ts live by the wall clock."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self.version = 0
        self.ticked = 0
        """The newest version the app says it has adopted and run its ticks for."""
        self.bell = Bell()
        self._heard_at: dict[str, datetime] = {}
        """When each app that follows asked last, by the name it gives itself."""

    def now(self) -> datetime:
        """Business time, aware UTC."""
        return datetime.now(UTC) + self.offset

    def state(self) -> Json:
        """What the app polls: version, offset in seconds, now."""
        return {
            "version": self.version,
            "offset": self.offset.total_seconds(),
            "now": self.now().isoformat(),
        }

    def hear(self, who: str) -> None:
        """The app asked for the time: it follows this clock."""
        self._heard_at[who] = datetime.now(UTC)

    def leave(self, who: str) -> None:
        """The app stops: nobody is to wait for its ticks any more."""
        self._heard_at.pop(who, None)
        self.bell.ring()

    def is_followed_by(self, who: str) -> bool:
        """Whether it asked, and did not leave since."""
        return who in self._heard_at

    @property
    def followed(self) -> bool:
        """Whether an app asked for the time lately, so that waiting for its ticks is no waste."""
        latest = max(self._heard_at.values(), default=None)
        return latest is not None and datetime.now(UTC) - latest < _LISTENS_FOR

    def advance(self, step: str) -> None:
        """Move on by "15m", "1h", "90s", "2d", or to 09:00 of the next working day."""
        if step == "next_working_day":
            self._shift(next_working_day(self.now()) - self.now())
            return
        match = _STEP.fullmatch(step)
        if match is None:
            raise Misuse(f'"{step}" is no step; say 15m, 1h, 2d or next_working_day.')
        self._shift(timedelta(**{_UNITS[match[2]]: int(match[1])}))

    def set(self, instant: datetime) -> None:
        """Jump to an aware instant."""
        if instant.tzinfo is None:
            raise Misuse("Give the time with its zone, like 2026-11-23T09:00:00+01:00.")
        self._shift(instant - self.now())

    def reset(self) -> None:
        """Back to wall time."""
        self._shift(-self.offset)

    def tick_done(self, version: int) -> None:
        """The app has adopted `version` and run its ticks."""
        self.ticked = max(self.ticked, version)
        self.bell.ring()

    def _shift(self, by: timedelta) -> None:
        self.offset += by
        self.version += 1
        self.bell.ring()


def next_working_day(now: datetime) -> datetime:
    """09:00 in Berlin, where most of the two teams sit, on the next day from Monday to Friday."""
    day = now.astimezone(ZoneInfo(BERLIN)).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, _OPENING, ZoneInfo(BERLIN)).astimezone(UTC)
