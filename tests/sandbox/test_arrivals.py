"""Somebody new in the workspace."""

import pytest

from sandbox.control import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import LEADS, Listener


def test_the_app_hears_who_joins_and_which_channels(sandbox: Sandbox, bot: Listener) -> None:
    zoe = sandbox.control.join("zoe", real_name="Zoe Lang", team="marketing")

    assert zoe == "U0ZOE000000"
    assert bot.next("team_join")["event"]["user"]["real_name"] == "Zoe Lang"
    joined = [bot.next("member_joined_channel")["event"] for _ in range(2)]
    assert {event["user"] for event in joined} == {zoe}
    assert LEADS in {event["channel"] for event in joined}
    assert sandbox.control.state(zoe)["me"]["title"] == "New here"
    bot.client.chat_postMessage(channel=zoe, text="Welcome")
    with pytest.raises(Refused, match="is here already"):
        sandbox.control.join("zoe")


def test_a_newcomer_needs_a_name_and_a_place(sandbox: Sandbox) -> None:
    with pytest.raises(Refused, match="is no name"):
        sandbox.control.join("Zoe Lang")
    with pytest.raises(Refused, match="Say a team"):
        sandbox.control.join("yan", team="legal")
