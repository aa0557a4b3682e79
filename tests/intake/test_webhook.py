import asyncio
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from bot.intake.doors import Health, doors
from bot.intake.signature import Verifier
from bot.intake.webhook import BODY_LIMIT, Delivery, LeadHook, NotStored, Receipt
from tests.intake.wire import Answer, Bare, Server, serving

SECRET = "whsec_" + "bmV3IHNlY3JldCBuZXcgc2VjcmV0IG5ldw=="
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LEAD: Mapping[str, object] = {"lead_id": "00Q5", "company": "Acme", "grade": "A"}
JSON = {"content-type": "application/json"}
BEARER = {**JSON, "authorization": f"Bearer {SECRET}"}


@dataclass
class Shelf:
    """A store in memory: one hand-off per delivery key."""

    deliveries: dict[str, Delivery] = field(default_factory=dict)
    is_down: bool = False

    async def store(self, delivery: Delivery) -> Receipt:
        if self.is_down:
            raise NotStored
        duplicate = delivery.key in self.deliveries
        self.deliveries.setdefault(delivery.key, delivery)
        return Receipt(f"H{list(self.deliveries).index(delivery.key)}", duplicate)


def hook(shelf: Shelf) -> LeadHook:
    return LeadHook(shelf.store, Verifier([SECRET], lambda: NOW), lambda: NOW)


@pytest.fixture(scope="module")
def stocked() -> Iterator[tuple[Server, Shelf]]:
    shelf = Shelf()
    with serving(doors(hook(shelf), lambda: Health(True))) as server:
        yield server, shelf


@pytest.fixture
def server(stocked: tuple[Server, Shelf]) -> Server:
    return stocked[0]


@pytest.fixture(autouse=True)
def shelf(stocked: tuple[Server, Shelf]) -> Shelf:
    """Empty at the start of every test."""
    shelf = stocked[1]
    shelf.deliveries.clear()
    shelf.is_down = False
    return shelf


def signed(body: bytes, webhook_id: str = "msg_1") -> dict[str, str]:
    return {
        **JSON,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(webhook_id, NOW, body.decode()),
    }


def post(server: Server, body: object = LEAD, headers: Mapping[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.send("POST", "/hooks/leads", raw, signed(raw) if headers is None else headers)


def assert_problem(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == "about:blank"
    assert answer.json["title"]
    assert answer.json["detail"]


def test_a_signed_lead_is_stored_and_accepted(server: Server, shelf: Shelf) -> None:
    answer = post(server)

    assert answer.status == 202
    assert answer.json == {"handoff": "H0", "duplicate": False}
    stored = shelf.deliveries["wh:msg_1"]
    assert stored.event.company == "Acme"
    assert stored.body == json.dumps(LEAD).encode()


def test_the_same_delivery_again_gets_the_same_answer(server: Server, shelf: Shelf) -> None:
    post(server)
    other = json.dumps({**LEAD, "lead_id": "00Q6"}).encode()
    post(server, other, signed(other, "msg_2"))

    again = post(server)

    assert (again.status, again.json) == (202, {"handoff": "H0", "duplicate": True})
    assert len(shelf.deliveries) == 2


def test_a_bearer_delivery_repeats_by_its_body(server: Server) -> None:
    assert post(server, LEAD, BEARER).json["duplicate"] is False
    assert post(server, LEAD, BEARER).json["duplicate"] is True
    assert post(server, {**LEAD, "grade": "B"}, BEARER).json["duplicate"] is False


@pytest.mark.parametrize(
    "headers",
    [
        JSON,
        {**JSON, "authorization": "Bearer whsec_guess"},
        {**signed(json.dumps(LEAD).encode()), "webhook-signature": "garbage"},
        {**signed(json.dumps(LEAD).encode()), "webhook-timestamp": "soon"},
        {**signed(json.dumps(LEAD).encode()), "webhook-timestamp": "1700000000"},
        signed(b"{}"),
    ],
)
def test_without_proof_of_a_secret_nothing_is_stored(
    server: Server, shelf: Shelf, headers: dict[str, str]
) -> None:
    answer = post(server, LEAD, headers)

    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert shelf.deliveries == {}


def test_faults_come_back_by_field(server: Server, shelf: Shelf) -> None:
    answer = post(server, {"lead_id": "1", "grade": "Z", "email": "ana"}, BEARER)

    assert_problem(answer, 422)
    assert answer.faults == {
        "grade": "Must be A, B, C or D.",
        "email": "Must be one e-mail address, such as ana@example.com.",
    }
    assert shelf.deliveries == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 50_000])
def test_what_is_no_json_object_is_a_fault_of_the_body(server: Server, body: bytes) -> None:
    answer = post(server, body, BEARER)

    assert_problem(answer, 422)
    assert list(answer.faults) == ["body"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(server: Server, kind: str) -> None:
    answer = post(server, LEAD, {**BEARER, "content-type": kind})

    assert_problem(answer, 415)
    assert answer.headers["accept"] == "application/json, application/cloudevents+json"


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/cloudevents+json"]
)
def test_json_goes_by_several_names(server: Server, kind: str) -> None:
    assert post(server, LEAD, {**BEARER, "content-type": kind}).status == 202


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not(server: Server) -> None:
    lead = json.dumps(LEAD).encode()

    assert post(server, lead.ljust(BODY_LIMIT), BEARER).status == 202
    assert_problem(post(server, lead.ljust(BODY_LIMIT + 1), BEARER), 413)


def first_answer(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
        wire.sendall(sent)
        return wire.recv(4096)


def test_an_announced_body_over_the_limit_is_refused_unread(server: Server) -> None:
    head = b"POST /hooks/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    answer = first_answer(server, head + b"Content-Length: 10000000\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413")


def test_a_chunked_body_is_refused_as_soon_as_it_passes_the_limit(server: Server) -> None:
    head = b"POST /hooks/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    answer = first_answer(server, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5)

    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_trickles_is_let_go(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.request.READ_SECONDS", 0.05)
    head = b"POST /hooks/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    answer = first_answer(server, head + b"Content-Length: 100\r\n\r\n{")

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_sender_who_hangs_up_does_no_harm(
    server: Server, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /hooks/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(head + b"Content-Length: 100\r\n\r\n{")
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(4096) == b""  # the server has noticed

    assert post(server).status == 202
    assert "Traceback" not in caplog.text


def test_a_store_that_is_down_asks_to_come_again(server: Server, shelf: Shelf) -> None:
    shelf.is_down = True

    answer = post(server)

    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "5"


def test_without_a_secret_the_door_is_shut_and_says_why(shelf: Shelf) -> None:
    shut = LeadHook(shelf.store, None, lambda: NOW)

    with serving(doors(shut, lambda: Health(True))) as server:
        answer = post(server)

    assert_problem(answer, 503)
    assert answer.json["detail"] == "Webhook intake is off: set LIAISON_WEBHOOK_SECRET."


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_told_which_one_is_allowed(server: Server, method: str) -> None:
    answer = server.send(method, "/hooks/leads")

    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_logs_name_fields_and_never_what_was_in_them(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")

    post(server, {"email": "secret@", "phone": "secret" * 20, "secret_key": 1}, BEARER)
    post(server, {"email": "secret@example.com"}, {**JSON, "authorization": "Bearer secret"})

    assert "/hooks/leads: 422" in caplog.text
    assert "['email', 'phone']" in caplog.text
    assert "/hooks/leads: 401" in caplog.text
    assert "secret" not in caplog.text.replace("webhook secrets", "")


@pytest.fixture(scope="module")
def bare() -> Iterator[Bare]:
    with asyncio.Runner() as runner:
        yield Bare(runner, doors(hook(Shelf()), lambda: Health(True)))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    body=st.binary() | st.dictionaries(st.text(), json_like).map(lambda d: json.dumps(d).encode())
)
def test_trusted_garbage_is_refused_and_never_breaks_the_door(bare: Bare, body: bytes) -> None:
    answer = bare.post("/hooks/leads", body, BEARER)

    assert answer.status in {202, 422}


headers_text = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
)


@settings(deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "authorization",
                "content-length",
            ]
        ),
        headers_text,
    )
)
def test_garbled_headers_are_refused_and_never_break_the_door(
    bare: Bare, headers: dict[str, str]
) -> None:
    assert bare.post("/hooks/leads", b"{}", {**JSON, **headers}).status in {401, 413}
