"""Tokens and secrets are read from the environment or files, and written nowhere."""

import logging
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.config import BadSettings, Settings
from bot.slack import Slack
from sandbox.people import APP_TOKEN, BOT_TOKEN
from tests.office import BEN, LEADS, SECRET, Office

OTHER_SECRET = "whsec_" + "Q" * 32
SIGNING = "sandbox-signing-5ecret"


def test_no_secret_is_in_the_database_or_the_log(
    own_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    office = own_office
    planted = {
        "liaison_webhook_secret": (SECRET, OTHER_SECRET),
        "slack_signing_secret": SIGNING,
    }
    office.reopen(**planted)
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.command(BEN, LEADS, "/lead")
    office.control.home(BEN)
    office.control.fault("error", error="invalid_auth", method="chat.update", times=1)
    office.tell(event="contacted", lead_id=office.lead_of(handoff), kind="spoke")
    office.control.until(lambda: not office.control.faults())
    office.close()

    file = Path(office.settings.database_url.removeprefix("sqlite:///"))
    stored = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    for secret in (SECRET, OTHER_SECRET, SIGNING, BOT_TOKEN, APP_TOKEN):
        assert secret.encode() not in stored
        assert secret not in caplog.text
        assert secret not in repr(office.settings)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    for name, value in (("bot", "xoxb-1"), ("app", "xapp-1"), ("hook", SECRET)):
        (tmp_path / name).write_text(f"{value}\n", "utf-8")

    settings = Settings.from_env(
        {
            "SLACK_BOT_TOKEN_FILE": str(tmp_path / "bot"),
            "SLACK_APP_TOKEN_FILE": str(tmp_path / "app"),
            "LIAISON_WEBHOOK_SECRET_FILE": str(tmp_path / "hook"),
        }
    )

    assert settings.slack_bot_token == "xoxb-1"
    assert settings.slack_app_token == "xapp-1"
    assert settings.liaison_webhook_secret == (SECRET,)


def test_a_file_that_is_not_there_and_one_too_many_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as bad:
        Settings.from_env(
            {
                "SLACK_BOT_TOKEN_FILE": str(tmp_path / "nothing"),
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_APP_TOKEN_FILE": str(tmp_path / "app"),
            }
        )

    faults = {fault.name: fault.fix for fault in bad.value.faults}
    assert "names no readable file" in faults["SLACK_BOT_TOKEN_FILE"]
    assert "keep one" in faults["SLACK_APP_TOKEN"]


@pytest.mark.parametrize(
    ("api", "url", "may"),
    [
        ("https://slack.com/api/", "https://hooks.slack.com/actions/T/1/x", True),
        ("https://slack.com/api/", "http://hooks.slack.com/actions/T/1/x", False),
        ("https://slack.com/api/", "https://hooks.slack.com.evil.example/x", False),
        ("https://slack.com/api/", "https://hooks.slack.com@evil.example/x", False),
        ("https://slack.com/api/", "http://169.254.169.254/latest/meta-data", False),
        ("https://slack.com/api/", "http://127.0.0.1:3000/hooks/leads", False),
        ("http://127.0.0.1:1/api/", "http://127.0.0.1:1/respond/x", True),
        ("http://127.0.0.1:1/api/", "https://evil.example/x", False),
    ],
)
def test_an_answer_goes_to_slack_alone(api: str, url: str, may: bool) -> None:
    slack = Slack(WebClient("xoxb-1", base_url=api))

    assert slack.may_answer_at(url) is may
