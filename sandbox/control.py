"""A client for the control API: what tests and scripts use to play the people and the clock."""

import json
import time
import weakref
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import TypedDict, TypeVar, Unpack, cast
from urllib.parse import urlencode, urlsplit

from sandbox.wire import Json

T = TypeVar("T")

_ANSWERS_WITHIN = 30.0
_GOES_STALE = 30.0
"""Seconds of disuse after which a connection is not trusted any more; the sandbox keeps it 75."""
_LOOKS_AGAIN = 0.5
"""Seconds after which a wait asks its probe again though no message changed."""


class Refused(Exception):
    """The sandbox refused the act; the text is the sentence it gave."""


class Place(TypedDict, total=False):
    """Where a click lands: a message (`channel` and `ts`), a modal (`view_id`) or the App Home."""

    channel: str
    ts: str
    view_id: str
    home: bool
    block_id: str


class Click(Place, total=False):
    """`value` is what was chosen (a list where many may be); `values` what else is filled in."""

    value: object
    values: Json


class Post(TypedDict, total=False):
    """`bot_name` posts as another app, the only kind of author that may give `metadata`."""

    thread_ts: str
    metadata: Json
    bot_name: str


class Profile(TypedDict, total=False):
    """What may change about a person; `deleted` means they left the workspace."""

    real_name: str
    title: str
    tz: str
    deleted: bool
    status_text: str
    status_emoji: str
    status_expiration: int
    dnd_start_ts: int
    dnd_end_ts: int


class Newcomer(TypedDict, total=False):
    """Who joins: in Sales and in Berlin unless told otherwise."""

    real_name: str
    title: str
    team: str
    tz: str


class Fault(TypedDict, total=False):
    """How long a fault lasts (`times` or `rate`), whom it hits (`method`), what it does."""

    method: str
    times: int
    rate: float
    seconds: float
    error: str
    seed: int


class Delivery(TypedDict, total=False):
    """How events reach the app; `http_url` None means Socket Mode."""

    duplicate_rate: float
    reorder: bool
    resend_last: int
    http_url: str | None
    seed: int


class Control:
    """Plays the people of the workspace at `url`; persons are always named by user id."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._line = _Line(urlsplit(self.url).netloc)
        self._copies: dict[str, _Copy] = {}

    def state(self, person: str) -> Json:
        """All that this person sees now: channels, messages, open modals, App Home."""
        return self._get("state", {"as": person})

    def post(self, person: str, channel: str, text: str, **options: Unpack[Post]) -> str:
        """Post as a person (or another app); gives the ts."""
        body = {"as": person, "channel": channel, "text": text, **options}
        return cast(str, self._send("post", body)["ts"])

    def click(self, person: str, action_id: str, **where: Unpack[Click]) -> Json:
        """Press or choose; gives {"acked": bool, "ms": int}."""
        return self._send("click", {"as": person, "action_id": action_id, **where})

    def suggest(
        self, person: str, action_id: str, query: str = "", **where: Unpack[Place]
    ) -> list[Json]:
        """Type into an external select; gives the options the app offers."""
        body = {"as": person, "action_id": action_id, "query": query, **where}
        return cast(list[Json], self._send("suggest", body)["options"])

    def submit(self, person: str, view_id: str, values: Json | None = None) -> Json:
        """Press a modal's submit button; gives {"response_action", "errors", "acked", …}."""
        return self._send("submit", {"as": person, "view_id": view_id, "values": values or {}})

    def close(self, person: str, view_id: str) -> Json:
        """Close a modal with its cross."""
        return self._send("close", {"as": person, "view_id": view_id})

    def command(self, person: str, channel: str, command: str, text: str = "") -> Json:
        """Type a slash command in a channel."""
        return self._send(
            "command", {"as": person, "channel": channel, "command": command, "text": text}
        )

    def shortcut(self, person: str, callback_id: str, **on: Unpack[Place]) -> Json:
        """Run a global shortcut, or a message shortcut when `channel` and `ts` are given."""
        return self._send("shortcut", {"as": person, "callback_id": callback_id, **on})

    def home(self, person: str, tab: str = "home") -> Json:
        """Open the app's tab "home" or "messages"."""
        return self._send("home", {"as": person, "tab": tab})

    def read(self, person: str, channel: str) -> None:
        """Mark a channel as read."""
        self._send("read", {"as": person, "channel": channel})

    def change_person(self, person: str, **changes: Unpack[Profile]) -> None:
        """Change somebody's own profile, as they would in Slack."""
        self._send("person", {"as": person, **changes})

    def join(self, name: str, **about: Unpack[Newcomer]) -> str:
        """Let somebody new into the workspace and its public channels; gives the user id."""
        return cast(str, self._send("join", {"name": name, **about})["id"])

    def advance(self, step: str) -> Json:
        """Move business time on: "15m", "1h", "90s", "2d" or "next_working_day"."""
        return self._send("clock", {"advance": step})

    def set_clock(self, now: datetime) -> Json:
        """Set business time to an aware instant."""
        return self._send("clock", {"set": now.isoformat()})

    def reset_clock(self) -> Json:
        """Bring business time back to wall time."""
        return self._send("clock", {"reset": True})

    def fault(self, kind: str, **options: Unpack[Fault]) -> None:
        """Break the Web API from now on, as told."""
        self._send("faults", {"faults": [{"kind": kind, **options}]})

    def faults(self) -> list[Json]:
        """The faults still in force."""
        return cast(list[Json], self._get("faults")["faults"])

    def clear_faults(self) -> None:
        """Mend everything."""
        self._call("DELETE", "faults", None)

    def socket(self, do: str, seconds: float | None = None) -> None:
        """ "drop", "half_open", "refresh" or "restore" the app's Socket Mode connections."""
        self._send("socket", {"do": do, "seconds": seconds})

    def deliver(self, **how: Unpack[Delivery]) -> None:
        """Change how events are delivered."""
        self._send("deliver", dict(how))

    def messages(self, channel: str) -> list[Json]:
        """Every message ever posted in the channel, oldest first, deleted and private too."""
        return self._copy(channel).messages

    def traffic(self, after: int = 0) -> list[Json]:
        """The calls and deliveries numbered above `after`, at most the newest 10,000."""
        return cast(list[Json], self._get("traffic", {"after": str(after)})["traffic"])

    def message(self, channel: str, matches: Callable[[Json], bool], seconds: float = 10) -> Json:
        """The newest living message that matches, waited for; TimeoutError when none comes."""
        deadline, waits = time.monotonic() + seconds, 0.0
        while True:
            living = (m for m in reversed(self._copy(channel, waits).messages) if not m["deleted"])
            found = next((message for message in living if matches(message)), None)
            if found:
                return found
            if (left := deadline - time.monotonic()) < 0:
                raise TimeoutError(f"Nothing came within {seconds} s.")
            waits = min(left, _LOOKS_AGAIN)

    def until(self, probe: Callable[[], T | None], seconds: float = 10) -> T:
        """Ask `probe` until it gives something true, and give that; else TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            found = probe()
            if found:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"Nothing came within {seconds} s.")
            time.sleep(0.02)

    def _copy(self, channel: str, waits: float = 0.0) -> "_Copy":
        """The channel as it is now, or as soon as it changes; only what changed is asked for."""
        copy = self._copies.setdefault(channel, _Copy())
        query = {"channel": channel, "after": str(copy.latest), "wait": f"{waits:.3f}"}
        copy.take(self._get("messages", query))
        return copy

    def _get(self, path: str, query: dict[str, str] | None = None) -> Json:
        return self._call("GET", f"{path}?{urlencode(query or {})}", None)

    def _send(self, path: str, body: Json) -> Json:
        return self._call("POST", path, json.dumps(body).encode())

    def _call(self, verb: str, path: str, body: bytes | None) -> Json:
        status, answer = self._line.call(verb, f"/control/{path}", body)
        told = cast(Json, json.loads(answer))
        if status >= 400:
            raise Refused(told["error"])
        return told


class _Copy:
    """A channel as it was when it was last looked at. Threads may share it."""

    def __init__(self) -> None:
        self.latest = -1
        self._by_ts: dict[str, Json] = {}
        self._lock = Lock()

    def take(self, answer: Json) -> None:
        """Bring it up to date, unless somebody else did so with a later answer."""
        with self._lock:
            if answer["latest"] > self.latest:
                self._by_ts |= {message["ts"]: message for message in answer["messages"]}
                self.latest = answer["latest"]

    @property
    def messages(self) -> list[Json]:
        """Oldest first."""
        with self._lock:
            return [self._by_ts[ts] for ts in sorted(self._by_ts)]


class _Line:
    """Connections that stay open: to make one for each question costs more than the question."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[tuple[float, HTTPConnection]] = []
        weakref.finalize(self, _hang_up, self._idle)

    def call(self, verb: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        connection = self._connection()
        try:
            connection.request(verb, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            told = answer.status, answer.read()
        except (OSError, HTTPException):
            connection.close()
            raise
        self._idle.append((time.monotonic(), connection))
        return told

    def _connection(self) -> HTTPConnection:
        while self._idle:
            since, connection = self._idle.pop()
            if time.monotonic() - since < _GOES_STALE:
                return connection
            connection.close()
        return HTTPConnection(self._address, timeout=_ANSWERS_WITHIN)


def _hang_up(idle: list[tuple[float, HTTPConnection]]) -> None:
    for _, connection in idle:
        connection.close()
