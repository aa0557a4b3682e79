"""The parts of a brief about the reader's own leads and the queue; the order is in `briefs`."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_day
from bot.delivery.courier import FOLDED
from bot.liaison import Liaison
from bot.models import Handoff, History, Message, MessageKind, Person, Run, Snooze, Step
from bot.views import brief as views
from bot.views import handoffs as handoff_views
from bot.views.brief import Heading, Item

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_QUEUE = 3
"""Leads of the queue that everybody reads of, those due first."""


Asked = dict[str, object]
"""Who reads, and the instants that matter to them: what every statement here is asked with."""


def has_news(tx: Session, person: Person, now: datetime) -> bool:
    """Whether a brief would tell this person anything they have to act on, or did not read yet.

    One statement, because every person is asked about every morning. What stands in the queue, or
    is silent, since before the last brief is worth a line among others, and no message of its own.
    """
    asked = _today(person, now) | _since(tx, person, now)
    return bool(tx.scalar(_any_news(sells=queries.sells(person)), asked))


def _today(person: Person, now: datetime) -> Asked:
    """`midnight` is the end of the reader's local day."""
    _, midnight = local_day(person.timezone, now)
    return {"of_team": person.team_id, "reader": person.id, "now": now, "midnight": midnight}


def _since(tx: Session, person: Person, now: datetime) -> Asked:
    """When the brief before today's was written: what came earlier stood in it."""
    today, _ = local_day(person.timezone, now)
    asked = {"of_team": person.team_id, "reader": person.id, "today": today.isoformat()}
    written = tx.scalars(_last_brief(), asked).first()
    return {"since": datetime.fromisoformat(written) if written else LONG_AGO}


# Every statement below is built once: building one takes longer than asking it.


@cache
def _last_brief() -> Select[str | None]:
    return (
        select(col(Message.about))
        .where(
            col(Message.team_id) == bindparam("of_team"),
            col(Message.subject_id) == bindparam("reader"),
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.about) < bindparam("today"),
            col(Message.ts).is_not(None),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
    )


@cache
def _any_news(*, sells: bool) -> Select[bool]:
    mine = exists().where(_of_run(), _open_with_reader())
    since: BindParameter[datetime] = bindparam("since")
    told = (
        mine.where(col(Run.due_at) < bindparam("midnight"))
        | mine.where(col(Run.started_at) >= since, ~_was_told())
        | exists().where(_held_from_reader())
        | exists().where(
            col(Handoff.team_id) == bindparam("of_team"),
            col(Handoff.actor_id) == bindparam("reader"),
            col(Handoff.closed_at).is_(None),
            col(Handoff.silent_since) >= since,
        )
    )
    if sells:
        was_left = exists().where(_of_run(), col(Run.ended_at) >= since)
        told |= exists().where(_waits(), (col(Handoff.shown_at) >= since) | was_left)
    return select(told)


def overdue(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads of this person whose first touch should have been."""
    return _leads(tx, liaison, "Overdue", _is_overdue, _today(person, now))


def _is_overdue() -> ColumnElement[bool]:
    return _open_with_reader() & (col(Run.due_at) < bindparam("now"))


def due_today(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads whose first touch is due on the reader's local date."""
    return _leads(tx, liaison, "Due today", _is_due_today, _today(person, now))


def _is_due_today() -> ColumnElement[bool]:
    due = (col(Run.due_at) >= bindparam("now")) & (col(Run.due_at) < bindparam("midnight"))
    return _open_with_reader() & due


def new(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads that came since the last brief, and of which no message told."""
    asked = _today(person, now) | _since(tx, person, now)
    return _leads(tx, liaison, "New", _is_new, asked)


def _is_new() -> ColumnElement[bool]:
    came = (col(Run.started_at) >= bindparam("since")) & ~_was_told()
    return _open_with_reader() & _is_not_urgent() & came


def held_back(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """What the last days had no room for, and no other part of the brief says."""
    asked = _today(person, now) | _since(tx, person, now)
    leads = _leads(tx, liaison, "Held back", _was_held_back, asked)
    found = tx.scalars(_others_held(), asked).all()
    wanted = [message for message in found if _is_still_so(tx, message)]
    said = [_said(tx, liaison, message, person) for message in wanted[: views.MOST_ITEMS]]
    items = (*(leads.items if leads else ()), *said)
    more = (leads.more if leads else 0) + len(wanted) - len(said)
    return Heading("Held back", items, more) if items else None


def _was_held_back() -> ColumnElement[bool]:
    about_it = _is_about() & (col(Message.kind) == MessageKind.NUDGE)
    reminded = exists().where(_held_from_reader(), about_it | _is_reminder_shared_with())
    known = (col(Run.started_at) < bindparam("since")) | _was_told()
    return _open_with_reader() & _is_not_urgent() & known & reminded


@cache
def _others_held() -> Select[Message]:
    others = col(Message.kind).in_([MessageKind.NOTE, MessageKind.FOLLOW_UP])
    return select(Message).where(_held_from_reader(), others).order_by(col(Message.id))


def _is_still_so(tx: Session, message: Message) -> bool:
    """A note tells what was; a next step may have been done or moved since."""
    if message.kind is MessageKind.NOTE:
        return True
    handoff = tx.get_one(Handoff, (message.team_id, message.subject_id))
    is_theirs = handoff.actor_id == message.recipient_id and handoff.closed_at is None
    return is_theirs and str(handoff.follow_up_on) == message.about


def _said(tx: Session, liaison: Liaison, message: Message, reader: Person) -> Item:
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    if message.kind is MessageKind.FOLLOW_UP:
        return views.lead(facts)
    line = tx.get_one(History, (liaison.team_id, message.about))
    names = queries.names(tx, liaison.team_id, [line])
    return Item(handoff_views.note(facts.lead, line, names, reader).text)


def queue(tx: Session, liaison: Liaison, person: Person, _now: datetime) -> Heading | None:
    """Leads that nobody has, for whoever may claim them."""
    if not queries.sells(person):
        return None
    of_team = {"of_team": person.team_id}
    found = tx.scalars(_first_waiting(), of_team).all()
    if not found:
        return None
    total = tx.scalar(_count_waiting(), of_team) or 0
    items = (views.waiting(facts) for facts in queries.facts_of(tx, person.team_id, found))
    where = views.in_channel(liaison.playbook)
    return Heading("In the queue", tuple(items), total - len(found), where)


@cache
def _first_waiting() -> Select[str]:
    first = (col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.id))
    return select(col(Handoff.id)).where(_waits()).order_by(*first).limit(_QUEUE)


@cache
def _count_waiting() -> Select[int]:
    return select(func.count()).select_from(Handoff).where(_waits())


def silent(tx: Session, liaison: Liaison, person: Person, _now: datetime) -> Heading | None:
    """Leads of this person with whom contact broke off, longest silent first."""
    found = queries.silent_of(tx, liaison.team_id, person.id)
    items = tuple(views.lead(facts) for facts in found[: views.MOST_ITEMS])
    return Heading("Silent", items, len(found) - len(items)) if items else None


def _held_from_reader() -> ColumnElement[bool]:
    return (
        (col(Message.team_id) == bindparam("of_team"))
        & (col(Message.recipient_id) == bindparam("reader"))
        & (col(Message.settled_at) >= bindparam("since"))
        & (col(Message.dropped) == FOLDED)
    )


def _waits() -> ColumnElement[bool]:
    """Hand-offs in the queue."""
    return (
        (col(Handoff.team_id) == bindparam("of_team"))
        & col(Handoff.actor_id).is_(None)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.shown_at).is_not(None)
    )


def _of_run() -> ColumnElement[bool]:
    return (col(Handoff.team_id) == Run.team_id) & (col(Handoff.id) == Run.handoff_id)


def _open_with_reader() -> ColumnElement[bool]:
    """Runs of this person whose first touch is open, and that are not snoozed."""
    snoozed = exists().where(
        col(Snooze.team_id) == Run.team_id,
        col(Snooze.handoff_id) == Run.handoff_id,
        col(Snooze.run) == Run.number,
        col(Snooze.wakes_at).is_not(None),
    )
    return (
        (col(Run.team_id) == bindparam("of_team"))
        & (col(Run.actor_id) == bindparam("reader"))
        & col(Run.ended_at).is_(None)
        & col(Run.answered_at).is_(None)
        & col(Run.started_at).is_not(None)
        & col(Handoff.touched_at).is_(None)
        & ~snoozed
    )


def _is_not_urgent() -> ColumnElement[bool]:
    return col(Run.due_at).is_(None) | (col(Run.due_at) >= bindparam("midnight"))


def _is_about() -> ColumnElement[bool]:
    """A message to a run's actor about its hand-off."""
    return (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Run.handoff_id)
        & (col(Message.recipient_id) == Run.actor_id)
    )


def _is_reminder_shared_with() -> ColumnElement[bool]:
    """A reminder that counts a run among others of its batch."""
    counted = exists().where(
        col(Step.team_id) == Run.team_id,
        col(Step.handoff_id) == Run.handoff_id,
        col(Step.run) == Run.number,
        col(Step.message_id) == Message.id,
    )
    return (col(Message.kind) == MessageKind.BATCH_NUDGE) & counted


def _was_told() -> ColumnElement[bool]:
    """By a message of its own, or by a list of the batch it is of."""
    by_list = (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Handoff.batch_id)
        & (col(Message.recipient_id) == Run.actor_id)
        & (col(Message.kind) == MessageKind.BATCH_LIST)
    )
    is_shown = col(Message.ts).is_not(None)
    by_itself = exists().where(_is_about(), col(Message.run) == Run.number, is_shown)
    return by_itself | exists().where(by_list, is_shown)


def _leads(
    tx: Session,
    liaison: Liaison,
    title: str,
    wanted: Callable[[], ColumnElement[bool]],
    asked: Asked,
) -> Heading | None:
    """The leads of these runs, soonest due first."""
    first = tx.scalars(_soonest(wanted), asked).all()
    if not first:
        return None
    shown = first[: views.MOST_ITEMS]
    total = len(first)
    if total > len(shown):
        total = tx.scalar(_count(wanted), asked) or 0
    items = (views.lead(facts) for facts in queries.facts_of(tx, liaison.team_id, shown))
    return Heading(title, tuple(items), total - len(shown))


@cache
def _soonest(wanted: Callable[[], ColumnElement[bool]]) -> Select[str]:
    soonest = (col(Run.due_at).is_(None), col(Run.due_at), col(Run.handoff_id))
    found = select(col(Run.handoff_id)).join(Handoff, _of_run()).where(wanted())
    return found.order_by(*soonest).limit(views.MOST_ITEMS + 1)


@cache
def _count(wanted: Callable[[], ColumnElement[bool]]) -> Select[int]:
    return select(func.count()).select_from(Run).join(Handoff, _of_run()).where(wanted())
