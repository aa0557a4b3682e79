"""What changed since when, per topic: a channel's id, a person's id, or everybody's."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from sandbox.bell import Bell

_EVERYBODY = "*"


class Numbered(Protocol):
    """What remembers the number of the newest change of it."""

    changed: int


class Changes:
    """One number goes up with each change; a person's version is that of the newest they see."""

    def __init__(self) -> None:
        self.bell = Bell()
        self._latest = 0
        self._versions: dict[str, int] = defaultdict(int)

    @property
    def latest(self) -> int:
        """The number of the newest change of all."""
        return self._latest

    def note(self, topic: str, *what: Numbered) -> None:
        """Something in the topic is no longer as it was: these, where it is said."""
        self._latest += 1
        self._versions[topic] = self._latest
        for each in what:
            each.changed = self._latest
        self.bell.ring()

    def note_everybody(self) -> None:
        """Something all people see has changed, like the clock."""
        self.note(_EVERYBODY)

    def version(self, topics: Iterable[str]) -> int:
        """The newest change among the topics; 0 when there was none."""
        seen = max(self._versions.get(topic, 0) for topic in topics)
        return max(seen, self._versions.get(_EVERYBODY, 0))
