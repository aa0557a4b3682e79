"""What changed since when, per topic: a channel's id, a person's id, or everybody's."""

from collections import defaultdict
from collections.abc import Iterable

from sandbox.bell import Bell

_EVERYBODY = "*"


class Changes:
    """One number goes up with each change; a person's version is that of the newest they see."""

    def __init__(self) -> None:
        self.bell = Bell()
        self._latest = 0
        self._versions: dict[str, int] = defaultdict(int)

    def note(self, topic: str) -> None:
        """Something in the topic is no longer as it was."""
        self._latest += 1
        self._versions[topic] = self._latest
        self.bell.ring()

    def note_everybody(self) -> None:
        """Something all people see has changed, like the clock."""
        self.note(_EVERYBODY)

    def version(self, topics: Iterable[str]) -> int:
        """The newest change among the topics; 0 when there was none."""
        seen = max(self._versions.get(topic, 0) for topic in topics)
        return max(seen, self._versions.get(_EVERYBODY, 0))
