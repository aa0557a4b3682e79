"""The form that adds something to a stand-up, and what is said to whoever did."""

from datetime import datetime

from bot.models import Topic
from bot.views import ids
from bot.views.blocks import View, context, foreign, line_field, modal, radios, text_field, when
from bot.views.blocks import field as form_field

FORGOTTEN = "What was said here was erased with its lead."
TOPIC_WORDS = 300
TOPIC, ITEM = "topic", "item"


def words_of(topic: Topic) -> str:
    """What is to be talked about; a sentence of ours where its words were erased with a lead."""
    return foreign(topic.words, TOPIC_WORDS) or "A topic whose words were erased with a lead"


def add_form(about: str, words: str | None = None) -> View:
    """A topic or an action item, from a message or between two meetings."""
    options = [
        ("A topic to talk about", TOPIC),
        ("An action item somebody does", ITEM),
    ]
    typed = (
        line_field(ids.CHOICE, most=TOPIC_WORDS, initial=words, lines=True)
        if words
        else text_field(ids.CHOICE, most=TOPIC_WORDS, hint="Why do trials stop in week two?")
    )
    blocks = [
        form_field(ids.ITEM_WORDS, "What is it?", typed),
        form_field(ids.ADD_AS, "It is", radios(ids.CHOICE, options, TOPIC)),
        context("An action item asks for its owner and its day next."),
    ]
    return modal(ids.ADD_FORM, "Add to stand-up", blocks, submit="Add", about=about)


def added(begins_at: datetime | None, words: str) -> str:
    """What is said to whoever added a topic."""
    which = f"the stand-up {when(begins_at)}" if begins_at else "the next stand-up"
    return f"“{foreign(words, 150)}” is a topic for {which}."
