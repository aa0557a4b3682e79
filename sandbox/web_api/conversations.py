"""conversations.*: which channels there are, who is in them, what was said."""

from collections.abc import Iterable

from sandbox.channels import Channel
from sandbox.errors import SlackError
from sandbox.people import BOT_USER_ID
from sandbox.posts import Post
from sandbox.timeline import Window, full_ts
from sandbox.web_api import paging
from sandbox.web_api.call import Args, Call
from sandbox.wire import Json

_TYPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def list_all(call: Call) -> Json:
    """conversations.list"""
    visible = (
        channel
        for channel in call.workspace.channels.values()
        if not channel.private or BOT_USER_ID in channel.members
    )
    return _listed(call, visible)


def of_user(call: Call) -> Json:
    """users.conversations: of the bot itself, or of the `user` named"""
    member = call.args.text("user") or BOT_USER_ID
    return _listed(call, (c for c in call.workspace.channels.values() if member in c.members))


def info(call: Call) -> Json:
    """conversations.info"""
    channel = call.channel()
    call.allow(channel, "read")
    shown = channel.as_slack()
    if not call.args.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def members(call: Call) -> Json:
    """conversations.members"""
    channel = call.channel()
    call.allow(channel, "read")
    found, metadata = paging.page(channel.members, call.args)
    return {"members": found, "response_metadata": metadata}


def open_dm(call: Call) -> Json:
    """conversations.open: the DM with one person, by `users`, or again by `channel`"""
    channel = call.channel() if call.args.text("channel") else _dm_with_users(call)
    call.allow(channel, "write")
    shown = channel.as_slack() if call.args.flag("return_im") else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": shown}


def join(call: Call) -> Json:
    """conversations.join"""
    channel = call.channel()
    if channel.private or channel.is_dm:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER_ID not in channel.members:
        channel.members.append(BOT_USER_ID)
        call.workspace.changes.note(channel.id)
    return {"channel": channel.as_slack()}


def history(call: Call) -> Json:
    """conversations.history: newest first"""
    channel = call.joined_channel()
    call.allow(channel, "history")
    window = _window(call.args, paging.opened(call.args, "next_ts"))
    found = channel.timeline.history(window)
    newest = found[-paging.limit(call.args, 100) :]
    posts = channel.timeline.pick(reversed(newest))
    return {
        "messages": _shown(call, posts),
        "pin_count": 0,
        **_more(newest[0] if len(newest) < len(found) else None),
    }


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first"""
    channel = call.joined_channel()
    call.allow(channel, "history")
    root = _root(channel, call.args.text("ts"))
    after = paging.opened(call.args, "after_ts")
    window = _window(call.args, None)
    if after:
        window = Window(after, window.latest, inclusive=False)
    found = channel.timeline.thread(root.ts, window)
    first = found[: paging.limit(call.args, 1000)]
    parent = [] if after else [root]
    more = _more(first[-1] if len(first) < len(found) else None, "after_ts")
    return {"messages": _shown(call, parent + channel.timeline.pick(first)), **more}


def _listed(call: Call, channels: Iterable[Channel]) -> Json:
    types = call.args.names("types") or ["public_channel"]
    if not _TYPES.keys() >= set(types):
        raise SlackError("invalid_types")
    for each in types:
        call.manifest.demand(_TYPES[each])
    archived = not call.args.flag("exclude_archived")
    found = [c for c in channels if c.list_type in types and (archived or not c.archived)]
    shown, metadata = paging.page(found, call.args)
    return {"channels": [c.as_slack() for c in shown], "response_metadata": metadata}


def _dm_with_users(call: Call) -> Channel:
    users = call.args.names("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        call.manifest.demand("mpim:write")
        raise SlackError("method_not_supported_for_channel_type")
    person = call.workspace.people.get(users[0])
    if person is None:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("user_disabled")
    return call.workspace.dm(person.id)


def _root(channel: Channel, ts: str) -> Post:
    post = channel.timeline.living(ts)
    root = channel.timeline.living(post.thread_ts) if post and post.thread_ts else post
    if root is None:
        raise SlackError("thread_not_found")
    return root


def _window(args: Args, before: str | None) -> Window:
    latest = args.text("latest")
    if before:
        return Window(_bound(args, "oldest", "0"), before, inclusive=False)
    if latest in ("", "now"):
        return Window(_bound(args, "oldest", "0"), inclusive=args.flag("inclusive"))
    return Window(
        _bound(args, "oldest", "0"),
        _bound(args, "latest", latest),
        inclusive=args.flag("inclusive"),
    )


def _bound(args: Args, name: str, default: str) -> str:
    try:
        return full_ts(args.text(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _shown(call: Call, posts: list[Post]) -> list[Json]:
    metadata = call.args.flag("include_all_metadata")
    return [post.as_slack(metadata=metadata) for post in posts]


def _more(last: str | None, kind: str = "next_ts") -> Json:
    if last is None:
        return {"has_more": False, "response_metadata": {"next_cursor": ""}}
    cursor = paging.sealed(kind, last)
    return {"has_more": True, "response_metadata": {"next_cursor": cursor}}
