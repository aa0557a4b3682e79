"""Events as Slack sends them, and which of them the app's manifest lets it hear."""

import time
from collections.abc import Iterator

from sandbox import profiles
from sandbox.channels import Channel
from sandbox.manifest import Manifest
from sandbox.people import APP_ID, BOT_USER_ID, TEAM_ID, Person
from sandbox.posts import Post
from sandbox.views import View
from sandbox.wire import Json, mint

VERIFICATION_TOKEN = "sandbox-verification"


def envelope(event: Json) -> Json:
    """The `event_callback` around an event, with a fresh event_id."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": mint("Ev", 13),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def about_post(manifest: Manifest, channel: Channel, post: Post) -> Iterator[Json]:
    """What the app hears of somebody's new message: itself, a mention, its metadata."""
    if BOT_USER_ID not in channel.members:
        return
    said = _message(channel, post)
    if manifest.subscribes(f"message.{_plural(channel)}"):
        yield said
    mentioned = f"<@{BOT_USER_ID}" in post.text
    if mentioned and not channel.is_dm and manifest.subscribes("app_mention"):
        yield _mention(said)
    if post.metadata and _hears_metadata(manifest, post):
        yield _metadata(channel, post)


def home_opened(person: str, channel: Channel, tab: str, home: View | None, ts: str) -> Json:
    """`app_home_opened`; `view` is left out until something was published."""
    event = {"type": "app_home_opened", "user": person, "channel": channel.id, "tab": tab}
    return event | {"event_ts": ts} | ({"view": home.as_slack()} if home else {})


def user_changed(manifest: Manifest, person: Person, ts: str) -> Json:
    """`user_change`: somebody's zone, title or name is another one now."""
    user = profiles.as_slack(person, email=manifest.grants("users:read.email"))
    return {"type": "user_change", "user": user, "cache_ts": int(float(ts)), "event_ts": ts}


def team_joined(manifest: Manifest, person: Person, ts: str) -> Json:
    """`team_join`: somebody new is in the workspace."""
    return user_changed(manifest, person, ts) | {"type": "team_join"}


def channel_joined(channel: Channel, person: Person, ts: str) -> Json:
    """`member_joined_channel`."""
    return {
        "type": "member_joined_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "C",
        "team": TEAM_ID,
        "event_ts": ts,
    }


def _message(channel: Channel, post: Post) -> Json:
    said = post.as_slack(metadata=False)
    if post.author.bot_id:
        said |= {"subtype": "bot_message", "username": post.author.name}
    return said | {"channel": channel.id, "channel_type": channel.type, "event_ts": post.ts}


def _mention(said: Json) -> Json:
    return {key: v for key, v in said.items() if key != "channel_type"} | {"type": "app_mention"}


def _metadata(channel: Channel, post: Post) -> Json:
    return {
        "type": "message_metadata_posted",
        "app_id": post.author.app_id,
        "bot_id": post.author.bot_id,
        "user_id": post.author.user_id,
        "team_id": TEAM_ID,
        "channel_id": channel.id,
        "metadata": post.metadata,
        "message_ts": post.ts,
        "event_ts": post.ts,
    }


def _hears_metadata(manifest: Manifest, post: Post) -> bool:
    event_type = (post.metadata or {}).get("event_type", "")
    heard = manifest.hears_metadata(post.author.app_id or "", event_type)
    return heard and manifest.subscribes("message_metadata_posted")


def _plural(channel: Channel) -> str:
    return {"channel": "channels", "group": "groups", "im": "im"}[channel.type]
