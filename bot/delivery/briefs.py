"""Briefs as messages: one a person and local date, of which only the newest says much."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once
from bot.delivery.messages import revise_those
from bot.delivery.pacing import posting_to
from bot.identity import new_id
from bot.liaison import TELLS, Liaison
from bot.models import Lane, Message, MessageKind, Person


def say_brief(
    tx: Session,
    liaison: Liaison,
    person: Person,
    day: date,
    now: datetime,
    hold_until: datetime | None,
) -> None:
    """Queue a person's brief of this local date, once. `now` and `hold_until` are business time."""
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=person.team_id,
            id=new_id(wall),
            key=f"{MessageKind.BRIEF}:{person.id}:{day.isoformat()}",
            kind=MessageKind.BRIEF,
            subject_id=person.id,
            about=now.isoformat(),
            recipient_id=person.id,
            lane=Lane.STEP,
            gate=posting_to(person.id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def shrink_last_brief(tx: Session, liaison: Liaison, message: Message) -> None:
    """A newer brief stands: the one before it is due for an edit, so that no lead stays in it."""
    before = select(func.max(col(Message.id))).where(
        _is_brief(message.team_id),
        col(Message.subject_id) == message.subject_id,
        col(Message.id) < message.id,
    )
    revise_those(tx, liaison, before.scalar_subquery() == col(Message.id))


def revise_briefs(tx: Session, liaison: Liaison) -> None:
    """Everybody's newest brief is due for an edit: a lead that may stand in it was erased."""
    people = select(col(Person.id)).where(col(Person.team_id) == liaison.team_id)
    newest = (
        select(func.max(col(Message.id)))
        .where(_is_brief(liaison.team_id), col(Message.subject_id).in_(people))
        .group_by(col(Message.subject_id))
    )
    revise_those(tx, liaison, col(Message.id).in_(newest))


def _is_brief(team_id: str) -> ColumnElement[bool]:
    return (
        (col(Message.team_id) == team_id)
        & (col(Message.kind) == MessageKind.BRIEF)
        & col(Message.ts).is_not(None)
    )
