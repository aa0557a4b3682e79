"""How events and acts reach the app: acks, retries, doubles, disorder, bad lines."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from slack_bolt import Ack, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import builtin
from slack_sdk import WebClient
from websocket import (
    ABNF,
    WebSocketBadStatusException,
    WebSocketTimeoutException,
    create_connection,
)

from sandbox.limits import Limits
from sandbox.people import APP_TOKEN
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import (
    ANA,
    LEADS,
    Listener,
    actions,
    button,
    close,
    connected,
    web_client,
)

IMPATIENT = Limits(pace=1000, ack_seconds=0.4, retry_after=(0.0, 0.1, 0.1))


@pytest.fixture
def impatient() -> Iterator[Sandbox]:
    with Sandbox(limits=IMPATIENT) as served:
        yield served


def deliveries(sandbox: Sandbox, kind: str) -> list[Json]:
    return [entry for entry in sandbox.control.traffic() if entry.get("type") == kind]


def texts(listener: Listener, count: int) -> list[str]:
    return [listener.next("message")["event"]["text"] for _ in range(count)]


def test_an_event_nobody_takes_is_tried_four_times(impatient: Sandbox) -> None:
    impatient.control.post(ANA, LEADS, "Anyone?")

    def tries() -> list[Json] | None:
        found = deliveries(impatient, "message")
        return found if len(found) == 4 else None

    found = impatient.control.until(tries)
    assert [entry["retry_attempt"] for entry in found] == [0, 1, 2, 3]
    assert {entry["status"] for entry in found} == {"no_active_connection"}
    assert len({entry["body"]["event_id"] for entry in found}) == 1


def test_an_event_not_acknowledged_in_time_comes_again_with_slacks_headers(
    impatient: Sandbox,
) -> None:
    listener = Listener(impatient)
    attempts: list[tuple[list[str], list[str]]] = []

    def slow_at_first(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        number, reason = "x-slack-retry-num", "x-slack-retry-reason"
        attempts.append((list(req.headers[number]), list(req.headers[reason])))
        if len(attempts) == 1:
            time.sleep(0.6)
        return next()

    listener.app.middleware(slow_at_first)
    with connected(listener):
        impatient.control.post(ANA, LEADS, "Twice")
        first = listener.next("message")["event_id"]
        second = listener.next("message")["event_id"]

    assert first == second
    assert attempts[1] == (["1"], ["timeout"])


def test_an_act_is_not_retried_and_the_person_reads_that_nobody_answered(
    impatient: Sandbox,
) -> None:
    listener = Listener(impatient)
    release = threading.Event()

    def sleep_over_it(ack: Ack, body: Json, client: WebClient) -> None:
        release.wait(3)
        ack()

    listener.answers["block_actions"] = sleep_over_it
    row = actions(button())
    ts = listener.client.chat_postMessage(channel=LEADS, text="Hi", blocks=[row])["ts"]
    with connected(listener):
        answer = impatient.control.click(ANA, "press", channel=LEADS, ts=ts)
        release.set()
        note = impatient.control.message(LEADS, lambda message: message["ephemeral_to"] == ANA)

    assert (answer["acked"], answer["ms"] >= 400) == (False, True)
    assert note["text"] == "Liaison did not respond. Try again in a moment."
    assert note["username"] == "Slackbot"
    assert len(deliveries(impatient, "block_actions")) == 1


def test_events_may_come_twice_with_the_same_id(sandbox: Sandbox, bot: Listener) -> None:
    sandbox.control.deliver(duplicate_rate=1.0)
    sandbox.control.post(ANA, LEADS, "Double")
    sandbox.control.deliver(duplicate_rate=0.0)

    assert bot.next("message")["event_id"] == bot.next("message")["event_id"]


def test_events_may_come_out_of_order(sandbox: Sandbox, bot: Listener) -> None:
    sandbox.control.deliver(reorder=True)
    for word in ("one", "two", "three"):
        sandbox.control.post(ANA, LEADS, word)
    sandbox.control.deliver(reorder=False)

    sent = [entry["body"]["event"]["text"] for entry in deliveries(sandbox, "message")]
    assert sorted(texts(bot, 3)) == ["one", "three", "two"]
    assert sent[-2:] == ["two", "one"] or sent[-3:] == ["two", "one", "three"]


def test_the_last_events_can_be_sent_once_more(sandbox: Sandbox, bot: Listener) -> None:
    for word in ("old", "new"):
        sandbox.control.post(ANA, LEADS, word)
    assert sorted(texts(bot, 2)) == ["new", "old"]

    sandbox.control.deliver(resend_last=1)

    assert texts(bot, 1) == ["new"]


def test_each_envelope_goes_to_one_of_several_connections() -> None:
    with (
        Sandbox() as patient,
        connected(one := Listener(patient)),
        connected(other := Listener(patient)),
    ):
        for number in range(20):
            patient.control.post(ANA, LEADS, str(number))
        patient.control.until(
            lambda: [e["status"] for e in deliveries(patient, "message")] == ["acked"] * 20
        )
        shares = (len(one.heard()), len(other.heard()))

    assert sum(shares) == 20
    assert min(shares) > 0


def test_after_a_drop_the_app_comes_back(impatient: Sandbox) -> None:
    listener = Listener(impatient)
    with connected(listener):
        impatient.control.socket("drop")
        impatient.control.until(
            lambda: impatient.control.command(ANA, LEADS, "/lead")["acked"], seconds=5
        )
        assert listener.next("command")


def socket_url(sandbox: Sandbox) -> str:
    return str(web_client(sandbox).apps_connections_open(app_token=APP_TOKEN)["url"])


def test_the_door_may_stay_shut_for_a_while(impatient: Sandbox) -> None:
    impatient.control.socket("drop", seconds=60)

    with pytest.raises(WebSocketBadStatusException):
        create_connection(socket_url(impatient))
    impatient.control.socket("restore")
    create_connection(socket_url(impatient)).close()


def test_a_socket_address_lets_one_connection_in(impatient: Sandbox) -> None:
    url = socket_url(impatient)
    create_connection(url).close()

    with pytest.raises(WebSocketBadStatusException):
        create_connection(url)


def test_nothing_flows_either_way_on_a_half_open_line(impatient: Sandbox) -> None:
    line = create_connection(socket_url(impatient), timeout=0.3)
    hello = json.loads(line.recv())
    line.ping()
    answered, _ = line.recv_data(control_frame=True)

    impatient.control.socket("half_open")
    impatient.control.post(ANA, LEADS, "Lost")
    line.ping()
    with pytest.raises(WebSocketTimeoutException):
        line.recv_data(control_frame=True)
    impatient.control.socket("restore")
    late, _ = line.recv_data(control_frame=True)
    line.close()

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert (answered, late) == (ABNF.OPCODE_PONG, ABNF.OPCODE_PONG)


def test_a_half_open_line_looks_alive_and_carries_nothing(impatient: Sandbox) -> None:
    listener = Listener(impatient)
    with connected(listener) as handler:
        impatient.control.socket("half_open")

        lost = impatient.control.command(ANA, LEADS, "/lead")
        assert (lost["acked"], handler.client.is_connected()) == (False, True)
        assert impatient.control.state(ANA)["bot"]["connected"]

        impatient.control.socket("restore")
        impatient.control.until(lambda: impatient.control.command(ANA, LEADS, "/lead")["acked"])


def test_a_refresh_moves_slacks_own_client_to_another_connection(impatient: Sandbox) -> None:
    listener = Listener(impatient)
    handler = builtin.SocketModeHandler(listener.app, APP_TOKEN, ping_interval=0.2)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        impatient.control.until(lambda: impatient.control.command(ANA, LEADS, "/lead")["acked"])
        before = handler.client.session_id()
        impatient.control.socket("refresh")
        impatient.control.until(lambda: handler.client.session_id() != before)
        impatient.control.until(lambda: impatient.control.command(ANA, LEADS, "/lead")["acked"])
    finally:
        close(handler)
