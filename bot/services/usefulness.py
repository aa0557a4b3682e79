"""What became of each message: counted by day once its reader's working hour is over.

Only what asks its reader for something is judged; of news it is counted that they were sent.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial

from sqlalchemy import BindParameter, Select, Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import usefulness as rules
from bot.core.business_time import DAY, add, local_date
from bot.core.history import Line
from bot.core.usefulness import WITHIN, Count, Fate, Kind
from bot.db import insert_once
from bot.delivery.courier import Hold, Told
from bot.delivery.sayings import Saying, say
from bot.identity import first_id
from bot.liaison import Liaison
from bot.models import Handoff, History, Message, MessageKind, Person, Usefulness
from bot.queries.due import NOW, OF_TEAM
from bot.services.due import take
from bot.services.hours import back_at_work, opening_of
from bot.views import usefulness as views
from bot.views.blocks import Post

WEEK = timedelta(days=7)
NOT_AGAIN = 8 * WEEK
"""How long what was suggested is not suggested again."""
_OF_A_LEAD = frozenset(
    {
        MessageKind.LEAD_DM,
        MessageKind.NUDGE,
        MessageKind.FOLLOW_UP,
        MessageKind.ASK,
        MessageKind.OFFER,
    }
)
_OF_A_BATCH = frozenset({MessageKind.BATCH_LIST, MessageKind.BATCH_NUDGE})
_OF_A_DAY = frozenset({MessageKind.BRIEF, MessageKind.MANAGER_LIST})
JUDGED = _OF_A_LEAD | _OF_A_BATCH | _OF_A_DAY
"""What asks for something that a hand-off's history tells of. Any act of the reader in the hour
counts for a list of the day, one about its leads for the others."""


def judge_messages(liaison: Liaison) -> int:
    """Count the messages whose working hour is over; says at how many it looked."""
    looked = 0
    while some := take(liaison, due_now(), partial(_judge, liaison)):
        looked += some
    return looked


@cache
def due_now() -> Select[Message]:
    """Built once: every tick asks it."""
    is_due = (col(Message.team_id) == OF_TEAM) & (col(Message.judge_at) <= NOW)
    return select(Message).where(is_due).order_by(col(Message.judge_at))


def _judge(liaison: Liaison, tx: Session, message: Message, now: datetime) -> None:
    """Not while its reader's hour goes on; it is looked at again when that is over."""
    shown_at = message.settled_at
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    assert shown_at  # it is judged because it was shown
    until = add(opening_of(tx, liaison, reader, shown_at), shown_at, WITHIN)
    if until > now:
        message.judge_at = until
        return
    message.judge_at = None
    day = local_date(liaison.playbook.hours.timezone, shown_at)
    count = Count(sent=1)
    if message.kind in JUDGED:
        fate = rules.fate(shown_at, until, *_acts(tx, message, reader, shown_at, until))
        count = Count(1, int(fate is Fate.ACTED), int(fate is Fate.SNOOZED))
    _add(tx, liaison, day, _kind(tx, message), count)


def _kind(tx: Session, message: Message) -> Kind:
    grade = None
    if message.kind in _OF_A_LEAD:
        grade = tx.get_one(Handoff, (message.team_id, message.subject_id)).grade
    return Kind(message.kind.value, message.step, grade)


def _acts(
    tx: Session, message: Message, reader: Person, shown_at: datetime, until: datetime
) -> tuple[list[datetime], list[datetime]]:
    """When the reader did something that the message is about, and when they put it off."""
    asked = {
        "of_team": message.team_id,
        "since": first_id(shown_at),
        "until": first_id(until + timedelta(milliseconds=1)),
        "reader": reader.id,
    }
    if message.kind not in _OF_A_DAY:
        asked["subject"] = message.subject_id
    rows = tx.execute(_lines_about(message.kind), asked).all()
    acts = [at for kind, at in rows if kind != Line.SNOOZED]
    return acts, [at for kind, at in rows if kind == Line.SNOOZED]


@cache
def _lines_about(kind: MessageKind) -> Select[str, datetime]:
    """What its reader did in the hour; built once for each kind."""
    lines = select(col(History.kind), col(History.at)).where(
        col(History.team_id) == OF_TEAM,
        col(History.id) >= bindparam("since"),
        col(History.id) <= bindparam("until"),
        col(History.by) == bindparam("reader"),
    )
    subject: BindParameter[str] = bindparam("subject")
    if kind in _OF_A_LEAD:
        return lines.where(col(History.handoff_id) == subject)
    if kind in _OF_A_BATCH:
        of_batch = select(col(Handoff.id)).where(
            col(Handoff.team_id) == OF_TEAM, col(Handoff.batch_id) == subject
        )
        return lines.where(col(History.handoff_id).in_(of_batch))
    return lines


def _add(tx: Session, liaison: Liaison, day: date, kind: Kind, count: Count) -> None:
    row = Usefulness(
        team_id=liaison.team_id,
        day=day,
        kind=kind.message,
        step=kind.step or 0,
        grade=kind.grade or "",
    )
    insert_once(tx, row)
    of_row = {
        "of_team": row.team_id,
        "of_day": row.day,
        "of_kind": row.kind,
        "of_step": row.step,
        "of_grade": row.grade,
    }
    more = {
        "more_sent": count.sent,
        "more_acted": count.acted,
        "more_snoozed": count.snoozed,
    }
    tx.execute(_count_more(), of_row | more)


@cache
def _count_more() -> Update:
    """Built once: every message is counted."""
    counted = update(Usefulness).where(
        col(Usefulness.team_id) == OF_TEAM,
        col(Usefulness.day) == bindparam("of_day"),
        col(Usefulness.kind) == bindparam("of_kind"),
        col(Usefulness.step) == bindparam("of_step"),
        col(Usefulness.grade) == bindparam("of_grade"),
    )
    more = counted.values(
        sent=Usefulness.sent + bindparam("more_sent"),
        acted=Usefulness.acted + bindparam("more_acted"),
        snoozed=Usefulness.snoozed + bindparam("more_snoozed"),
    )
    return more.execution_options(synchronize_session=False)


def counted(tx: Session, team_id: str, first: date, last: date) -> dict[Kind, Count]:
    """What became of the messages of these days, both included."""
    asked = {"of_team": team_id, "first": first, "last": last}
    counts: defaultdict[Kind, Count] = defaultdict(Count)
    for row in tx.scalars(_counted(), asked):
        kind = Kind(row.kind, row.step or None, row.grade or None)
        counts[kind] += Count(row.sent, row.acted, row.snoozed)
    return dict(counts)


@cache
def _counted() -> Select[Usefulness]:
    """Built once: a tick asks it of two weeks."""
    return select(Usefulness).where(
        col(Usefulness.team_id) == OF_TEAM,
        col(Usefulness.day) >= bindparam("first"),
        col(Usefulness.day) <= bindparam("last"),
    )


def look(liaison: Liaison, by: str) -> Post:
    """The last two weeks, for admins. Raises `NotAllowed`."""
    today = local_date(liaison.playbook.hours.timezone, liaison.now())
    with liaison.reading() as tx:
        queries.must_be_admin(tx, liaison.team_id, by)
        counts = counted(tx, liaison.team_id, today - 13 * DAY, today)
    return views.table(counts, {kind.value for kind in JUDGED})


def suggest(liaison: Liaison) -> int:
    """Tell the admins of the least useful kind of message, once a week at most."""
    now = liaison.now()
    today = local_date(liaison.playbook.hours.timezone, now)
    with liaison.reading() as tx:
        admins = queries.admins(tx, liaison.team_id)
        if all(back_at_work(tx, liaison, admin, now) for admin in admins):
            return 0
        suggested = tx.scalars(_suggested(), {"of_team": liaison.team_id})
        earlier = [about for about in suggested if about]
        if any(_day_of(about) > today - WEEK for about in earlier):
            return 0
        not_these = {_kind_of(about) for about in earlier if _day_of(about) > today - NOT_AGAIN}
        before, last = _two_weeks(tx, liaison, today)
    kind = rules.least_useful(before, last, not_these)
    if kind is None:
        return 0
    about = "|".join((kind.message, str(kind.step or ""), kind.grade or "", today.isoformat()))
    with liaison.transaction() as tx:
        for admin in admins:
            key = f"{MessageKind.SUGGESTION}:{admin.id}:{today.isoformat()}"
            saying = Saying(key, MessageKind.SUGGESTION, admin.id, admin.id, about=about)
            say(tx, liaison, saying, hold_until=back_at_work(tx, liaison, admin, now))
    return 1


def _two_weeks(
    tx: Session, liaison: Liaison, today: date
) -> tuple[Mapping[Kind, Count], Mapping[Kind, Count]]:
    """The two weeks before `today`."""
    weeks = (today - 2 * WEEK, today - WEEK)
    before, last = (counted(tx, liaison.team_id, day, day + 6 * DAY) for day in weeks)
    judged = {kind.value for kind in JUDGED}
    return (
        {kind: count for kind, count in before.items() if kind.message in judged},
        {kind: count for kind, count in last.items() if kind.message in judged},
    )


@cache
def _suggested() -> Select[str | None]:
    """What each suggestion was about; built once."""
    return select(col(Message.about)).where(
        col(Message.team_id) == OF_TEAM,
        col(Message.subject_id).in_(select(col(Person.id)).where(col(Person.team_id) == OF_TEAM)),
        col(Message.kind) == MessageKind.SUGGESTION,
    )


def _kind_of(about: str) -> Kind:
    message, step, grade, _ = about.split("|")
    return Kind(message, int(step) if step else None, grade or None)


def _day_of(about: str) -> date:
    return date.fromisoformat(about.rpartition("|")[2])


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """The figures are those of the day it was made; a new playbook may have changed the rest."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    about = message.about or ""
    kind, day = _kind_of(about), _day_of(about)
    before, last = _two_weeks(tx, liaison, day)
    count = before.get(kind, Count()) + last.get(kind, Count())
    ladder = liaison.playbook.rungs
    at = ladder[kind.step - 1].at if kind.step and kind.step <= len(ladder) else None
    return views.suggestion(kind, count, at, liaison.shelf.number)
