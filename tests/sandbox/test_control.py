"""The control API itself, the record of traffic, and the sandbox as a process."""

import json
import signal
import subprocess
import sys
import time
from threading import Timer
from urllib.request import urlopen

import pytest
from slack_sdk import WebClient

from sandbox.control import Control, Refused
from sandbox.posts import THE_BOT
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import ANA, BEN, LEADS, web_client

DM_OF_ANA = "D0ANA000000"


def test_a_person_sees_their_channels_and_their_own_dm(sandbox: Sandbox) -> None:
    state = sandbox.control.state(ANA)

    kinds = {channel["id"]: channel["kind"] for channel in state["channels"]}
    assert (kinds[LEADS], kinds[DM_OF_ANA]) == ("channel", "im")
    assert "D0BEN000000" not in kinds
    assert state["me"]["real_name"] == "Ana Ruiz"
    assert [sum(p["team"] == team for p in state["people"]) for team in ("sales", "marketing")] == [
        8,
        8,
    ]


def test_unread_counts_messages_until_read(sandbox: Sandbox, client: WebClient) -> None:
    def unread() -> int:
        channels = sandbox.control.state(ANA)["channels"]
        return next(int(c["unread"]) for c in channels if c["id"] == DM_OF_ANA)

    client.chat_postMessage(channel=ANA, text="One")
    client.chat_postMessage(channel=ANA, text="Two")
    before = unread()
    sandbox.control.read(ANA, DM_OF_ANA)
    after = unread()
    sandbox.control.post(ANA, DM_OF_ANA, "My own")

    assert (before, after, unread()) == (2, 0, 0)


def test_a_version_goes_up_only_for_those_who_see_the_change(
    sandbox: Sandbox, client: WebClient
) -> None:
    def versions() -> tuple[int, int]:
        return sandbox.control.state(ANA)["version"], sandbox.control.state(BEN)["version"]

    ana, ben = versions()
    client.chat_postMessage(channel=ANA, text="For Ana")
    after_dm = versions()
    client.chat_postMessage(channel=LEADS, text="For all")
    after_channel = versions()

    assert after_dm[0] > ana and after_dm[1] == ben
    assert after_channel[1] > ben


def test_the_page_is_told_of_changes_as_they_come(sandbox: Sandbox, client: WebClient) -> None:
    with urlopen(f"{sandbox.url}/control/events?as={ANA}", timeout=5) as events:
        first = json.loads(events.readline().removeprefix(b"data: "))
        events.readline()
        client.chat_postMessage(channel=LEADS, text="News")
        second = json.loads(events.readline().removeprefix(b"data: "))

    assert second["version"] > first["version"]


def test_who_follows_a_channel_sees_what_a_newcomer_sees(
    sandbox: Sandbox, client: WebClient
) -> None:
    followed = sandbox.control
    before = followed.messages(LEADS)

    def agree() -> None:
        assert followed.messages(LEADS) == Control(sandbox.url).messages(LEADS)

    ts = client.chat_postMessage(channel=LEADS, text="Above")["ts"]
    agree()
    below = client.chat_postMessage(channel=LEADS, text="Below", thread_ts=ts)["ts"]
    agree()
    client.chat_update(channel=LEADS, ts=ts, text="Another")
    agree()
    client.reactions_add(channel=LEADS, timestamp=ts, name="eyes")
    agree()
    client.reactions_remove(channel=LEADS, timestamp=ts, name="eyes")
    agree()
    sandbox.workspace.whisper(ANA, sandbox.workspace.channels[LEADS], "For Ana")
    agree()
    client.chat_delete(channel=LEADS, ts=below)
    agree()
    assert len(followed.messages(LEADS)) == len(before) + 3


def test_a_message_that_is_waited_for_is_found_as_it_comes(
    sandbox: Sandbox, client: WebClient
) -> None:
    posting = Timer(0.1, client.chat_postMessage, kwargs={"channel": LEADS, "text": "Late"})
    posting.start()
    began = time.monotonic()

    found = sandbox.control.message(LEADS, lambda message: message["text"] == "Late")
    posting.join()

    assert found["text"] == "Late"
    assert time.monotonic() - began < 5


def test_traffic_tells_calls_and_hides_tokens(sandbox: Sandbox) -> None:
    before = sandbox.control.traffic()
    last = before[-1]["n"] if before else 0

    with urlopen(f"{sandbox.api_url}auth.test", data=b"token=xoxb-sandbox"):
        pass
    web_client(sandbox).api_call("chat.postMessage", json={"channel": LEADS, "text": "Hi"})

    told = sandbox.control.traffic(after=last)
    assert [(entry["method"], entry["status"]) for entry in told] == [
        ("auth.test", 200),
        ("chat.postMessage", 200),
    ]
    assert "xoxb" not in json.dumps(told)


def test_every_message_is_on_record_with_its_fate(sandbox: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=LEADS, text="One")["ts"]
    client.chat_update(channel=LEADS, ts=ts, text="Two")
    client.chat_delete(channel=LEADS, ts=ts)

    found = next(m for m in sandbox.control.messages("#leads") if m["ts"] == ts)

    assert (found["text"], found["edits"], found["deleted"]) == ("Two", 1, True)
    assert found["ephemeral_to"] is None


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("post", {"as": "U0NOBODY000", "channel": LEADS, "text": "x"}, "There is no person"),
        ("post", {"as": ANA, "channel": "C0NOWHERE00", "text": "x"}, "in no channel"),
        ("click", {"as": ANA, "channel": LEADS, "ts": "1.0"}, "sees no message"),
        ("command", {"as": ANA, "channel": LEADS}, "Say command, too."),
        ("submit", {"as": ANA, "view_id": "V0NOWHERE00"}, "not on top"),
        ("clock", {}, "Say what to do"),
        ("person", {"as": ANA, "tz": "Mars/Base"}, "is no zone"),
        ("socket", {"do": "explode"}, "Say one of drop"),
    ],
)
def test_misuse_is_answered_with_a_sentence(
    sandbox: Sandbox, path: str, body: Json, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        sandbox.control._send(path, body)


def test_waiting_in_vain_ends_in_time(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError):
        sandbox.control.until(lambda: None, seconds=0.05)


def test_a_large_channel_stays_quick(sandbox: Sandbox) -> None:
    channel = sandbox.workspace.add_channel("large")
    client = web_client(sandbox)
    for number in range(20_000):
        post = sandbox.workspace.draft(channel, THE_BOT)
        post.text = str(number)
        sandbox.workspace.publish(post)

    started = time.perf_counter()
    client.chat_postMessage(channel=channel.id, text="One more")
    newest = client.conversations_history(channel=channel.id, limit=1)["messages"][0]
    took = time.perf_counter() - started

    assert newest["text"] == "One more"
    assert took < 0.5
    assert len(sandbox.control.state(ANA)["messages"][channel.id]) == 200


def test_alone_it_prints_what_an_app_needs_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "sandbox", "--pace", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(6)]
        settings = dict(line.split("=", 1) for line in lines[1:])
        answer = WebClient(
            settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"]
        ).auth_test()
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)

    assert answer["team"] == "Sandbox"
    assert settings["SLACK_APP_TOKEN"] == "xapp-sandbox"
    assert settings["SLACK_SIGNING_SECRET"] == "sandbox"
    assert settings["LIAISON_CLOCK_URL"] == f"{lines[0]}/clock"
    assert process.returncode == 0
    assert time.monotonic() - started < 2
