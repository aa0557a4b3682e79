"""Calls to Slack go out over TLS; what that needs of this machine is read once."""

import ssl
from dataclasses import replace

import pytest

from bot.app import web_client
from bot.errors import SlackUnavailable
from bot.slack import Slack
from tests.office import settings_at

NOBODY = "https://127.0.0.1:1"


def test_calls_to_slack_share_the_certificates_this_machine_trusts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = replace(settings_at(NOBODY, "sqlite://"), slack_api_url=f"{NOBODY}/api/")
    client = web_client(settings, 1)
    read: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *to: read.append(to))

    for _ in range(2):
        with pytest.raises(SlackUnavailable):
            Slack(client).who_am_i()
    web_client(settings, 1)

    assert read == []
    assert client.ssl and client.ssl.verify_mode is ssl.CERT_REQUIRED
    assert client.ssl.check_hostname
