"""Whose hours count: a person's working time, compiled from playbook, zone, holidays, absences."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import Opening
from bot.liaison import Liaison
from bot.models import Person


def opening_of(tx: Session, liaison: Liaison, person: Person | None, at: datetime) -> Opening:
    """The working time of `person` around `at`; None = the team's own, for the queue."""
    hours = liaison.playbook.hours
    if person is None:
        return liaison.calendars.opening(hours.timezone, hours.open, hours.holidays, (), at)
    away = tuple((a.starts_at, a.ends_at) for a in queries.absences(tx, person))
    return liaison.calendars.opening(
        person.timezone,
        person.opens or hours.open,
        hours.holidays if person.holidays is None else tuple(person.holidays),
        away,
        at,
    )
