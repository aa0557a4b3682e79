"""The parts of a brief about the reader's own leads and the queue; the order is in `briefs`."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_day
from bot.delivery.courier import FOLDED
from bot.liaison import Liaison
from bot.models import Handoff, History, Message, MessageKind, Person, Run, Snooze
from bot.views import brief as views
from bot.views import handoffs as handoff_views
from bot.views.brief import Heading, Item

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_QUEUE = 3
"""Leads of the queue that everybody reads of, those due first."""


def has_news(tx: Session, person: Person, now: datetime) -> bool:
    """Whether a brief would tell this person anything they have to act on, or did not read yet.

    One statement, because every person is asked about every morning. What stands in the queue, or
    is silent, since before the last brief is worth a line among others, and no message of its own.
    """
    since = _last_brief(tx, person, now)
    _, midnight = local_day(person.timezone, now)
    mine = exists().where(_of_run(), _open_with(person))
    told = (
        mine.where(col(Run.due_at) < midnight)
        | mine.where(col(Run.started_at) >= since, ~_was_told())
        | exists().where(_held(person, since))
        | exists().where(
            col(Handoff.team_id) == person.team_id,
            col(Handoff.actor_id) == person.id,
            col(Handoff.closed_at).is_(None),
            col(Handoff.silent_since) >= since,
        )
    )
    if queries.sells(person):
        came = (col(Handoff.shown_at) >= since) | _was_left(since)
        told |= exists().where(_waits(person), came)
    return bool(tx.scalar(select(told)))


def _was_left(since: datetime) -> ColumnElement[bool]:
    """Whoever had it has it no more."""
    return exists().where(_of_run(), col(Run.ended_at) >= since)


def overdue(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads of this person whose first touch should have been."""
    return _leads(tx, liaison, "Overdue", _open_with(person) & (col(Run.due_at) < now))


def due_today(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads whose first touch is due on the reader's local date."""
    _, midnight = local_day(person.timezone, now)
    due = (col(Run.due_at) >= now) & (col(Run.due_at) < midnight)
    return _leads(tx, liaison, "Due today", _open_with(person) & due)


def new(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads that came since the last brief, and of which no message told."""
    since = _last_brief(tx, person, now)
    came = (col(Run.started_at) >= since) & ~_was_told()
    return _leads(tx, liaison, "New", _open_with(person) & _is_not_urgent(person, now) & came)


def held_back(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """What the last days had no room for, and no other part of the brief says."""
    since = _last_brief(tx, person, now)
    held = _held(person, since)
    reminded = exists().where(held, _is_about(), col(Message.kind) == MessageKind.NUDGE)
    known = (col(Run.started_at) < since) | _was_told()
    leads = _leads(
        tx,
        liaison,
        "Held back",
        _open_with(person) & _is_not_urgent(person, now) & known & reminded,
    )
    others = col(Message.kind).in_([MessageKind.NOTE, MessageKind.FOLLOW_UP])
    found = tx.scalars(select(Message).where(held, others).order_by(col(Message.id))).all()
    wanted = [message for message in found if _is_still_so(tx, message)]
    said = [_said(tx, liaison, message, person) for message in wanted[: views.MOST_ITEMS]]
    items = (*(leads.items if leads else ()), *said)
    more = (leads.more if leads else 0) + len(wanted) - len(said)
    return Heading("Held back", items, more) if items else None


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


def queue(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Heading | None:
    """Leads that nobody has, for whoever may claim them."""
    if not queries.sells(person):
        return None
    waits = _waits(person)
    first = (col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.id))
    found = tx.scalars(select(col(Handoff.id)).where(waits).order_by(*first).limit(_QUEUE)).all()
    if not found:
        return None
    total = tx.scalar(select(func.count()).select_from(Handoff).where(waits)) or 0
    items = (views.waiting(queries.facts(tx, person.team_id, each)) for each in found)
    where = views.in_channel(liaison.playbook)
    return Heading("In the queue", tuple(items), total - len(found), where)


def silent(tx: Session, liaison: Liaison, person: Person, _now: datetime) -> Heading | None:
    """Leads of this person with whom contact broke off, longest silent first."""
    found = queries.silent_of(tx, liaison.team_id, person.id)
    items = tuple(views.lead(facts) for facts in found[: views.MOST_ITEMS])
    return Heading("Silent", items, len(found) - len(items)) if items else None


def _held(person: Person, since: datetime) -> ColumnElement[bool]:
    return (
        (col(Message.team_id) == person.team_id)
        & (col(Message.recipient_id) == person.id)
        & (col(Message.settled_at) >= since)
        & (col(Message.dropped) == FOLDED)
    )


def _waits(person: Person) -> ColumnElement[bool]:
    """Hand-offs in the queue."""
    return (
        (col(Handoff.team_id) == person.team_id)
        & col(Handoff.actor_id).is_(None)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.shown_at).is_not(None)
    )


def _of_run() -> ColumnElement[bool]:
    return (col(Handoff.team_id) == Run.team_id) & (col(Handoff.id) == Run.handoff_id)


def _open_with(person: Person) -> ColumnElement[bool]:
    """Runs of this person whose first touch is open, and that are not snoozed."""
    snoozed = exists().where(
        col(Snooze.team_id) == Run.team_id,
        col(Snooze.handoff_id) == Run.handoff_id,
        col(Snooze.run) == Run.number,
        col(Snooze.wakes_at).is_not(None),
    )
    return (
        (col(Run.team_id) == person.team_id)
        & (col(Run.actor_id) == person.id)
        & col(Run.ended_at).is_(None)
        & col(Run.answered_at).is_(None)
        & col(Run.started_at).is_not(None)
        & col(Handoff.touched_at).is_(None)
        & ~snoozed
    )


def _is_not_urgent(person: Person, now: datetime) -> ColumnElement[bool]:
    _, midnight = local_day(person.timezone, now)
    return col(Run.due_at).is_(None) | (col(Run.due_at) >= midnight)


def _is_about() -> ColumnElement[bool]:
    """A message to a run's actor about its hand-off."""
    return (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Run.handoff_id)
        & (col(Message.recipient_id) == Run.actor_id)
    )


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


def _last_brief(tx: Session, person: Person, now: datetime) -> datetime:
    """When the brief before today's was written; what came earlier stood in it."""
    midnight, _ = local_day(person.timezone, now)
    written = tx.scalars(
        select(col(Message.about))
        .where(
            col(Message.team_id) == person.team_id,
            col(Message.subject_id) == person.id,
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.about) < midnight.isoformat(),
            col(Message.ts).is_not(None),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
    return datetime.fromisoformat(written) if written else LONG_AGO


def _leads(
    tx: Session, liaison: Liaison, title: str, wanted: ColumnElement[bool]
) -> Heading | None:
    """The leads of these runs, soonest due first."""
    found = (
        select(col(Run.handoff_id))
        .join(Handoff, _of_run())
        .where(wanted)
        .order_by(col(Run.due_at).is_(None), col(Run.due_at), col(Run.handoff_id))
    )
    first = tx.scalars(found.limit(views.MOST_ITEMS + 1)).all()
    if not first:
        return None
    shown = first[: views.MOST_ITEMS]
    total = len(first)
    if total > len(shown):
        total = tx.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    items = (views.lead(queries.facts(tx, liaison.team_id, each)) for each in shown)
    return Heading(title, tuple(items), total - len(shown))
