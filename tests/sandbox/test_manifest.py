"""With a manifest the app has what it asks for and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import manifest
from sandbox.control import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANA, LEADS, Listener, connected, home, refused, web_client

MODEST = """\
display_information:
  name: Modest  # as people see it
features:
  app_home:
    home_tab_enabled: false
    messages_tab_enabled: false
  slash_commands:
    - command: /lead
      description: "What is open: yours"
      usage_hint: '[help]'
  shortcuts:
  - name: Make a lead
    type: message
    callback_id: make_lead
oauth_config:
  scopes:
    bot: [{scopes}]
settings:
  event_subscriptions:
    bot_events:
      - app_mention
      - message_metadata_posted
    metadata_subscriptions:
      - app_id: "*"
        event_type: lead
"""


@pytest.fixture(scope="module")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    listed = "\n      - chat:write\n      - channels:read\n      - users:read"
    file = tmp_path_factory.mktemp("app") / "manifest.yml"
    file.write_text(MODEST.replace(" [{scopes}]", listed))
    with Sandbox(pace=1000, manifest=file) as served:
        yield served


def test_a_scope_that_was_not_asked_for_is_missing(modest: Sandbox) -> None:
    client = web_client(modest)

    with refused("missing_scope") as caught:
        client.reactions_add(channel=LEADS, timestamp="1.0", name="eyes")

    response = caught.value.response  # type: ignore[attr-defined]
    assert response["needed"] == "reactions:write"
    assert response["provided"] == "channels:read,chat:write,users:read"
    with refused("missing_scope"):
        client.usergroups_list()
    with refused("missing_scope"):
        client.usergroups_users_list(usergroup="S0SALES0000")


def test_the_kind_of_channel_decides_the_scope(modest: Sandbox) -> None:
    client = web_client(modest)

    assert client.conversations_info(channel=LEADS)["ok"]
    with refused("missing_scope"):
        client.conversations_info(channel="D0ANA000000")
    with refused("missing_scope"):
        client.conversations_list(types="public_channel,im")
    with refused("missing_scope"):
        client.conversations_history(channel=LEADS)


def test_addresses_are_shown_only_with_their_scope(modest: Sandbox, sandbox: Sandbox) -> None:
    hidden = web_client(modest).users_info(user=ANA)["user"]["profile"]
    shown = web_client(sandbox).users_info(user=ANA)["user"]["profile"]

    assert "email" not in hidden
    assert shown["email"] == "ana@example.com"


def test_tabs_that_are_off_cannot_be_written_to(modest: Sandbox) -> None:
    client = web_client(modest)

    with refused("not_enabled"):
        client.views_publish(user_id=ANA, view=home({"type": "divider"}))
    with refused("messages_tab_disabled"):
        client.chat_postMessage(channel=ANA, text="Hi")


def test_only_subscribed_events_are_heard(modest: Sandbox) -> None:
    listener = Listener(modest)
    metadata = {"event_type": "lead", "event_payload": {"id": "1"}}
    with connected(listener):
        modest.control.post(ANA, LEADS, "Not a mention")
        modest.control.home(ANA)
        modest.control.post(
            ANA, LEADS, "x", bot_name="CRM", metadata=metadata | {"event_type": "y"}
        )
        modest.control.post(ANA, LEADS, "y", bot_name="CRM", metadata=metadata)
        modest.control.post(ANA, LEADS, "<@U0LIAISON00> hello")
        listener.next("app_mention")
        heard = [e["type"] for e in modest.control.traffic() if e["direction"] == "out"]

    assert heard == ["message_metadata_posted", "app_mention"]


def test_people_are_offered_what_the_app_has(modest: Sandbox) -> None:
    state = modest.control.state(ANA)

    assert state["bot"]["name"] == "Modest"
    assert state["commands"] == [
        {"command": "/lead", "description": "What is open: yours", "usage_hint": "[help]"}
    ]
    assert [shortcut["callback_id"] for shortcut in state["shortcuts"]] == ["make_lead"]
    with pytest.raises(Refused, match="/other is not a command of Modest"):
        modest.control.command(ANA, LEADS, "/other")
    with pytest.raises(Refused, match="no global shortcut"):
        modest.control.shortcut(ANA, "make_lead")


def test_a_manifest_may_be_json(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text('{"display_information": {"name": "Bare"}}')

    read = manifest.read(file)

    assert (read.name, read.scopes, read.commands) == ("Bare", frozenset(), ())
