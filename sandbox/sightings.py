"""What one person sees of the workspace, as the page and the tests read it."""

from dataclasses import dataclass

from sandbox.channels import Channel
from sandbox.manifest import Manifest
from sandbox.people import BOT_USER_ID, Person
from sandbox.posts import Post
from sandbox.wire import Json
from sandbox.workspace import Workspace

SHOWN_OF_A_CHANNEL = 200
_BEGINNING = "0000000000.000000"
_NOT_SHOWN = frozenset({"bot_profile", "client_msg_id", "team", "app_id"})


@dataclass(frozen=True)
class Gaze:
    """Where a person looks closer: how far back in one channel, and at which thread of it."""

    channel: str = ""
    count: int = SHOWN_OF_A_CHANNEL
    thread: str = ""


def of(
    workspace: Workspace, manifest: Manifest, person: Person, gaze: Gaze, *, connected: bool
) -> Json:
    """Everything before this person's eyes now."""
    channels = workspace.seen_by(person.id)
    newest = {channel.id: _newest(channel, person.id, gaze) for channel in channels}
    home = workspace.homes.get(person.id)
    return {
        "me": _person(person),
        "people": [_person(each) for each in workspace.people.values()],
        "bot": {"user_id": BOT_USER_ID, "name": manifest.name, "connected": connected},
        "channels": [_channel(each, person.id, manifest, newest[each.id]) for each in channels],
        "messages": {each.id: _messages(each, newest[each.id], gaze) for each in channels},
        "views": [view.as_slack() for view in workspace.modals.stack(person.id)],
        "home": home.as_slack() if home else None,
        "commands": [vars(command) for command in manifest.commands or ()],
        "shortcuts": [vars(shortcut) for shortcut in manifest.shortcuts or ()],
        "clock": workspace.clock.state(),
        "version": workspace.version(person.id),
    }


def message(post: Post) -> Json:
    """One message as it is shown, `at` in business time."""
    shown = {k: v for k, v in post.as_slack(metadata=True).items() if k not in _NOT_SHOWN}
    shown |= {"username": post.author.name, "at": post.at.isoformat()}
    marks = {"ephemeral": post.ephemeral_to is not None, "broadcast": post.broadcast}
    return shown | {mark: True for mark, on in marks.items() if on}


def record(post: Post) -> Json:
    """One message with all that nobody sees: how often it was edited, whether it is gone."""
    return message(post) | {
        "edits": post.edits,
        "deleted": post.deleted,
        "ephemeral_to": post.ephemeral_to,
    }


def _newest(channel: Channel, person: str, gaze: Gaze) -> list[Post]:
    count = gaze.count if gaze.channel == channel.id else SHOWN_OF_A_CHANNEL
    return channel.timeline.newest(person, count)


def _messages(channel: Channel, newest: list[Post], gaze: Gaze) -> list[Json]:
    seen = {post.ts: post for post in channel.timeline.with_parents(newest)}
    if gaze.channel == channel.id:
        seen |= {post.ts: post for post in channel.timeline.replies(gaze.thread)}
    return [message(seen[ts]) for ts in sorted(seen)]


def _channel(channel: Channel, person: str, manifest: Manifest, newest: list[Post]) -> Json:
    """`since` is where the newest messages begin; `earlier` counts what came before."""
    read_up_to = channel.read_up_to.get(person, _BEGINNING)
    since = newest[0].ts if newest else _BEGINNING
    return {
        "id": channel.id,
        "name": manifest.name if channel.is_dm else channel.name,
        "kind": "im" if channel.is_dm else "channel",
        "unread": channel.timeline.unread(person, read_up_to),
        "since": since,
        "earlier": channel.timeline.earlier(since),
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "team": person.team,
        "title": person.title,
        "tz": person.tz,
        "email": person.email,
    }
