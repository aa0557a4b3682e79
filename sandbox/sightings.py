"""What one person sees of the workspace, as the page and the tests read it."""

from sandbox.channels import Channel
from sandbox.manifest import Manifest
from sandbox.people import BOT_USER_ID, Person
from sandbox.posts import Post
from sandbox.wire import Json
from sandbox.workspace import Workspace

_SHOWN_OF_A_CHANNEL = 300
_NOT_SHOWN = frozenset({"bot_profile", "client_msg_id", "team", "app_id"})


def of(workspace: Workspace, manifest: Manifest, person: Person, *, connected: bool) -> Json:
    """Everything before this person's eyes now."""
    channels = workspace.seen_by(person.id)
    home = workspace.homes.get(person.id)
    return {
        "me": _person(person),
        "people": [_person(each) for each in workspace.people.values()],
        "bot": {"user_id": BOT_USER_ID, "name": manifest.name, "connected": connected},
        "channels": [_channel(channel, person.id, manifest) for channel in channels],
        "messages": {channel.id: _messages(channel, person.id) for channel in channels},
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
    return shown | ({"ephemeral": True} if post.ephemeral_to else {})


def record(post: Post) -> Json:
    """One message with all that nobody sees: how often it was edited, whether it is gone."""
    return message(post) | {
        "edits": post.edits,
        "deleted": post.deleted,
        "ephemeral_to": post.ephemeral_to,
    }


def _messages(channel: Channel, person: str) -> list[Json]:
    newest = channel.timeline.newest(person, _SHOWN_OF_A_CHANNEL)
    return [message(post) for post in newest]


def _channel(channel: Channel, person: str, manifest: Manifest) -> Json:
    read_up_to = channel.read_up_to.get(person, "0000000000.000000")
    return {
        "id": channel.id,
        "name": manifest.name if channel.is_dm else channel.name,
        "kind": "im" if channel.is_dm else "channel",
        "unread": channel.timeline.unread(person, read_up_to),
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
