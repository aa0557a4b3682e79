"""Whether messages are of use: what their readers did within a working hour of reading."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WITHIN = timedelta(hours=1)
"""Working time of its reader, from when it was shown."""
LEAST = 20
"""Messages of a kind in two weeks, below which nothing is suggested."""
HALF = 0.5


class Fate(StrEnum):
    """What became of a message that asks for something."""

    ACTED = "acted"
    SNOOZED = "snoozed"
    IGNORED = "ignored"
    """Neither, within the hour; it may have been read, and acted on later."""


@dataclass(frozen=True)
class Kind:
    """What is counted together: a kind of message, and the step and grade it is about."""

    message: str
    step: int | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Count:
    sent: int = 0
    acted: int = 0
    snoozed: int = 0

    @property
    def ignored(self) -> int:
        return self.sent - self.acted - self.snoozed

    @property
    def share(self) -> float:
        """Of those sent, how many were acted on; 1 when none was sent."""
        return self.acted / self.sent if self.sent else 1.0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.sent + other.sent, self.acted + other.acted, self.snoozed + other.snoozed)


def fate(
    shown_at: datetime, until: datetime, acts: Iterable[datetime], snoozes: Iterable[datetime]
) -> Fate:
    """An act counts more than a snooze: whoever did something was not put off."""
    if any(shown_at <= at <= until for at in acts):
        return Fate.ACTED
    if any(shown_at <= at <= until for at in snoozes):
        return Fate.SNOOZED
    return Fate.IGNORED


def least_useful(
    before: Mapping[Kind, Count], last: Mapping[Kind, Count], not_these: Collection[Kind]
) -> Kind | None:
    """The kind most often ignored in two weeks, of those that fewer than half acted on in each of
    the two; None when there is none."""
    poor = {
        kind: before[kind] + last[kind]
        for kind in before.keys() & last.keys()
        if before[kind].share < HALF and last[kind].share < HALF and kind not in not_these
    }
    known = {kind: count for kind, count in poor.items() if count.sent >= LEAST}
    return max(known, key=lambda kind: (known[kind].ignored, str(kind)), default=None)
