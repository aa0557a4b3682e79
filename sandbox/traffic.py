"""The record of what went over the wires, newest 10,000, tokens taken out."""

from collections import deque
from datetime import UTC, datetime
from itertools import dropwhile
from typing import Literal

from sandbox.wire import Json

_KEPT = 10_000
_HIDDEN = "[redacted]"


class Traffic:
    """ "in" is a call of the app to the sandbox, "out" a delivery to the app."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=_KEPT)
        self._count = 0

    def note(self, direction: Literal["in", "out"], name: str, body: Json) -> Json:
        """Record one exchange; its `status` is filled into the entry given back, once known."""
        self._count += 1
        entry: Json = {
            "n": self._count,
            "at": datetime.now(UTC).isoformat(),
            "direction": direction,
            "method" if direction == "in" else "type": name,
            "status": None,
            "body": {**body, "token": _HIDDEN} if "token" in body else body,
        }
        self._entries.append(entry)
        return entry

    def after(self, number: int) -> list[Json]:
        """The entries numbered above, oldest first."""
        return list(dropwhile(lambda entry: entry["n"] <= number, list(self._entries)))
