"""The morning brief: who gets one, and what stands in it.

A part of the brief is a line in `SECTIONS`: it reads, and gives a heading or None.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import (
    Opening,
    days_opening,
    is_open,
    local_date,
    local_day,
    next_opening,
)
from bot.delivery.briefs import shrink_last_brief, take_up
from bot.delivery.courier import Hold, Told
from bot.delivery.sayings import say_brief
from bot.errors import NotSaved, Unknown
from bot.liaison import Liaison
from bot.models import Absence, Message, MessageKind, Person
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services import (
    asks,
    digests,
    escalations,
    flag_told,
    hands,
    item_reminders,
    preview_told,
    second_looks,
    weeks,
)
from bot.services import brief_parts as parts
from bot.services import brief_told as told
from bot.services.brief_plan import NOT_PLANNED, next_brief
from bot.services.due import in_batches
from bot.services.edition import Edition, Page, edition_of
from bot.services.hours import back_at_work, opening_with
from bot.views import brief as views
from bot.views.blocks import View
from bot.views.brief import Heading

AT_ONCE = 50
"""People whose brief is looked into in one transaction."""
PUT_OFF = timedelta(hours=1)


class Section(NamedTuple):
    """One part of the brief."""

    name: str
    """Stands in the values of buttons."""
    says: Callable[[Session, Liaison, Edition, Page], Heading | None]
    """One page of it; None when it says nothing there."""
    has_news: Callable[[], ColumnElement[bool]] | None
    """Whether it alone is worth a brief: something to act on, or that nothing told yet. None = no
    condition of SQL says so."""
    readers: Callable[[Liaison, Person], bool] = lambda _liaison, _person: True
    """To whom it can say anything at all."""


def _sells(_liaison: Liaison, person: Person) -> bool:
    return queries.sells(person)


SECTIONS: tuple[Section, ...] = (
    Section("overdue", parts.overdue, parts.touches_are_due),
    Section("today", parts.due_today, parts.touches_are_due),
    Section("decisions", escalations.to_decide, escalations.decisions_wait),
    Section("offers", hands.offered, hands.offers_wait, _sells),
    Section("items", item_reminders.in_brief, None),
    Section("new", parts.new, parts.leads_came),
    Section("queue", parts.queue, parts.queue_grew, _sells),
    Section("asks", asks.to_answer, asks.questions_wait),
    Section("flags", flag_told.to_answer, flag_told.flags_wait),
    Section("second_looks", second_looks.to_rate, second_looks.second_looks_wait, _sells),
    Section("previews", preview_told.to_answer, preview_told.previews_wait, _sells),
    Section("answers", told.answers, told.answers_came),
    Section("returns", parts.returns, parts.leads_return),
    Section("away", told.while_away, told.somebody_is_back),
    Section("campaigns", digests.your_campaigns, None, digests.reads_of_campaigns),
    Section("waited", digests.waited, digests.some_waited),
    Section("held_back", parts.held_back, parts.reminders_were_held),
    Section("notes", told.notes, told.notes_came),
    Section("silent", parts.silent, parts.fell_silent),
    Section("week", weeks.your_week, None, _sells),
)
"""What a brief says, in the order in which people read it."""


def write_briefs(liaison: Liaison) -> int:
    """Write the briefs whose time has come, for whom there is news; says how many people."""
    return in_batches(liaison, partial(_write_batch, liaison, liaison.now()))


def _write_batch(liaison: Liaison, now: datetime) -> int:
    """Look for news without the writers' lock, then write; any number of processes may do so.

    As `ladder` takes its batches: one bad row is put off, and holds up nobody else.
    """
    at_hand: str | None = None
    try:
        with liaison.reading() as tx:
            asked = asking(liaison.team_id, now)
            due = tx.scalars(due_now(), asked).all()
            away = queries.away_of_team(tx, liaison.team_id) if due else {}
            news: dict[str, bool] = {}
            for person in due:
                at_hand = person.id
                opening = opening_with(liaison, person, away.get(person.id, ()), now)
                news[person.id] = _has_news(tx, liaison, person, opening, now)
            at_hand = None
        return _write_all(liaison, news, now) if news else 0
    except NotSaved:
        at_hand = None
        raise
    finally:
        if at_hand:
            _put_off(liaison, at_hand, now + PUT_OFF)


@cache
def due_now() -> Select[Person]:
    """Built once: every tick asks it.

    Whoever comes back from an absence this very moment is looked at once their leads are back too.
    """
    due = (col(Person.team_id) == OF_TEAM) & (col(Person.brief_at) <= NOW)
    comes_back = exists().where(
        col(Absence.team_id) == Person.team_id,
        col(Absence.person_id) == Person.id,
        col(Absence.turn_at) <= NOW,
    )
    return select(Person).where(due, ~comes_back).order_by(col(Person.brief_at)).limit(AT_ONCE)


def _has_news(
    tx: Session, liaison: Liaison, person: Person, opening: Opening, now: datetime
) -> bool:
    """Whether the person's day has begun, goes on, and has something to say.

    One statement, because every person is asked about every morning.
    """
    begins, (_, midnight) = days_opening(opening, now), local_day(person.timezone, now)
    works_on = begins is not None and begins <= now and next_opening(opening, now) < midnight
    if not works_on or person.brief_at == NOT_PLANNED:
        return False
    edition = edition_of(tx, person, now)
    parts_of_theirs = tuple(one.name for one in SECTIONS if one.readers(liaison, person))
    return (
        bool(tx.scalar(_any_news(parts_of_theirs), edition.asked))
        or item_reminders.are_news(tx, liaison, person, now)
        or (digests.reads_of_campaigns(liaison, person) and digests.are_news(tx, liaison, edition))
    )


@cache
def _any_news(names: tuple[str, ...]) -> Select[bool]:
    """Whether one of these parts has news."""
    asked = dict.fromkeys(section.has_news for section in SECTIONS if section.name in names)
    return select(or_(*(has_news() for has_news in asked if has_news)))


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
        away = queries.away_of_team(tx, liaison.team_id)
        for person in people:
            opening = opening_with(liaison, person, away.get(person.id, ()), now)
            if news[person.id]:
                held = None if is_open(opening, now) else next_opening(opening, now)
                brief = say_brief(tx, liaison, person, local_date(person.timezone, now), now, held)
                if brief.is_new:
                    take_up(tx, person, brief.message_id)
            person.brief_at = next_brief(opening, now)
        return len(people)


def _put_off(liaison: Liaison, person_id: str, until: datetime) -> None:
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, person_id)).brief_at = until


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """The brief as of now. One that could not be sent on its day is not sent any more."""
    person = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    written = datetime.fromisoformat(message.about or "")
    day = f"{local_date(person.timezone, written):%a %d %b}"
    start, end = local_day(person.timezone, written)
    if not start <= now < end:
        return views.over(day) if message.ts else None
    headings = list(_headings(tx, liaison, edition_of(tx, person, now, message)))
    if not headings:
        return views.done(day) if message.ts else None
    if message.ts is None and (opens := back_at_work(tx, liaison, person, now)):
        return Hold(opens)
    return views.brief(headings)


def shown(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> None:
    """The brief before this one shrinks to a line."""
    shrink_last_brief(tx, liaison, message)


def _headings(tx: Session, liaison: Liaison, edition: Edition) -> Iterator[Heading]:
    for section in SECTIONS:
        if not section.readers(liaison, edition.person):
            continue
        if heading := section.says(tx, liaison, edition, Page(0, views.MOST_ITEMS)):
            yield replace(heading, address=f"{edition.brief_id}:{section.name}")


def open_part(liaison: Liaison, address: str, by: str) -> View:
    """One part of somebody's own brief: `address` is the brief's id, the part's name, and how many
    of its lines to pass over. Raises `Unknown` for anything else."""
    now = liaison.now()
    brief_id, _, place = address.partition(":")
    name, _, skip = place.partition(":")
    says = {section.name: section.says for section in SECTIONS}.get(name)
    with liaison.reading() as tx:
        message = tx.get(Message, (liaison.team_id, brief_id))
        if message is None or message.kind is not MessageKind.BRIEF or says is None:
            raise Unknown
        if message.recipient_id != by or not skip.isdecimal():
            raise Unknown
        person = tx.get_one(Person, (liaison.team_id, by))
        edition = edition_of(tx, person, now, message)
        heading = says(tx, liaison, edition, Page(int(skip), views.PAGE))
    at = f"{brief_id}:{name}"
    return views.page(replace(heading or Heading("Brief", ()), address=at), int(skip))
