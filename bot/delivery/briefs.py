"""Briefs as messages: one a person and local date, of which only the newest says much."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.delivery.messages import revise_those
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person


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
