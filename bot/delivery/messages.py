"""What becomes of messages that are queued: marked as changed, gathered, let go when held."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    bindparam,
    case,
    func,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot.db import insert_once, rows_changed, table_of
from bot.delivery.courier import NOT_WANTED
from bot.delivery.pacing import posting_to
from bot.delivery.sayings import Saying, say
from bot.liaison import TELLS, Liaison
from bot.models import NEXT_BRIEF, Collected, History, Lane, Message, MessageKind, Run, Step
from bot.queries.due import NOW, OF_TEAM, asking

CARDS = (MessageKind.CARD, MessageKind.BATCH_CARD, MessageKind.ANYONE, MessageKind.BATCH_ANYONE)
"""What stands in the channel of the hand-offs."""
_Nudge = aliased(Message)
_Listed = aliased(Message)
_SEEN: dict[str, Any] = {"synchronize_session": "fetch"}
"""For rows that the session may hold: it hears which changed."""


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
    digest = Saying(key, MessageKind.DIGEST, recipient_id, recipient_id, lane=Lane.BULK)
    say(tx, liaison, digest, hold_until=hold_until)
    by_key = {"of_team": line.team_id, "named": key}
    message_id, brief_id = tx.execute(_named(), by_key).one()
    if brief_id not in {None, NEXT_BRIEF}:
        # A brief has told it; what comes later stands in the next.
        later = say(tx, liaison, replace(digest, key=f"{key}:{line.id}"), hold_until=hold_until)
        message_id = later.message_id
    tx.flush()
    insert_once(tx, Collected(team_id=line.team_id, message_id=message_id, line_id=line.id))
    tx.execute(_revising_named(), by_key | {"wall": liaison.wall()})


@cache
def _named() -> Select[str, str | None]:
    return select(col(Message.id), col(Message.brief_id)).where(_is_named())


@cache
def _revising_named() -> Update:
    return update(Message).where(_is_named()).values(_one_more()).execution_options(**_SEEN)


def _is_named() -> ColumnElement[bool]:
    return (col(Message.team_id) == OF_TEAM) & (col(Message.key) == bindparam("named"))


def revise_those(tx: Session, liaison: Liaison, which: ColumnElement[bool]) -> None:
    """These messages of the workspace are due for an edit."""
    tx.info[TELLS] = True
    tx.execute(revising(which), {"of_team": liaison.team_id, "wall": liaison.wall()})


def revising(which: ColumnElement[bool]) -> Update:
    """What marks these messages as due for an edit, asked with `of_team` and `wall`."""
    return (
        update(Message)
        .where(col(Message.team_id) == OF_TEAM, which)
        .values(_one_more())
        .execution_options(synchronize_session=False)
    )


def revise_lists(tx: Session, liaison: Liaison, reader_id: str) -> None:
    """A person's newest brief is due for an edit; so is a manager's newest list, and the one before
    it, which it may replace."""
    tx.info[TELLS] = True
    asked = {"of_team": liaison.team_id, "wall": liaison.wall(), "reader": reader_id}
    tx.execute(_revising_lists(), asked)


@cache
def _revising_lists() -> Update:
    newest = [
        select(col(_Listed.id))
        .where(
            col(_Listed.team_id) == OF_TEAM,
            col(_Listed.subject_id) == bindparam("reader"),
            col(_Listed.kind) == kind,
        )
        .order_by(col(_Listed.id).desc())
        .limit(most)
        .subquery()
        .select()
        for kind, most in ((MessageKind.BRIEF, 1), (MessageKind.MANAGER_LIST, 2))
    ]
    return revising(col(Message.id).in_(union_all(*newest)))


def revise(tx: Session, liaison: Liaison, subject_id: str) -> None:
    """What these messages show has changed: each is due for an edit, old ones included.

    One that is being sent right now only has its revision raised; whoever sends it sees that
    afterwards and queues the edit.
    """
    tx.info[TELLS] = True
    asked = {"of_team": liaison.team_id, "wall": liaison.wall(), "subject": subject_id}
    tx.execute(_revising_subject(), asked)


@cache
def _revising_subject() -> Update:
    its = (col(Message.subject_id) == bindparam("subject")) & col(Message.dropped).is_(None)
    return revising(its).execution_options(**_SEEN)


def revise_digests(tx: Session, liaison: Liaison, handoff_id: str) -> None:
    """What is shown of this hand-off among others has changed."""
    tx.info[TELLS] = True
    asked = {"of_team": liaison.team_id, "wall": liaison.wall(), "handoff": handoff_id}
    tx.execute(_revising_digests(), asked)


@cache
def _revising_digests() -> Update:
    telling = (
        select(col(Collected.message_id))
        .join(
            History,
            (col(History.team_id) == Collected.team_id) & (col(History.id) == Collected.line_id),
        )
        .where(col(History.team_id) == OF_TEAM, col(History.handoff_id) == bindparam("handoff"))
    )
    return revising(col(Message.id).in_(telling) & col(Message.dropped).is_(None))


def _one_more() -> dict[str, object]:
    """A revision more; sent now unless it is not posted yet, or somebody is sending it."""
    at_rest = col(Message.ts).is_not(None) & col(Message.lease).is_(None)
    wall = bindparam("wall", type_=table_of(Message).c.send_at.type)
    return {
        "revision": Message.revision + 1,
        "send_at": case((at_rest, wall), else_=col(Message.send_at)),
    }


def shrink_older(tx: Session, liaison: Liaison, message: Message) -> None:
    """A newer DM about the same subject stands: the recipient's older ones are due for an edit."""
    tx.info[TELLS] = True
    asked: dict[str, object] = {
        "of_team": liaison.team_id,
        "wall": liaison.wall(),
        "subject": message.subject_id,
        "reader": message.recipient_id,
        "newer": message.id,
    }
    tx.execute(_revising_older(), asked)


@cache
def _revising_older() -> Update:
    older = (
        (col(Message.subject_id) == bindparam("subject"))
        & (col(Message.recipient_id) == bindparam("reader"))
        & (col(Message.id) < bindparam("newer"))
        & col(Message.dropped).is_(None)
    )
    return revising(older).execution_options(**_SEEN)


def move_waiting(tx: Session, liaison: Liaison, before: str, after: str) -> None:
    """Cards go to another channel from now on: those that still wait follow, and are sent at once.

    A reply stays with what it answers.
    """
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.channel) == before,
            col(Message.kind).in_(CARDS),
            col(Message.ts).is_(None),
            col(Message.send_at).is_not(None),
            col(Message.parent_id).is_(None),
        )
        .values(
            channel=after,
            gate=posting_to(after),
            send_at=case((col(Message.lease).is_(None), liaison.wall()), else_=Message.send_at),
        )
        .execution_options(synchronize_session=False)
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
    due = asking(liaison.team_id, liaison.now())
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.execute(due_now(), due).first() is None:
            return 0
    with liaison.transaction() as tx:
        tx.info[TELLS] = True
        release = update(Message).where(_is_over()).values(hold_until=None, send_at=liaison.wall())
        return rows_changed(tx, release, due)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    return select(col(Message.id)).where(_is_over()).limit(1)


def _is_over() -> ColumnElement[bool]:
    return (col(Message.team_id) == OF_TEAM) & (col(Message.hold_until) <= NOW)


def reminders() -> ColumnElement[bool]:
    """The messages that remind the actor of a run: its own, and what it shares in a batch.

    Asked with what `of_run` says."""
    its_own = select(col(_Nudge.id)).where(
        col(_Nudge.team_id) == OF_TEAM,
        col(_Nudge.subject_id) == bindparam("of_handoff"),
        col(_Nudge.run) == bindparam("of_number"),
    )
    of_steps = select(col(Step.message_id)).where(
        col(Step.team_id) == OF_TEAM,
        col(Step.handoff_id) == bindparam("of_handoff"),
        col(Step.run) == bindparam("of_number"),
    )
    # One list of ids: as long as SQLite does not know how large the table is, it reads all of it
    # for an OR of the two.
    return (
        (col(Message.team_id) == OF_TEAM)
        & col(Message.id).in_(union_all(its_own, of_steps))
        & col(Message.kind).in_((MessageKind.NUDGE, MessageKind.BATCH_NUDGE))
    )


def of_run(run: Run) -> dict[str, object]:
    return {"of_team": run.team_id, "of_handoff": run.handoff_id, "of_number": run.number}


def send_after_all(tx: Session, liaison: Liaison, run: Run) -> None:
    """The newest reminder of a run is wanted again, when it was dropped before anybody read it."""
    tx.info[TELLS] = True
    tx.execute(_newest_again(), of_run(run) | {"wall": liaison.wall()})


@cache
def _newest_again() -> Update:
    newest = select(func.max(col(Message.id))).where(reminders()).scalar_subquery()
    return (
        update(Message)
        .where(
            col(Message.team_id) == OF_TEAM,
            col(Message.id) == newest,
            col(Message.dropped) == NOT_WANTED,
        )
        .values(dropped=None, settled_at=None, send_at=bindparam("wall"))
        .execution_options(synchronize_session=False)
    )
