"""Socket Mode: the app's websockets. Each envelope goes to one of them and waits for its ack.

`carry` may fail in two ways that look alike to the app's user: nobody is connected, or nobody
answers in time. A half-open connection is one whose reading is paused and whose writing is
dropped: neither side's TCP notices, which is the point.
"""

import asyncio
import json
import logging
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from sandbox.delivery import Parcel, Undelivered
from sandbox.limits import Limits
from sandbox.people import APP_ID
from sandbox.wire import Json

_PING_SECONDS = 10.0
_TICKET_SECONDS = 30.0
_WARNED_SECONDS = 1.0
_HOST = "sandbox-applink"


class Link:
    """One websocket of the app."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.frozen = False
        self.leaving = False

    async def send(self, frame: Json) -> None:
        """Send a frame, or lose it when half-open."""
        if not self.frozen:
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def ping(self) -> None:
        """A websocket ping, as Slack sends every few seconds."""
        if not self.frozen:
            with suppress(ConnectionClosed):
                await self._socket.ping(f"Ping from {_HOST}")

    def freeze(self) -> None:
        """Nothing flows either way any more, and nobody is told."""
        self.frozen = True
        self._socket.transport.pause_reading()

    def thaw(self) -> None:
        """Flow again."""
        if self.frozen:
            self.frozen = False
            self._socket.transport.resume_reading()

    def cut(self) -> None:
        """Gone without a goodbye."""
        self._socket.transport.abort()

    async def close(self) -> None:
        """Gone with a goodbye."""
        with suppress(ConnectionClosed):
            await self._socket.close()


class SocketMode:
    """The app's connections, the envelopes that wait for an ack, and the door's tickets.

    `changed` is called whenever a connection comes or goes.
    """

    envelopes = True

    def __init__(self, limits: Limits, changed: Callable[[], None]) -> None:
        self._limits = limits
        self._changed = changed
        self._links: list[Link] = []
        self._awaited: dict[str, asyncio.Future[Json]] = {}
        self._tickets: dict[str, float] = {}
        self._closed_until = 0.0
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many websockets are open, as far as this side knows."""
        return len(self._links)

    def open_url(self) -> str:
        """A ws:// address that lets one connection in."""
        ticket = secrets.token_urlsafe(12)
        self._tickets[ticket] = time.monotonic()
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={APP_ID}"

    async def start(self) -> Server:
        """Listen on a free port of loopback."""
        server = await serve(
            self._live,
            "127.0.0.1",
            0,
            process_request=self._admit,
            ping_interval=None,
            close_timeout=0.2,
            compression=None,
            logger=_silent(),
        )
        self._port = next(iter(server.sockets)).getsockname()[1]
        return server

    async def carry(self, parcel: Parcel) -> Json:
        """Send to one connection and wait for its ack."""
        link = self._choose()
        ack = self._awaited[parcel.id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._limits.ack_seconds):
                await link.send(_envelope(parcel))
                said: Json = await ack
        except TimeoutError:
            raise Undelivered("timeout") from None
        finally:
            del self._awaited[parcel.id]
        return said

    def drop(self, seconds: float) -> None:
        """Cut every connection, and let nobody in for some seconds."""
        self._closed_until = time.monotonic() + seconds
        for link in self._links:
            link.cut()

    def half_open(self) -> None:
        """Let every connection stand and nothing flow."""
        for link in self._links:
            link.freeze()

    def restore(self) -> None:
        """Let everybody in and everything flow."""
        self._closed_until = 0.0
        for link in self._links:
            link.thaw()

    def refresh(self) -> None:
        """Ask the app to reconnect, as Slack does every few hours: a warning, then the end."""
        task = asyncio.get_running_loop().create_task(self._send_away(list(self._links)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_away(self, links: list[Link]) -> None:
        for link in links:
            link.leaving = True
            await link.send(_disconnect("warning"))
        await asyncio.sleep(_WARNED_SECONDS)
        for link in links:
            await link.send(_disconnect("refresh_requested"))
            await link.close()

    def _choose(self) -> Link:
        """Any connection; a half-open or a leaving one only while there is no better."""
        if not self._links:
            raise Undelivered("no_active_connection")
        healthy = [link for link in self._links if not (link.leaving or link.frozen)]
        return random.choice(healthy or self._links)

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        ticket = request.path.partition("ticket=")[2].partition("&")[0]
        issued = self._tickets.pop(ticket, None)
        if time.monotonic() < self._closed_until:
            return socket.respond(503, "Socket Mode is down.\n")
        if issued is None or time.monotonic() - issued > _TICKET_SECONDS:
            return socket.respond(408, "This ticket was used or is too old.\n")
        return None

    async def _live(self, socket: ServerConnection) -> None:
        link = Link(socket)
        self._links.append(link)
        self._changed()
        pings = asyncio.get_running_loop().create_task(_ping(link))
        try:
            await link.send(self._hello())
            async for frame in socket:
                self._acknowledge(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            pings.cancel()
            self._links.remove(link)
            self._changed()

    def _acknowledge(self, frame: Json) -> None:
        awaited = self._awaited.get(frame.get("envelope_id", ""))
        if awaited is not None and not awaited.done():
            awaited.set_result(frame.get("payload") or {})

    def _hello(self) -> Json:
        debug = {"host": _HOST, "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": self.connections,
            "debug_info": debug,
            "connection_info": {"app_id": APP_ID},
        }


async def _ping(link: Link) -> None:
    while True:
        await asyncio.sleep(_PING_SECONDS)
        await link.ping()


def _envelope(parcel: Parcel) -> Json:
    envelope: Json = {"envelope_id": parcel.id, "type": parcel.kind, "payload": parcel.payload}
    envelope["accepts_response_payload"] = parcel.kind != "events_api"
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
    return envelope


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}


def _silent() -> logging.Logger:
    logger = logging.getLogger("sandbox.sockets")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
