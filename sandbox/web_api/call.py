"""One call of one method: what it was given, and the workspace it acts on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.channels import Channel
from sandbox.errors import SlackError, invalid_arguments
from sandbox.manifest import Manifest
from sandbox.people import BOT_USER_ID
from sandbox.wire import Json
from sandbox.workspace import Workspace

_TRUE = (True, 1, "1", "true", "True", "yes")


class Args:
    """The arguments of a call. A form carries text only, JSON carries types; both are read."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str) -> str:
        """An argument as text; empty when it was not given."""
        value = self._given.get(name, "")
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str) -> bool:
        """An argument as a truth; False when it was not given."""
        return self._given.get(name) in _TRUE

    def number(self, name: str, default: int) -> int:
        """An argument as a whole number; `invalid_arguments` when it is none."""
        value = self._given.get(name, default)
        try:
            return int(str(value))
        except ValueError:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def json(self, name: str, malformed: str = "invalid_arguments") -> object:
        """An argument that is JSON, decoded when it came as text; None when not given."""
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(malformed) from None

    def names(self, name: str) -> list[str]:
        """An argument that is a list, given as one or with commas between."""
        value = self._given.get(name, "")
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]


@dataclass(frozen=True)
class Call:
    """`address` is the origin of this server; `open_socket` gives a fresh ws:// URL."""

    workspace: Workspace
    manifest: Manifest
    args: Args
    address: str
    open_socket: Callable[[], str]

    def channel(self, name: str = "channel") -> Channel:
        """The channel an argument names by id, if the bot may know of it."""
        channel = self.workspace.channels.get(self.args.text(name))
        if channel is None or (channel.private and BOT_USER_ID not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """The same, if the bot is in it."""
        channel = self.channel(name)
        if BOT_USER_ID not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def allow(self, channel: Channel, verb: str) -> None:
        """`missing_scope` unless this kind of channel was granted, as `im:history` is."""
        self.manifest.demand(f"{channel.family}:{verb}")


Method = Callable[[Call], Json]
