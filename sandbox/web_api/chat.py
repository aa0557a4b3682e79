"""chat.*: posting, editing, deleting, private notes."""

from sandbox.channels import Channel
from sandbox.content import Content
from sandbox.errors import RateLimited, SlackError
from sandbox.people import BOT_ID, BOT_USER_ID
from sandbox.posts import THE_BOT, Post
from sandbox.web_api.call import Call
from sandbox.wire import Json


def post_message(call: Call) -> Json:
    """chat.postMessage"""
    channel = _addressee(call)
    wait = call.workspace.pacing.message(channel.id)
    if wait is not None:
        raise RateLimited(wait)
    post = call.workspace.draft(channel, THE_BOT)
    _content(call).fill(post)
    post.thread_ts = _parent(call, channel)
    post.broadcast = call.args.flag("reply_broadcast")
    call.workspace.publish(post)
    return {"channel": channel.id, "ts": post.ts, "message": post.as_slack(metadata=True)}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral"""
    channel = _addressee(call)
    person = call.args.text("user")
    if person not in channel.members or person not in call.workspace.people:
        raise SlackError("user_not_in_channel")
    post = call.workspace.draft(channel, THE_BOT)
    _content(call).fill(post)
    post.thread_ts = _parent(call, channel)
    post.ephemeral_to = person
    call.workspace.publish(post)
    return {"message_ts": post.ts}


def update(call: Call) -> Json:
    """chat.update"""
    channel = call.joined_channel()
    post = _own(call, channel, "cant_update_message")
    _content(call, over=post).fill(post)
    call.workspace.note_edit(post)
    message = post.as_slack(metadata=True)
    return {"channel": channel.id, "ts": post.ts, "text": post.text, "message": message}


def delete(call: Call) -> Json:
    """chat.delete"""
    channel = call.joined_channel()
    post = _own(call, channel, "cant_delete_message")
    call.workspace.delete(post)
    return {"channel": channel.id, "ts": post.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink"""
    channel = call.channel()
    post = channel.timeline.living(call.args.text("message_ts"))
    if post is None:
        raise SlackError("message_not_found")
    link = f"{call.address}/archives/{channel.id}/p{post.ts.replace('.', '')}"
    thread = f"?thread_ts={post.thread_ts}&cid={channel.id}" if post.is_reply else ""
    return {"channel": channel.id, "permalink": link + thread}


def _addressee(call: Call) -> Channel:
    """By id, by "#name", or a person's id for the DM with them."""
    given = call.args.text("channel")
    person = call.workspace.people.get(given)
    channel = call.workspace.dm(person.id) if person else call.workspace.channel(given)
    if channel is None:
        raise SlackError("channel_not_found")
    _refuse_closed(call, channel)
    return channel


def _refuse_closed(call: Call, channel: Channel) -> None:
    if channel.is_dm and not call.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    if BOT_USER_ID not in channel.members:
        if channel.private:
            raise SlackError("channel_not_found")
        if not call.manifest.names("chat:write.public"):
            raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")


def _content(call: Call, over: Post | None = None) -> Content:
    args = call.args
    return Content.checked(
        {
            "text": args.text("text") if "text" in args else None,
            "markdown_text": args.text("markdown_text") or None,
            "blocks": args.json("blocks", malformed="invalid_blocks_format"),
            "attachments": args.json("attachments", malformed="invalid_attachments"),
            "metadata": args.json("metadata", malformed="invalid_metadata_format"),
        },
        over,
    )


def _parent(call: Call, channel: Channel) -> str | None:
    if not call.args.text("thread_ts"):
        return None
    parent = channel.timeline.living(call.args.text("thread_ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return parent.ts


def _own(call: Call, channel: Channel, otherwise: str) -> Post:
    post = channel.timeline.living(call.args.text("ts"))
    if post is None:
        raise SlackError("message_not_found")
    if post.author.bot_id != BOT_ID:
        raise SlackError(otherwise)
    return post
