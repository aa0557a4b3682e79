"""Choosing a channel to watch: where, who posts there, and what its messages are read as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.views import ids
from bot.views.blocks import (
    Post,
    View,
    channel_picker,
    context,
    field,
    foreign,
    modal,
    radios,
    section,
    short,
    static_select,
)

SHOWN = 5
"""Messages whose reading is shown before anything is confirmed."""
MOST_LABELS = 20
_LEFT_OUT = ("kept beside the lead", ids.LEFT_OUT)
FIELDS_OF_A_LEAD = (
    "amount", "campaign", "company", "country", "currency", "email", "first_name", "grade",
    "last_activity", "last_name", "lead_id", "message", "name", "owner", "phone", "reason", "score",
    "source", "title", "url",
)  # fmt: skip
"""What a label may be read as."""


@dataclass(frozen=True)
class Poster:
    """Somebody, or some app, that posted in a channel lately."""

    id: str
    name: str


@dataclass(frozen=True)
class Read:
    """One label of the messages: a value of it, and the field it is read as; None = kept aside."""

    label: str
    example: str
    field: str | None


def choose_channel(watched: Sequence[str]) -> View:
    """Which channel? `watched` are the ids of those that are already."""
    blocks = [
        section(
            "Does a form or a CRM post new leads into a channel? Choose it, and each new message "
            "there becomes a hand-off."
        ),
        field(ids.WATCH_CHANNEL, "Channel", channel_picker(ids.CHOICE)),
    ]
    if watched:
        names = ", ".join(f"<#{channel}>" for channel in watched[:20])
        blocks.append(context(f"Watched now: {names}. `/liaison watch off` in one ends it."))
    return modal(ids.WATCH_FORM, "Watch a channel", blocks, submit="Next")


def choose_poster(channel_id: str, posters: Sequence[Poster]) -> View:
    """Whose messages are leads? Those who posted there lately."""
    options = [(poster.name, poster.id) for poster in posters]
    return modal(
        ids.WATCH_POSTER_FORM,
        "Watch a channel",
        [
            section(f"<#{channel_id}>"),
            field(ids.WATCH_POSTER, "Who posts the leads?", radios(ids.CHOICE, options)),
        ],
        submit="Next",
        about=channel_id,
    )


def confirm(about: str, messages: Sequence[Mapping[str, str]], read: Sequence[Read]) -> View:
    """What was read from the last messages, and what each label shall be read as."""
    blocks = [section("*What I read from the last messages*")]
    blocks += [section(_told(fields)) for fields in messages[:SHOWN]]
    blocks += [
        field(
            f"{ids.WATCH_LABEL}{number}",
            short(f"“{label.label}” is", 150),
            static_select(ids.CHOICE, _options(), chosen=label.field or ids.LEFT_OUT),
            hint=short(f"For example: {label.example}", 150),
        )
        for number, label in enumerate(read[:MOST_LABELS])
    ]
    return modal(ids.WATCH_CONFIRM_FORM, "Watch a channel", blocks, submit="Watch", about=about)


def watching(channel_id: str) -> View:
    sentence = f"From now on each new message of this poster in <#{channel_id}> is a hand-off."
    return modal(ids.WATCHING_VIEW, "Watching", [section(sentence)], submit=None)


def unread(channel_id: str) -> Post:
    sentence = (
        f"A message in <#{channel_id}> could not be read as a lead: it needs a company, a name or "
        "an e-mail. `/liaison watch` corrects how its labels are read."
    )
    return Post(sentence, [section(sentence)])


def _told(fields: Mapping[str, str]) -> str:
    if not fields:
        return "_Nothing: no label, no e-mail, no phone._"
    return " · ".join(f"{_name(name)}: {foreign(value, 80)}" for name, value in fields.items())


def _name(field_name: str) -> str:
    return field_name.replace("_", " ")


def _options() -> list[tuple[str, str]]:
    return [_LEFT_OUT, *((_name(name), name) for name in FIELDS_OF_A_LEAD)]
