"""`/liaison watch`: choose a channel, who posts there, and what the messages are read as."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import BadField, SlackGone
from bot.intake.told_in_slack import Label, labels, read_message
from bot.services import watching
from bot.views import ids
from bot.views import watching as views
from bot.views.blocks import View
from handlers.command import Command
from handlers.desk import Desk
from handlers.submission import Submission

LOOKED_AT = 100
"""Messages among which posters are looked for."""
MOST_POSTERS = 10
"""As many as radio buttons take."""


def watch(command: Command) -> str | None:
    liaison = command.desk.liaison
    if command.words.strip().lower() == "off":
        watching.stop(liaison, command.channel, command.by)
        return f"<#{command.channel}> is not watched any more."
    watching.may_set_up(liaison, command.by)
    known = [row.channel_id for row in watching.watched(liaison)]
    command.open(views.choose_channel(known))
    return None


def choose_poster(form: Submission) -> View:
    """Raises `BadField` for a channel that cannot be read."""
    channel = form.conversation(ids.WATCH_CHANNEL)
    posters = _posters(_read(form.desk, channel, ids.WATCH_CHANNEL))
    if not posters:
        raise BadField(ids.WATCH_CHANNEL, "Nobody has posted there yet; choose another channel.")
    return views.choose_poster(channel, posters)


def show_reading(form: Submission) -> View:
    channel, poster = form.about, form.choice(ids.WATCH_POSTER)
    theirs = [
        said for said in _read(form.desk, channel, ids.WATCH_POSTER) if poster == _poster_of(said)
    ]
    last = theirs[: views.SHOWN]
    found = _found(last)
    about = json.dumps([channel, poster, [label.name for label in found]])
    read = [views.Read(label.name, label.value, label.field) for label in found]
    return views.confirm(about, [read_message(message) for message in last], read)


def confirm(form: Submission) -> View:
    channel, poster, names = json.loads(form.about)
    chosen = [form.choice(f"{ids.WATCH_LABEL}{number}") for number in range(len(names))]
    mapping = {
        name: "" if field == ids.LEFT_OUT else field
        for name, field in zip(names, chosen, strict=True)
    }
    watching.watch(form.desk.liaison, channel, poster, mapping, form.by)
    return views.watching(channel)


def message_posted(desk: Desk, event: dict[str, Any]) -> None:
    watching.take(desk.liaison, event)


def _read(desk: Desk, channel: str, field: str) -> Sequence[Mapping[str, Any]]:
    try:
        if desk.slack.is_shared(channel):
            raise BadField(field, "Another company reads this channel; choose another.")
        return desk.slack.last_messages(channel, LOOKED_AT)
    except SlackGone as error:
        sentence = "I am not in this channel: type /invite @Liaison there, then choose it again."
        raise BadField(field, sentence) from error


def _posters(messages: Sequence[Mapping[str, Any]]) -> list[views.Poster]:
    """Apps first: that is who posts leads."""
    names = {_poster_of(said): _name_of(said) for said in messages}
    posters = [views.Poster(poster, name) for poster, name in names.items() if poster]
    return sorted(posters, key=lambda poster: poster.id[0] != "B")[:MOST_POSTERS]


def _poster_of(said: Mapping[str, Any]) -> str:
    return str(said.get("bot_id") or said.get("user") or "")


def _name_of(said: Mapping[str, Any]) -> str:
    app = said.get("bot_profile") or {}
    return str(said.get("username") or app.get("name") or said.get("user") or said.get("bot_id"))


def _found(messages: Sequence[Mapping[str, Any]]) -> list[Label]:
    """The labels of these messages, each once, with a value of it."""
    first: dict[str, Label] = {}
    for said in messages:
        for label in labels(said):
            first.setdefault(label.name, label)
    return list(first.values())[: views.MOST_LABELS]
