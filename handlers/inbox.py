"""Store Slack's events before they are acknowledged.

Bolt acknowledges an event before its listener runs, so a crash at that moment loses it. Here the
row is committed first; when that fails the exception leaves Slack without an acknowledgement, and
Slack sends the event again.
"""

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltContext, BoltResponse

from bot.delivery.inbox import store_slack_event
from bot.services.watching import is_heard
from handlers.byhand import metadata_posted
from handlers.desk import Desk, desk_of
from handlers.home import home_opened
from handlers.people import member_changed
from handlers.topics import mentioned
from handlers.watching import message_posted

EVENTS: dict[str, Callable[[Desk, dict[str, Any]], None]] = {
    "app_mention": mentioned,
    "app_home_opened": home_opened,
    "message": message_posted,
    "message_metadata_posted": metadata_posted,
    "team_join": member_changed,
    "user_change": member_changed,
}
"""What a worker does with a stored event, by type; any other type is stored and left."""


def store_before_ack(
    body: dict[str, Any], context: BoltContext, next: Callable[[], BoltResponse]
) -> BoltResponse:
    """Events end here, stored; everything else goes on to its listener.

    What people say where nothing is watched is not ours to keep: it is dropped unread.
    """
    if body.get("type") != "event_callback":
        return next()
    desk = desk_of(context)
    event = body["event"]
    if event["type"] == "message" and not is_heard(desk.liaison, event):
        return BoltResponse(status=200, body="")
    store_slack_event(desk.liaison, body)
    desk.event_stored.set()
    return BoltResponse(status=200, body="")
