"""Where a person can click: a message, a modal, the App Home, seen as one kind of thing."""

from dataclasses import dataclass
from typing import Protocol

from sandbox import payloads
from sandbox.channels import Channel
from sandbox.errors import Misuse
from sandbox.forms import Entries
from sandbox.payloads import Act
from sandbox.posts import Post
from sandbox.views import View
from sandbox.wire import Json
from sandbox.workspace import Workspace


class Surface(Protocol):
    """`channel` is where the person reads about trouble; `place` what a suggestion names."""

    @property
    def channel(self) -> Channel: ...
    @property
    def blocks(self) -> list[Json]: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def place(self) -> Json: ...
    @property
    def view_id(self) -> str | None: ...
    def reply_address(self) -> str | None:
        """The token of a fresh response_url; None where Slack gives none."""

    def clicked(self, act: Act, action: Json) -> Json:
        """The payload of a click here."""


@dataclass(frozen=True)
class InMessage:
    """A message this person sees."""

    workspace: Workspace
    person: str
    channel: Channel
    post: Post
    view_id = None

    @property
    def blocks(self) -> list[Json]:
        return self.post.all_blocks

    @property
    def entries(self) -> Entries:
        key = (self.person, self.channel.id, self.post.ts)
        return self.workspace.entries.setdefault(key, {})

    @property
    def place(self) -> Json:
        container = {"type": "message", "message_ts": self.post.ts}
        container |= {"channel_id": self.channel.id}
        return {"container": container, "channel": {"id": self.channel.id}}

    def reply_address(self) -> str | None:
        return self.workspace.reply_addresses.issue(
            self.person, self.channel.id, self.post.ts, self.post.thread_ts
        )

    def clicked(self, act: Act, action: Json) -> Json:
        return payloads.click_in_message(act, self.channel, self.post, self.entries, action)


@dataclass(frozen=True)
class InView:
    """A modal on top of this person's stack, or their App Home."""

    view: View
    channel: Channel

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def entries(self) -> Entries:
        return self.view.entries

    @property
    def place(self) -> Json:
        container = {"type": "view", "view_id": self.view.id}
        return {"container": container, "view": self.view.as_slack()}

    @property
    def view_id(self) -> str | None:
        return self.view.id

    def reply_address(self) -> str | None:
        return None

    def clicked(self, act: Act, action: Json) -> Json:
        return payloads.click_in_view(act, self.view, action)


def find(workspace: Workspace, person: str, given: Json) -> Surface:
    """The surface a click names by `home`, `view_id`, or `channel` and `ts`."""
    dm = workspace.dm(person)
    if given.get("home"):
        if person not in workspace.homes:
            raise Misuse("The App Home is empty still.")
        return InView(workspace.homes[person], dm)
    if given.get("view_id"):
        return InView(top_modal(workspace, person, given["view_id"]), dm)
    channel = joined(workspace, person, given.get("channel"))
    return InMessage(workspace, person, channel, seen(channel, person, given.get("ts")))


def top_modal(workspace: Workspace, person: str, view_id: str) -> View:
    """The modal this person has on top; Misuse when that is another one."""
    stack = workspace.modals.stack(person)
    if not stack or stack[-1].id != view_id:
        raise Misuse(f'The modal "{view_id}" is not on top of what this person sees.')
    return stack[-1]


def joined(workspace: Workspace, person: str, name: object) -> Channel:
    """A channel this person is in, by id or "#name"."""
    channel = workspace.channel(name) if isinstance(name, str) else None
    if channel is None or person not in channel.members:
        raise Misuse(f'This person is in no channel "{name}".')
    return channel


def seen(channel: Channel, person: str, ts: object) -> Post:
    """A message this person sees in a channel."""
    post = channel.timeline.seen(ts, person) if isinstance(ts, str) else None
    if post is None:
        raise Misuse(f'This person sees no message "{ts}" there.')
    return post
