"""The parts of a brief about the reader's own leads, the queue, and what was kept back for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, String, cast, exists, select, union_all
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import Stage
from bot.liaison import Liaison
from bot.models import Handoff, History, Message, MessageKind, Person, Run, Snooze
from bot.queries import HandoffFacts
from bot.services.absences import told_back
from bot.services.asks import telling_answer
from bot.services.edition import Edition, Page, page_of
from bot.views import brief as views
from bot.views import handoffs as handoff_views
from bot.views import watching as watching_views
from bot.views.brief import Heading, Item

QUEUE = 3
"""Leads of the queue that everybody reads of, those due first; the others on request."""


def overdue(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads of this person whose first touch should have been."""
    late = col(Run.due_at) < edition.now
    return views.leads("Overdue", *_runs(tx, edition, page, late))


def due_today(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads whose first touch is due on the reader's local date."""
    due = (col(Run.due_at) >= edition.now) & (col(Run.due_at) < edition.midnight)
    return views.leads("Due today", *_runs(tx, edition, page, due))


def touches_are_due(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether one of the two parts above has something to act on."""
    return exists().where(_of_run(), _open_with(edition.person), col(Run.due_at) < edition.midnight)


def new(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that came since the last brief, and of which no message told."""
    came = _is_not_urgent(edition) & _came_untold(edition) & ~_is_return()
    return views.leads("New", *_runs(tx, edition, page, came))


def leads_came(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether there is a lead of which no message told, whatever part says it."""
    return exists().where(_of_run(), _open_with(edition.person), _came_untold(edition))


def queue(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that nobody has, for whoever may claim them."""
    if not queries.sells(edition.person):
        return None
    first = (col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.id))
    found = select(col(Handoff.id)).where(_waits(edition.person)).order_by(*first)
    few = page if page.skip else Page(0, min(page.most, QUEUE))
    waiting, more = _facts(tx, edition, *page_of(tx, found, few))
    items = tuple(map(views.waiting, waiting))
    return Heading("In the queue", items, more) if items else None


def queue_grew(_liaison: Liaison, edition: Edition) -> ColumnElement[bool] | None:
    """What has stood in the queue since before the last brief is worth a line among others, and no
    message of its own."""
    if not queries.sells(edition.person):
        return None
    was_left = exists().where(_of_run(), col(Run.ended_at) >= edition.since)
    came = (col(Handoff.shown_at) >= edition.since) | was_left
    return exists().where(_waits(edition.person), came)


def back_today(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads that come back to this person today, and those that did since the last brief and of
    which no message told, each with last time's reason."""
    room = liaison.playbook.timing.returns_a_day
    due = select(col(Handoff.id)).where(_returns_today(edition)).order_by(col(Handoff.return_at))
    coming = due.limit(room).subquery()
    came: Select[str] = (
        select(col(Run.handoff_id).label("id"))
        .join(Handoff, _of_run())
        .where(_open_with(edition.person), _is_not_urgent(edition), _came_untold(edition))
        .where(_is_return())
    )
    both = union_all(select(coming.c.id), came).subquery()
    found, more = _facts(tx, edition, *page_of(tx, select(both.c.id).order_by(both.c.id), page))
    items = tuple(views.back_today(facts, liaison.playbook) for facts in found)
    return Heading("Back today", items, more, hint=views.OPEN) if items else None


def leads_return(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether one comes back today; those that came are `leads_came`."""
    return exists().where(_returns_today(edition))


def silent(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Leads of this person with whom contact broke off, longest silent first."""
    longest = (col(Handoff.silent_since), col(Handoff.id))
    found = select(col(Handoff.id)).where(_is_silent(edition.person)).order_by(*longest)
    return views.leads("Silent", *_facts(tx, edition, *page_of(tx, found, page)))


def fell_silent(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether one did since the last brief."""
    return exists().where(_is_silent(edition.person), col(Handoff.silent_since) >= edition.since)


def held_back(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Reminders that the day had no room for, and that no other part of the brief says."""
    runs: Select[str] = (
        select(col(Run.handoff_id).label("id"))
        .join(Handoff, _of_run())
        .where(
            _open_with(edition.person),
            _is_not_urgent(edition),
            ~_came_untold(edition),
            exists().where(edition.said, _is_about(), _reminds()),
        )
    )
    steps: Select[str] = select(col(Handoff.id).label("id")).where(
        exists().where(edition.said, _is_next_step_of(edition.person))
    )
    both = runs.union(steps).subquery()
    found = select(both.c.id).order_by(both.c.id)
    return views.leads("Held back", *_facts(tx, edition, *page_of(tx, found, page)))


def reminders_were_held(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether that part, or one of those due, has something to say."""
    reminded = exists().where(edition.said, _is_about(), _reminds())
    step = exists().where(edition.said, _is_next_step_of(edition.person))
    return exists().where(_of_run(), _open_with(edition.person), reminded) | exists().where(
        col(Handoff.team_id) == edition.person.team_id, step
    )


def answers(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Marketing's answers that no message brought."""

    def said(message: Message) -> Item:
        return Item(telling_answer(liaison, tx, message).text)

    return _told(tx, edition, page, "Answered", MessageKind.ANSWER, said)


def answers_came(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether that part has news."""
    return _is_told(edition, MessageKind.ANSWER)


def while_away(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """What became of the reader's leads in an absence that is over."""

    def said(message: Message) -> Item:
        return Item(told_back(liaison, tx, message).text)

    told = _told(tx, edition, page, "While you were away", MessageKind.BACK, said)
    return told and replace(told, push="what happened while you were away")


def somebody_is_back(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether that part has news."""
    return _is_told(edition, MessageKind.BACK)


def notes(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """Notes that no message brought, what happened first coming first."""

    def said(message: Message) -> Item:
        if message.kind is MessageKind.UNREAD:
            return Item(watching_views.unread(message.subject_id).text)
        facts = queries.facts(tx, liaison.team_id, message.subject_id)
        line = tx.get_one(History, (liaison.team_id, message.about))
        names = queries.names(tx, liaison.team_id, [line])
        return Item(handoff_views.note(facts.lead, line, names, edition.person).text)

    return _told(tx, edition, page, "To know", MessageKind.NOTE, said, MessageKind.UNREAD)


def notes_came(_liaison: Liaison, edition: Edition) -> ColumnElement[bool]:
    """Whether that part has news."""
    return _is_told(edition, MessageKind.NOTE, MessageKind.UNREAD)


def _told(
    tx: Session,
    edition: Edition,
    page: Page,
    title: str,
    kind: MessageKind,
    said: Callable[[Message], Item],
    *kinds: MessageKind,
) -> Heading | None:
    wanted = col(Message.kind).in_([kind, *kinds])
    found = select(Message).where(edition.said, wanted).order_by(col(Message.id))
    messages, more = page_of(tx, found, page)
    items = tuple(map(said, messages))
    return Heading(title, items, more) if items else None


def _is_told(edition: Edition, *kinds: MessageKind) -> ColumnElement[bool]:
    return exists().where(edition.said, col(Message.kind).in_(kinds))


def _runs(
    tx: Session, edition: Edition, page: Page, wanted: ColumnElement[bool]
) -> tuple[list[HandoffFacts], int]:
    """The leads of a person's runs whose first touch is open, soonest due first."""
    found = (
        select(col(Run.handoff_id))
        .join(Handoff, _of_run())
        .where(_open_with(edition.person), wanted)
        .order_by(col(Run.due_at).is_(None), col(Run.due_at), col(Run.handoff_id))
    )
    return _facts(tx, edition, *page_of(tx, found, page))


def _facts(
    tx: Session, edition: Edition, ids: Sequence[str], more: int
) -> tuple[list[HandoffFacts], int]:
    return queries.facts_of(tx, edition.person.team_id, ids), more


def _waits(person: Person) -> ColumnElement[bool]:
    """Hand-offs in the queue."""
    return (
        (col(Handoff.team_id) == person.team_id)
        & col(Handoff.actor_id).is_(None)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.shown_at).is_not(None)
    )


def _is_silent(person: Person) -> ColumnElement[bool]:
    return (
        (col(Handoff.team_id) == person.team_id)
        & (col(Handoff.actor_id) == person.id)
        & col(Handoff.closed_at).is_(None)
        & col(Handoff.silent_since).is_not(None)
    )


def _returns_today(edition: Edition) -> ColumnElement[bool]:
    """They are brought back at their owner's opening, or later on the same day."""
    return (
        (col(Handoff.team_id) == edition.person.team_id)
        & (col(Handoff.turns_at) < edition.midnight)
        & (col(Handoff.owner_id) == edition.person.id)
        & (col(Handoff.stage) == Stage.RECYCLED)
        & (col(Handoff.return_at) < edition.midnight)
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


def _is_not_urgent(edition: Edition) -> ColumnElement[bool]:
    return col(Run.due_at).is_(None) | (col(Run.due_at) >= edition.midnight)


def _came_untold(edition: Edition) -> ColumnElement[bool]:
    """Runs that began since the last brief, and of which no message told."""
    told = exists().where(_is_about(), col(Message.run) == Run.number, col(Message.ts).is_not(None))
    return (col(Run.started_at) >= edition.since) & ~told


def _is_return() -> ColumnElement[bool]:
    return col(Run.why) == "return"


def _is_about() -> ColumnElement[bool]:
    """A message to a run's actor about its hand-off."""
    return (
        (col(Message.team_id) == Run.team_id)
        & (col(Message.subject_id) == Run.handoff_id)
        & (col(Message.recipient_id) == Run.actor_id)
    )


def _reminds() -> ColumnElement[bool]:
    return col(Message.kind).in_([MessageKind.LEAD_DM, MessageKind.NUDGE])


def _is_next_step_of(person: Person) -> ColumnElement[bool]:
    """A reminder of a next step that was not done or moved since."""
    return (
        (col(Message.kind) == MessageKind.FOLLOW_UP)
        & (col(Handoff.team_id) == Message.team_id)
        & (col(Handoff.id) == Message.subject_id)
        & (col(Handoff.actor_id) == person.id)
        & col(Handoff.closed_at).is_(None)
        & (cast(col(Handoff.follow_up_on), String) == Message.about)
    )
