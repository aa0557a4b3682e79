"""Business time follows the sandbox, wall time nobody."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SandboxClock, wall
from bot.errors import CannotStart
from sandbox.server import Sandbox
from tests.office import MONDAY_TEN


def test_business_time_is_the_sandboxs_and_wall_time_is_not() -> None:
    with Sandbox() as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        clock = SandboxClock(f"{sandbox.url}/clock", lambda: None)
        clock.start()
        business, real = clock.now(), wall()
        clock.stop()

    assert timedelta(0) <= business - MONDAY_TEN < timedelta(seconds=2)
    assert abs(datetime.now(UTC) - real) < timedelta(seconds=2)


def test_setting_the_clock_ticks_before_the_sandbox_goes_on() -> None:
    ticked: list[datetime] = []
    with Sandbox() as sandbox:
        clock = SandboxClock(f"{sandbox.url}/clock", lambda: ticked.append(clock.now()))
        clock.start()
        sandbox.control.set_clock(MONDAY_TEN)
        answer = sandbox.control.advance("1h")
        clock.stop()

    assert answer["ticked"]
    assert len(ticked) == 2
    assert ticked[1] - MONDAY_TEN >= timedelta(hours=1)


def test_nobody_waits_for_the_ticks_of_a_bot_that_stopped() -> None:
    with Sandbox() as sandbox:
        clock, other = (SandboxClock(f"{sandbox.url}/clock", lambda: None) for _ in range(2))
        clock.start()
        other.start()
        clock.stop()
        assert sandbox.control.advance("1h")["ticked"]
        other.stop()
        began = time.monotonic()
        answer = sandbox.control.advance("1h")

    assert not answer["ticked"]
    assert time.monotonic() - began < 5


def test_a_clock_that_went_away_for_a_moment_is_followed_again() -> None:
    with Sandbox() as sandbox:
        clock = SandboxClock(f"{sandbox.url}/clock", lambda: None)
        clock.start()
        port = int(sandbox.url.rpartition(":")[2])
    assert abs(clock.now() - wall()) < timedelta(seconds=2)
    with Sandbox(port=port) as sandbox:
        time.sleep(0.01)
        sandbox.control.set_clock(MONDAY_TEN)
        sandbox.control.until(lambda: clock.now() - MONDAY_TEN < timedelta(minutes=1))
        clock.stop()


def test_without_a_sandbox_the_bot_says_what_to_do() -> None:
    clock = SandboxClock("http://127.0.0.1:1/clock", lambda: None)

    with pytest.raises(CannotStart, match="LIAISON_CLOCK_URL"):
        clock.start()
