"""Every method the sandbox knows: what it does, needs, costs, and must be given.

Scopes and tiers are those of docs.slack.dev in 2026. Where several scopes are named one is
enough to call the method; which one counts is decided by the kind of channel.
"""

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.web_api import (
    canvases,
    chat,
    conversations,
    reactions,
    uploads,
    usergroups,
    users,
    views,
)
from sandbox.web_api.call import Call, Method
from sandbox.wire import Json


@dataclass(frozen=True)
class Entry:
    """`tier` None is "special": chat.postMessage has its pace, the others none here."""

    method: Method
    tier: int | None = None
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    app_token: bool = False


def _api_test(call: Call) -> Json:
    if error := call.args.text("error"):
        raise SlackError(error)
    return {"args": {}}


def _connections_open(call: Call) -> Json:
    return {"url": call.open_socket()}


def _kinds(verb: str) -> tuple[str, ...]:
    return tuple(f"{family}:{verb}" for family in ("channels", "groups", "im", "mpim"))


_READ, _HISTORY, _WRITE = _kinds("read"), _kinds("history"), ("im:write", "mpim:write")
_CHAT, _USERS = ("chat:write",), ("users:read",)
_GROUPS = ("usergroups:read",)

METHODS: dict[str, Entry] = {
    "api.test": Entry(_api_test, 4),
    "apps.connections.open": Entry(_connections_open, 3, app_token=True),
    "auth.test": Entry(users.auth_test),
    "bots.info": Entry(users.bot_info, 3, _USERS),
    "canvases.create": Entry(canvases.create, 2, ("canvases:write",)),
    "chat.delete": Entry(chat.delete, 3, _CHAT, ("channel", "ts")),
    "chat.getPermalink": Entry(chat.permalink, None, (), ("channel", "message_ts")),
    "chat.postEphemeral": Entry(chat.post_ephemeral, 4, _CHAT, ("channel", "user")),
    "chat.postMessage": Entry(chat.post_message, None, _CHAT, ("channel",)),
    "chat.update": Entry(chat.update, 3, _CHAT, ("channel", "ts")),
    "conversations.history": Entry(conversations.history, 3, _HISTORY, ("channel",)),
    "conversations.info": Entry(conversations.info, 3, _READ, ("channel",)),
    "conversations.join": Entry(conversations.join, 3, ("channels:join",), ("channel",)),
    "conversations.list": Entry(conversations.list_all, 2, _READ),
    "conversations.members": Entry(conversations.members, 4, _READ, ("channel",)),
    "conversations.open": Entry(conversations.open_dm, 3, _WRITE),
    "conversations.replies": Entry(conversations.replies, 3, _HISTORY, ("channel", "ts")),
    "dnd.info": Entry(users.dnd_info, 3, ("dnd:read",)),
    "dnd.teamInfo": Entry(users.dnd_team_info, 2, ("dnd:read",)),
    "files.completeUploadExternal": Entry(uploads.complete_upload, 4, ("files:write",), ("files",)),
    "files.getUploadURLExternal": Entry(
        uploads.get_upload_url, 4, ("files:write",), ("filename", "length")
    ),
    "files.info": Entry(uploads.info, 4, ("files:read",), ("file",)),
    "reactions.add": Entry(
        reactions.add, 3, ("reactions:write",), ("channel", "name", "timestamp")
    ),
    "reactions.get": Entry(reactions.get, 3, ("reactions:read",)),
    "reactions.remove": Entry(reactions.remove, 2, ("reactions:write",), ("name",)),
    "team.info": Entry(users.team_info, 3, ("team:read",)),
    "usergroups.list": Entry(usergroups.list_all, 2, _GROUPS),
    "usergroups.users.list": Entry(usergroups.list_users, 2, _GROUPS, ("usergroup",)),
    "users.conversations": Entry(conversations.of_user, 3, _READ),
    "users.getPresence": Entry(users.presence, 3, _USERS),
    "users.info": Entry(users.info, 4, _USERS, ("user",)),
    "users.list": Entry(users.list_all, 2, _USERS),
    "users.lookupByEmail": Entry(users.look_up_by_email, 3, ("users:read.email",), ("email",)),
    "views.open": Entry(views.open_modal, 4, (), ("trigger_id", "view")),
    "views.publish": Entry(views.publish, 4, (), ("user_id", "view")),
    "views.push": Entry(views.push, 4, (), ("trigger_id", "view")),
    "views.update": Entry(views.update, 4, (), ("view",)),
}
