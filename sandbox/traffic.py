"""The record of what went over the wires, newest 10,000, tokens taken out."""

import time
from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import Literal

from sandbox.wire import Json

Kind = Literal["web_api", "response_url", "events_api", "interactive", "slash_commands"]

_KEPT = 10_000
_ANSWERS_KEPT = 500
_HIDDEN = "[redacted]"


@dataclass
class Exchange:
    """One call of the app ("in") or one delivery to it ("out"), and how it ended.

    `name` is the Web API method, or the type of what was delivered. `status` is None while it
    lasts. `envelope_id` and `attempt` belong to deliveries.
    """

    number: int
    kind: Kind
    name: str
    body: Json
    envelope_id: str | None = None
    attempt: int = 0
    status: int | str | None = None
    error: str | None = None
    answer: Json | None = None
    ms: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=time.monotonic)

    @property
    def direction(self) -> Literal["in", "out"]:
        """Seen from the sandbox."""
        return "in" if self.kind in ("web_api", "response_url") else "out"

    def end(self, status: int | str, error: str | None = None, answer: Json | None = None) -> None:
        """It is over; `answer` is what the called side said."""
        self.status, self.error, self.answer = status, error, answer
        self.ms = round((time.monotonic() - self._began) * 1000)

    def shown(self) -> Json:
        """What the control API tells of it."""
        return {
            "n": self.number,
            "at": self.at.isoformat(),
            "direction": self.direction,
            "kind": self.kind,
            "method" if self.direction == "in" else "type": self.name,
            "status": self.status,
            "error": self.error,
            "envelope_id": self.envelope_id,
            "retry_attempt": self.attempt,
            "ms": self.ms,
            "body": {**self.body, "token": _HIDDEN} if "token" in self.body else self.body,
            "answer": self.answer,
        }


class Traffic:
    """Used on the server's loop alone. Answers, which may be long, are kept of the newest 500."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=_KEPT)
        self._count = 0

    def call(self, method: str, given: Json, kind: Kind = "web_api") -> Exchange:
        """Record that the app calls, with what it gave before Slack's ids are filled in."""
        return self._add(Exchange(self._next(), kind, method, deepcopy(given)))

    def delivery(
        self, kind: Kind, name: str, payload: Json, envelope_id: str | None, attempt: int
    ) -> Exchange:
        """Record that something is delivered to the app."""
        return self._add(Exchange(self._next(), kind, name, payload, envelope_id, attempt))

    def after(self, number: int, at_most: int = _KEPT) -> list[Json]:
        """The newest of those numbered above, oldest first."""
        newer = takewhile(lambda each: each.number > number, reversed(self._exchanges))
        return [each.shown() for each in islice(newer, at_most)][::-1]

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, exchange: Exchange) -> Exchange:
        self._exchanges.append(exchange)
        if len(self._exchanges) > _ANSWERS_KEPT:
            self._exchanges[-_ANSWERS_KEPT - 1].answer = None
        return exchange
