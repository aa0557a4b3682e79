"""reactions.*: the bot's emoji on messages."""

import re

from sandbox.errors import SlackError
from sandbox.people import BOT_USER_ID
from sandbox.posts import Post
from sandbox.web_api.call import Call
from sandbox.wire import Json

_NAME = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


def add(call: Call) -> Json:
    """reactions.add"""
    post, name = _post(call), _name(call)
    users = post.reactions.setdefault(name, [])
    if BOT_USER_ID in users:
        raise SlackError("already_reacted")
    users.append(BOT_USER_ID)
    call.workspace.note_change(post)
    return {}


def remove(call: Call) -> Json:
    """reactions.remove"""
    post, name = _post(call), _name(call)
    users = post.reactions.get(name, [])
    if BOT_USER_ID not in users:
        raise SlackError("no_reaction")
    users.remove(BOT_USER_ID)
    if not users:
        del post.reactions[name]
    call.workspace.note_change(post)
    return {}


def get(call: Call) -> Json:
    """reactions.get"""
    post = _post(call)
    message = post.as_slack(metadata=False)
    return {"type": "message", "channel": post.channel, "message": message}


def _post(call: Call) -> Post:
    channel = call.joined_channel()
    post = channel.timeline.living(call.args.text("timestamp"))
    if post is None:
        raise SlackError("message_not_found")
    return post


def _name(call: Call) -> str:
    name = call.args.text("name")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name
