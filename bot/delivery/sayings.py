"""Messages to be said: each is a row, queued once in the transaction that decides it.

Everywhere here `hold_until` is business time, the recipient's next opening; None = send it now.

Who gets a morning brief reads some of it there, and not as a message. Such a row is written as
folded from the start, so that nothing is said twice, or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from bot.db import insert_each_once, insert_values_once
from bot.delivery.outbox import FOLDED
from bot.delivery.pacing import posting_to
from bot.identity import new_id
from bot.liaison import TELLS, Liaison
from bot.models import NEXT_BRIEF, History, Lane, Message, MessageKind, Offer, Person, Run

BY_BRIEF = frozenset({MessageKind.BACK, MessageKind.DIGEST})
"""What is never a message of its own for somebody who gets a brief."""
BY_MORNING = frozenset(
    {
        MessageKind.NOTE,
        MessageKind.ASK,
        MessageKind.PREVIEW,
        MessageKind.ANSWER,
        MessageKind.UNREAD,
        MessageKind.FLAG,
        MessageKind.FLAG_HINT,
        MessageKind.FLAG_NEWS,
        MessageKind.SECOND_LOOK,
    }
)
"""What the brief says when it would reach them in the morning, beside the brief."""


@dataclass(frozen=True)
class Saying:
    """What is to be said, to one person or else in one channel; see `Message` for its parts."""

    key: str
    kind: MessageKind
    subject_id: str
    recipient_id: str | None = None
    channel: str | None = None
    lane: Lane = Lane.ACT
    run: int | None = None
    step: int | None = None
    about: str | None = None
    parent_id: str | None = None
    thread_ts: str | None = None
    is_answer: bool = False


class Said(NamedTuple):
    """The id made for the message, and whether it is new; else one with its key was there."""

    message_id: str
    is_new: bool


def say(tx: Session, liaison: Liaison, saying: Saying, *, hold_until: datetime | None) -> Said:
    """Queue a message, unless one with its key exists."""
    row = row_of(liaison, saying, hold_until=hold_until)
    if _is_for_the_brief(tx, liaison, saying, hold_until):
        row |= {"hold_until": None, "send_at": None, "dropped": FOLDED, "brief_id": NEXT_BRIEF}
        row["settled_at"] = liaison.now()
    tx.info[TELLS] = True
    return Said(str(row["id"]), insert_values_once(tx, Message, row))


def row_of(liaison: Liaison, saying: Saying, *, hold_until: datetime | None) -> dict[str, object]:
    """The row of a message that is not queued yet."""
    wall = liaison.wall()
    return {
        "team_id": liaison.team_id,
        "id": new_id(wall),
        "key": saying.key,
        "kind": saying.kind,
        "subject_id": saying.subject_id,
        "recipient_id": saying.recipient_id,
        "channel": saying.channel,
        "lane": saying.lane,
        "gate": posting_to(saying.recipient_id or saying.channel or ""),
        "run": saying.run,
        "step": saying.step,
        "about": saying.about,
        "parent_id": saying.parent_id,
        "thread_ts": saying.thread_ts,
        "is_answer": saying.is_answer,
        "hold_until": hold_until,
        "send_at": None if hold_until else wall,
    }


def _is_for_the_brief(tx: Session, liaison: Liaison, saying: Saying, held: datetime | None) -> bool:
    """Whether its recipient's next brief says it."""
    if saying.is_answer or saying.kind not in BY_BRIEF | BY_MORNING:
        return False
    reader = tx.get(Person, (liaison.team_id, saying.recipient_id))
    if reader is None or reader.brief_at is None:
        return False
    return saying.kind in BY_BRIEF or (held is not None and reader.brief_at <= held)


class Held(Protocol):
    """Of a run, whose turn it is and which of the hand-off's it is."""

    @property
    def handoff_id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def actor_id(self) -> str: ...


def nudge_of(
    liaison: Liaison, run: Held, step: int, *, hold_until: datetime | None
) -> dict[str, object]:
    """The row of the reminder of one step to a run's actor; `queue_each` queues it."""
    kind = MessageKind.NUDGE
    key = _of_run(run, kind, f":{step}:{run.actor_id}")
    saying = Saying(
        key, kind, run.handoff_id, run.actor_id, lane=Lane.STEP, run=run.number, step=step
    )
    return row_of(liaison, saying, hold_until=hold_until)


def queue_each(tx: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Queue many that are no part of a brief, except those whose key exists."""
    if rows:
        tx.info[TELLS] = True
        insert_each_once(tx, Message, rows)


def say_in_channel(
    tx: Session, liaison: Liaison, key: str, kind: MessageKind, subject_id: str, channel: str
) -> None:
    """Queue a message to a channel."""
    say(tx, liaison, Saying(key, kind, subject_id, channel=channel), hold_until=None)


def say_to_actor(
    tx: Session, liaison: Liaison, run: Run, kind: MessageKind, *, hold_until: datetime | None
) -> None:
    """Queue a DM to a run's actor, one for each run."""
    saying = Saying(_of_run(run, kind, ""), kind, run.handoff_id, run.actor_id, run=run.number)
    say(tx, liaison, saying, hold_until=hold_until)


def answer_actor(
    tx: Session, liaison: Liaison, run: Run, kind: MessageKind, occasion: str = ""
) -> bool:
    """Queue a DM that a run's actor asked for by a press, once for each `occasion`.

    False when there was one already.
    """
    key = _of_run(run, kind, occasion)
    saying = Saying(key, kind, run.handoff_id, run.actor_id, run=run.number, is_answer=True)
    return say(tx, liaison, saying, hold_until=None).is_new


def remind(
    tx: Session, liaison: Liaison, run: Run, day: date, *, hold_until: datetime | None
) -> None:
    """Queue the DM that reminds a run's actor of their next step on `day`, once."""
    kind = MessageKind.FOLLOW_UP
    saying = Saying(
        _of_run(run, kind, f":{day}"),
        kind,
        run.handoff_id,
        run.actor_id,
        lane=Lane.STEP,
        run=run.number,
        about=str(day),
    )
    say(tx, liaison, saying, hold_until=hold_until)


def _of_run(run: Held, kind: MessageKind, occasion: str) -> str:
    return f"{kind}:{run.handoff_id}:{run.number}{occasion}"


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
    """Queue a DM to one person, unless they were told this already."""
    parts = (tale.kind, tale.about, recipient_id, tale.again)
    key = ":".join(part for part in parts if part)
    saying = Saying(key, tale.kind, tale.subject_id, recipient_id, about=tale.about)
    say(tx, liaison, saying, hold_until=hold_until)


def tell(
    tx: Session, liaison: Liaison, line: History, recipient_id: str, *, hold_until: datetime | None
) -> None:
    """Queue a DM that tells a person this line of history, once."""
    tale = Tale(MessageKind.NOTE, line.handoff_id, line.id)
    say_to(tx, liaison, tale, recipient_id, hold_until=hold_until)


def put_offer(tx: Session, liaison: Liaison, offer: Offer, *, hold_until: datetime | None) -> None:
    """Queue the DM that offers a lead to a colleague."""
    kind = MessageKind.OFFER
    saying = Saying(f"{kind}:{offer.id}", kind, offer.handoff_id, offer.to_id, about=offer.id)
    say(tx, liaison, saying, hold_until=hold_until)


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

    Without a card it stands on its own.
    """
    kind = MessageKind.ANYONE
    channel = (card.channel if card else None) or liaison.handoff_channel
    saying = Saying(
        _of_run(run, kind, f":{step}:{channel}"),
        kind,
        run.handoff_id,
        channel=channel,
        lane=Lane.STEP,
        run=run.number,
        step=step,
        parent_id=card.id if card else None,
    )
    return say(tx, liaison, saying, hold_until=hold_until).message_id


def put_list(
    tx: Session, liaison: Liaison, manager_id: str, day: date, *, hold_until: datetime | None
) -> None:
    """Queue a manager's list of that local date, unless there is one."""
    kind = MessageKind.MANAGER_LIST
    saying = Saying(f"managers:{manager_id}:{day}", kind, manager_id, manager_id, lane=Lane.STEP)
    say(tx, liaison, saying, hold_until=hold_until)


def say_to_person(
    tx: Session,
    liaison: Liaison,
    recipient_id: str,
    kind: MessageKind,
    subject_id: str,
    *,
    hold_until: datetime | None,
) -> None:
    """Queue a DM about something that is no hand-off, once for each kind, subject and reader."""
    saying = Saying(f"{kind}:{subject_id}:{recipient_id}", kind, subject_id, recipient_id)
    say(tx, liaison, saying, hold_until=hold_until)


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
    kind = MessageKind.UNREAD
    key = f"{kind}:{channel_id}:{now.date()}"
    saying = Saying(key, kind, channel_id, person.id, lane=Lane.BULK)
    say(tx, liaison, saying, hold_until=hold_until)


def say_brief(
    tx: Session,
    liaison: Liaison,
    person: Person,
    day: date,
    now: datetime,
    hold_until: datetime | None,
) -> Said:
    """Queue a person's brief of this local date, once. `now` is business time."""
    kind = MessageKind.BRIEF
    key = f"{kind}:{person.id}:{day.isoformat()}"
    saying = Saying(key, kind, person.id, person.id, lane=Lane.STEP, about=now.isoformat())
    return say(tx, liaison, saying, hold_until=hold_until)
