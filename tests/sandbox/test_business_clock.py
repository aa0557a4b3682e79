"""Business time: turned by people, followed by the app, while wall time runs on."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from sandbox.clock import next_working_day
from sandbox.control import Refused
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import ANA, LEADS


def poll(sandbox: Sandbox, after: int = -1, wait: float = 0) -> Json:
    with urlopen(f"{sandbox.url}/clock?after={after}&wait={wait}") as answer:
        state: Json = json.load(answer)
        return state


def tick(sandbox: Sandbox, version: int) -> None:
    body = json.dumps({"version": version}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{sandbox.url}/clock/ticked", body, headers)):
        pass


@pytest.mark.parametrize(
    ("step", "seconds"), [("15m", 900), ("1h", 3600), ("90s", 90), ("2d", 172_800)]
)
def test_a_step_moves_business_time_on(sandbox: Sandbox, step: str, seconds: int) -> None:
    sandbox.control.reset_clock()
    before = datetime.now(UTC)

    now = datetime.fromisoformat(sandbox.control.advance(step)["now"])

    assert abs((now - before).total_seconds() - seconds) < 5


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-20T15:00:00+00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-22T12:00:00+00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-07-01T06:00:00+00:00", "2026-07-02T07:00:00+00:00"),
    ],
)
def test_the_next_working_day_opens_at_nine_in_berlin(now: str, opening: str) -> None:
    assert next_working_day(datetime.fromisoformat(now)) == datetime.fromisoformat(opening)


def test_a_message_has_business_time_and_a_ts_of_wall_time(
    sandbox: Sandbox, client: WebClient
) -> None:
    sandbox.control.set_clock(datetime(2027, 1, 4, 9, tzinfo=UTC))

    ts = client.chat_postMessage(channel=LEADS, text="Later")["ts"]

    found = sandbox.control.message(LEADS, lambda message: message["ts"] == ts)
    posted = datetime.fromisoformat(found["at"]) - datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert timedelta(0) <= posted < timedelta(seconds=5)
    assert abs(float(ts) - time.time()) < 5


def test_a_follower_is_woken_at_once_and_waited_for() -> None:
    with Sandbox() as sandbox:
        first = poll(sandbox)
        woken: list[Json] = []

        def follow() -> None:
            woken.append(poll(sandbox, after=first["version"], wait=5))
            tick(sandbox, woken[0]["version"])

        follower = threading.Thread(target=follow)
        follower.start()
        answer = sandbox.control.advance("1h")
        follower.join()

        assert answer["ticked"] is True
        assert (woken[0]["version"], round(woken[0]["offset"])) == (first["version"] + 1, 3600)


def test_nobody_is_waited_for_when_nobody_follows() -> None:
    with Sandbox() as sandbox:
        started = time.monotonic()

        assert sandbox.control.advance("1h")["ticked"] is False
        assert time.monotonic() - started < 1


def test_a_poll_ends_by_itself(sandbox: Sandbox) -> None:
    version = poll(sandbox)["version"]

    assert poll(sandbox, after=version, wait=0.05)["version"] == version


def test_the_page_hears_that_the_clock_was_turned() -> None:
    with Sandbox() as sandbox:
        before = sandbox.control.state(ANA)

        sandbox.control.advance("15m")

        after = sandbox.control.state(ANA)
        assert after["version"] > before["version"]
        assert round(after["clock"]["offset"] - before["clock"]["offset"]) == 900


@pytest.mark.parametrize("step", ["soon", "1w", ""])
def test_an_unknown_step_is_refused_with_what_to_say(sandbox: Sandbox, step: str) -> None:
    with pytest.raises(Refused, match="say 15m, 1h, 2d or next_working_day"):
        sandbox.control.advance(step)


def test_a_time_without_zone_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Refused, match="with its zone"):
        sandbox.control.set_clock(datetime(2026, 11, 23, 9))  # noqa: DTZ001
