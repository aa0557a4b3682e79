"""What was decided: the minutes of a stand-up, and the search for decisions."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.standup import State
from bot.delivery.courier import Hold
from bot.delivery.sayings import Saying, say
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Decision, Message, MessageKind, Occurrence
from bot.services import agenda, item_lists
from bot.services.hours import back_at_work
from bot.services.occurrences import listed, meeting_for, newest, occurrence_of
from bot.views import minutes as views
from bot.views.agenda import Agenda
from bot.views.blocks import Post

MOST_FOUND = 20


def _look(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> Agenda:
    """As it was when it ended, however often the minutes are told anew."""
    closed = item_lists.closed_in(tx, liaison, occurrence)
    told = agenda.look(tx, liaison, occurrence, now, closed)
    return replace(told, open_items=item_lists.left_open(tx, occurrence))


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The minutes, inside the team's hours unless somebody pressed for them."""
    asked = message.ts is not None or message.is_answer
    if not asked and (opens := back_at_work(tx, liaison, None, now)):
        return Hold(opens)
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    if liaison.playbook.standup(occurrence.meeting) is None:
        return None
    return views.minutes(_look(tx, liaison, occurrence, now), liaison.playbook)


def last(liaison: Liaison, channel: str, by: str) -> Post:
    """The minutes of the last meeting that took place, for whoever asks."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        found = newest(tx, liaison, meeting.key, State.CLOSED)
        if found is None:
            raise Refused("There are no minutes yet: no stand-up has taken place.")
        told = _look(tx, liaison, found, liaison.now())
        return views.minutes(told, liaison.playbook, is_private=True)


def post_to_channel(liaison: Liaison, occurrence_id: str, channel: str, by: str) -> None:
    """Say them in another channel than their own, once a minute however often it is pressed."""
    now = liaison.now()
    with liaison.transaction() as tx:
        listed(tx, liaison, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        if liaison.standup_channels.get(occurrence.meeting) == channel:
            raise Refused("These minutes stand in this channel already.")
        kind = MessageKind.MINUTES
        key = f"{kind}:{occurrence.id}:{channel}:{now:%Y-%m-%dT%H:%M}"
        saying = Saying(key, kind, occurrence.id, channel=channel, is_answer=True)
        say(tx, liaison, saying, hold_until=None)


def search(liaison: Liaison, channel: str, by: str, words: str) -> Post:
    """Decisions that have these words in them, newest first; without words the newest ones."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        in_words = func.lower(col(Decision.words)).contains(words.strip().lower(), autoescape=True)
        of = (col(Occurrence.team_id) == Decision.team_id) & (
            col(Occurrence.id) == Decision.occurrence_id
        )
        found = tx.execute(
            select(Decision, Occurrence)
            .join(Occurrence, of)
            .where(
                col(Decision.team_id) == liaison.team_id,
                col(Occurrence.meeting) == meeting.key,
                in_words,
            )
            .order_by(col(Decision.id).desc())
            .limit(MOST_FOUND)
        ).all()
        return views.found([(row[0], row[1]) for row in found], words.strip())


def markdown(liaison: Liaison, occurrence_id: str, by: str) -> tuple[str, str]:
    """The minutes as a file: its name and its text."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        return f"stand-up-{occurrence.day}.md", as_markdown(tx, liaison, occurrence)


def as_markdown(tx: Session, liaison: Liaison, occurrence: Occurrence) -> str:
    """The minutes as text, with every line of every part."""
    return views.markdown(_look(tx, liaison, occurrence, liaison.now()), liaison.playbook)
