"""What another playbook would have made of the last weeks. Reads only."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import SQLColumnExpression, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot import queries
from bot.core.pools import Rep, Rules
from bot.core.tryout import Book, Clocks, Past, Replayed, Share, replay, working_days
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Lead, Person
from bot.playbook import ListedPerson, Playbook, Role, Team
from bot.services.routing import Told, traits
from bot.views.tryout import Compared, Pair, Tryout

DAYS = 30
GRADES = "ABCD"
Away = Mapping[str, tuple[tuple[datetime, datetime], ...]]


@dataclass(frozen=True)
class _Staff:
    """Who is in Slack, whatever a playbook says of them."""

    people: Mapping[str, Person]
    """By address; those who left are missing."""
    away: Away


def try_out(
    liaison: Liaison, other: Playbook, begin: Callable[[int], Callable[[int], None]]
) -> Tryout:
    """Hand the last weeks' leads over again, by the playbook in force and by the other.

    `begin` hears how many leads are to go through, and gives who hears how many are.
    """
    now = liaison.now()
    since = now - timedelta(days=DAYS)
    with liaison.reading() as tx:
        staff = _staff(tx, liaison.team_id)
        past = list(_past(tx, liaison.team_id, since, now))
    books = [_book(liaison, playbook, staff, now) for playbook in (liaison.playbook, other)]
    show = begin(2 * len(past))
    same_clocks = _clocks_of(liaison.playbook) == _clocks_of(other)
    clocks: Clocks = {}
    before = replay(books[0], past, now, show, clocks)
    shown = len(past)
    after = replay(books[1], past, now, lambda n: show(shown + n), clocks if same_clocks else {})
    return Tryout(
        DAYS,
        len(past),
        _compared(books, before, after, staff, (since, now)),
        Pair(before.queue, after.queue),
        Pair(len(before.late), len(after.late)),
        newly_late=len(after.late - before.late),
        no_longer_late=len(before.late - after.late),
        strangers=tuple(
            one.email for one in other.people if _sells(one) and one.email not in staff.people
        ),
    )


def _clocks_of(playbook: Playbook) -> tuple[object, ...]:
    return (playbook.sla, playbook.batches, playbook.ladder)


def _sells(listed: ListedPerson) -> bool:
    return listed.team is Team.SALES and bool({Role.REP, Role.MANAGER} & {*listed.roles})


def _staff(tx: Session, team_id: str) -> _Staff:
    active = select(Person).where(col(Person.team_id) == team_id, col(Person.is_active))
    people = {person.email: person for person in tx.scalars(active) if person.email}
    return _Staff(people, queries.away_of_team(tx, team_id))


_OWNER = aliased(Person)
_COLUMNS: tuple[SQLColumnExpression[Any], ...] = (
    col(Handoff.received_at),
    col(Handoff.grade),
    col(Handoff.owner_given),
    col(Handoff.batch_id),
    col(Handoff.touched_at),
    col(Handoff.closed_at),
    col(Handoff.returned_from),
    col(_OWNER.email),
    col(Handoff.source),
    col(Handoff.campaign),
    col(Campaign.name),
    col(Lead.country),
    col(Lead.email),
    col(Lead.custom),
)


def _past(tx: Session, team_id: str, since: datetime, until: datetime) -> Iterator[Past]:
    """The leads that were handed over, oldest first; those that returned came with their owner."""
    rows = tx.execute(
        select(*_COLUMNS)
        .join(Lead, (col(Lead.team_id) == Handoff.team_id) & (col(Lead.id) == Handoff.lead_id))
        .outerjoin(
            Campaign,
            (col(Campaign.team_id) == Handoff.team_id) & (col(Campaign.id) == Handoff.campaign_id),
        )
        .outerjoin(
            _OWNER, (col(_OWNER.team_id) == Handoff.team_id) & (col(_OWNER.id) == Handoff.owner_id)
        )
        .where(
            col(Handoff.team_id) == team_id,
            col(Handoff.received_at) >= since,
            col(Handoff.received_at) <= until,
            ~col(Handoff.is_imported),
        )
        .order_by(col(Handoff.received_at), col(Handoff.id))
    )
    for at, grade, given, batch, touched, closed, returned, had, source, *more in rows:
        campaign, known_as, country, email, custom = more
        told = Told(country, email, custom, source, grade, known_as or campaign, given)
        yield Past(at, grade, traits(told), had if returned else given, batch, touched, closed)


def _book(liaison: Liaison, playbook: Playbook, staff: _Staff, now: datetime) -> Book:
    reps = {
        one.email: _rep(liaison, playbook, one, staff, now)
        for one in playbook.people
        if _sells(one) and one.email in staff.people
    }
    allowances = {
        (grade, in_batch): playbook.allowance(grade, in_batch=in_batch)
        for grade in GRADES
        for in_batch in (False, True)
    }
    routing = playbook.routing
    return Book(
        Rules(reps, routing.matched, routing.members, routing.round_robin),
        lambda grade, in_batch: allowances[grade, in_batch],
        frozenset(playbook.attention.at_once),
        playbook.ladder,
        playbook.attention.brief,
        playbook.attention.cap,
    )


def _rep(
    liaison: Liaison, playbook: Playbook, listed: ListedPerson, staff: _Staff, now: datetime
) -> Rep:
    person = staff.people[listed.email]
    hours = playbook.hours
    away = staff.away.get(person.id, ())
    opening = liaison.calendars.opening(
        listed.timezone or person.timezone,
        person.own_opens or listed.open or hours.open,
        hours.holidays if listed.holidays is None else listed.holidays,
        away,
        now,
    )
    return Rep(
        listed.email,
        opening,
        away,
        Role.REP in listed.roles,
        listed.weight,
        listed.cap_a_day,
        listed.cap_open,
    )


def _compared(
    books: list[Book],
    before: Replayed,
    after: Replayed,
    staff: _Staff,
    span: tuple[datetime, datetime],
) -> list[Compared]:
    compared = []
    for address in sorted(before.shares.keys() | after.shares.keys()):
        one, other = (
            _lot(book, replayed.shares.get(address, Share()), address, span)
            for book, replayed in zip(books, (before, after), strict=True)
        )
        pairs = (Pair(*values) for values in zip(one, other, strict=True))
        compared.append(Compared(staff.people[address].name, *pairs))
    return sorted(compared, key=lambda each: (-_change(each), each.name))


def _change(one: Compared) -> float:
    return abs(one.leads.after - one.leads.before) + abs(one.a_day.after - one.a_day.before)


def _lot(
    book: Book, share: Share, address: str, span: tuple[datetime, datetime]
) -> tuple[float, float, float, float]:
    """Leads, hot ones, messages a working day, and those of the fullest day."""
    rep = book.rules.reps.get(address)
    working = working_days(rep.opening, *span) if rep else []
    days = share.a_day(book, working)
    return share.leads, share.hot, sum(days) / max(len(working), 1), max(days, default=0)
