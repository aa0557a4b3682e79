"""manifest.yml says what the code does: no scope too many, no command or event too few."""

import ast
import json
import os
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft202012Validator
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

import handlers
from handlers.commands import COMMANDS
from handlers.desk import Desk
from handlers.inbox import EVENTS
from handlers.shortcuts import SHORTCUTS

ROOT = Path(__file__).parent.parent
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))

SCOPES = {
    "auth_test": set(),
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    # Cards stand in a public or a private channel, nudges in DMs; each kind has a scope of its own.
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    # Only a public channel can be joined without an invitation.
    "conversations_join": {"channels:join"},
    "chat_getPermalink": set(),
    "conversations_open": {"im:write"},
    "files_upload_v2": {"files:write"},
    "dnd_info": {"dnd:read"},
    "dnd_teamInfo": {"dnd:read"},
    "canvases_create": {"canvases:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read", "users:read.email"},
    "users_list": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_push": set(),
    "views_update": set(),
    "views_publish": set(),
}
"""What each Web API method needs, as docs.slack.dev says."""


def methods_called() -> set[str]:
    """The methods of Slack's client that bot/slack.py uses."""
    tree = ast.parse((ROOT / "bot" / "slack.py").read_text("utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "_client"
    }


def test_the_manifest_is_valid_by_slacks_schema() -> None:
    given = os.environ.get("SLACK_MANIFEST_SCHEMA")
    if not given:
        pytest.skip("SLACK_MANIFEST_SCHEMA names no copy of Slack's manifest schema")
    schema = json.loads(Path(given).read_text("utf-8"))

    assert [error.message for error in Draft202012Validator(schema).iter_errors(MANIFEST)] == []
    assert MANIFEST["_metadata"]["major_version"] == 1


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    assert methods_called() == SCOPES.keys()

    needed = set().union(*SCOPES.values()) | {
        "app_mentions:read",
        "commands",
        "metadata.message:read",
    }
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(scopes) == needed
    assert len(scopes) == len(needed)


def test_the_commands_are_those_that_are_registered() -> None:
    told = [command["command"] for command in MANIFEST["features"]["slash_commands"]]
    assert told == list(COMMANDS)


def test_the_shortcuts_are_those_that_are_registered() -> None:
    told = [shortcut["callback_id"] for shortcut in MANIFEST["features"]["shortcuts"]]
    assert told == list(SHORTCUTS)


def test_the_events_are_those_somebody_works_on() -> None:
    told = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    # What people say in channels arrives as one type of event, by two subscriptions.
    assert {event.partition(".")[0] for event in told} == EVENTS.keys()
    assert told == sorted(told)


def test_bolt_has_few_listeners_because_each_costs_every_request_a_little() -> None:
    app = App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        request_verification_enabled=False,
    )
    nobody = cast(Any, None)
    handlers.register(app, Desk(nobody, nobody, nobody, Event(), nobody))

    assert len(app._listeners) <= 10


def test_a_button_can_be_pressed_and_a_dm_can_be_read() -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
