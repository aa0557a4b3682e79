"""Whose turn it is: who leads the next stand-up, and which rep comes along."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.standup import AHEAD, State, in_turn
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import BadField, TooLate
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Occurrence, Person
from bot.services.hours import back_at_work
from bot.services.occurrences import (
    attendees,
    may_run,
    meeting_of,
    occurrence_of,
    occurrence_to_change,
)
from bot.views import ids
from bot.views import rota as views
from bot.views.blocks import Post


class Duty(StrEnum):
    """What a turn is for."""

    LEAD = "lead"
    REP = "rep"


def assign(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """Find who leads and which rep comes, where nobody is found yet, and tell them."""
    for duty in Duty:
        if _who(occurrence, duty) is None:
            _give(tx, liaison, occurrence, duty, _next(tx, liaison, occurrence, duty), now)


def _who(occurrence: Occurrence, duty: Duty) -> str | None:
    return occurrence.facilitator_id if duty is Duty.LEAD else occurrence.rep_id


def _give(
    tx: Session,
    liaison: Liaison,
    occurrence: Occurrence,
    duty: Duty,
    person: Person | None,
    now: datetime,
) -> None:
    if duty is Duty.LEAD:
        occurrence.facilitator_id = person.id if person else None
    else:
        occurrence.rep_id = person.id if person else None
    if person:
        kind = MessageKind.DUTY
        key = f"{kind}:{occurrence.id}:{duty}:{person.id}"
        saying = Saying(key, kind, occurrence.id, person.id, about=duty)
        say(tx, liaison, saying, hold_until=back_at_work(tx, liaison, person, now))


def _next(tx: Session, liaison: Liaison, occurrence: Occurrence, duty: Duty) -> Person | None:
    """Whoever did it longest ago, is there that day, and did not say that they cannot."""
    able = {
        person.id: person
        for person in _able(tx, liaison, occurrence, duty)
        if person.id not in occurrence.declined
        and queries.absence_at(tx, person, occurrence.begins_at) is None
    }
    last = _last_turns(tx, liaison, occurrence, duty)
    chosen = in_turn((person_id, last.get(person_id)) for person_id in able)
    return able[chosen] if chosen else None


def _able(tx: Session, liaison: Liaison, occurrence: Occurrence, duty: Duty) -> list[Person]:
    coming = attendees(tx, liaison, meeting_of(liaison, occurrence.meeting))
    if duty is Duty.LEAD:
        return [person for person in coming if may_run(person)]
    of_sales = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team) == queries.SALES,
        col(Person.is_active),
        col(Person.id).not_in([person.id for person in coming]),
    )
    return [person for person in tx.scalars(of_sales) if "rep" in person.roles]


def _last_turns(
    tx: Session, liaison: Liaison, occurrence: Occurrence, duty: Duty
) -> dict[str, date]:
    """When each person did it last, in meetings that took place."""
    who = col(Occurrence.facilitator_id if duty is Duty.LEAD else Occurrence.rep_id)
    rows = tx.execute(
        select(who, func.max(col(Occurrence.day)))
        .where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.meeting) == occurrence.meeting,
            col(Occurrence.state) == State.CLOSED,
            who.is_not(None),
        )
        .group_by(who)
    )
    return {person_id: day for person_id, day in rows if person_id}


def cannot(liaison: Liaison, value: str, by: str) -> None:
    """Somebody cannot this time: the next in turn is told."""
    now = liaison.now()
    occurrence_id, _, duty = value.partition(":")
    with liaison.transaction() as tx:
        occurrence = _of_mine(tx, liaison, occurrence_id, Duty(duty), by)
        occurrence.declined = [*occurrence.declined, by]
        following = _next(tx, liaison, occurrence, Duty(duty))
        _give(tx, liaison, occurrence, Duty(duty), following, now)
        revise(tx, liaison, occurrence.id)


def swap(liaison: Liaison, value: str, by: str, with_id: str | None) -> None:
    """Somebody else does it this time, and whoever gave it away is next in turn after that."""
    now = liaison.now()
    occurrence_id, _, duty = value.partition(":")
    with liaison.transaction() as tx:
        occurrence = _of_mine(tx, liaison, occurrence_id, Duty(duty), by)
        able = {each.id: each for each in _able(tx, liaison, occurrence, Duty(duty))}
        if with_id == by or with_id not in able:
            who = "a manager or the liaison" if duty == Duty.LEAD else "another rep"
            raise BadField(ids.DUTY_TO, f"Choose {who}.")
        _give(tx, liaison, occurrence, Duty(duty), able[with_id], now)
        revise(tx, liaison, occurrence.id)


def look_to_swap(liaison: Liaison, value: str, by: str) -> Occurrence:
    """The meeting, when that turn of it is theirs; refuses before rather than after."""
    occurrence_id, _, duty = value.partition(":")
    with liaison.reading() as tx:
        _check_mine(occurrence := occurrence_of(tx, liaison, occurrence_id), Duty(duty), by)
        return occurrence


def _of_mine(tx: Session, liaison: Liaison, occurrence_id: str, duty: Duty, by: str) -> Occurrence:
    occurrence = occurrence_to_change(tx, liaison, occurrence_id)
    _check_mine(occurrence, duty, by)
    return occurrence


def _check_mine(occurrence: Occurrence, duty: Duty, by: str) -> None:
    if occurrence.state not in AHEAD or _who(occurrence, duty) != by:
        raise TooLate("This turn is not yours any more.")


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """Whose turn it is, with Swap and Can't; one line once it is somebody else's, or over."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    duty = Duty(message.about or Duty.LEAD)
    is_theirs = _who(occurrence, duty) == reader.id
    if message.ts is None:
        if occurrence.state not in AHEAD or not is_theirs:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    if not is_theirs:
        other = _who(occurrence, duty)
        name = tx.get_one(Person, (liaison.team_id, other)).name if other else None
        return views.passed_on(occurrence, name)
    is_known = liaison.playbook.standup(occurrence.meeting) is not None
    if occurrence.state not in AHEAD or not is_known:
        return views.over(occurrence)
    meeting = meeting_of(liaison, occurrence.meeting)
    return views.duty(occurrence, meeting, duty, leads=duty is Duty.LEAD)
