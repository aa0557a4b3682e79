import asyncio
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt import Ack, App, BoltContext
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette

from bot.intake.doors import Health, doors
from bot.intake.slack_door import BODY_LIMIT, SlackDoor
from bot.intake.slack_shape import KINDS, REQUIRED
from bot.intake.webhook import Delivery, LeadHook, Receipt
from tests.intake.wire import Answer, Bare, Server, serving

SIGNING_SECRET = "sandbox"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}

EVENT: Mapping[str, object] = {
    "type": "event_callback",
    "event_id": "Ev1",
    "team_id": "T1",
    "api_app_id": "A1",
    "event": {"type": "app_mention", "user": "U1", "channel": "C1", "text": "hi", "ts": "1.2"},
    "authorizations": [{"team_id": "T1", "user_id": "U0", "is_bot": True}],
}
CLICK: Mapping[str, object] = {
    "type": "block_actions",
    "team": {"id": "T1", "domain": "x"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "message": {"type": "message", "ts": "1.2", "text": "card"},
    "actions": [
        {
            "type": "button",
            "action_id": "lead:accept",
            "block_id": "b",
            "text": {"type": "plain_text", "text": "Accept", "emoji": True},
            "value": "1",
            "action_ts": "1763631000.123456",
        }
    ],
    "response_urls": [],
    "enterprise": None,
    "response_url": "https://example.com/respond",
}
SUBMISSION: Mapping[str, object] = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "view": {"id": "V1", "type": "modal", "callback_id": "outcome", "state": {"values": {}}},
}
COMMAND: Mapping[str, str] = {"command": "/lead", "text": "acme", "team_id": "T1", "user_id": "U1"}


class Listeners:
    """What the app behind the door heard."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.meeting: threading.Barrier | None = None

    def app(self) -> App:
        app = App(
            signing_secret=SIGNING_SECRET,
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-x"),
            request_verification_enabled=False,
            process_before_response=True,
        )
        app.event("app_mention")(self.hear_event)
        app.action("lead:accept")(self.hear_click)
        app.view("outcome")(self.refuse_view)
        app.command("/lead")(self.hear_command)
        return app

    def hear_event(self, event: dict[str, object], context: BoltContext) -> None:
        self.heard.append((event.get("text"), context.team_id))

    def hear_click(self, ack: Ack, action: dict[str, object]) -> None:
        if self.meeting:
            self.meeting.wait(5)
        ack()
        self.heard.append(action.get("value"))

    def refuse_view(self, ack: Ack) -> None:
        ack(response_action="errors", errors={"b": "Say why."})

    def hear_command(self, ack: Ack, command: dict[str, object]) -> None:
        ack("Found.")
        self.heard.append(command.get("text"))


async def store(_: Delivery) -> Receipt:
    return Receipt(None, duplicate=False)


def slack_door(listeners: Listeners) -> SlackDoor:
    return SlackDoor(listeners.app(), SIGNING_SECRET, lambda: NOW)


def app(listeners: Listeners) -> Starlette:
    shut = LeadHook(store, None, lambda: NOW)
    return doors(shut, lambda: Health(True), slack=slack_door(listeners))


@pytest.fixture(scope="module")
def connected() -> Iterator[tuple[Server, Listeners]]:
    listeners = Listeners()
    with serving(app(listeners)) as server:
        yield server, listeners


@pytest.fixture
def server(connected: tuple[Server, Listeners]) -> Server:
    return connected[0]


@pytest.fixture(autouse=True)
def listeners(connected: tuple[Server, Listeners]) -> Listeners:
    """Having heard nothing yet."""
    listeners = connected[1]
    listeners.heard.clear()
    listeners.meeting = None
    return listeners


def signed(body: bytes, at: datetime = NOW, secret: str = SIGNING_SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signature = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256")
    return {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signature.hex()}",
    }


def deliver(server: Server, body: bytes, **changed: str) -> Answer:
    kind = JSON if body.startswith(b"{") else FORM
    headers = {**kind, **signed(body), **{k.replace("_", "-"): v for k, v in changed.items()}}
    return server.send("POST", "/slack/events", body, headers)


def event(**fields: object) -> bytes:
    return json.dumps({**EVENT, **fields}).encode()


def form(payload: Mapping[str, object]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_an_event_reaches_its_listener(server: Server, listeners: Listeners) -> None:
    assert deliver(server, event()).status == 200
    assert listeners.heard == [("hi", "T1")]


def test_slacks_first_hello_is_answered(server: Server) -> None:
    answer = deliver(server, b'{"type": "url_verification", "token": "x", "challenge": "3eZb"}')

    assert (answer.status, answer.json) == (200, {"challenge": "3eZb"})


def test_a_click_reaches_its_listener(server: Server, listeners: Listeners) -> None:
    assert deliver(server, form(CLICK)).status == 200
    assert listeners.heard == ["1"]


def test_what_a_listener_answers_goes_back_to_slack(server: Server) -> None:
    answer = deliver(server, form(SUBMISSION))

    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json == {"response_action": "errors", "errors": {"b": "Say why."}}


@pytest.mark.parametrize("text", ["acme", "", "payload", "what is a payload={}?"])
def test_a_command_reaches_its_listener_whatever_its_words(
    server: Server, listeners: Listeners, text: str
) -> None:
    answer = deliver(server, urlencode({**COMMAND, "text": text}).encode())

    assert (answer.status, answer.body) == (200, b"Found.")
    assert listeners.heard == [text]


def test_slacks_certificate_check_is_answered(server: Server) -> None:
    assert deliver(server, b"ssl_check=1&token=x").status == 200


def test_many_listeners_work_at_once(server: Server, listeners: Listeners) -> None:
    listeners.meeting = threading.Barrier(40)  # each waits until all forty have been reached
    statuses: list[int] = []

    def click() -> None:
        statuses.append(deliver(server, form(CLICK)).status)

    clicks = [threading.Thread(target=click) for _ in range(40)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    assert statuses == [200] * 40


@pytest.mark.parametrize(
    "headers",
    [
        {"x_slack_signature": ""},
        {"x_slack_signature": "v0=00"},
        {"x_slack_signature": "v0=\xff\xe9"},
        {"x_slack_request_timestamp": ""},
        {"x_slack_request_timestamp": "soon"},
        {"x_slack_request_timestamp": "1e9"},
        {"x_slack_request_timestamp": "9" * 5000},
    ],
)
def test_garbled_proof_is_refused(
    server: Server, listeners: Listeners, headers: dict[str, str]
) -> None:
    answer = deliver(server, event(), **headers)

    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert listeners.heard == []


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (signed(event(), NOW - timedelta(minutes=5)), 200),
        (signed(event(), NOW + timedelta(minutes=5)), 200),
        (signed(event(), NOW - timedelta(seconds=301)), 401),
        (signed(event(), NOW + timedelta(seconds=301)), 401),
        (signed(event(), secret="another"), 401),
        (signed(event(event_id="Ev2")), 401),
        ({}, 401),
    ],
)
def test_a_signature_is_good_for_its_body_and_five_minutes(
    server: Server, signature: dict[str, str], status: int
) -> None:
    assert server.send("POST", "/slack/events", event(), {**JSON, **signature}).status == status


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b'{"type": 7}',
        b'{"type": "event_callback"}',
        b'{"type": "block_actions", "actions": []}',
        b'{"type": "shortcut", "callback_id": "x", "a": "\\ud800"}',
        b'{"type": "shortcut", "callback_id": "x", "a": "\xff"}',
        event(event=["app_mention"]),
        event(event={"user": "U1"}),
        event(event=None),
        event(response_urls=[{}, {}]),
        event(event={"type": "message", "user": 7}),
        event(team=7),
        event(authorizations=["T1"]),
        b"",
        b"payload",
        b"payload=",
        b"payload=[]",
        b"payload=%7B",
        b"text=hello",
        b"a=1&" * 1000,
        form({**CLICK, "actions": [7]}),
        form({**CLICK, "user": ["U1"]}),
        form({**SUBMISSION, "view": "outcome"}),
    ],
)
def test_what_slack_would_not_send_is_refused_before_bolt(server: Server, body: bytes) -> None:
    answer = deliver(server, body)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_json_in_a_forms_clothes_is_refused(server: Server) -> None:
    body = b'{"type&payload={"type": "x"}'

    assert deliver(server, body, content_type=FORM["content-type"]).status == 400


def test_only_slacks_two_content_types_are_taken(server: Server) -> None:
    assert deliver(server, event(), content_type="text/plain").status == 415


def test_a_body_over_a_mebibyte_is_refused(server: Server) -> None:
    assert deliver(server, event().ljust(BODY_LIMIT)).status == 200
    assert deliver(server, event().ljust(BODY_LIMIT + 1)).status == 413


def test_nobody_outside_steers_bolts_lazy_listeners(server: Server, listeners: Listeners) -> None:
    deliver(server, event(), x_slack_bolt_lazy_only="1", x_slack_bolt_lazy_function_name="x")

    assert listeners.heard == [("hi", "T1")]


@pytest.fixture(scope="module")
def bare() -> Iterator[Bare]:
    with asyncio.Runner() as runner:
        yield Bare(runner, app(Listeners()))


NAMES = st.sampled_from([*KINDS, "is_ext_shared_channel", "is_enterprise_install", "user_team"])
TYPES = st.sampled_from([*REQUIRED, "app_mention", "message", "function_executed"])
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | TYPES
parts = plain | st.dictionaries(NAMES, plain, max_size=4)
wrecks = st.dictionaries(NAMES, parts | st.lists(parts, max_size=2), max_size=4)


@settings(deadline=None)
@given(st.sampled_from([EVENT, CLICK, SUBMISSION]), wrecks, wrecks, st.booleans())
def test_signed_wrecks_never_break_the_door(
    bare: Bare,
    whole: Mapping[str, object],
    wreck: dict[str, object],
    inner: dict[str, object],
    as_form: bool,
) -> None:
    payload = {**whole, **wreck}
    if isinstance(payload.get("event"), dict):
        payload["event"] = {"type": "app_mention", **inner}
    body = form(payload) if as_form else json.dumps(payload).encode()
    kind = FORM if as_form else JSON

    assert bare.post("/slack/events", body, {**kind, **signed(body)}).status < 500


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([JSON, FORM]))
def test_signed_noise_never_breaks_the_door(bare: Bare, body: bytes, kind: dict[str, str]) -> None:
    assert 400 <= bare.post("/slack/events", body, {**kind, **signed(body)}).status < 500
