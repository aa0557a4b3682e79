"""A shortcut that was run on a message, read from Slack's payload."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.views.blocks import View
from handlers.desk import Desk


@dataclass(frozen=True)
class Shortcut:
    """`message` is as Slack keeps it, and somebody else's words."""

    desk: Desk
    by: str
    message: Mapping[str, Any]
    origin: str
    """`<channel>:<ts>`: which message it was."""
    trigger_id: str

    @classmethod
    def read(cls, desk: Desk, body: Mapping[str, Any]) -> "Shortcut":
        message = body["message"]
        origin = f"{body['channel']['id']}:{message['ts']}"
        return cls(desk, body["user"]["id"], message, origin, body["trigger_id"])

    def open(self, view: View) -> None:
        """Open a modal once Slack has its acknowledgement; the trigger lives three seconds."""
        self.desk.afterwards(lambda: self.desk.slack.open_view(self.trigger_id, view))
