"""Getting things to the app: one wire at a time, acknowledgements waited for, events retried."""

import asyncio
import random
import time
import uuid
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sandbox.limits import Limits
from sandbox.traffic import Traffic
from sandbox.wire import Json

Kind = Literal["events_api", "interactive", "slash_commands"]
_LONGEST_HOLD = 0.3
_REMEMBERED = 1000


class Undelivered(Exception):
    """The app did not acknowledge; `reason` in the words of Slack's retry header."""

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hopeless = hopeless
        """The app asked for no retry."""


@dataclass(frozen=True)
class Parcel:
    """One payload; `attempt` counts retries, `reason` says why the last try failed, `id` is the
    envelope's where there is one.
    """

    kind: Kind
    payload: Json
    attempt: int = 0
    reason: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Ack:
    """What the app said with its acknowledgement, and after how many seconds."""

    said: Json
    seconds: float

    @property
    def ms(self) -> int:
        """How long the person looked at a spinner."""
        return round(self.seconds * 1000)


class Wire(Protocol):
    """A way to the app: Socket Mode, which puts payloads into envelopes, or signed HTTP."""

    envelopes: bool

    async def carry(self, parcel: Parcel) -> Json:
        """Deliver and wait; gives what the app said. Undelivered when it does not acknowledge."""


@dataclass
class Habits:
    """How events are delivered: Slack promises neither once nor in order."""

    duplicate_rate: float = 0.0
    reorder: bool = False
    chance: random.Random = field(default_factory=random.Random)


class Delivery:
    """Everything the app is sent passes here; lives on the server's event loop."""

    def __init__(self, wire: Wire, limits: Limits, traffic: Traffic) -> None:
        self.wire = wire
        self.habits = Habits()
        self._limits = limits
        self._traffic = traffic
        self._running: set[asyncio.Task[None]] = set()
        self._recent: deque[Json] = deque(maxlen=_REMEMBERED)
        self._held: Json | None = None

    async def ask(self, kind: Kind, payload: Json) -> Ack:
        """Deliver what is not retried: an interaction or a command. Undelivered when no ack."""
        return await self._carry(Parcel(kind, payload), payload.get("type") or kind)

    def send(self, event: Json) -> None:
        """Deliver an event (the whole `event_callback`), with retries, in its own time."""
        self._recent.append(event)
        if not self.habits.reorder:
            self._dispatch(event)
        elif self._held is None:
            self._held = event
            asyncio.get_running_loop().call_later(_LONGEST_HOLD, self._release, event)
        else:
            self._dispatch(event)
            self._release(self._held)

    def resend_last(self, count: int) -> None:
        """Deliver the last events once more, as Slack may."""
        for event in list(self._recent)[-count:] if count > 0 else []:
            self._start(self._deliver(event))

    def _release(self, event: Json) -> None:
        if self._held is event:
            self._held = None
            self._dispatch(event)

    def _dispatch(self, event: Json) -> None:
        self._start(self._deliver(event))
        if self.habits.chance.random() < self.habits.duplicate_rate:
            self._start(self._deliver(event))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver(self, event: Json) -> None:
        parcel = Parcel("events_api", event)
        for wait in (*self._limits.retry_after, None):
            try:
                await self._carry(parcel, event["event"]["type"])
                return
            except Undelivered as failure:
                if wait is None or failure.hopeless:
                    return
                parcel = Parcel("events_api", event, parcel.attempt + 1, failure.reason)
                await asyncio.sleep(wait)

    async def _carry(self, parcel: Parcel, name: str) -> Ack:
        envelope = parcel.id if self.wire.envelopes else None
        exchange = self._traffic.delivery(
            parcel.kind, name, parcel.payload, envelope, parcel.attempt
        )
        started = time.monotonic()
        try:
            said = await self.wire.carry(parcel)
        except Undelivered as failure:
            exchange.end(failure.reason)
            raise
        exchange.end("acked", answer=said)
        return Ack(said, time.monotonic() - started)
