"""The one place that speaks to Slack's Web API, and sorts its refusals by what to do then."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPException
from socket import gaierror
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.config import is_loopback
from bot.core.leave import Status
from bot.errors import (
    SlackError,
    SlackGone,
    SlackRefused,
    SlackShut,
    SlackUnavailable,
    SlackUnclear,
    SlackUnfit,
)
from bot.views.blocks import Post, View

Answer = TypeVar("Answer")

INVALID_BLOCKS = "invalid_blocks"

ANSWERED_AT = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where the response_urls of clicks and commands point to."""
METADATA_TYPE = "liaison_message"
"""The event_type of the metadata on every post; its payload is one opaque mark, nothing else."""

_NOT_NOW = frozenset({"ratelimited", "rate_limited", "accesslimited", "team_added_to_org"})
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "message_not_found",
        "edit_window_closed",
        "cant_update_message",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
        "cannot_dm_bot",
        "thread_not_found",
        "messages_tab_disabled",
        "no_such_subteam",
    }
)
_SHUT = frozenset(
    {
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
_UNFIT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)
_HISTORY_PAGES = 50
"""How far back a post is looked for: 10,000 messages, hours of a channel at Slack's own pace."""


Pause = tuple[datetime, datetime]
"""From when until when somebody is not to be disturbed."""
NO_STATUS = Status("", "", None)


@dataclass(frozen=True)
class Member:
    """A human member of the workspace, as Slack tells it."""

    id: str
    name: str
    email: str | None
    timezone: str
    is_active: bool
    is_primary_owner: bool = False
    """Of the whole workspace; Slack says so of one person."""
    status: Status = NO_STATUS

    @classmethod
    def from_user(cls, user: Mapping[str, Any]) -> "Member":
        """From Slack's `user` object, in an answer or in an event."""
        profile = user.get("profile") or {}
        name = profile.get("real_name") or user.get("real_name") or user.get("name") or user["id"]
        email = profile.get("email")
        return cls(
            id=str(user["id"]),
            name=str(name),
            email=str(email).strip().lower() if email else None,
            timezone=str(user.get("tz") or "UTC"),
            is_active=not user.get("deleted", False),
            is_primary_owner=bool(user.get("is_primary_owner")),
            status=Status(
                str(profile.get("status_text") or ""),
                str(profile.get("status_emoji") or ""),
                _instant(profile.get("status_expiration")),
            ),
        )


@dataclass(frozen=True)
class UserGroup:
    """Several people under one name; `handle` is what follows the @."""

    id: str
    handle: str


@dataclass(frozen=True)
class Granted:
    """What Slack says of the token it was called with."""

    scopes: frozenset[str] | None
    """None = the server does not say, as a Slack-compatible one may not."""
    at: datetime | None
    """Slack's time, to the second; None = it did not say."""


class Slack:
    """Slack, as the bot needs it. Every method blocks for at most the client's time-out.

    Nothing is retried here: whoever calls knows what a repeat would mean. All methods raise the
    `SlackError` kinds.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._is_sandbox = is_loopback(client.base_url)

    def may_answer_at(self, url: str) -> bool:
        """Whether a response_url is Slack's, or a sandbox's while this is one.

        It comes with a signed payload; still nothing of ours is sent to just any address.
        """
        parts = urlsplit(url)
        if self._is_sandbox:
            return is_loopback(url)
        return parts.scheme == "https" and parts.hostname in ANSWERED_AT

    def who_am_i(self) -> dict[str, str]:
        """auth.test: team_id, team, user_id, bot_id."""
        answer = reached(self._client.auth_test)
        return {key: str(answer[key]) for key in ("team_id", "team", "user_id", "bot_id")}

    def granted(self) -> Granted:
        """What the token may do, and what time it is at Slack's, as every answer tells."""
        headers = {
            key.lower(): value for key, value in reached(self._client.auth_test).headers.items()
        }
        scopes, sent = headers.get("x-oauth-scopes"), headers.get("date")
        return Granted(
            None if scopes is None else frozenset(re.findall(r"[^,\s]+", scopes)),
            parsedate_to_datetime(sent) if sent else None,
        )

    def members(self) -> Iterator[Member]:
        """All human members, page by page."""
        for user in self._pages("members", self._client.users_list):
            if not user.get("is_bot") and user["id"] != "USLACKBOT":
                yield Member.from_user(user)

    def user_groups(self) -> list[UserGroup]:
        """All that are not disabled; on a free plan Slack refuses (plan_upgrade_required)."""
        answer = reached(self._client.usergroups_list)
        return [UserGroup(str(each["id"]), str(each["handle"])) for each in answer["usergroups"]]

    def members_of(self, group_id: str) -> list[str]:
        """The ids of the people in a user group; `SlackGone` when it is not there any more."""
        answer = reached(lambda: self._client.usergroups_users_list(usergroup=group_id))
        return [str(user) for user in answer["users"]]

    def member(self, person_id: str) -> Member:
        """One member, as Slack tells them now."""
        return Member.from_user(reached(lambda: self._client.users_info(user=person_id))["user"])

    def do_not_disturb(self, people: Sequence[str]) -> dict[str, Pause]:
        """When each of at most 50 people is not to be disturbed, now or next.

        Whether a pause that somebody just chose shows here is not documented.
        """
        if len(people) == 1:
            alone = reached(lambda: self._client.dnd_info(user=people[0]))
            told = {people[0]: {name: alone.get(name) for name in _DND}}
        else:
            told = reached(lambda: self._client.dnd_teamInfo(users=[*people]))["users"]
        return {person: pause for person, dnd in told.items() if (pause := _pause(dnd))}

    def channel_id(self, name_or_id: str) -> str | None:
        """The id of a channel by `#name` or id; None unless the bot is a member of it."""
        channel = self._channel(name_or_id)
        return str(channel["id"]) if channel and channel.get("is_member") else None

    def enter(self, name_or_id: str) -> str | None:
        """The id of a channel, which the bot joins first where it is public and our own; None when
        somebody has to invite it, or there is no such channel."""
        channel = self._channel(name_or_id)
        if channel is None or channel.get("is_member"):
            return str(channel["id"]) if channel else None
        if channel.get("is_private") or channel.get("is_ext_shared"):
            return None
        try:
            reached(lambda: self._client.conversations_join(channel=channel["id"]))
        except (SlackGone, SlackRefused):
            return None
        except SlackShut as error:
            if str(error) != "missing_scope":  # of an app that was installed before we asked for it
                raise
            return None
        return str(channel["id"])

    def _channel(self, name_or_id: str) -> Mapping[str, Any] | None:
        if not name_or_id.startswith("#"):
            return self._channel_by_id(name_or_id)
        channels = self._pages(
            "channels",
            self._client.conversations_list,
            types="public_channel,private_channel",
            exclude_archived=True,
        )
        return next((each for each in channels if each["name"] == name_or_id[1:]), None)

    def _channel_by_id(self, channel_id: str) -> Mapping[str, Any] | None:
        try:
            answer = reached(lambda: self._client.conversations_info(channel=channel_id))
        except SlackGone:
            return None
        channel: Mapping[str, Any] = answer["channel"]
        return channel

    def channel_members(self, channel_id: str) -> list[str]:
        """The ids of everybody in a channel that the bot can see, bots included."""
        return list(self._pages("members", self._client.conversations_members, channel=channel_id))

    def is_shared(self, channel_id: str) -> bool:
        """Whether another company is in this channel (Slack Connect)."""
        answer = reached(lambda: self._client.conversations_info(channel=channel_id))
        return bool(answer["channel"].get("is_ext_shared"))

    def last_messages(self, channel_id: str, most: int) -> list[Mapping[str, Any]]:
        """The newest messages of a channel the bot is in, newest first; at most 200."""
        answer = reached(lambda: self._client.conversations_history(channel=channel_id, limit=most))
        return list(answer["messages"])

    def is_admin(self, person_id: str) -> bool:
        """Whether Slack has them as an admin or owner of the workspace."""
        user = reached(lambda: self._client.users_info(user=person_id))["user"]
        return bool(user.get("is_admin") or user.get("is_owner"))

    def open_dm(self, person_id: str) -> str:
        """The DM channel with a person; opening it twice is harmless."""
        answer = reached(lambda: self._client.conversations_open(users=[person_id]))
        return str(answer["channel"]["id"])

    def post(
        self,
        channel: str,
        post: Post,
        mark: str,
        thread_ts: str | None = None,
        *,
        aloud: bool = True,
    ) -> str:
        """Post and return the ts. `mark` is what `find` recognises the post by.

        A reply to `thread_ts` is shown in the channel too when it is `aloud`: a thread is read by
        few.
        """
        answer = _as_slack_takes_it(
            post,
            lambda shown: self._client.chat_postMessage(
                channel=channel,
                text=shown.text,
                blocks=shown.blocks,
                thread_ts=thread_ts,
                reply_broadcast=True if thread_ts and aloud else None,
                metadata={"event_type": METADATA_TYPE, "event_payload": {"mark": mark}},
                unfurl_links=False,
                unfurl_media=False,
            ),
        )
        return str(answer["ts"])

    def edit(self, channel: str, ts: str, post: Post) -> None:
        """Replace a message's text and blocks; its metadata stays. Repeating it is harmless."""
        _as_slack_takes_it(
            post,
            lambda shown: self._client.chat_update(
                channel=channel, ts=ts, text=shown.text, blocks=shown.blocks
            ),
        )

    def delete(self, channel: str, ts: str) -> None:
        """Take one of our messages away. Repeating it finds it gone."""
        reached(lambda: self._client.chat_delete(channel=channel, ts=ts))

    def permalink(self, channel: str, ts: str) -> str:
        """The address at which a message opens."""
        answer = reached(lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts))
        return str(answer["permalink"])

    def upload(
        self, channel: str, name: str, content: str | bytes, comment: str | None = None
    ) -> None:
        """Put a text file into a conversation, with a sentence. Repeating it makes a second one."""
        reached(
            lambda: self._client.files_upload_v2(
                channel=channel, filename=name, content=content, initial_comment=comment
            )
        )

    def create_canvas(self, channel: str, title: str, markdown: str) -> str:
        """Make a canvas in a tab of a channel; gives its id. Repeating it makes a second one."""
        answer = reached(
            lambda: self._client.canvases_create(
                title=title,
                document_content={"type": "markdown", "markdown": markdown},
                channel_id=channel,
            )
        )
        return str(answer["canvas_id"])

    def find(self, channel: str, mark: str, since: float, thread_ts: str | None) -> str | None:
        """The ts of our post with this mark made after `since` (epoch seconds), or None.

        Raises `SlackUnclear` when there is more history than can be looked through. How soon
        Slack's history shows a fresh post is not documented; callers wait first.
        """
        look = (
            self._client.conversations_replies if thread_ts else self._client.conversations_history
        )
        place = {"ts": thread_ts} if thread_ts else {}
        messages = self._pages(
            "messages",
            look,
            _HISTORY_PAGES,
            channel=channel,
            oldest=f"{since:.6f}",
            include_all_metadata=True,
            **place,
        )
        return next((str(m["ts"]) for m in messages if _mark(m) == mark), None)

    def open_view(self, trigger_id: str, view: View) -> None:
        """Open a modal; the trigger is good once, for three seconds after the click."""
        reached(lambda: self._client.views_open(trigger_id=trigger_id, view=view))

    def push_view(self, trigger_id: str, view: View) -> str:
        """Open a modal on top of the one that was clicked in; gives its id."""
        answer = reached(lambda: self._client.views_push(trigger_id=trigger_id, view=view))
        return str(answer["view"]["id"])

    def update_view(self, view_id: str, view: View) -> None:
        """Show other content in a modal that stands open; what was filled in stays by its ids."""
        reached(lambda: self._client.views_update(view_id=view_id, view=view))

    def publish_home(self, person_id: str, view: View, known: str | None) -> str | None:
        """Replace a person's App Home if it still has the hash `known`; None replaces any.

        Gives the new hash; None when it changed since.
        """
        given = {"hash": known} if known else {}
        try:
            answer = reached(
                lambda: self._client.views_publish(user_id=person_id, view=view, **given)
            )
        except SlackRefused as error:
            if str(error) != "hash_conflict":
                raise
            return None
        return str(answer["view"]["hash"])

    def _pages(
        self,
        key: str,
        method: Callable[..., SlackResponse],
        most: int = 1000,
        **arguments: object,
    ) -> Iterator[Any]:
        cursor = ""
        for _ in range(most):
            page = reached(partial(method, limit=200, cursor=cursor, **arguments))
            yield from page[key]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise SlackUnclear("There is more than can be looked through.")


_DND = ("dnd_enabled", "next_dnd_start_ts", "next_dnd_end_ts")


def _pause(dnd: Mapping[str, Any]) -> Pause | None:
    begins, ends = (_instant(dnd.get(f"next_dnd_{edge}_ts")) for edge in ("start", "end"))
    return (begins, ends) if dnd.get("dnd_enabled") and begins and ends else None


def _instant(epoch: object) -> datetime | None:
    """Slack writes 0 or 1 for never."""
    is_one = isinstance(epoch, int | float) and epoch > 1
    return datetime.fromtimestamp(epoch, UTC) if is_one else None  # type: ignore[arg-type]


def _mark(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_TYPE:
        return None
    mark = (metadata.get("event_payload") or {}).get("mark")
    return str(mark) if mark else None


def _as_slack_takes_it(post: Post, send: Callable[[Post], SlackResponse]) -> SlackResponse:
    """Send it, and once more without tables and charts where this Slack does not know them yet:
    a plain refusal, after which nothing stands anywhere."""
    try:
        return reached(lambda: send(post))
    except SlackRefused as error:
        if str(error) != INVALID_BLOCKS or not post.is_native:
            raise
        return reached(lambda: send(post.plain))


def reached(method: Callable[[], Answer]) -> Answer:
    """The answer of an SDK call, or one of the kinds of failure."""
    try:
        return method()
    except SlackApiError as error:
        raise _kind(error) from error
    except URLError as error:
        # Nothing was sent when the connection itself was refused or the name not found.
        if isinstance(error.reason, ConnectionRefusedError | gaierror):
            raise SlackUnavailable("Slack cannot be reached.") from error
        raise SlackUnclear from error
    except (OSError, HTTPException, SlackClientError, UnicodeDecodeError) as error:
        raise SlackUnclear from error


def _kind(error: SlackApiError) -> SlackError:
    status = error.response.status_code
    code = str(error.response.get("error", ""))
    if status == 429 or code in _NOT_NOW:
        return SlackUnavailable(code, _retry_after(error.response.headers))
    if status >= 500 or code in _UNCLEAR or not code.replace("_", "").isalnum():
        return SlackUnclear(f"Slack answered {status}.")
    for kind, codes in ((SlackGone, _GONE), (SlackShut, _SHUT), (SlackUnfit, _UNFIT)):
        if code in codes:
            return kind(code)
    return SlackRefused(code)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return float(headers.get("Retry-After", ""))
    except ValueError:
        return None
