"""What people say about their own time: away from, away until, back already."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import away as rules
from bot.core.business_time import local_date
from bot.delivery.messages import revise
from bot.delivery.sayings import say_to_person
from bot.errors import BadField, NotListed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Absence, Handoff, MessageKind, Person
from bot.services.absences import begin, end
from bot.services.handoffs import changed
from bot.services.hours import back_at_work, opens, usual_opening
from bot.services.people import replan
from bot.views import ids
from bot.views.away import NOTE, OwnTime


@dataclass(frozen=True)
class Plan:
    """An absence as it was filled in; the days are local ones of the person's."""

    person_id: str
    first: date
    last: date
    from_midday: bool = False
    until_midday: bool = False
    cover_id: str | None = None
    note: str | None = None


def go_away(liaison: Liaison, by: str, plan: Plan) -> OwnTime:
    """Enter an absence. One that meets another of the same person's becomes one with it.

    Raises `BadField` beside what does not fit, or `NotListed`.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _whose(tx, liaison, plan.person_id, by)
        starts_at, ends_at = _span(liaison, person, plan, now)
        absence = _absence(tx, person, starts_at, ends_at, now)
        cover = _cover(tx, liaison, plan.cover_id, absence)
        absence.cover_id = cover.id if cover else None
        absence.note, absence.created_by = _note(plan.note), by
        tx.flush()
        if absence.starts_at <= now:
            begin(tx, liaison, absence, now)
        else:
            replan(tx, liaison, person)
        _tell(tx, liaison, absence, cover, now)
        return _time(tx, liaison, person, now)


def back_already(liaison: Liaison, by: str) -> Absence:
    """End the absence that is on, or else call off the next; raises `TooLate` without one.

    `begun_at` of the answer says which of the two it was.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _locked(tx, liaison, by)
        absence = _current(tx, person)
        if absence is None:
            raise TooLate("You are not away, and no absence is planned.")
        if absence.begun_at:
            absence.ends_at = absence.ended_at = now
            end(tx, liaison, absence, now, early=True)
        else:
            _empty(absence, now)
            tx.flush()
            revise(tx, liaison, absence.id)
            replan(tx, liaison, person)
        return absence


def look(liaison: Liaison, by: str) -> OwnTime:
    """Raises `NotListed`."""
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, by)
        if not queries.is_listed(person):
            raise NotListed
        return _time(tx, liaison, person, liaison.now())


def _whose(tx: Session, liaison: Liaison, person_id: str, by: str) -> Person:
    """Their own, or a report's; locked, so that two forms sent at once become one absence."""
    if tx.get(Person, (liaison.team_id, person_id)) is None:
        raise BadField(ids.AWAY_WHO, "Choose yourself, or somebody whose manager you are.")
    person = _locked(tx, liaison, person_id)
    if by not in {person.id, person.manager_id}:
        raise BadField(ids.AWAY_WHO, "Choose yourself, or somebody whose manager you are.")
    return person


def _locked(tx: Session, liaison: Liaison, person_id: str) -> Person:
    person = tx.get(Person, (liaison.team_id, person_id), with_for_update={"key_share": True})
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def _span(liaison: Liaison, person: Person, plan: Plan, now: datetime) -> tuple[datetime, datetime]:
    """From now on at the earliest: hours that were worked stay worked."""
    opening = usual_opening(liaison, person, now)
    today = local_date(opening.zone, now)
    if plan.first < today:
        raise BadField(ids.AWAY_FROM, "Choose today or a later day.")
    if plan.last < plan.first:
        raise BadField(ids.AWAY_TO, "Choose the first day or a later one.")
    if plan.last > today + rules.LONGEST:
        raise BadField(ids.AWAY_TO, "Choose a day within a year from today.")
    starts_at, ends_at = rules.span(
        opening,
        plan.first,
        plan.last,
        from_midday=plan.from_midday,
        until_midday=plan.until_midday,
    )
    starts_at = max(starts_at, now)
    if ends_at <= starts_at:
        raise BadField(ids.AWAY_TO, "That is over before it begins; choose a later day or half.")
    return starts_at, ends_at


def _absence(
    tx: Session, person: Person, starts_at: datetime, ends_at: datetime, now: datetime
) -> Absence:
    """A new one, or the one it meets, made longer; others that it meets are part of it."""
    met = tx.scalars(
        select(Absence)
        .where(
            col(Absence.team_id) == person.team_id,
            col(Absence.person_id) == person.id,
            col(Absence.turn_at).is_not(None),
            col(Absence.starts_at) <= ends_at,
            col(Absence.ends_at) >= starts_at,
        )
        .order_by(col(Absence.starts_at))
        .with_for_update()
    ).all()
    starts_at = min([starts_at, *(row.starts_at for row in met)])
    ends_at = max([ends_at, *(row.ends_at for row in met)])
    absence = met[0] if met else _new_absence(person, starts_at, ends_at, now)
    absence.starts_at, absence.ends_at = starts_at, ends_at
    absence.turn_at = absence.ends_at if absence.begun_at else absence.starts_at
    for row in met[1:]:
        _empty(row, now)
    tx.add(absence)
    return absence


def _new_absence(person: Person, starts_at: datetime, ends_at: datetime, now: datetime) -> Absence:
    return Absence(
        team_id=person.team_id,
        id=new_id(now),
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _empty(absence: Absence, now: datetime) -> None:
    """Nothing is left of it. The row stays, for the message that told of it."""
    absence.ends_at, absence.ended_at, absence.turn_at = absence.starts_at, now, None


def _cover(tx: Session, liaison: Liaison, cover_id: str | None, absence: Absence) -> Person | None:
    if cover_id is None:
        return None
    cover = tx.get(Person, (liaison.team_id, cover_id))
    if cover is None or not queries.sells(cover):
        raise BadField(ids.AWAY_COVER, "Choose somebody who sells: leads can be theirs.")
    if cover.id == absence.person_id:
        raise BadField(ids.AWAY_COVER, "Choose somebody else: nobody covers for themselves.")
    for row in queries.absences(tx, cover):
        if row.starts_at < absence.ends_at and row.ends_at > absence.starts_at:
            raise BadField(ids.AWAY_COVER, "They are away then too; choose somebody else.")
    return cover


def _note(typed: str | None) -> str | None:
    note = (typed or "").strip()
    if len(note) > NOTE:
        raise BadField(ids.AWAY_NOTE, f"Please keep it under {NOTE} characters.")
    return note or None


def _tell(
    tx: Session,
    liaison: Liaison,
    absence: Absence,
    cover: Person | None,
    now: datetime,
) -> None:
    """Whoever covers, and the person when a manager entered it; what told of it before follows."""
    revise(tx, liaison, absence.id)
    for handoff in tx.scalars(
        select(Handoff).where(
            col(Handoff.team_id) == absence.team_id,
            col(Handoff.absence_id) == absence.id,
            col(Handoff.closed_at).is_(None),
        )
    ).all():
        changed(tx, liaison, handoff)
    person = tx.get_one(Person, (absence.team_id, absence.person_id))
    for reader in (cover, person if absence.created_by != person.id else None):
        if reader:
            opens_at = back_at_work(tx, liaison, reader, now)
            say_to_person(tx, liaison, reader.id, MessageKind.AWAY, absence.id, hold_until=opens_at)


def _current(tx: Session, person: Person) -> Absence | None:
    """The absence a person is on, or the next that is planned."""
    ahead = (row for row in queries.absences(tx, person) if row.turn_at is not None)
    return next(ahead, None)


def _time(tx: Session, liaison: Liaison, person: Person, now: datetime) -> OwnTime:
    absence = _current(tx, person)
    cover_id = absence and absence.cover_id
    mine = (col(Handoff.team_id) == person.team_id) & (col(Handoff.actor_id) == person.id)
    still_open = select(func.count()).where(mine, col(Handoff.closed_at).is_(None))
    return OwnTime(
        person=person,
        today=local_date(usual_opening(liaison, person, now).zone, now),
        opens=opens(liaison, person),
        absence=absence,
        is_away=queries.absence_at(tx, person, now) is not None,
        cover=tx.get_one(Person, (person.team_id, cover_id)) if cover_id else None,
        covering=_covering(tx, person),
        open_leads=tx.scalars(still_open).one(),
        manages=_manages(tx, person),
    )


def _covering(tx: Session, person: Person) -> list[queries.Cover]:
    rows = tx.scalars(
        select(Absence)
        .where(
            col(Absence.team_id) == person.team_id,
            col(Absence.cover_id) == person.id,
            col(Absence.turn_at).is_not(None),
        )
        .order_by(col(Absence.starts_at))
    ).all()
    return [queries.Cover(tx.get_one(Person, (row.team_id, row.person_id)), row) for row in rows]


def _manages(tx: Session, person: Person) -> bool:
    reports = select(col(Person.id)).where(
        col(Person.team_id) == person.team_id, col(Person.manager_id) == person.id
    )
    return tx.scalars(reports.limit(1)).first() is not None
