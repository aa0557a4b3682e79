"""Socket Mode, watched: Slack's client alone stays deaf for long on a half-open connection."""

import logging
import time
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Event, Thread

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.errors import SlackError
from bot.slack import reached

log = logging.getLogger(__name__)

PING_EVERY = 2.0
SILENCE = 5.0
"""Seconds without an answer to our pings after which the connection counts as dead."""


class Socket:
    """One Socket Mode connection that is replaced as soon as it stops answering."""

    def __init__(self, app: App, app_token: str, client: WebClient, clicks_at_once: int) -> None:
        self._handler = SocketModeHandler(
            app,
            app_token,
            web_client=client,
            ping_interval=PING_EVERY,
            concurrency=clicks_at_once,
        )
        self._stopping = Event()
        self._watch = Thread(target=self._run, name="socket-watch", daemon=True)
        self._connected_at = time.monotonic()

    def start(self) -> None:
        self._connect()
        self._watch.start()

    def stop(self) -> None:
        """Finish the clicks at hand while they can still be acknowledged, then hang up."""
        client = self._handler.client
        self._stopping.set()
        self._watch.join()
        client.closed = True
        client.message_processor.shutdown()  # type: ignore[no-untyped-call]
        client.message_workers.shutdown(wait=True)
        client.auto_reconnect_enabled = False
        self._hang_up()
        client.close()

    def _hang_up(self) -> None:
        """Wake the reader: it looks up only every ten seconds and would hold up the end."""
        session = self._handler.client.current_session
        if session and session.sock and session.sock.sock:
            with suppress(OSError):
                session.sock.sock.shutdown(SHUT_RDWR)

    def is_listening(self) -> bool:
        """Whether the connection stands and answered a ping lately."""
        client = self._handler.client
        return client.is_connected() and self._silence() < SILENCE

    def _run(self) -> None:
        while not self._stopping.wait(PING_EVERY / 2):
            if self._silence() >= SILENCE:
                log.warning("socket: no answer for %.0f s; opening a new one", self._silence())
                self._connect()

    def _connect(self) -> None:
        """Open a new connection; the old one, if any, is dropped."""
        self._connected_at = time.monotonic()
        try:
            reached(lambda: self._handler.client.connect_to_new_endpoint(force=True))
        except SlackError as error:
            log.warning("socket: cannot connect, trying again: %s", error)

    def _silence(self) -> float:
        """Seconds since the last sign of life: the last pong, or our own opening."""
        session = self._handler.client.current_session
        since_open = time.monotonic() - self._connected_at
        if session is None or not session.last_pong_tm:
            return since_open
        return min(since_open, time.time() - session.last_pong_tm)
