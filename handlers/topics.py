"""What is added to a stand-up: by the command, a button, a message's menu or a mention."""

import json
import re
from typing import Any

from bot.core.standup import State
from bot.services import mentions, topics
from bot.services.occurrences import key_for
from bot.views import ids
from bot.views import items as item_views
from bot.views import topics as views
from bot.views.blocks import View, short, told
from handlers.command import Command
from handlers.desk import Desk
from handlers.press import Press
from handlers.shortcut import Shortcut
from handlers.submission import Submission

_MENTION = re.compile(r"\s*<@[^>]+>\s*")


def add(command: Command) -> str:
    liaison = command.desk.liaison
    key = key_for(liaison, command.channel, command.by)
    if not command.words:
        return "Type what to talk about: `/alignment-standup add why do trials stop?`"
    begins, words = topics.add_topic(liaison, key, command.by, command.words)
    return views.added(begins, words)


def open_add_form(press: Press) -> None:
    """While it runs an action item is added; before that a topic too."""
    occurrence = topics.look_to_add(press.desk.liaison, press.handoff_id, press.by)
    about = json.dumps({"meeting": occurrence.meeting, "occurrence": occurrence.id})
    if occurrence.state is State.RUNNING:
        press.open(item_views.form(about, due=topics.a_week_later(occurrence)))
    else:
        press.open(views.add_form(about))


def add_from_message(shortcut: Shortcut) -> None:
    """Filled in with the message's words; they can be changed before they are kept."""
    channel, _, _ = shortcut.origin.partition(":")
    key = key_for(shortcut.desk.liaison, channel, shortcut.by)
    words = short(" ".join(str(shortcut.message.get("text") or "").split()), views.TOPIC_WORDS)
    about = {"meeting": key, "origin": shortcut.origin}
    if thread := shortcut.message.get("thread_ts"):
        about["thread"] = f"{channel}:{thread}"
    shortcut.open(views.add_form(json.dumps(about), words or None))


def save_added(form: Submission) -> View:
    """A topic is kept; an action item asks for its owner and its day next."""
    about, words = json.loads(form.about), form.words(ids.ITEM_WORDS)
    if form.choice(ids.ADD_AS) == views.ITEM:
        return item_views.form(form.about, words=words)
    begins, said = topics.add_topic(
        form.desk.liaison,
        about["meeting"],
        form.by,
        words,
        about.get("origin"),
        about.get("thread"),
    )
    return told("Added", views.added(begins, said))


def mentioned(desk: Desk, event: dict[str, Any]) -> None:
    """`@Liaison add …` in a channel or a thread."""
    words = _MENTION.sub(" ", str(event.get("text") or "")).strip()
    place = mentions.Place(event["channel"], event["ts"], event.get("thread_ts") or event["ts"])
    if event.get("user"):
        mentions.take(desk.liaison, place, event["user"], words)
