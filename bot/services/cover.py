"""Who acts for whom: while somebody is away, their cover, or else whoever is free."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import next_opening, next_working_day
from bot.core.sla import due_at
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.services.clocks import allowance_for
from bot.services.hours import opening_of


def actor_for(
    tx: Session, liaison: Liaison, person: Person, handoff: Handoff, now: datetime
) -> Person | None:
    """Who acts now on a lead of `person`'s: they themselves, or their cover; None = the queue.

    Without a cover a lead waits for somebody who is back within a working day of when the team
    would have had it answered, and goes to the queue for anybody else. Without a clock it waits.
    """
    if queries.absence_at(tx, person, now) is None:
        return person
    stand_in = stand_in_of(tx, person, now)
    if stand_in or not _is_missed(tx, liaison, person, handoff, now):
        return stand_in or person
    return None


def stand_in_of(tx: Session, person: Person, now: datetime) -> Person | None:
    """Who covers for somebody who is away now; when that one is away too, their cover."""
    seen = {person.id}
    while absence := queries.absence_at(tx, person, now):
        cover = absence.cover_id and tx.get(Person, (person.team_id, absence.cover_id))
        if not cover or cover.id in seen or not queries.sells(cover):
            return None
        seen.add(cover.id)
        person = cover
    return person if len(seen) > 1 else None


def _is_missed(
    tx: Session, liaison: Liaison, person: Person, handoff: Handoff, now: datetime
) -> bool:
    """Whether a lead would wait too long for somebody to come back."""
    allowance = allowance_for(liaison, handoff)
    if allowance is None:
        return False
    team = opening_of(tx, liaison, None, now)
    back_at = next_opening(opening_of(tx, liaison, person, now), now)
    return back_at > next_working_day(team, due_at(team, now, allowance), 1)


def acts(tx: Session, handoff: Handoff, person_id: str, now: datetime) -> bool:
    """Whether somebody may act on a lead as its actor does: they, their cover, or the covered."""
    return stands_for_actor(tx, handoff, person_id, now) or is_covered(tx, handoff, person_id)


def stands_for_actor(tx: Session, handoff: Handoff, person_id: str, now: datetime) -> bool:
    """Whether what somebody does with a lead is done by, or for, its actor."""
    if handoff.actor_id is None or handoff.actor_id == person_id:
        return handoff.actor_id == person_id
    actor = tx.get_one(Person, (handoff.team_id, handoff.actor_id))
    stand_in = stand_in_of(tx, actor, now)
    return stand_in is not None and stand_in.id == person_id


def is_covered(tx: Session, handoff: Handoff, person_id: str) -> bool:
    """Whether the actor only stands in for this person."""
    cover = queries.cover(tx, handoff)
    return cover is not None and cover.person.id == person_id
