"""The parts of a brief about the reader's own leads and the queue."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    exists,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import Stage
from bot.delivery.briefs import waiting_for_brief
from bot.liaison import Liaison
from bot.models import Handoff, Message, MessageKind, Run, Snooze, Step
from bot.queries import HandoffFacts
from bot.services.edition import (
    MIDNIGHT,
    NOW,
    OF_TEAM,
    READER,
    SINCE,
    Edition,
    Page,
    page_of,
    said,
)
from bot.views import brief as views
from bot.views.brief import Heading

QUEUE = 3
"""Leads of the queue that everybody reads of, those due first; the others on request."""
_REMINDERS = (MessageKind.LEAD_DM, MessageKind.NUDGE, MessageKind.BATCH_NUDGE)


def overdue(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads of this person whose first touch should have been."""
    return views.leads("Overdue", *_leads(tx, edition, page, _overdue))


def _overdue() -> Select[str]:
    return _soonest(col(Run.due_at) < NOW)


def due_today(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads whose first touch is due on the reader's local date."""
    return views.leads("Due today", *_leads(tx, edition, page, _due_today))


def _due_today() -> Select[str]:
    return _soonest((col(Run.due_at) >= NOW) & (col(Run.due_at) < MIDNIGHT))


def touches_are_due() -> ColumnElement[bool]:
    """Whether one of the two parts above has something to act on."""
    return exists().where(_of_run(), _open_with_reader(), col(Run.due_at) < MIDNIGHT)


def new(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that came since the last brief, and of which no message told."""
    return views.leads("New", *_leads(tx, edition, page, _new))


def _new() -> Select[str]:
    return _soonest(_is_not_urgent() & _came_untold() & ~_is_return())


def leads_came() -> ColumnElement[bool]:
    """Whether there is a lead of which no message told, whatever part says it."""
    return exists().where(_of_run(), _open_with_reader(), _came_untold())


def queue(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that nobody has, for whoever may claim them."""
    few = page if page.skip else Page(0, min(page.most, QUEUE))
    waiting, more = _leads(tx, edition, few, _waiting)
    items = tuple(map(views.waiting, waiting))
    return Heading("In the queue", items, more) if items else None


def _waiting() -> Select[str]:
    first = (col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.id))
    return select(col(Handoff.id)).where(_waits()).order_by(*first)


def queue_grew() -> ColumnElement[bool]:
    """What has stood in the queue since before the last brief is worth a line among others, and no
    message of its own."""
    was_left = exists().where(_of_run(), col(Run.ended_at) >= SINCE)
    return exists().where(_waits(), (col(Handoff.shown_at) >= SINCE) | was_left)


def returns(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that come back to this person today, and those that did since the last brief and of
    which no message told, each with last time's reason."""
    room = {"room": liaison.playbook.timing.returns_a_day}
    found, more = _leads(tx, edition, page, _returns, room)
    items = tuple(views.back_again(facts, liaison.playbook) for facts in found)
    return Heading("Back again", items, more, hint=views.OPEN) if items else None


def _returns() -> Select[str]:
    due = select(col(Handoff.id)).where(_returns_today()).order_by(col(Handoff.return_at))
    coming = due.limit(bindparam("room", type_=Integer)).subquery()
    both = union_all(select(coming.c.id), select(col(Handoff.id)).where(_came_back())).subquery()
    return select(both.c.id).order_by(both.c.id)


def leads_return() -> ColumnElement[bool]:
    """Whether that part has news."""
    return exists().where(_returns_today()) | exists().where(_came_back())


def silent(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads of this person with whom contact broke off, longest silent first."""
    return views.leads("Silent", *_leads(tx, edition, page, _silent))


def _silent() -> Select[str]:
    longest = (col(Handoff.silent_since), col(Handoff.id))
    return select(col(Handoff.id)).where(_is_silent()).order_by(*longest)


def fell_silent() -> ColumnElement[bool]:
    """Whether one did since the last brief."""
    return exists().where(_is_silent(), col(Handoff.silent_since) >= SINCE)


def held_back(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Reminders that the day had no room for, and that no other part of the brief says."""
    return views.leads("Held back", *_leads(tx, edition, page, _held_back))


def _held_back() -> Select[str]:
    reminded = exists().where(said(*_REMINDERS), _is_about() | _is_shared_with())
    runs = _soonest(_is_not_urgent() & ~_came_untold() & reminded).order_by(None)
    steps = select(col(Handoff.id)).where(said(MessageKind.FOLLOW_UP), _is_next_step())
    both = union(runs, steps).subquery()
    return select(both.c[0]).order_by(both.c[0])


def reminders_were_held() -> ColumnElement[bool]:
    """Whether that part, or one of those due, has something to say."""
    reminded = exists().where(waiting_for_brief(*_REMINDERS), _is_about() | _is_shared_with())
    step = exists().where(waiting_for_brief(MessageKind.FOLLOW_UP), _is_next_step())
    return exists().where(_of_run(), _open_with_reader(), reminded) | step


def _leads(
    tx: Session,
    edition: Edition,
    page: Page,
    found: Callable[[], Select[str]],
    also_asked: Mapping[str, object] = MappingProxyType({}),
) -> tuple[list[HandoffFacts], int]:
    ids, more = page_of(tx, edition, found, page, also_asked)
    return queries.facts_of(tx, edition.person.team_id, ids), more


def _soonest(wanted: ColumnElement[bool]) -> Select[str]:
    """The leads of a person's runs whose first touch is open, soonest due first."""
    return (
        select(col(Run.handoff_id))
        .join(Handoff, _of_run())
        .where(_open_with_reader(), wanted)
        .order_by(col(Run.due_at).is_(None), col(Run.due_at), col(Run.handoff_id))
    )


def _waits() -> ColumnElement[bool]:
    """Hand-offs in the queue."""
    return (
        (col(Handoff.team_id) == OF_TEAM)
        & col(Handoff.actor_id).is_(None)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.shown_at).is_not(None)
    )


def _is_silent() -> ColumnElement[bool]:
    return (
        (col(Handoff.team_id) == OF_TEAM)
        & (col(Handoff.actor_id) == READER)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.silent_since).is_not(None)
    )


def _returns_today() -> ColumnElement[bool]:
    """They are brought back at their owner's opening, or later on the same day."""
    return (
        (col(Handoff.team_id) == OF_TEAM)
        & (col(Handoff.turns_at) < MIDNIGHT)
        & (col(Handoff.owner_id) == READER)
        & (col(Handoff.stage) == Stage.RECYCLED)
        & (col(Handoff.return_at) < MIDNIGHT)
    )


def _came_back() -> ColumnElement[bool]:
    """Those that were due today when the brief was about to be written may have come meanwhile."""
    is_urgent = exists().where(_of_run(), col(Run.ended_at).is_(None), col(Run.due_at) < MIDNIGHT)
    told = exists().where(
        col(Message.team_id) == Handoff.team_id,
        col(Message.subject_id) == Handoff.id,
        col(Message.recipient_id) == READER,
        col(Message.ts).is_not(None),
    )
    return (
        (col(Handoff.team_id) == OF_TEAM)
        & (col(Handoff.owner_id) == READER)
        & (col(Handoff.received_at) >= SINCE)
        & col(Handoff.returned_from).is_not(None)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.touched_at).is_(None)
        & ~is_urgent
        & ~told
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
        (col(Run.team_id) == OF_TEAM)
        & (col(Run.actor_id) == READER)
        & col(Run.ended_at).is_(None)
        & col(Run.answered_at).is_(None)
        & col(Run.started_at).is_not(None)
        & col(Handoff.touched_at).is_(None)
        & ~snoozed
    )


def _is_not_urgent() -> ColumnElement[bool]:
    return col(Run.due_at).is_(None) | (col(Run.due_at) >= MIDNIGHT)


def _came_untold() -> ColumnElement[bool]:
    """Runs that began since the last brief, and of which no message told. A list of the batch they
    are of tells, also one that comes with this brief."""
    is_shown = col(Message.ts).is_not(None)
    by_itself = exists().where(_is_about(), col(Message.run) == Run.number, is_shown)
    by_list = (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Handoff.batch_id)
        & (col(Message.recipient_id) == Run.actor_id)
        & (col(Message.kind) == MessageKind.BATCH_LIST)
    )
    is_wanted = col(Message.dropped).is_(None)
    return (col(Run.started_at) >= SINCE) & ~by_itself & ~exists().where(by_list, is_wanted)


def _is_shared_with() -> ColumnElement[bool]:
    """A reminder that counts a run among others of its batch."""
    counted = (
        exists()
        .where(
            col(Step.team_id) == Run.team_id,
            col(Step.handoff_id) == Run.handoff_id,
            col(Step.run) == Run.number,
            col(Step.message_id) == Message.id,
        )
        .correlate(Run, Message)
    )
    return (col(Message.kind) == MessageKind.BATCH_NUDGE) & counted


def _is_return() -> ColumnElement[bool]:
    return col(Run.why) == "return"


def _is_about() -> ColumnElement[bool]:
    """A message to a run's actor about its hand-off."""
    return (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Run.handoff_id)
        & (col(Message.recipient_id) == Run.actor_id)
    )


def _is_next_step() -> ColumnElement[bool]:
    """A reminder of a next step of the reader's that was not done or moved since."""
    return (
        (col(Handoff.team_id) == Message.team_id)
        & (col(Handoff.id) == Message.subject_id)
        & (col(Handoff.actor_id) == READER)
        & col(Handoff.closed_at).is_(None)
        & (cast(col(Handoff.follow_up_on), String) == Message.about)
    )
