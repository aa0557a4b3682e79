"""The morning brief: who gets one, when, and what stands in it.

A part of the brief is a function in `SECTIONS`: it reads, and gives a heading or None.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import (
    OutsideTable,
    days_opening,
    local_date,
    local_day,
    next_days_opening,
    next_opening,
)
from bot.core.lifecycle import Act
from bot.delivery.briefs import shrink_last_brief
from bot.delivery.courier import Hold, Told
from bot.delivery.sayings import answer_actor, say_brief
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person
from bot.services import brief_parts as parts
from bot.services import items
from bot.services.handoffs import authorise
from bot.services.hours import back_at_work, opening_of
from bot.views import brief as views
from bot.views.brief import Heading

AT_ONCE = 50
"""People whose brief is looked into in one transaction."""
PUT_OFF = timedelta(hours=1)
NOT_PLANNED = datetime(1970, 1, 1, tzinfo=UTC)
"""Always due: the next tick plans the brief, and writes none yet."""

Part = Callable[[Session, Liaison, Person, datetime], Heading | None]

SECTIONS: tuple[Part, ...] = (
    parts.overdue,
    parts.due_today,
    parts.new,
    parts.held_back,
    items.in_brief,
    parts.queue,
    parts.silent,
)
"""What a brief says, in the order in which people read it."""


def begin_briefs(liaison: Liaison, person: Person) -> None:
    """At a start: whoever is new here is planned by the next tick, whoever left is no more."""
    if not _gets_briefs(liaison, person):
        person.brief_at = None
    elif person.brief_at is None:
        person.brief_at = NOT_PLANNED


def _gets_briefs(liaison: Liaison, person: Person) -> bool:
    is_here = person.is_active and queries.is_listed(person)
    return is_here and liaison.playbook.attention.brief


def plan_brief(tx: Session, liaison: Liaison, person: Person, now: datetime) -> None:
    """Set when a person's next brief is written, after their hours, zone or leave changed.

    Today's, if its time had not come or was missed; somebody new begins with the next.
    """
    if not _gets_briefs(liaison, person):
        person.brief_at = None
        return
    today, tomorrow = local_day(person.timezone, now)
    planned = person.brief_at
    is_over = planned is None or planned == NOT_PLANNED or planned >= tomorrow
    after = now if is_over else today - timedelta(microseconds=1)
    person.brief_at = _next_brief(tx, liaison, person, after)


def _next_brief(tx: Session, liaison: Liaison, person: Person, after: datetime) -> datetime | None:
    """None for somebody who is away for longer than calendars reach; their return plans anew."""
    try:
        return next_days_opening(opening_of(tx, liaison, person, after), after)
    except OutsideTable:
        return None


def write_briefs(liaison: Liaison) -> int:
    """Write the briefs whose time has come, for whom there is news; says how many people."""
    now = liaison.now()
    done = 0
    while batch := _write_batch(liaison, now):
        done += batch
    return done


def _write_batch(liaison: Liaison, now: datetime) -> int:
    """Look for news without the writers' lock, then write; any number of processes may do so.

    As `ladder` takes its batches: one bad row is put off, and holds up nobody else.
    """
    at_hand: str | None = None
    try:
        with liaison.reading() as tx:
            asked = {"of_team": liaison.team_id, "now": now}
            due = tx.scalars(_due_people(), asked).all()
            news: dict[str, bool] = {}
            for person in due:
                at_hand = person.id
                news[person.id] = _has_news(tx, liaison, person, now)
            at_hand = None
        return _write_all(liaison, news, now) if news else 0
    except NotSaved:
        at_hand = None
        raise
    finally:
        if at_hand:
            _put_off(liaison, at_hand, now + PUT_OFF)


@cache
def _due_people() -> Select[Person]:
    """Built once: every tick asks it."""
    due = (col(Person.team_id) == bindparam("of_team")) & (col(Person.brief_at) <= bindparam("now"))
    return select(Person).where(due).order_by(col(Person.brief_at)).limit(AT_ONCE)


def _has_news(tx: Session, liaison: Liaison, person: Person, now: datetime) -> bool:
    """Whether the person's day has begun, goes on, and has something to say."""
    opening = opening_of(tx, liaison, person, now)
    begins, (_, midnight) = days_opening(opening, now), local_day(person.timezone, now)
    works_on = begins is not None and begins <= now and next_opening(opening, now) < midnight
    is_new = person.brief_at == NOT_PLANNED
    if not works_on or is_new:
        return False
    return parts.has_news(tx, person, now) or items.are_news(tx, liaison, person, now)


def _write_all(liaison: Liaison, news: dict[str, bool], now: datetime) -> int:
    """Queue today's brief for whom there is news; plan the next for everybody."""
    still_due = (
        select(Person)
        .where(
            col(Person.team_id) == liaison.team_id,
            col(Person.id).in_(news),
            col(Person.brief_at) <= now,
        )
        .order_by(col(Person.id))
        .with_for_update(skip_locked=True)
    )
    with liaison.transaction() as tx:
        people = tx.scalars(still_due).all()
        for person in people:
            if news[person.id]:
                held = back_at_work(tx, liaison, person, now)
                say_brief(tx, liaison, person, local_date(person.timezone, now), now, held)
            person.brief_at = _next_brief(tx, liaison, person, now)
        return len(people)


def _put_off(liaison: Liaison, person_id: str, until: datetime) -> None:
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, person_id)).brief_at = until


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """The brief as of now. One that could not be sent on its day is not sent any more."""
    person = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    written = datetime.fromisoformat(message.about or "")
    start, end = local_day(person.timezone, written)
    headings = list(_headings(tx, liaison, person, now)) if start <= now < end else []
    if message.ts is not None and not headings:
        return views.over(f"{local_date(person.timezone, written):%a %d %b}")
    if message.ts is None and (opens := back_at_work(tx, liaison, person, now)):
        return Hold(opens) if headings else None
    return views.brief(headings) if headings else None


def shown(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> None:
    """The brief before this one shrinks to a line."""
    shrink_last_brief(tx, liaison, message)


def bring_lead(liaison: Liaison, handoff_id: str, by: str) -> bool:
    """Bring the living message about a lead to the end of its actor's DM, once a day.

    False when it was brought there today already.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.OPEN, handoff, by, now)
        run = queries.current_run(tx, handoff)
        assert run  # the actor of a hand-off holds it in a run
        occasion = f":opened:{local_date(person.timezone, now)}"
        return answer_actor(tx, liaison, run, MessageKind.LEAD_DM, occasion)


def _headings(tx: Session, liaison: Liaison, person: Person, now: datetime) -> Iterator[Heading]:
    for part in SECTIONS:
        if heading := part(tx, liaison, person, now):
            yield heading
