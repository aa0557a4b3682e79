"""Rows that want to be said: queue a message once, mark it changed, let go what was held."""

from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once, rows_changed
from bot.delivery.pacing import posting_to
from bot.identity import new_id
from bot.liaison import TELLS, Liaison
from bot.models import Lane, Message, MessageKind


def say_in_channel(
    tx: Session, liaison: Liaison, key: str, kind: MessageKind, subject_id: str, channel: str
) -> None:
    """Queue a message to a channel, unless one with this key exists."""
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=liaison.team_id,
            id=new_id(wall),
            key=key,
            kind=kind,
            subject_id=subject_id,
            channel=channel,
            lane=Lane.ACT,
            gate=posting_to(channel),
            send_at=wall,
        ),
    )


def say_to_person(
    tx: Session,
    liaison: Liaison,
    message: Message,
    *,
    not_before: datetime,
    now: datetime,
) -> bool:
    """Queue `message` for its recipient; held until `not_before` (business time) if that is ahead.

    False when a message with its key exists already.
    """
    if not_before > now:
        message.hold_until = not_before
    else:
        message.send_at = liaison.wall()
        tx.info[TELLS] = True
    return insert_once(tx, message)


def revise(tx: Session, liaison: Liaison, subject_id: str) -> None:
    """What these messages show has changed: each is due for an edit, old ones included.

    One that is being sent right now only has its revision raised; whoever sends it sees that
    afterwards and queues the edit.
    """
    tx.info[TELLS] = True
    at_rest = col(Message.ts).is_not(None) & col(Message.lease).is_(None)
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id) == subject_id,
            col(Message.dropped).is_(None),
        )
        .values(
            revision=Message.revision + 1,
            send_at=case((at_rest, liaison.wall()), else_=col(Message.send_at)),
        )
    )


def release_held(liaison: Liaison) -> int:
    """Let the messages go whose time has come; says how many."""
    now = liaison.now()
    with liaison.transaction() as tx:
        tx.info[TELLS] = True
        return rows_changed(
            tx,
            update(Message)
            .where(col(Message.team_id) == liaison.team_id, col(Message.hold_until) <= now)
            .values(hold_until=None, send_at=liaison.wall()),
        )
