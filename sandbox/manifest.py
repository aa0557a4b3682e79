"""What the app was granted: its manifest, or everything when there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from sandbox.errors import SlackError
from sandbox.people import BOT_NAME
from sandbox.wire import Json


@dataclass(frozen=True)
class Command:
    """A slash command as the page lists it."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class Shortcut:
    """`type` is "global" or "message"."""

    callback_id: str
    name: str
    type: str


@dataclass(frozen=True)
class Manifest:
    """None means that all of a kind is granted, whatever its name."""

    name: str = BOT_NAME
    scopes: frozenset[str] | None = None
    events: frozenset[str] | None = None
    metadata: frozenset[tuple[str, str]] | None = None
    """The (app id or "*", event type) pairs of other apps' metadata that are sent on."""
    commands: tuple[Command, ...] | None = None
    shortcuts: tuple[Shortcut, ...] | None = None
    home_tab: bool = True
    messages_tab: bool = True

    @property
    def provided(self) -> str:
        """The granted scopes as Slack lists them."""
        return ",".join(sorted(self.scopes)) if self.scopes is not None else "*"

    def demand(self, *any_of: str) -> None:
        """`missing_scope` unless one of these is granted."""
        if self.scopes is not None and not self.scopes.intersection(any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=self.provided)

    def grants(self, scope: str) -> bool:
        """Whether one scope is granted."""
        return self.scopes is None or scope in self.scopes

    def names(self, scope: str) -> bool:
        """Whether one scope is granted in so many words; for those that widen what is usual."""
        return self.scopes is not None and scope in self.scopes

    def subscribes(self, event: str) -> bool:
        """Whether the app hears an event, by the name in the manifest (`message.im`)."""
        return self.events is None or event in self.events

    def hears_metadata(self, app_id: str, event_type: str) -> bool:
        """Whether the app hears another app's post with metadata of this type."""
        if self.metadata is None:
            return True
        return bool(self.metadata & {(app_id, event_type), ("*", event_type)})

    def command(self, name: str) -> bool:
        """Whether the app has this slash command."""
        return self.commands is None or name in {command.command for command in self.commands}

    def shortcut(self, callback_id: str, kind: str) -> bool:
        """Whether the app has this shortcut, "global" or "message"."""
        if self.shortcuts is None:
            return True
        return (callback_id, kind) in {(s.callback_id, s.type) for s in self.shortcuts}


EVERYTHING = Manifest()


def read(path: Path) -> Manifest:
    """A manifest file, in YAML or in JSON, which is YAML too."""
    return _read(path.read_text(encoding="utf-8"))


@cache
def _read(text: str) -> Manifest:
    """Once for each text: a workspace starts a hundred times with the same."""
    return parse(yaml.safe_load(text))


def parse(manifest: Json) -> Manifest:
    """Slack's manifest as JSON; whatever it leaves out is not granted."""
    features, settings = manifest.get("features") or {}, manifest.get("settings") or {}
    scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
    subscriptions = settings.get("event_subscriptions") or {}
    home = features.get("app_home") or {}
    return Manifest(
        name=manifest["display_information"]["name"],
        scopes=frozenset(scopes.get("bot") or []),
        events=frozenset(subscriptions.get("bot_events") or []),
        metadata=_metadata(subscriptions.get("metadata_subscriptions") or []),
        commands=tuple(_command(each) for each in features.get("slash_commands") or []),
        shortcuts=tuple(_shortcut(each) for each in features.get("shortcuts") or []),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled")),
    )


def _metadata(subscriptions: Iterable[Json]) -> frozenset[tuple[str, str]]:
    return frozenset((each["app_id"], each["event_type"]) for each in subscriptions)


def _command(given: Json) -> Command:
    return Command(given["command"], given.get("description", ""), given.get("usage_hint", ""))


def _shortcut(given: Json) -> Shortcut:
    return Shortcut(given["callback_id"], given["name"], given["type"])
