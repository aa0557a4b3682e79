"""Briefs as messages: one a person and local date, of which only the newest says much.

What a brief says in place of a message names that brief (`Message.brief_id`), so that each of it is
said in one brief that was sent, and in no other.
"""

from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Update, bindparam, func, select, true, union_all, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot.delivery.messages import revise_lists, revise_those, revising
from bot.delivery.outbox import FOLDED
from bot.liaison import TELLS, Liaison
from bot.models import NEXT_BRIEF, Message, MessageKind, Person
from bot.queries.due import OF_TEAM

_Lost = aliased(Message)


def waiting_for_brief(*kinds: MessageKind) -> ColumnElement[bool]:
    """Messages of these kinds that the next brief has to say: what no brief said yet, and what
    stood in one that never reached its reader. Asked with `of_team` and `reader`."""
    lost = select(col(_Lost.id)).where(
        col(_Lost.team_id) == bindparam("of_team"),
        col(_Lost.subject_id) == bindparam("reader"),
        col(_Lost.kind) == MessageKind.BRIEF,
        col(_Lost.ts).is_(None),
    )
    return (
        (col(Message.team_id) == bindparam("of_team"))
        & (col(Message.recipient_id) == bindparam("reader"))
        # Said aloud, or SQLite reads every message there is: the index holds only these.
        & col(Message.brief_id).is_not(None)
        & ((col(Message.brief_id) == NEXT_BRIEF) | col(Message.brief_id).in_(lost))
        & (col(Message.kind).in_(kinds) if kinds else true())
    )


def take_up(tx: Session, person: Person, brief_id: str) -> None:
    """A new brief says all that waits for one."""
    tx.execute(_take_up(), _of(person) | {"brief": brief_id})


@cache
def _take_up() -> Update:
    """Built once: every brief runs it."""
    waiting = update(Message).where(waiting_for_brief()).values(brief_id=bindparam("brief"))
    return waiting.execution_options(synchronize_session=False)


def _of(person: Person) -> dict[str, str]:
    return {"of_team": person.team_id, "reader": person.id}


def give_up_briefs(tx: Session, liaison: Liaison, person: Person) -> None:
    """A person gets briefs no more: what waited for one goes out as the messages it was."""
    tx.info[TELLS] = True
    waiting = update(Message).where(
        waiting_for_brief(), col(Message.dropped) == FOLDED, col(Message.ts).is_(None)
    )
    tx.execute(
        waiting.values(
            brief_id=None, dropped=None, settled_at=None, send_at=liaison.wall()
        ).execution_options(synchronize_session=False),
        _of(person),
    )


def bring_up(tx: Session, liaison: Liaison, person: Person, day: date, now: datetime) -> None:
    """Something waits that the brief of this local date has to say: it is edited or, when there was
    no news for one, written now."""
    key = f"{MessageKind.BRIEF}:{person.id}:{day.isoformat()}"
    one = select(col(Message.id)).where(
        col(Message.team_id) == person.team_id, col(Message.key) == key
    )
    if tx.scalars(one).first():
        revise_lists(tx, liaison, person.id)
    elif person.brief_at is not None and person.brief_at > now:
        person.brief_at = now


def shrink_last_brief(tx: Session, liaison: Liaison, message: Message) -> None:
    """A newer brief stands: the one before it is due for an edit, so that no lead stays in it."""
    tx.info[TELLS] = True
    asked = {"of_team": message.team_id, "subject": message.subject_id, "newer": message.id}
    tx.execute(_revising_one_before(), asked | {"wall": liaison.wall()})


@cache
def _revising_one_before() -> Update:
    before = select(func.max(col(Message.id))).where(
        _is_brief(),
        col(Message.subject_id) == bindparam("subject"),
        col(Message.id) < bindparam("newer"),
    )
    return revising(before.scalar_subquery() == col(Message.id))


def revise_briefs(tx: Session, liaison: Liaison, reader_id: str | None = None) -> None:
    """The newest brief of a person is due for an edit, or that of everybody: what may stand in it
    has changed. So is one that is on its way: Slack may show it already, as it was."""
    everybody = select(col(Person.id)).where(col(Person.team_id) == OF_TEAM)
    readers = [reader_id] if reader_id else everybody
    newest = (
        select(func.max(col(Message.id)))
        .where(_is_brief(), col(Message.subject_id).in_(readers))
        .group_by(col(Message.subject_id))
    )
    on_its_way = select(col(Message.id)).where(
        col(Message.team_id) == OF_TEAM,
        col(Message.kind) == MessageKind.BRIEF,
        col(Message.subject_id).in_(readers),
        col(Message.ts).is_(None),
        col(Message.send_at).is_not(None),
    )
    revise_those(tx, liaison, col(Message.id).in_(union_all(newest, on_its_way)))


def _is_brief() -> ColumnElement[bool]:
    """Which Slack is known to show."""
    return (
        (col(Message.team_id) == OF_TEAM)
        & (col(Message.kind) == MessageKind.BRIEF)
        & col(Message.ts).is_not(None)
    )
