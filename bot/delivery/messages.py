"""Rows that want to be said: queue a message once, mark it changed, let go what was held."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, case, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once, rows_changed
from bot.delivery.pacing import posting_to
from bot.identity import new_id
from bot.liaison import TELLS, Liaison
from bot.models import Collected, History, Lane, Message, MessageKind, Offer, Person, Run


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
    rung = "" if step is None else f":{step}:{run.actor_id}"
    message = _to_actor(liaison, run, kind, rung)
    message.step = step
    message.lane = Lane.ACT if step is None else Lane.STEP
    message.hold_until = hold_until
    message.send_at = None if hold_until else message.send_at
    tx.info[TELLS] = True
    insert_once(tx, message)
    return message.id


def answer_actor(
    tx: Session, liaison: Liaison, run: Run, kind: MessageKind, occasion: str = ""
) -> bool:
    """Queue a DM that a run's actor asked for by a press, once for each `occasion`.

    False when there was one already.
    """
    message = _to_actor(liaison, run, kind, occasion)
    message.is_answer = True
    tx.info[TELLS] = True
    return insert_once(tx, message)


def _to_actor(liaison: Liaison, run: Run, kind: MessageKind, occasion: str) -> Message:
    wall = liaison.wall()
    return Message(
        team_id=run.team_id,
        id=new_id(wall),
        key=f"{kind}:{run.handoff_id}:{run.number}{occasion}",
        kind=kind,
        subject_id=run.handoff_id,
        run=run.number,
        recipient_id=run.actor_id,
        lane=Lane.ACT,
        gate=posting_to(run.actor_id),
        send_at=wall,
    )


def remind(
    tx: Session, liaison: Liaison, run: Run, day: date, *, hold_until: datetime | None
) -> None:
    """Queue the DM that reminds a run's actor of their next step on `day`, once.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=run.team_id,
            id=new_id(wall),
            key=f"{MessageKind.FOLLOW_UP}:{run.handoff_id}:{run.number}:{day}",
            kind=MessageKind.FOLLOW_UP,
            subject_id=run.handoff_id,
            run=run.number,
            about=str(day),
            recipient_id=run.actor_id,
            lane=Lane.STEP,
            gate=posting_to(run.actor_id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def tell(
    tx: Session,
    liaison: Liaison,
    line: History,
    recipient_id: str,
    *,
    hold_until: datetime | None,
) -> None:
    """Queue a DM that tells a person this line of history, once.

    `hold_until` is business time; None = send it now.
    """
    tale = Tale(MessageKind.NOTE, line.handoff_id, line.id)
    say_to(tx, liaison, tale, recipient_id, hold_until=hold_until)


@dataclass(frozen=True)
class Tale:
    """What a DM tells: its kind, the hand-off, and the row it is about."""

    kind: MessageKind
    subject_id: str
    about: str
    again: str = ""
    """A word for each further time the same person is told the same."""


def say_to(
    tx: Session, liaison: Liaison, tale: Tale, recipient_id: str, *, hold_until: datetime | None
) -> None:
    """Queue a DM to one person, unless they were told this already.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=liaison.team_id,
            id=new_id(wall),
            key=":".join(
                part for part in (tale.kind, tale.about, recipient_id, tale.again) if part
            ),
            kind=tale.kind,
            subject_id=tale.subject_id,
            about=tale.about,
            recipient_id=recipient_id,
            lane=Lane.ACT,
            gate=posting_to(recipient_id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def put_offer(tx: Session, liaison: Liaison, offer: Offer, *, hold_until: datetime | None) -> None:
    """Queue the DM that offers a lead to a colleague.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=offer.team_id,
            id=new_id(wall),
            key=f"{MessageKind.OFFER}:{offer.id}",
            kind=MessageKind.OFFER,
            subject_id=offer.handoff_id,
            about=offer.id,
            recipient_id=offer.to_id,
            lane=Lane.ACT,
            gate=posting_to(offer.to_id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def ask_in_channel(
    tx: Session,
    liaison: Liaison,
    run: Run,
    step: int,
    card: Message | None,
    *,
    hold_until: datetime | None,
) -> str:
    """Queue the question whether anyone is free, as a reply to the card; returns its id.

    Without a card it stands on its own. `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    channel = (card.channel if card else None) or liaison.handoff_channel
    message = Message(
        team_id=run.team_id,
        id=new_id(wall),
        key=f"{MessageKind.ANYONE}:{run.handoff_id}:{run.number}:{step}:{channel}",
        kind=MessageKind.ANYONE,
        subject_id=run.handoff_id,
        run=run.number,
        step=step,
        channel=channel,
        parent_id=card.id if card else None,
        lane=Lane.STEP,
        gate=posting_to(channel),
        hold_until=hold_until,
        send_at=None if hold_until else wall,
    )
    tx.info[TELLS] = True
    insert_once(tx, message)
    return message.id


def put_list(
    tx: Session, liaison: Liaison, manager_id: str, day: date, *, hold_until: datetime | None
) -> None:
    """Queue a manager's list of that local date, unless there is one.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=liaison.team_id,
            id=new_id(wall),
            key=f"managers:{manager_id}:{day}",
            kind=MessageKind.MANAGER_LIST,
            subject_id=manager_id,
            recipient_id=manager_id,
            lane=Lane.STEP,
            gate=posting_to(manager_id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def say_to_person(
    tx: Session,
    liaison: Liaison,
    recipient_id: str,
    kind: MessageKind,
    subject_id: str,
    *,
    hold_until: datetime | None,
) -> None:
    """Queue a DM about something that is no hand-off, once for each kind, subject and reader.

    `hold_until` is business time; None = send it now.
    """
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=liaison.team_id,
            id=new_id(wall),
            key=f"{kind}:{subject_id}:{recipient_id}",
            kind=kind,
            subject_id=subject_id,
            recipient_id=recipient_id,
            lane=Lane.ACT,
            gate=posting_to(recipient_id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def collect(
    tx: Session,
    liaison: Liaison,
    line: History,
    recipient_id: str,
    key: str,
    *,
    hold_until: datetime,
) -> None:
    """Let the digest with this key tell this line of history too; the first line queues it.

    A digest that went out already is edited, so that a key is one message however often it grows.
    `hold_until` is business time.
    """
    digest = Message(
        team_id=line.team_id,
        id=new_id(liaison.wall()),
        key=key,
        kind=MessageKind.DIGEST,
        subject_id=recipient_id,
        recipient_id=recipient_id,
        lane=Lane.BULK,
        gate=posting_to(recipient_id),
        hold_until=hold_until,
    )
    insert_once(tx, digest)
    by_key = (col(Message.team_id) == line.team_id) & (col(Message.key) == key)
    message_id = tx.scalars(select(col(Message.id)).where(by_key)).one()
    tx.flush()
    insert_once(tx, Collected(team_id=line.team_id, message_id=message_id, line_id=line.id))
    tx.info[TELLS] = True
    tx.execute(update(Message).where(by_key).values(_one_more(liaison)))


def say_unread(
    tx: Session,
    liaison: Liaison,
    channel_id: str,
    person: Person,
    now: datetime,
    *,
    hold_until: datetime | None,
) -> None:
    """Queue a DM that a watched channel's message was no lead: once a day and channel (UTC)."""
    wall = liaison.wall()
    tx.info[TELLS] = True
    insert_once(
        tx,
        Message(
            team_id=person.team_id,
            id=new_id(wall),
            key=f"{MessageKind.UNREAD}:{channel_id}:{now.date()}",
            kind=MessageKind.UNREAD,
            subject_id=channel_id,
            recipient_id=person.id,
            lane=Lane.BULK,
            gate=posting_to(person.id),
            hold_until=hold_until,
            send_at=None if hold_until else wall,
        ),
    )


def revise_those(tx: Session, liaison: Liaison, which: ColumnElement[bool]) -> None:
    """These messages of the workspace are due for an edit."""
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(col(Message.team_id) == liaison.team_id, which)
        .values(_one_more(liaison))
        .execution_options(synchronize_session=False)
    )


def revise_list(tx: Session, liaison: Liaison, manager_id: str) -> None:
    """A manager's newest list is due for an edit, and the one before it, which it may replace."""
    newest = (
        select(col(Message.id))
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id) == manager_id,
            col(Message.kind) == MessageKind.MANAGER_LIST,
        )
        .order_by(col(Message.id).desc())
        .limit(2)
    )
    revise_those(tx, liaison, col(Message.id).in_(newest))


def revise(tx: Session, liaison: Liaison, subject_id: str) -> None:
    """What these messages show has changed: each is due for an edit, old ones included.

    One that is being sent right now only has its revision raised; whoever sends it sees that
    afterwards and queues the edit.
    """
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id) == subject_id,
            col(Message.dropped).is_(None),
        )
        .values(_one_more(liaison))
    )


def revise_digests(tx: Session, liaison: Liaison, handoff_id: str) -> None:
    """What is shown of this hand-off among others has changed."""
    telling = (
        select(col(Collected.message_id))
        .join(
            History,
            (col(History.team_id) == Collected.team_id) & (col(History.id) == Collected.line_id),
        )
        .where(col(History.team_id) == liaison.team_id, col(History.handoff_id) == handoff_id)
    )
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.id).in_(telling),
            col(Message.dropped).is_(None),
        )
        .values(_one_more(liaison))
        .execution_options(synchronize_session=False)
    )


def _one_more(liaison: Liaison) -> dict[str, object]:
    """A revision more; sent now unless it is not posted yet, or somebody is sending it."""
    at_rest = col(Message.ts).is_not(None) & col(Message.lease).is_(None)
    return {
        "revision": Message.revision + 1,
        "send_at": case((at_rest, liaison.wall()), else_=col(Message.send_at)),
    }


def shrink_older(tx: Session, liaison: Liaison, message: Message) -> None:
    """A newer DM about the same subject stands: the recipient's older ones are due for an edit."""
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id) == message.subject_id,
            col(Message.recipient_id) == message.recipient_id,
            col(Message.id) < message.id,
            col(Message.dropped).is_(None),
        )
        .values(_one_more(liaison))
    )


def release_to(tx: Session, liaison: Liaison, recipient_id: str) -> None:
    """A person's hours changed: what was held for them is looked at now, and sent or held anew."""
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.recipient_id) == recipient_id,
            col(Message.hold_until).is_not(None),
        )
        .values(hold_until=None, send_at=liaison.wall())
    )


def release_held(liaison: Liaison) -> int:
    """Let the messages go whose time has come; says how many."""
    due = {"of_team": liaison.team_id, "now": liaison.now()}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.execute(_one_held(), due).first() is None:
            return 0
    with liaison.transaction() as tx:
        tx.info[TELLS] = True
        release = update(Message).where(_is_over()).values(hold_until=None, send_at=liaison.wall())
        return rows_changed(tx, release, due)


@cache
def _one_held() -> Select[str]:
    """Built once: every tick asks it."""
    return select(col(Message.id)).where(_is_over()).limit(1)


def _is_over() -> ColumnElement[bool]:
    return (col(Message.team_id) == bindparam("of_team")) & (
        col(Message.hold_until) <= bindparam("now")
    )
