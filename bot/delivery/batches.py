"""Messages of a batch: queued once each, edited in place, and what they stand for withdrawn."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.delivery.courier import NOT_WANTED
from bot.delivery.messages import revise_those
from bot.delivery.sayings import Saying, say
from bot.liaison import TELLS, Liaison
from bot.models import Batch, Handoff, Lane, Message, MessageKind, Run

IN_A_BATCH = "in a batch"
"""Why a card was dropped that the card of a batch says instead."""


def card_key(batch_id: str) -> str:
    """The key of a batch's card."""
    return f"{MessageKind.BATCH_CARD}:{batch_id}"


def put_card(tx: Session, liaison: Liaison, batch: Batch) -> None:
    """Queue the card of a batch, once."""
    kind, channel = MessageKind.BATCH_CARD, liaison.handoff_channel
    saying = Saying(card_key(batch.id), kind, batch.id, channel=channel, lane=Lane.STEP)
    say(tx, liaison, saying, hold_until=None)


def put_list(tx: Session, liaison: Liaison, batch_id: str, run: Run, occasion: str) -> None:
    """Queue an actor's list, once for each occasion on which leads reach them together.

    When its reader is at work is asked when it is sent.
    """
    kind = MessageKind.BATCH_LIST
    key = f"{kind}:{batch_id}:{run.actor_id}{occasion}"
    _put(tx, liaison, Saying(key, kind, batch_id, run.actor_id))


def put_nudge(
    tx: Session, liaison: Liaison, batch_id: str, actor_id: str, step: int, occasion: str
) -> str:
    """Queue the reminder of an actor's open first touches in a batch, once for each occasion;
    returns the message's id."""
    kind = MessageKind.BATCH_NUDGE
    key = f"{kind}:{batch_id}:{actor_id}:{occasion}"
    return _put(tx, liaison, Saying(key, kind, batch_id, actor_id, lane=Lane.STEP, step=step))


def put_question(tx: Session, liaison: Liaison, batch_id: str, day: date) -> str:
    """Queue the question to free colleagues below a batch's card, once a day; returns its id."""
    kind, card = MessageKind.BATCH_ANYONE, card_of(tx, liaison.team_id, batch_id)
    saying = Saying(
        f"{kind}:{batch_id}:{day}",
        kind,
        batch_id,
        channel=(card.channel if card else None) or liaison.handoff_channel,
        lane=Lane.STEP,
        parent_id=card.id if card else None,
    )
    return _put(tx, liaison, saying)


def _put(tx: Session, liaison: Liaison, saying: Saying) -> str:
    """The id of the message with this key, which is due for an edit when it stood already; one
    that was not sent because there was nothing to say is sent after all."""
    said = say(tx, liaison, saying, hold_until=None)
    if said.is_new:
        return said.message_id
    again = update(Message).where(
        col(Message.team_id) == liaison.team_id,
        col(Message.key) == saying.key,
        col(Message.ts).is_(None),
        col(Message.dropped) == NOT_WANTED,
    )
    tx.execute(again.values(dropped=None, settled_at=None, send_at=liaison.wall()))
    revise_those(tx, liaison, col(Message.key) == saying.key)
    by_key = select(col(Message.id)).where(
        col(Message.team_id) == liaison.team_id, col(Message.key) == saying.key
    )
    return tx.scalars(by_key).one()


def card_of(tx: Session, team_id: str, batch_id: str) -> Message | None:
    """The card of a batch; None before it is queued."""
    return tx.scalars(
        select(Message).where(
            col(Message.team_id) == team_id, col(Message.key) == card_key(batch_id)
        )
    ).first()


def revise_batch(tx: Session, liaison: Liaison, handoff: Handoff) -> None:
    """What a batch shows of this hand-off has changed: in the channel, and to whoever had it."""
    assert handoff.batch_id
    revise_batch_of(tx, liaison, handoff.batch_id, [handoff.id])


def revise_batch_of(
    tx: Session, liaison: Liaison, batch_id: str, handoff_ids: Collection[str]
) -> None:
    """The same of many hand-offs of one batch."""
    had_it = select(col(Run.actor_id)).where(
        col(Run.team_id) == liaison.team_id, col(Run.handoff_id).in_(handoff_ids)
    )
    revise_those(
        tx,
        liaison,
        (col(Message.subject_id) == batch_id)
        & col(Message.dropped).is_(None)
        & or_(col(Message.recipient_id).is_(None), col(Message.recipient_id).in_(had_it)),
    )


def withdraw_cards(tx: Session, liaison: Liaison, handoff_ids: Collection[str]) -> None:
    """Cards that did not go out yet never will; one that is with a sender is looked at again."""
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id).in_(handoff_ids),
            col(Message.kind) == MessageKind.CARD,
            col(Message.ts).is_(None),
            col(Message.lease).is_(None),
            col(Message.is_unclear).is_(False),
        )
        .values(dropped=IN_A_BATCH, send_at=None)
        .execution_options(synchronize_session=False)
    )
    revise_those(
        tx, liaison, col(Message.subject_id).in_(handoff_ids) & col(Message.dropped).is_(None)
    )


def shrink_listed(tx: Session, liaison: Liaison, message: Message) -> None:
    """A list stands: the older ones, and its leads' own messages before it, shrink to a line; also
    one that is on its way, which Slack may show already."""
    tx.info[TELLS] = True
    listed = select(col(Handoff.id)).where(
        col(Handoff.team_id) == message.team_id, col(Handoff.batch_id) == message.subject_id
    )
    revise_those(
        tx,
        liaison,
        (col(Message.recipient_id) == message.recipient_id)
        & (col(Message.id) < message.id)
        & col(Message.dropped).is_(None)
        & ((col(Message.subject_id) == message.subject_id) | col(Message.subject_id).in_(listed)),
    )
