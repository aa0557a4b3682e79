"""One listener for every shortcut on a message."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext

from bot.views import ids
from handlers import byhand, flags, topics
from handlers.desk import desk_of
from handlers.shortcut import Shortcut

SHORTCUTS: dict[str, Callable[[Shortcut], None]] = {
    ids.HAND_OFF_MESSAGE: byhand.open_form,
    ids.FLAG_MESSAGE: flags.flag_message,
    ids.ADD_MESSAGE: topics.add_from_message,
}


def chosen(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
    SHORTCUTS[body["callback_id"]](Shortcut.read(desk_of(context), body))
    ack()
