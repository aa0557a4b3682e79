"""Rows that want to be said: queue a message once, mark it changed, let go what was held."""

from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once, rows_changed
from bot.delivery.pacing import posting_to
from bot.identity import new_id
from bot.liaison import TELLS, Liaison
from bot.models import Lane, Message, MessageKind, Run


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


def say_to_actor(
    tx: Session,
    liaison: Liaison,
    run: Run,
    kind: MessageKind,
    *,
    step: int | None = None,
    hold_until: datetime | None,
) -> str:
    """Queue a DM to a run's actor, unless this run (and step) has one; returns a message's id.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    rung = "" if step is None else f":{step}:{run.actor_id}"
    message = Message(
        team_id=run.team_id,
        id=new_id(wall),
        key=f"{kind}:{run.handoff_id}:{run.number}{rung}",
        kind=kind,
        subject_id=run.handoff_id,
        run=run.number,
        step=step,
        recipient_id=run.actor_id,
        lane=Lane.ACT if step is None else Lane.STEP,
        gate=posting_to(run.actor_id),
        hold_until=hold_until,
        send_at=None if hold_until else wall,
    )
    tx.info[TELLS] = True
    insert_once(tx, message)
    return message.id


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
