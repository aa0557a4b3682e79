"""The parts of a brief that say what no message brought: notes, answers, an absence's end."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.delivery.briefs import waiting_for_brief
from bot.liaison import Liaison
from bot.models import History, Message, MessageKind
from bot.services import flag_told
from bot.services.absences import told_back
from bot.services.asks import telling_answer
from bot.services.edition import Edition, Page, page_of, said
from bot.views import handoffs as handoff_views
from bot.views import watching as watching_views
from bot.views.brief import Heading, Item

_NOTES = (
    MessageKind.NOTE,
    MessageKind.UNREAD,
    MessageKind.FLAG_HINT,
    MessageKind.FLAG_NEWS,
)


def answers(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Marketing's answers."""
    return _told(
        tx, edition, page, "Answered", _answers, lambda told: telling_answer(liaison, tx, told).text
    )


def _answers() -> Select[Message]:
    return _oldest_first(MessageKind.ANSWER)


def answers_came() -> ColumnElement[bool]:
    """Whether that part has news."""
    return exists().where(waiting_for_brief(MessageKind.ANSWER))


def while_away(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """What became of the reader's leads in an absence that is over."""
    title = "While you were away"
    told = _told(
        tx, edition, page, title, _absences, lambda told: told_back(liaison, tx, told).text
    )
    return told and replace(told, push="what happened while you were away")


def _absences() -> Select[Message]:
    return _oldest_first(MessageKind.BACK)


def somebody_is_back() -> ColumnElement[bool]:
    """Whether that part has news."""
    return exists().where(waiting_for_brief(MessageKind.BACK))


def notes(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """What else happened."""

    def sentence(told: Message) -> str:
        if told.kind is MessageKind.UNREAD:
            return watching_views.unread(told.subject_id).text
        if told.kind in {MessageKind.FLAG_HINT, MessageKind.FLAG_NEWS}:
            return flag_told.sentence(liaison, tx, told)
        facts = queries.facts(tx, liaison.team_id, told.subject_id)
        line = tx.get_one(History, (liaison.team_id, told.about))
        names = queries.names(tx, liaison.team_id, [line])
        return handoff_views.note(facts.lead, line, names, edition.person).text

    return _told(tx, edition, page, "To know", _notes, sentence)


def _notes() -> Select[Message]:
    return _oldest_first(*_NOTES)


def notes_came() -> ColumnElement[bool]:
    """Whether that part has news."""
    return exists().where(waiting_for_brief(*_NOTES))


def _oldest_first(*kinds: MessageKind) -> Select[Message]:
    return select(Message).where(said(*kinds)).order_by(col(Message.id))


def _told(
    tx: Session,
    edition: Edition,
    page: Page,
    title: str,
    found: Callable[[], Select[Message]],
    sentence: Callable[[Message], str],
) -> Heading | None:
    messages, more = page_of(tx, edition, found, page)
    items = tuple(Item(sentence(told)) for told in messages)
    return Heading(title, items, more) if items else None
