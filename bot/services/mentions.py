"""`@Liaison add …`: somebody asks for a topic where they are talking, and reads that it stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.delivery.sayings import Saying, say
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Topic
from bot.services import topics
from bot.services.occurrences import key_for
from bot.views import topics as views
from bot.views.blocks import Post, section

HOW = "Write `@Liaison add` and what to talk about, and it is a topic for the next stand-up."


@dataclass(frozen=True)
class Place:
    """A message: its channel, its ts, and the thread it stands in."""

    channel: str
    ts: str
    thread: str


def take(liaison: Liaison, place: Place, by: str, words: str) -> None:
    """Add the topic and answer in the thread, once for each message."""
    word, _, rest = words.partition(" ")
    if word.lower() != "add" or not rest.strip():
        _answer(liaison, place, HOW)
        return
    try:
        key = key_for(liaison, place.channel, by)
        cut = rest.strip()[: views.TOPIC_WORDS]
        begins, said = topics.add_topic(
            liaison,
            key,
            by,
            cut,
            f"{place.channel}:{place.ts}",
            f"{place.channel}:{place.thread}",
        )
    except Refused as refusal:
        _answer(liaison, place, str(refusal))
        return
    _answer(liaison, place, views.added(begins, said))


def _answer(liaison: Liaison, place: Place, sentence: str) -> None:
    """`about` keeps the sentence: it tells what was so when somebody asked."""
    kind = MessageKind.ADDED
    with liaison.transaction() as tx:
        saying = Saying(
            f"{kind}:{place.channel}:{place.ts}",
            kind,
            _topic_id(tx, liaison, place),
            channel=place.channel,
            about=sentence,
            thread_ts=place.thread,
        )
        say(tx, liaison, saying, hold_until=None)


def _topic_id(tx: Session, liaison: Liaison, place: Place) -> str:
    """The topic of this message; its place where it is none."""
    origin = f"{place.channel}:{place.ts}"
    of_message = select(col(Topic.id)).where(
        col(Topic.team_id) == liaison.team_id, col(Topic.origin) == origin
    )
    return tx.scalars(of_message).first() or origin


def telling(_tx: Session, message: Message, _now: datetime) -> Post:
    """A reply says what was so when somebody asked."""
    sentence = message.about or HOW
    return Post(sentence, [section(sentence)])
