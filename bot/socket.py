"""Socket Mode by Slack's client, made to notice a dead connection and to lose no click."""

import time
from threading import Lock

import websocket
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot.meters import Meters
from bot.slack import reached

PING_EVERY = 2.0
PONG_WITHIN = 1.0
"""Seconds, half of the above: the library looks this often whether a pong is missing, and forgets
it with the next ping. So a half-open connection is replaced within two pings."""
START_WITHIN = 10.0
CALM = 0.15
"""Seconds without a click after which none is on its way any more, as far as one can tell."""
ACK_WITHIN = 3.0
"""Seconds after which Slack waits for no acknowledgement any more."""


class Socket:
    """One Socket Mode connection, replaced when it ends, falls silent, or is to be refreshed."""

    def __init__(
        self,
        app: App,
        app_token: str,
        client: WebClient,
        *,
        clicks_at_once: int,
        meters: Meters,
    ) -> None:
        self._app = app
        self._meters = meters
        self._client = _Client(
            app_token, app.logger, client, ping_interval=PING_EVERY, concurrency=clicks_at_once
        )
        self._client.socket_mode_request_listeners.append(self._handle)
        self._client.on_message_listeners.append(self._count)
        self._client.on_error_listeners.append(_hang_up)
        self._counting = Lock()
        self._at_hand = 0

    def start(self) -> None:
        """Returns once it listens, or after ten seconds, and goes on trying.

        Raises a `SlackError` when Slack does not let us in.
        """
        reached(self._client.connect)
        given_up = time.monotonic() + START_WITHIN
        while not self.is_listening() and time.monotonic() < given_up:
            time.sleep(0.02)

    def stop(self) -> None:
        """Hang up in a moment when no click is at hand, or when it is too late for them."""
        client, too_late = self._client, time.monotonic() + ACK_WITHIN
        calm_since = time.monotonic()
        while time.monotonic() < min(too_late, calm_since + CALM):
            time.sleep(0.01)
            if self._at_hand > 0:
                calm_since = time.monotonic()
        client.current_session_runner.event.set()
        client.message_queue.put(None)
        client.close()
        client.message_workers.shutdown(wait=True)

    def is_listening(self) -> bool:
        """Whether the connection stands; a silent one is replaced within seconds."""
        session = self._client.current_session
        return bool(session and session.sock and session.sock.connected)

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        started = time.time()
        try:
            send_response(client, request, run_bolt_app(self._app, request), started)
            kind = "event" if request.type == "events_api" else "click"
            self._meters.acknowledged(kind, time.time() - started, within=ACK_WITHIN)
        finally:
            with self._counting:
                self._at_hand -= 1

    def _count(self, _session: websocket.WebSocketApp, message: str) -> None:
        if '"envelope_id"' in message:
            with self._counting:
                self._at_hand += 1


def _hang_up(session: websocket.WebSocketApp, _error: Exception) -> None:
    """Without a goodbye: nobody is there to answer it, and it would be waited for."""
    if session.sock:
        session.sock.shutdown()  # type: ignore[no-untyped-call]


class _Client(SocketModeClient):
    """Slack's client is deaf for as long as a half-open connection stands, and loses the answers
    that are ready while a connection is replaced."""

    _since = 0.0

    def connect(self) -> None:
        self._since = time.monotonic()
        super().connect()

    def _monitor_current_session(self) -> None:
        """One that was begun just now has had no time to connect: replaced at that moment, its
        socket would be closed by nobody."""
        if time.monotonic() - self._since > PING_EVERY:
            super()._monitor_current_session()  # type: ignore[no-untyped-call]

    def _run_current_session(self) -> None:
        if self.current_session:
            self.current_session.run_forever(ping_interval=PING_EVERY, ping_timeout=PONG_WITHIN)

    def send_message(self, message: str) -> None:
        """Send now, or over the next connection if this one is being replaced."""
        too_late = time.monotonic() + ACK_WITHIN
        while True:
            try:
                return self._send(message)
            except websocket.WebSocketException:
                if time.monotonic() > too_late:
                    raise
            time.sleep(0.02)

    def _send(self, message: str) -> None:
        if self.current_session is None:
            raise websocket.WebSocketConnectionClosedException
        self.current_session.send(message)
