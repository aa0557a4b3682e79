"""The control API: what the page, tests and scripts drive the workspace with."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import sightings
from sandbox.acts import Acts
from sandbox.arrivals import Arrivals
from sandbox.errors import Misuse
from sandbox.faults import Fault
from sandbox.parts import Parts
from sandbox.signed_http import SignedHttp
from sandbox.wire import Json

_TICK_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 15.0
_SETTLE_SECONDS = 0.05


class _Given(Json):
    """What a request says; asking for what it leaves out is the caller's misuse."""

    def __missing__(self, key: str) -> object:
        raise Misuse(f"Say {key}, too.")


Handler = Callable[[Json], Json | Awaitable[Json]]


class ControlApi:
    """One method per route; each takes the body (or query) and gives the answer."""

    def __init__(self, parts: Parts, acts: Acts) -> None:
        self._workspace = parts.workspace
        self._manifest = parts.manifest
        self._delivery = parts.delivery
        self._sockets = parts.sockets
        self._faults = parts.faults
        self._traffic = parts.traffic
        self._arrivals = Arrivals(parts.workspace, parts.manifest, parts.delivery)
        self._acts = acts

    def routes(self) -> list[Route]:
        """The routes below /control."""
        acts = self._acts
        posts: dict[str, Handler] = {
            "post": acts.post,
            "click": acts.click,
            "suggest": acts.suggest,
            "submit": acts.submit,
            "close": acts.close,
            "command": acts.command,
            "shortcut": acts.shortcut,
            "home": acts.open_home,
            "read": acts.read,
            "person": acts.change_person,
            "join": self._arrivals.join,
            "clock": self._set_clock,
            "faults": self._add_faults,
            "socket": self._shake_socket,
            "deliver": self._deliver,
        }
        gets: dict[str, Handler] = {
            "state": self._state,
            "messages": self._messages,
            "traffic": self._traffic_after,
            "faults": self._list_faults,
        }
        return [
            Route("/events", self._events),
            Route("/faults", _endpoint(self._clear_faults), methods=["DELETE"]),
            *(Route(f"/{path}", _endpoint(h), methods=["POST"]) for path, h in posts.items()),
            *(Route(f"/{path}", _endpoint(h), methods=["GET"]) for path, h in gets.items()),
        ]

    def _state(self, given: Json) -> Json:
        connected = self._delivery.wire is not self._sockets or self._sockets.connections > 0
        with self._workspace.lock:
            person = self._workspace.person(given.get("as"))
            return sightings.of(
                self._workspace, self._manifest, person, _gaze(given), connected=connected
            )

    async def _messages(self, given: Json) -> Json:
        """Those changed since the change numbered `after`, waited for up to `wait` seconds."""
        channel = self._workspace.channel(given.get("channel", ""))
        if channel is None:
            raise Misuse(f'There is no channel "{given.get("channel")}".')
        timeline, changes = channel.timeline, self._workspace.changes
        after = int(given.get("after", -1))
        seconds = min(float(given.get("wait", 0)), _KEEP_ALIVE_SECONDS)
        if seconds:
            await changes.bell.until(lambda: timeline.changed > after, seconds)
        with self._workspace.lock:
            posts = timeline.changed_since(after)
            return {"messages": [sightings.record(p) for p in posts], "latest": changes.latest}

    def _traffic_after(self, given: Json) -> Json:
        wishes = {key: int(given[key]) for key in ("after", "at_most") if key in given}
        return {"traffic": self._traffic.after(wishes.pop("after", 0), **wishes)}

    async def _set_clock(self, given: Json) -> Json:
        clock = self._workspace.clock
        if "advance" in given:
            clock.advance(str(given["advance"]))
        elif "set" in given:
            clock.set(_instant(given["set"]))
        elif given.get("reset"):
            clock.reset()
        else:
            raise Misuse("Say what to do with the clock: advance, set or reset.")
        version = clock.version
        self._workspace.changes.note_everybody()
        seconds = _TICK_SECONDS if clock.followed else 0.0
        await clock.bell.until(lambda: clock.ticked >= version or not clock.followed, seconds)
        return clock.state() | {"ticked": clock.ticked >= version}

    def _add_faults(self, given: Json) -> Json:
        for fault in [Fault.parse(each) for each in given.get("faults", [])]:
            self._faults.add(fault)
        return self._list_faults({})

    def _list_faults(self, given: Json) -> Json:
        return {"faults": self._faults.listed()}

    def _clear_faults(self, given: Json) -> Json:
        self._faults.clear()
        return {}

    def _shake_socket(self, given: Json) -> Json:
        shakes: dict[str, Callable[[], None]] = {
            "drop": lambda: self._sockets.drop(float(given.get("seconds") or 0)),
            "half_open": self._sockets.half_open,
            "refresh": self._sockets.refresh,
            "restore": self._sockets.restore,
        }
        shake = shakes.get(given.get("do", ""))
        if shake is None:
            raise Misuse(f"Say one of {', '.join(shakes)}.")
        shake()
        return {"connections": self._sockets.connections}

    def _deliver(self, given: Json) -> Json:
        habits = self._delivery.habits
        if "seed" in given:
            habits.chance = random.Random(given["seed"])
        habits.duplicate_rate = float(given.get("duplicate_rate", habits.duplicate_rate))
        habits.reorder = bool(given.get("reorder", habits.reorder))
        if "http_url" in given:
            self._rewire(given["http_url"])
        self._delivery.resend_last(int(given.get("resend_last") or 0))
        return {}

    def _rewire(self, http_url: str | None) -> None:
        if isinstance(self._delivery.wire, SignedHttp):
            self._delivery.wire.close()
        self._delivery.wire = (
            SignedHttp(http_url, self._workspace.limits) if http_url else self._sockets
        )
        self._workspace.changes.note_everybody()

    async def _events(self, request: Request) -> Response:
        try:
            person = self._workspace.person(request.query_params.get("as"))
        except Misuse as misuse:
            return _refusal(misuse)
        return StreamingResponse(
            self._versions(person.id),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def _versions(self, person: str) -> AsyncIterator[str]:
        told = -1
        while True:

            def newer(told: int = told) -> bool:
                return self._workspace.version(person) > told

            if await self._workspace.changes.bell.until(newer, _KEEP_ALIVE_SECONDS):
                # A burst of changes is told once.
                await asyncio.sleep(_SETTLE_SECONDS)
                told = self._workspace.version(person)
                yield f"data: {json.dumps({'version': told})}\n\n"
            else:
                yield ": still here\n\n"


def _endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            answer = handler(await _given(request))
            return JSONResponse(await answer if isinstance(answer, Awaitable) else answer)
        except Misuse as misuse:
            return _refusal(misuse)

    return endpoint


async def _given(request: Request) -> Json:
    if request.method != "POST":
        return _Given(request.query_params)
    try:
        given = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Misuse("The body is not JSON.") from None
    if not isinstance(given, dict):
        raise Misuse("The body is not a JSON object.")
    return _Given(given)


def _gaze(given: Json) -> sightings.Gaze:
    count = str(given.get("count", sightings.SHOWN_OF_A_CHANNEL))
    if not count.isdigit():
        raise Misuse(f'"{count}" is no number of messages.')
    return sightings.Gaze(given.get("channel", ""), int(count), given.get("thread", ""))


def _refusal(misuse: Misuse) -> Response:
    return JSONResponse({"error": str(misuse)}, status_code=400)


def _instant(given: object) -> datetime:
    try:
        return datetime.fromisoformat(str(given))
    except ValueError:
        raise Misuse(f'"{given}" is no time; say 2026-11-23T09:00:00+01:00.') from None
