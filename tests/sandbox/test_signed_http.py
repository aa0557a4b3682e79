"""Signed HTTP: a real Bolt app behind a request URL, its signature check on."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_bolt import Ack, BoltRequest
from slack_sdk import WebClient

from sandbox.limits import Limits
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import ANA, LEADS, Listener, actions, button, modal

IMPATIENT = Limits(pace=1000, ack_seconds=2, retry_after=(0.0, 0.1, 0.1))


class RequestUrl:
    """What stands at the app's request URL; `refuse` lets that many requests fail first."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.refuse = 0
        self.no_retry = False
        self.headers: list[dict[str, str]] = []
        url = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                url.serve(self)

            def log_message(self, format: str, *args: object) -> None:
                logging.getLogger(__name__).debug(format, *args)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.rfile.read(int(headers["content-length"])).decode()
        self.headers.append(headers)
        if self.refuse:
            self.refuse -= 1
            request.send_response(503)
            request.send_header("x-slack-no-retry", str(int(self.no_retry)))
            request.end_headers()
            return
        answer = self.listener.app.dispatch(BoltRequest(body=body, headers=dict(headers)))
        request.send_response(answer.status)
        for name, values in answer.headers.items():
            request.send_header(name, values[0])
        request.end_headers()
        request.wfile.write(answer.body.encode())

    def __enter__(self) -> "RequestUrl":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def behind_url() -> Iterator[tuple[Sandbox, RequestUrl]]:
    with Sandbox(limits=IMPATIENT) as sandbox, RequestUrl(Listener(sandbox)) as url:
        sandbox.control.deliver(http_url=url.address)
        yield sandbox, url


def test_an_event_passes_bolts_signature_check(behind_url: tuple[Sandbox, RequestUrl]) -> None:
    sandbox, url = behind_url

    sandbox.control.post(ANA, LEADS, "By HTTP")

    assert url.listener.next("message")["event"]["text"] == "By HTTP"
    assert sandbox.control.state(ANA)["bot"]["connected"]


def test_a_refused_event_comes_again_with_its_number_and_reason(
    behind_url: tuple[Sandbox, RequestUrl],
) -> None:
    sandbox, url = behind_url
    url.headers.clear()
    url.refuse = 2

    sandbox.control.post(ANA, LEADS, "Again")
    url.listener.next("message")

    told = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h in url.headers]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_an_app_may_ask_for_no_retry(behind_url: tuple[Sandbox, RequestUrl]) -> None:
    sandbox, url = behind_url
    url.headers.clear()
    url.refuse, url.no_retry = 1, True

    sandbox.control.post(ANA, LEADS, "Once")
    sandbox.control.until(lambda: url.refuse == 0)
    url.no_retry = False
    sandbox.control.post(ANA, LEADS, "Next")

    assert url.listener.next("message")["event"]["text"] == "Next"
    assert len(url.headers) == 2


def test_the_body_of_the_answer_counts(behind_url: tuple[Sandbox, RequestUrl]) -> None:
    sandbox, url = behind_url

    def ask_why(ack: Ack, body: Json, client: WebClient) -> None:
        ack(response_action="errors", errors={"field": "Why?"})

    def answer(ack: Ack, body: Json, client: WebClient) -> None:
        ack("Nothing is open with you.")

    url.listener.answers = {"view_submission": ask_why, "command": answer}
    sandbox.control.command(ANA, LEADS, "/lead")
    trigger = url.listener.next("command")["trigger_id"]
    view = url.listener.client.views_open(trigger_id=trigger, view=modal())["view"]

    submitted = sandbox.control.submit(ANA, view["id"], {"field": {"words": "no"}})

    said = sandbox.control.message(LEADS, lambda message: message["ephemeral_to"] == ANA)
    assert said["text"] == "Nothing is open with you."
    assert submitted["errors"] == {"field": "Why?"}


def test_a_click_comes_as_a_form(behind_url: tuple[Sandbox, RequestUrl]) -> None:
    sandbox, url = behind_url
    row = actions(button(value="42"))
    ts = url.listener.client.chat_postMessage(channel=LEADS, text="Hi", blocks=[row])["ts"]

    assert sandbox.control.click(ANA, "press", channel=LEADS, ts=ts)["acked"]

    assert url.listener.next("block_actions")["actions"][0]["value"] == "42"
    assert url.headers[-1]["content-type"] == "application/x-www-form-urlencoded"


def test_nobody_at_the_url_is_an_act_not_answered(
    behind_url: tuple[Sandbox, RequestUrl],
) -> None:
    sandbox, url = behind_url
    sandbox.control.deliver(http_url="http://127.0.0.1:9/nobody")

    answer = sandbox.control.command(ANA, LEADS, "/lead")
    sandbox.control.deliver(http_url=url.address)

    assert answer["acked"] is False
    assert sandbox.control.traffic()[-1]["status"] == "connection_failed"
