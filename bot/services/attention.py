"""How much one day of one person takes: whatever is beyond the cap waits for the brief."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import add, local_day
from bot.core.settings import quiet_until as quiet_ends
from bot.core.settings import read_quiet
from bot.core.sla import STEP_GAP, Via
from bot.liaison import Liaison
from bot.models import Handoff, Message, MessageKind, Person, Run
from bot.services.hours import opening_of


def is_for_the_brief(tx: Session, liaison: Liaison, message: Message, now: datetime) -> bool:
    """Whether a message that is about to be posted is to be read in the brief instead.

    An answer to the recipient's own press never is; nor is anything for who gets no brief. A lead
    that waits for the brief is not reminded of before it.
    """
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.is_answer or reader.brief_at is None:
        return False
    return (
        _goes_by_brief(liaison, message)
        or (reader.hot_in_brief and message.kind is MessageKind.LEAD_DM)
        or (_is_in_no_hurry(tx, liaison, message, reader) and _is_unheard_of(tx, message))
        or _had_today(tx, message, reader, now) >= cap_of(liaison, reader)
    )


def cap_of(liaison: Liaison, person: Person) -> int:
    """How many messages a day somebody gets: as many as they wish, else as the team agreed."""
    return liaison.playbook.attention.cap if person.own_cap is None else person.own_cap


def tells_at_once(liaison: Liaison, person: Person, handoff: Handoff) -> bool:
    """Whether somebody reads of a lead as soon as it is theirs, and not in their brief."""
    return not person.hot_in_brief and liaison.playbook.is_told_at_once(handoff.grade)


def quiet_until(person: Person, now: datetime) -> datetime | None:
    """Until when somebody wants no message though they are at work, by their own quiet times and
    Slack's Do Not Disturb; None = they take one."""
    ends = quiet_ends(read_quiet(person.quiet), person.timezone, now) if person.quiet else None
    paused = person.dnd_until if person.dnd_until and person.dnd_until > now else None
    return max(filter(None, (ends, paused)), default=None)


def _goes_by_brief(liaison: Liaison, message: Message) -> bool:
    reminds = message.kind in {MessageKind.NUDGE, MessageKind.BATCH_NUDGE}
    if not reminds or message.step is None:
        return False
    return liaison.playbook.ladder[message.step - 1].via is Via.BRIEF


def rests_after_the_brief(
    tx: Session, liaison: Liaison, message: Message, now: datetime
) -> datetime | None:
    """Until when a reminder waits because a brief has just said the same; None = it may go."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if not _is_in_no_hurry(tx, liaison, message, reader):
        return None
    told_at = _told_in_brief(tx, message)
    if told_at is None:
        return None
    may_go = add(opening_of(tx, liaison, reader, told_at), told_at, STEP_GAP)
    return may_go if may_go > now else None


def _is_in_no_hurry(tx: Session, liaison: Liaison, message: Message, reader: Person) -> bool:
    """Whether it reminds of a lead of which its reader is told in the brief alone."""
    if message.kind is not MessageKind.NUDGE or message.step is None:
        return False
    handoff = tx.get_one(Handoff, (message.team_id, message.subject_id))
    return not tells_at_once(liaison, reader, handoff)


def _is_unheard_of(tx: Session, message: Message) -> bool:
    """Whether its reader has read nothing of the lead yet, neither by itself nor in a brief."""
    by_itself = select(col(Message.id)).where(
        col(Message.team_id) == message.team_id,
        col(Message.subject_id) == message.subject_id,
        col(Message.recipient_id) == message.recipient_id,
        col(Message.ts).is_not(None),
    )
    return tx.scalars(by_itself.limit(1)).first() is None and _told_in_brief(tx, message) is None


def _told_in_brief(tx: Session, message: Message) -> datetime | None:
    """When a brief was shown last that had the lead in it; None = there was none yet."""
    run = tx.get_one(Run, (message.team_id, message.subject_id, message.run))
    return tx.scalar(
        select(func.max(col(Message.settled_at))).where(
            col(Message.team_id) == message.team_id,
            col(Message.recipient_id) == message.recipient_id,
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.ts).is_not(None),
            col(Message.settled_at) >= run.started_at,
        )
    )


def _had_today(tx: Session, message: Message, reader: Person, now: datetime) -> int:
    """What the app started with this person on their local date, what is on its way included.

    Today's brief has its place kept: it may be written only after the steps of the same tick.
    """
    start, end = local_day(reader.timezone, now)
    asked = {
        "of_team": message.team_id,
        "reader": reader.id,
        "start": start,
        "end": end,
        "gate": message.gate,
        "lease": message.lease,
        "id": message.id,
    }
    is_brief_to_come = reader.brief_at is not None and reader.brief_at <= now
    return sum(tx.scalars(_counts(), asked)) + is_brief_to_come


@cache
def _counts() -> Select[int]:
    """Built once: every message to a person asks it."""
    ours = (
        (col(Message.team_id) == bindparam("of_team")),
        (col(Message.recipient_id) == bindparam("reader")),
        ~col(Message.is_answer),
    )
    posted = select(func.count()).where(
        *ours,
        col(Message.settled_at) >= bindparam("start"),
        col(Message.settled_at) < bindparam("end"),
        col(Message.ts).is_not(None),
    )
    # Others may be with a sender right now; whoever was claimed first goes first.
    claimed = tuple_(col(Message.lease), col(Message.id))
    on_their_way = select(func.count()).where(
        *ours,
        col(Message.gate) == bindparam("gate"),
        col(Message.send_at).is_not(None),
        col(Message.settled_at).is_(None),
        (col(Message.kind) == MessageKind.BRIEF)
        | (claimed < tuple_(bindparam("lease"), bindparam("id"))),
    )
    return posted.union_all(on_their_way)  # type: ignore[return-value]
