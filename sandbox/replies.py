"""Answers to a response_url: private unless said otherwise, beside or instead of the original."""

from sandbox.content import Content
from sandbox.errors import SlackError
from sandbox.posts import THE_BOT, Post
from sandbox.tickets import ReplyAddress
from sandbox.wire import Json
from sandbox.workspace import Workspace


def respond(workspace: Workspace, token: str, given: Json) -> None:
    """Take one answer; SlackError when the address is used up, too old, or the content bad."""
    with workspace.lock:
        address = workspace.reply_addresses.use(token)
        original = _original(workspace, address)
        if given.get("delete_original"):
            if original is None:
                raise SlackError("message_not_found")
            workspace.delete(original)
        elif given.get("replace_original") and original is not None:
            Content.checked(_content(given), original).fill(original)
            workspace.note_edit(original)
        else:
            post_reply(workspace, address, given)


def post_reply(workspace: Workspace, address: ReplyAddress, given: Json) -> None:
    """Post an answer, to the person alone or with `response_type` "in_channel" to all."""
    content = Content.checked(_content(given))
    channel = workspace.channels[address.channel]
    post = workspace.draft(channel, THE_BOT)
    content.fill(post)
    if given.get("response_type") != "in_channel":
        post.ephemeral_to = address.person
    parent = channel.timeline.living(given.get("thread_ts") or _thread(address) or "")
    post.thread_ts = parent.ts if parent else None
    workspace.publish(post)


def _thread(address: ReplyAddress) -> str | None:
    in_a_thread = address.thread_ts not in (None, address.ts)
    return address.thread_ts if in_a_thread else None


def _original(workspace: Workspace, address: ReplyAddress) -> Post | None:
    timeline = workspace.channels[address.channel].timeline
    return timeline.seen(address.ts, address.person) if address.ts else None


def _content(given: Json) -> Json:
    kept = ("text", "blocks", "attachments", "metadata", "markdown_text")
    return {key: given.get(key) for key in kept}
