"""Minutes as a canvas: made once, in the meeting's channel; refused, the doctor says why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.canvases import examine, make_due
from bot.slack import Slack
from bot.views import ids
from bot.views.doctor import Finding
from sandbox.canvases import Canvas
from tests.office import ANA, BEN, MONDAY_TEN, Office, playbook_with
from tests.services.test_standup import (
    MEETING,
    STANDUP,
    TUESDAY_TEN,
    at,
    command,
    in_channel,
    press,
    start,
)


@pytest.fixture
def weekly(own_office: Office) -> Iterator[Office]:
    """An office that wants canvases, a day before its stand-up."""
    book = playbook_with(MEETING + "canvas = true\n", leave_out='standup = "#standup"\n')
    own_office.settings = replace(own_office.settings, liaison_playbook=book)
    own_office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    own_office.open()
    own_office.control.advance("1m")
    command(own_office, BEN, "add why do trials stop?")
    own_office.control.set_clock(MONDAY_TEN)
    in_channel(own_office, "why do trials stop?")
    yield own_office


def hold(office: Office) -> None:
    press(office, ANA, ids.STANDUP_NEXT, start(office))
    at(office, TUESDAY_TEN + timedelta(hours=1))
    in_channel(office, "Minutes of the stand-up")


def canvases(office: Office) -> list[Canvas]:
    return office.sandbox.workspace.canvases


def examined(office: Office) -> Finding:
    assert office.bot
    return examine(office.bot.liaison)


def slack_of(office: Office) -> Slack:
    assert office.bot
    return office.bot._courier._slack


def test_the_minutes_become_one_canvas_a_little_later_when_slack_has_no_time(
    weekly: Office,
) -> None:
    weekly.control.fault("rate_limited", method="canvases.create", times=1)
    hold(weekly)
    weekly.control.until(lambda: examined(weekly).fix)
    assert canvases(weekly) == []
    weekly.control.advance("2m")

    (made,) = weekly.control.until(lambda: canvases(weekly))
    assert (made.title, made.channel) == ("Stand-up Tue 24 Nov", STANDUP)
    assert "why do trials stop?" in made.markdown
    assert weekly.bot
    assert make_due(slack_of(weekly), weekly.bot.liaison) == 0
    assert len(canvases(weekly)) == 1
    assert examined(weekly).fix is None


def test_a_canvas_that_is_refused_is_said_by_the_doctor_and_not_asked_for_again(
    weekly: Office,
) -> None:
    weekly.control.fault("error", method="canvases.create", error="canvas_disabled_user_team")

    hold(weekly)
    weekly.control.until(lambda: examined(weekly).fix)
    weekly.control.clear_faults()
    weekly.control.advance("1h")

    assert canvases(weekly) == []
    found = examined(weekly)
    assert "canvas_disabled_user_team" in found.stands
    assert found.fix == "Canvases are turned off in Slack: ask its admin."
