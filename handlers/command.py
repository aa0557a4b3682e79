"""A command that was typed, read from Slack's payload, and the words it knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import Respond

from bot.views.blocks import Post, View, escape
from handlers.desk import Desk, reply


@dataclass(frozen=True)
class Command:
    """`words` is what stands behind the word that chose the use case; it is as it was typed."""

    desk: Desk
    by: str
    channel: str
    """Where it was typed."""
    words: str
    trigger_id: str
    respond: Respond

    @classmethod
    def read(cls, desk: Desk, body: dict[str, Any], words: str, respond: Respond) -> "Command":
        return cls(desk, body["user_id"], body["channel_id"], words, body["trigger_id"], respond)

    def answer(self, post: Post) -> None:
        """Answer privately with more than a sentence, once Slack has its acknowledgement."""
        self.desk.afterwards(lambda: reply(self.respond, post))

    def open(self, view: View) -> None:
        """Open a modal once Slack has its acknowledgement; the trigger lives three seconds."""
        self.desk.afterwards(lambda: self.desk.slack.open_view(self.trigger_id, view))


Word = Callable[[Command], str | Post | None]
"""Does what was typed and gives the private answer; None = a modal is the answer."""


@dataclass(frozen=True)
class Menu:
    """What may be typed behind one command."""

    help: str
    bare: Word
    words: Mapping[str, Word] = field(default_factory=dict)
    other: Word | None = None
    """Takes what begins with no known word; None = that is said, above the help."""

    def chosen(self, typed: str) -> tuple[Word, str]:
        """The use case, and the words that are left for it. Case does not matter."""
        text = typed.strip()
        word, _, rest = text.partition(" ")
        if not text:
            return self.bare, ""
        if known := self.words.get(word.lower()):
            return known, rest.strip()
        if word.lower() == "help":
            return self._help, ""
        return self.other or self._unknown, text

    def _help(self, _command: Command) -> str:
        return self.help

    def _unknown(self, command: Command) -> str:
        word, _, _ = command.words.partition(" ")
        return f"There is no “{escape(word[:30])}” here. This is what it knows:\n{self.help}"
