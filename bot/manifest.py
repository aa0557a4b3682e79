"""The app's manifest as Slack takes it: what it may do, and where Slack finds it."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent.parent / "manifest.yml"
EVENTS_PATH = "/slack/events"
"""One path takes events, buttons, forms and commands."""

Manifest = dict[str, Any]


def load() -> Manifest:
    """`manifest.yml` as it stands in the checkout: Socket Mode."""
    manifest: Manifest = yaml.safe_load(FILE.read_text("utf-8"))
    return manifest


def scopes(manifest: Manifest) -> frozenset[str]:
    """What the bot's token has to be allowed."""
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def over_http(manifest: Manifest, address: str) -> Manifest:
    """Slack calls the bot at `address` (https://host) instead of holding a socket open."""
    url = address.rstrip("/") + EVENTS_PATH
    changed = deepcopy(manifest)
    for command in changed["features"]["slash_commands"]:
        command["url"] = url
    settings = changed["settings"]
    settings["event_subscriptions"]["request_url"] = url
    settings["interactivity"]["request_url"] = url
    settings["socket_mode_enabled"] = False
    return changed


def prefixed(manifest: Manifest, prefix: str) -> Manifest:
    """Commands behind a word of one's own (`acme-` gives `/acme-lead`), for workspaces in which
    another app has a command of the same name, or in which two Liaisons live."""
    changed = deepcopy(manifest)
    changed["display_information"]["name"] += f" ({prefix.strip('-_')})"
    for command in changed["features"]["slash_commands"]:
        command["command"] = f"/{prefix}{command['command'].removeprefix('/')}"
    return changed


def as_yaml(manifest: Manifest) -> str:
    """To be pasted under App Manifest, in the order of the file."""
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)
