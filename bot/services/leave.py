"""Absences that somebody's calendar or Slack status tells of: taken over, followed, undone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import is_open, next_opening
from bot.core.leave import Leave
from bot.delivery.courier import Hold, Told
from bot.delivery.messages import revise
from bot.delivery.sayings import say_to_person
from bot.errors import NotAllowed, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Absence, Message, MessageKind, Person
from bot.services.absences import begin, end
from bot.services.hours import usual_opening
from bot.services.people import replan
from bot.views import leave as views

CALENDAR, STATUS = "calendar", "status"


def take_over(
    tx: Session,
    liaison: Liaison,
    person: Person,
    source: str,
    leaves: Sequence[Leave],
    now: datetime,
) -> int:
    """Make a person's absences from this source what it tells now; says how many are new.

    Each new one is told to them. One they said no to does not come again; one the source tells no
    longer is called off, or ends. What they entered themselves is never touched.
    """
    known = {row.source_key: row for row in _from(tx, person, source)}
    told = {leave.key for leave in leaves}
    for gone in known.keys() - told:
        _let_go(tx, liaison, person, known[gone], now)
    fresh = 0
    for leave in leaves:
        if row := known.get(leave.key):
            _follow(tx, liaison, person, row, leave)
        elif not _is_away_anyway(tx, person, leave):
            _begin(tx, liaison, person, source, leave, now)
            fresh += 1
    return fresh


def undo(liaison: Liaison, absence_id: str, by: str) -> None:
    """Its person is not away after all: it ends now, or never begins."""
    now = liaison.now()
    with liaison.transaction() as tx:
        absence = tx.get(Absence, (liaison.team_id, absence_id), with_for_update=True)
        if absence is None or absence.source is None:
            raise Unknown("That absence is not here any more.")
        if absence.person_id != by:
            raise NotAllowed("That is somebody else’s absence.")
        if absence.turn_at is None:
            raise TooLate("That absence is over already.")
        person = tx.get_one(Person, (liaison.team_id, by))
        _end(tx, liaison, person, absence, now, early=True)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """Told in its person's usual hours, also while they are away: they have to be able to say no.

    Of one that is over before it could be told nobody hears.
    """
    absence = tx.get_one(Absence, (liaison.team_id, message.subject_id))
    person = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None:
        if absence.turn_at is None:
            return None
        opening = usual_opening(liaison, person, now)
        if not is_open(opening, now):
            return Hold(next_opening(opening, now))
    cover = tx.get(Person, (liaison.team_id, absence.cover_id)) if absence.cover_id else None
    return views.told(absence, person, cover)


def _from(tx: Session, person: Person, source: str) -> list[Absence]:
    """What came from this source and still is of interest to it."""
    rows = select(Absence).where(
        col(Absence.team_id) == person.team_id,
        col(Absence.person_id) == person.id,
        col(Absence.source) == source,
        col(Absence.source_key).is_not(None),
    )
    return list(tx.scalars(rows.with_for_update()))


def _let_go(tx: Session, liaison: Liaison, person: Person, absence: Absence, now: datetime) -> None:
    """Its source tells of it no more; should it come again, it is a new one."""
    absence.source_key = None
    if absence.turn_at is not None and absence.ends_at > now:
        _end(tx, liaison, person, absence, now, early=False)


def _follow(tx: Session, liaison: Liaison, person: Person, absence: Absence, leave: Leave) -> None:
    """It may have become longer or shorter; not one that was called off."""
    if absence.turn_at is None or absence.ends_at == leave.ends_at:
        return
    absence.ends_at = leave.ends_at
    absence.turn_at = absence.ends_at if absence.begun_at else absence.starts_at
    tx.flush()
    replan(tx, liaison, person)
    revise(tx, liaison, absence.id)


def _is_away_anyway(tx: Session, person: Person, leave: Leave) -> bool:
    """Whether an absence they know of covers all of it."""
    return any(
        row.starts_at <= leave.starts_at and leave.ends_at <= row.ends_at
        for row in queries.absences(tx, person)
    )


def _begin(
    tx: Session, liaison: Liaison, person: Person, source: str, leave: Leave, now: datetime
) -> None:
    absence = Absence(
        team_id=person.team_id,
        id=new_id(now),
        person_id=person.id,
        starts_at=max(leave.starts_at, now),
        ends_at=leave.ends_at,
        turn_at=max(leave.starts_at, now),
        source=source,
        source_key=leave.key,
    )
    tx.add(absence)
    tx.flush()
    if absence.starts_at <= now:
        begin(tx, liaison, absence, now)
    else:
        replan(tx, liaison, person)
    say_to_person(tx, liaison, person.id, MessageKind.LEAVE, absence.id, hold_until=None)


def _end(
    tx: Session, liaison: Liaison, person: Person, absence: Absence, now: datetime, *, early: bool
) -> None:
    if absence.begun_at:
        absence.ends_at = absence.ended_at = now
        end(tx, liaison, absence, now, early=early)
        return
    absence.ends_at, absence.ended_at, absence.turn_at = absence.starts_at, now, None
    tx.flush()
    revise(tx, liaison, absence.id)
    replan(tx, liaison, person)
