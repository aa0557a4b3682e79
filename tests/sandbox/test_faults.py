"""A bad day at Slack: what each fault does to the call, and to the workspace."""

import time
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.control import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import LEADS, STANDUP, refused


@pytest.fixture(autouse=True)
def mended(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.control.clear_faults()


def applied(sandbox: Sandbox, words: str) -> bool:
    return words in [message["text"] for message in sandbox.control.messages(LEADS)]


def test_a_rate_limit_says_when_to_come_back(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.control.fault("rate_limited", times=1, seconds=7)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=LEADS, text="limited")

    response = caught.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert (response["error"], applied(sandbox, "limited")) == ("ratelimited", False)


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [("http_500_before", 500, False), ("http_500_after", 500, True), ("html_503", 503, False)],
)
def test_a_server_error_comes_before_or_after_the_post(
    sandbox: Sandbox, client: WebClient, kind: str, status: int, done: bool
) -> None:
    sandbox.control.fault(kind, times=1)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=LEADS, text=kind)

    assert caught.value.response.status_code == status
    assert applied(sandbox, kind) is done


@pytest.mark.parametrize(("kind", "done"), [("drop_connection", False), ("lost_answer", True)])
def test_a_cut_line_hides_whether_the_post_was_made(
    sandbox: Sandbox, client: WebClient, kind: str, done: bool
) -> None:
    sandbox.control.fault(kind, times=1)

    with pytest.raises((RemoteDisconnected, ConnectionResetError, URLError)):
        client.chat_postMessage(channel=LEADS, text=kind)

    assert applied(sandbox, kind) is done


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_an_unreadable_answer_hides_a_post_that_was_made(
    sandbox: Sandbox, client: WebClient, kind: str
) -> None:
    sandbox.control.fault(kind, times=1)

    with pytest.raises((SlackApiError, IncompleteRead, HTTPException, ValueError)):
        client.chat_postMessage(channel=LEADS, text=kind)

    assert applied(sandbox, kind)


def test_a_slow_answer_is_a_right_one(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.control.fault("slow", times=1, seconds=0.2)
    started = time.monotonic()

    assert client.chat_postMessage(channel=LEADS, text="slow")["ok"]
    assert time.monotonic() - started >= 0.2


def test_any_of_slacks_errors_can_be_had(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.control.fault("error", times=1, error="edit_window_closed", method="chat.update")
    ts = client.chat_postMessage(channel=LEADS, text="Old")["ts"]

    with refused("edit_window_closed"):
        client.chat_update(channel=LEADS, ts=ts, text="New")
    assert client.chat_update(channel=LEADS, ts=ts, text="New")["ok"]


def test_a_fault_by_chance_is_the_same_with_the_same_seed(
    sandbox: Sandbox, client: WebClient
) -> None:
    def run() -> list[bool]:
        sandbox.control.fault("error", rate=0.5, seed=7, error="internal_error")
        answers = []
        for _ in range(12):
            try:
                answers.append(bool(client.auth_test()["ok"]))
            except SlackApiError:
                answers.append(False)
        sandbox.control.clear_faults()
        return answers

    first = run()
    assert first == run()
    assert {True, False} == set(first)


def test_faults_in_force_are_listed_until_spent(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.control.fault("error", times=1, method="auth.test")
    listed = sandbox.control.faults()

    client.chat_postMessage(channel=STANDUP, text="Not hit")
    with refused("internal_error"):
        client.auth_test()

    assert [(fault["kind"], fault["method"]) for fault in listed] == [("error", "auth.test")]
    assert sandbox.control.faults() == []


def test_a_fault_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Refused, match="no fault"):
        sandbox.control.fault("earthquake")
