"""Pace, tiers, and things that may be used few times and not for long."""

import json
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.limits import Limits, Pacing
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import (
    ANA,
    LEADS,
    STANDUP,
    Listener,
    actions,
    button,
    connected,
    modal,
    refused,
    web_client,
)

HASTY = Limits(trigger_seconds=0.3, response_seconds=0.3)


@pytest.fixture
def slacks_pace() -> Iterator[Sandbox]:
    with Sandbox() as served:
        yield served


def limited(error: SlackApiError) -> tuple[int, str]:
    return error.response.status_code, error.response.headers["Retry-After"]


def test_a_channel_takes_a_short_burst_then_one_message_a_second(slacks_pace: Sandbox) -> None:
    client = web_client(slacks_pace)
    for number in range(3):
        client.chat_postMessage(channel=LEADS, text=str(number))

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=LEADS, text="Too soon")

    assert limited(caught.value) == (429, "1")
    assert client.chat_postMessage(channel=STANDUP, text="Another channel")["ok"]


def test_a_method_is_held_to_its_tier(slacks_pace: Sandbox) -> None:
    client = web_client(slacks_pace)
    for _ in range(20):
        client.conversations_list()

    with pytest.raises(SlackApiError) as caught:
        client.conversations_list()

    assert limited(caught.value) == (429, "3")


def test_buckets_fill_again_with_time() -> None:
    now = 0.0
    pacing = Pacing(Limits(pace=2), clock=lambda: now)

    burst = [pacing.message(LEADS) for _ in range(7)]
    now = 0.5

    assert burst == [None] * 6 + [0.5]
    assert pacing.message(LEADS) is None
    assert pacing.message(LEADS) == 0.5


def test_a_trigger_opens_one_modal(sandbox: Sandbox, bot: Listener, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=LEADS, text="Hi", blocks=[actions(button())])["ts"]
    sandbox.control.click(ANA, "press", channel=LEADS, ts=ts)
    trigger = bot.next("block_actions")["trigger_id"]
    client.views_open(trigger_id=trigger, view=modal())

    with refused("exchanged_trigger_id"):
        client.views_open(trigger_id=trigger, view=modal())
    with refused("invalid_trigger_id"):
        client.views_open(trigger_id="1.2.3", view=modal())


def answered(url: str, **body: object) -> Json:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request) as answer:
            return {"status": answer.status, "said": answer.read().decode()}
    except HTTPError as error:
        with error:
            return {"status": error.code, "said": json.load(error)["error"]}


def test_a_response_url_serves_five_times(
    sandbox: Sandbox, bot: Listener, client: WebClient
) -> None:
    sandbox.control.command(ANA, LEADS, "/lead")
    url = bot.next("command")["response_url"]

    answers = [answered(url, text=f"Answer {number}") for number in range(6)]

    assert answers[:5] == [{"status": 200, "said": "ok"}] * 5
    assert answers[5] == {"status": 404, "said": "used_url"}


def test_triggers_and_response_urls_expire_by_the_wall_clock() -> None:
    with Sandbox(limits=HASTY) as served:
        listener = Listener(served)
        with connected(listener):
            served.control.command(ANA, LEADS, "/lead")
            given = listener.next("command")
            time.sleep(0.35)

            with refused("expired_trigger_id"):
                listener.client.views_open(trigger_id=given["trigger_id"], view=modal())
            late = answered(given["response_url"], text="Late")
            assert late == {"status": 404, "said": "expired_url"}
