"""Without an app token Slack calls the bot, signed, at /slack/events."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bot.views import ids
from tests.office import BEN, Office, dm, text_of


@pytest.fixture
def http_office(own_office: Office) -> Office:
    own_office.reopen(slack_app_token=None, slack_signing_secret="sandbox")
    assert own_office.bot
    own_office.control.deliver(http_url=f"http://127.0.0.1:{own_office.bot.port}/slack/events")
    return own_office


def test_the_line_works_over_signed_http(http_office: Office) -> None:
    handoff = http_office.hand_over(company="Globex")
    told = http_office.dm(BEN, handoff)

    http_office.press(BEN, ids.ACCEPT, told, dm(BEN), handoff)
    http_office.card(handoff, "Ben Cole accepted it")
    http_office.press(BEN, ids.OUTCOME, http_office.dm(BEN, handoff), dm(BEN), handoff)
    form = http_office.modal(BEN, "Outcome")
    http_office.control.submit(BEN, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "qualified"}})

    http_office.card(handoff, "Qualified")


def test_events_and_commands_come_over_http_too(http_office: Office) -> None:
    handoff = http_office.hand_over(company="Initech")
    http_office.dm(BEN, handoff)

    http_office.control.home(BEN)
    http_office.control.command(BEN, "C0LEADS0000", "/lead")

    http_office.control.until(
        lambda: "Initech" in json.dumps(http_office.control.state(BEN)["home"])
    )
    assert "Initech" in text_of(http_office.whisper(BEN, "Initech"))


def test_an_unsigned_request_is_refused(http_office: Office) -> None:
    assert http_office.bot
    request = Request(
        f"http://127.0.0.1:{http_office.bot.port}/slack/events",
        b'{"type": "url_verification", "challenge": "x"}',
        {"Content-Type": "application/json"},
    )

    with pytest.raises(HTTPError) as refused, urlopen(request, timeout=5):
        pass

    assert refused.value.code == 401
    refused.value.close()
