"""A sandbox being served, a plain slack_sdk client, and a real Bolt app that listens."""

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import SHUT_RDWR

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import builtin
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websocket import WebSocket

from sandbox.people import APP_TOKEN, BOT_TOKEN
from sandbox.server import Sandbox
from sandbox.wire import Json

ANA, BEN, IDA = "U0ANA000000", "U0BEN000000", "U0IDA000000"
LEADS, STANDUP = "C0LEADS0000", "C0STANDUP00"
ANYTHING = re.compile(".*")

Handler = Callable[[Ack, Json, WebClient], None]


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def button(action_id: str = "press", value: str = "1", **more: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": text("Go"), "value": value} | more


def actions(*elements: Json, block_id: str = "row") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(element: Json, block_id: str = "field", **more: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": text("Field"),
        "element": element,
    } | more


def words(action_id: str = "words", **more: object) -> Json:
    return {"type": "plain_text_input", "action_id": action_id} | more


def modal(*blocks: Json, **more: object) -> Json:
    shown: Json = {"type": "modal", "title": text("Form"), "submit": text("Save")}
    return shown | {"blocks": list(blocks) or [field(words())]} | more


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


@contextmanager
def refused(code: str) -> Iterator[SlackApiError]:
    """Slack answers this error string."""
    with pytest.raises(SlackApiError) as caught:
        yield caught  # type: ignore[misc]
    assert caught.value.response["error"] == code


def web_client(sandbox: Sandbox, token: str = BOT_TOKEN) -> WebClient:
    return WebClient(token, base_url=sandbox.api_url, retry_handlers=[])


class Listener:
    """A Bolt app that keeps all it is told, and answers as a test wants."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.client = web_client(sandbox)
        self.answers: dict[str, Handler] = {}
        self.app = App(client=self.client, signing_secret="sandbox")
        self._heard: queue.Queue[Json] = queue.Queue()
        self.app.event(ANYTHING)(self._note_event)
        for door in (self.app.action, self.app.shortcut, self.app.command, self.app.options):
            door(ANYTHING)(self._answer)
        self.app.view(ANYTHING)(self._answer)
        self.app.view_closed(ANYTHING)(self._answer)

    def next(self, kind: str, seconds: float = 5) -> Json:
        """The next payload or event of a type; whatever came before it is dropped."""
        while True:
            heard = self._heard.get(timeout=seconds)
            if _kind(heard) == kind:
                return heard

    def heard(self) -> list[str]:
        """The types that came since, and are forgotten now."""
        kinds = []
        while not self._heard.empty():
            kinds.append(_kind(self._heard.get()))
        return kinds

    def _note_event(self, body: Json) -> None:
        self._heard.put(body)

    def _answer(self, ack: Ack, body: Json, client: WebClient) -> None:
        self._heard.put(body)
        self.answers.get(_kind(body), _just_ack)(ack, body, client)


def _just_ack(ack: Ack, body: Json, client: WebClient) -> None:
    ack()


def _kind(body: Json) -> str:
    if "command" in body:
        return "command"
    return str(body["event"]["type"] if "event" in body else body["type"])


@contextmanager
def connected(listener: Listener) -> Iterator[SocketModeHandler]:
    """The app over Socket Mode, with the client that notices a cut at once."""
    handler = SocketModeHandler(listener.app, APP_TOKEN, ping_interval=1)
    opened = threading.Event()
    handler.client.on_open_listeners.append(lambda _: opened.set())
    # Its monitor would look before the first session is up, and open a second one.
    handler.client.current_app_monitor_started = True
    handler.connect()  # type: ignore[no-untyped-call]
    assert opened.wait(5)
    try:
        yield handler
    finally:
        close(handler)


def close(handler: SocketModeHandler | builtin.SocketModeHandler) -> None:
    """Close at once. By itself the client sits out its waits first, up to ten seconds."""
    client, session = handler.client, handler.client.current_session
    client.closed, client.auto_reconnect_enabled = True, False
    client.message_queue.put(None)
    line = session.sock if session else None
    raw = line.sock if isinstance(line, WebSocket) else line
    if raw is not None:
        raw.shutdown(SHUT_RDWR)
        time.sleep(0.05)  # its reader has to see the end before the descriptor is gone
    handler.close()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace=1000) as served:
        yield served


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return web_client(sandbox)


@pytest.fixture(scope="module")
def listening(sandbox: Sandbox) -> Iterator[Listener]:
    listener = Listener(sandbox)
    with connected(listener):
        yield listener


@pytest.fixture
def bot(listening: Listener) -> Listener:
    """The connected app, with nothing heard yet and no answers prepared."""
    listening.answers.clear()
    listening.heard()
    return listening
