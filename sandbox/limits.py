"""The numbers Slack holds an app to, and the token buckets that hold it there."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

# Calls a minute per method, by tier (docs.slack.dev, "Rate limits").
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True)
class Limits:
    """Slack's own figures; seconds of wall time. Tests shorten them, a replay raises `pace`."""

    pace: float = 1.0
    """Messages a second in one channel; the method tiers scale with it."""
    burst: int = 3
    """Messages that may follow each other at once before the pace is held."""
    ack_seconds: float = 3.0
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Waits before an event that was not acknowledged is sent again."""
    trigger_seconds: float = 3.0
    response_uses: int = 5
    response_seconds: float = 1800.0


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


@dataclass
class Pacing:
    """Token buckets by channel and by method."""

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[Hashable, _Bucket] = field(default_factory=dict)

    def message(self, channel: str) -> float | None:
        """Take one message's turn in a channel; seconds to wait when it is not yet due."""
        pace = self.limits.pace
        return self._take(channel, per_second=pace, size=self.limits.burst * max(pace, 1.0))

    def method(self, name: str, tier: int) -> float | None:
        """Take one call's turn in a tier; seconds to wait when the minute is used up."""
        per_minute = TIERS[tier] * self.limits.pace
        return self._take(name, per_second=per_minute / 60, size=max(per_minute, 1.0))

    def _take(self, key: Hashable, *, per_second: float, size: float) -> float | None:
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(size, now))
        grown = bucket.tokens + (now - bucket.filled_at) * per_second
        bucket.tokens, bucket.filled_at = min(size, grown), now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return None
        return (1 - bucket.tokens) / per_second
