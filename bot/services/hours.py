"""Whose hours count: a person's working time, compiled from playbook, zone, holidays, absences."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import Opening, is_open, next_opening
from bot.liaison import Liaison
from bot.models import Person


def opening_of(tx: Session, liaison: Liaison, person: Person | None, at: datetime) -> Opening:
    """The working time of `person` around `at`; None = the team's own, for the queue."""
    hours = liaison.playbook.hours
    if person is None:
        return liaison.calendars.opening(hours.timezone, hours.open, hours.holidays, (), at)
    return opening_with(liaison, person, queries.away_of(tx, person), at)


def usual_opening(liaison: Liaison, person: Person, at: datetime) -> Opening:
    """The working time of `person` around `at`, as if they were never away."""
    return opening_with(liaison, person, (), at)


def opens(liaison: Liaison, person: Person) -> str:
    """A person's weekly hours: their own, else the playbook's for them, else those of everybody."""
    return person.own_opens or person.opens or liaison.playbook.hours.open


def opening_with(
    liaison: Liaison, person: Person, away: tuple[tuple[datetime, datetime], ...], at: datetime
) -> Opening:
    """The same for whoever knows already when the person is away."""
    common = liaison.playbook.hours.holidays
    holidays = common if person.holidays is None else tuple(person.holidays)
    return liaison.calendars.opening(person.timezone, opens(liaison, person), holidays, away, at)


def back_at_work(
    tx: Session, liaison: Liaison, person: Person | None, now: datetime
) -> datetime | None:
    """When `person`, or else the team, works again; None = they are at work now."""
    opening = opening_of(tx, liaison, person, now)
    return None if is_open(opening, now) else next_opening(opening, now)
