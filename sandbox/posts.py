"""One message, and the window through which history is read."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.people import APP_ID, BOT_ID, BOT_NAME, BOT_USER_ID, SLACKBOT_ID, TEAM_ID
from sandbox.wire import Json


@dataclass(frozen=True)
class Author:
    """Who wrote a message; an app has a `bot_id`, a person has none."""

    user_id: str
    name: str
    bot_id: str | None = None
    app_id: str | None = None


THE_BOT = Author(BOT_USER_ID, BOT_NAME, BOT_ID, APP_ID)
SLACKBOT = Author(SLACKBOT_ID, "Slackbot")


def another_app(name: str) -> Author:
    """The author of posts by some other app; the same name always has the same ids."""
    tail = "".join(filter(str.isalnum, name)).upper().ljust(9, "0")[:9]
    return Author(f"U0{tail}", name, f"B0{tail}", f"A0{tail}")


@dataclass
class Post:
    """A message as the workspace keeps it; `at` is business time, `ts` wall time."""

    ts: str
    channel: str
    author: Author
    at: datetime
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    edited_at: str | None = None
    edits: int = 0
    deleted: bool = False
    repliers: list[str] = field(default_factory=list)
    reply_count: int = 0
    latest_reply: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    changed: int = 0
    """The number of the newest change of it; see `Changes`."""

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def all_blocks(self) -> list[Json]:
        """The blocks of the message and of its attachments."""
        attached = (block for each in self.attachments for block in each.get("blocks") or [])
        return [*self.blocks, *attached]

    def as_slack(self, *, metadata: bool) -> Json:
        """The message object of the Web API and of payloads."""
        shown: Json = {"type": "message", "user": self.author.user_id, "ts": self.ts}
        shown |= {"text": self.text, "team": TEAM_ID} | self._app() | self._thread()
        for key in ("blocks", "attachments", "files"):
            if value := getattr(self, key):
                shown[key] = value
        if self.edited_at:
            shown["edited"] = {"user": self.author.bot_id or self.author.user_id}
            shown["edited"]["ts"] = self.edited_at
        if self.reactions:
            shown["reactions"] = self.reactions_shown()
        if metadata and self.metadata:
            shown["metadata"] = self.metadata
        return shown

    def reactions_shown(self) -> list[Json]:
        """Reactions with who gave them, as Slack lists them."""
        return [
            {"name": name, "users": users, "count": len(users)}
            for name, users in self.reactions.items()
        ]

    def _app(self) -> Json:
        if self.author.bot_id is None:
            return {"client_msg_id": self.ts}
        ids = {"app_id": self.author.app_id, "team_id": TEAM_ID}
        about = {"id": self.author.bot_id, "name": self.author.name, "deleted": False}
        return {
            "bot_id": self.author.bot_id,
            "app_id": self.author.app_id,
            "bot_profile": {**ids, **about, "icons": {}},
        }

    def _thread(self) -> Json:
        if self.thread_ts is None:
            return {}
        if self.is_reply:
            return {"thread_ts": self.thread_ts}
        return {
            "thread_ts": self.thread_ts,
            "reply_count": self.reply_count,
            "reply_users": self.repliers,
            "reply_users_count": len(self.repliers),
            "latest_reply": self.latest_reply,
        }
