"""When a person's next brief is written: at the opening of each of their working days."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import Opening, OutsideTable, local_day, next_days_opening
from bot.delivery.briefs import give_up_briefs
from bot.liaison import Liaison
from bot.models import Person
from bot.services.escalations import list_again
from bot.services.hours import opening_of

NOT_PLANNED = datetime(1970, 1, 1, tzinfo=UTC)
"""Always due: the next tick plans the brief, and writes none yet."""


def begin_briefs(tx: Session, liaison: Liaison, person: Person) -> None:
    """At a start: whoever is new here is planned by the next tick, whoever left is no more."""
    if not _gets_briefs(liaison, person):
        _stop(tx, liaison, person)
    elif person.brief_at is None:
        person.brief_at = NOT_PLANNED


def plan_brief(tx: Session, liaison: Liaison, person: Person, now: datetime) -> None:
    """Set when a person's next brief is written, after their hours, zone or leave changed.

    Today's, if its time had not come or was missed; somebody new begins with the next.
    """
    if not _gets_briefs(liaison, person):
        _stop(tx, liaison, person)
        return
    today, tomorrow = local_day(person.timezone, now)
    planned = person.brief_at
    is_over = planned is None or planned == NOT_PLANNED or planned >= tomorrow
    after = now if is_over else today - timedelta(microseconds=1)
    person.brief_at = next_brief(opening_of(tx, liaison, person, after), after)


def next_brief(opening: Opening, after: datetime) -> datetime | None:
    """None for somebody who is away for longer than calendars reach; their return plans anew."""
    try:
        return next_days_opening(opening, after)
    except OutsideTable:
        return None


def _gets_briefs(liaison: Liaison, person: Person) -> bool:
    is_here = person.is_active and queries.is_listed(person)
    return is_here and liaison.playbook.attention.brief


def _stop(tx: Session, liaison: Liaison, person: Person) -> None:
    """What waited for their brief reaches them as messages."""
    if person.brief_at is None:
        return
    person.brief_at = None
    give_up_briefs(tx, liaison, person)
    list_again(tx, person)
