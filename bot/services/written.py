"""A stand-up in writing: everybody is asked in their own morning, and one summary tells it all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import OutsideTable, days_opening, local_day, start_of_day
from bot.core.standup import AHEAD, State
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import BadField, Refused, TooLate
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Occurrence, Person, WrittenAnswer
from bot.services.hours import back_at_work, opening_of
from bot.services.occurrences import (
    ahead,
    attendees,
    listed,
    meeting_for,
    meeting_of,
    occurrence_of,
    occurrence_to_change,
    runner,
)
from bot.views import ids
from bot.views import written as views
from bot.views.blocks import Post


def hold_in_writing(liaison: Liaison, channel: str, by: str) -> Occurrence:
    """The next one takes place in writing."""
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        found = ahead(tx, liaison, meeting.key)
        if found is None:
            raise Refused("No stand-up is planned.")
        occurrence = occurrence_to_change(tx, liaison, found.id)
        if occurrence.state is State.RUNNING:
            raise TooLate("It has begun already; the next one can be held in writing.")
        if not occurrence.is_async:
            occurrence.is_async = True
            ask_everybody(tx, liaison, occurrence, now)
            revise(tx, liaison, occurrence.id)
        return occurrence


def ask_everybody(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """Queue the questions to whoever works on that date, for their own morning."""
    kind = MessageKind.WRITTEN_ASK
    for person in attendees(tx, liaison, meeting_of(liaison, occurrence.meeting)):
        morning = _morning(tx, liaison, person, occurrence)
        if morning:
            key = f"{kind}:{occurrence.id}:{person.id}"
            saying = Saying(key, kind, occurrence.id, person.id)
            say(tx, liaison, saying, hold_until=morning if morning > now else None)


def _morning(
    tx: Session, liaison: Liaison, person: Person, occurrence: Occurrence
) -> datetime | None:
    """When they begin to work on the meeting's date; None = they do not, and are not asked."""
    midnight = start_of_day(person.timezone, occurrence.day)
    try:
        return days_opening(opening_of(tx, liaison, person, midnight), midnight)
    except OutsideTable:
        return None


def look(liaison: Liaison, occurrence_id: str, by: str) -> tuple[Occurrence, WrittenAnswer | None]:
    """The questions with what they answered before; refuses before rather than after."""
    with liaison.reading() as tx:
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        _check_open(tx, liaison, occurrence, by)
        return occurrence, tx.get(WrittenAnswer, (liaison.team_id, occurrence_id, by))


def _check_open(tx: Session, liaison: Liaison, occurrence: Occurrence, by: str) -> None:
    """An answer may come, or change, until the next meeting begins."""
    listed(tx, liaison, by)
    following = ahead(tx, liaison, occurrence.meeting)
    has_begun = (
        following is not None and following.id != occurrence.id and following.state is State.RUNNING
    )
    if has_begun or occurrence.state not in {*AHEAD, State.CLOSED}:
        raise TooLate("The next stand-up has begun; this one takes no more answers.")
    if _is_before(tx, occurrence):
        raise TooLate("A later stand-up took place; this one takes no more answers.")


def _is_before(tx: Session, occurrence: Occurrence) -> bool:
    later = select(col(Occurrence.id)).where(
        col(Occurrence.team_id) == occurrence.team_id,
        col(Occurrence.meeting) == occurrence.meeting,
        col(Occurrence.state) == State.CLOSED,
        col(Occurrence.day) > occurrence.day,
    )
    return tx.scalars(later).first() is not None


def answer(
    liaison: Liaison, occurrence_id: str, by: str, progress: str | None, problem: str | None
) -> None:
    """Keep what somebody writes, or writes anew; after the summary it is marked as late."""
    said, stuck = (progress or "").strip(), (problem or "").strip()
    if not said and not stuck:
        raise BadField(ids.WRITTEN_PROGRESS, "Write something, or press Nothing this time.")
    _keep(liaison, occurrence_id, by, said or None, stuck or None)


def skip(liaison: Liaison, occurrence_id: str, by: str) -> None:
    """Nothing this time."""
    _keep(liaison, occurrence_id, by, None, None)


def _keep(
    liaison: Liaison, occurrence_id: str, by: str, progress: str | None, problem: str | None
) -> None:
    now = liaison.now()
    with liaison.transaction() as tx:
        occurrence = occurrence_to_change(tx, liaison, occurrence_id)
        _check_open(tx, liaison, occurrence, by)
        row = tx.get(WrittenAnswer, (liaison.team_id, occurrence_id, by))
        is_late = occurrence.state is State.CLOSED
        if row is None:
            row = WrittenAnswer(
                team_id=liaison.team_id,
                occurrence_id=occurrence_id,
                person_id=by,
                at=now,
                is_late=is_late,
            )
            tx.add(row)
        row.progress, row.problem, row.at = progress, problem, now
        row.is_late = row.is_late or is_late
        row.is_skipped = progress is None and problem is None
        if occurrence.state is State.RUNNING:
            occurrence.held_at = occurrence.held_at or now
        revise(tx, liaison, occurrence_id)


def answers(tx: Session, occurrence: Occurrence) -> list[tuple[Person, WrittenAnswer]]:
    """What everybody wrote, by name."""
    of = (col(Person.team_id) == WrittenAnswer.team_id) & (
        col(Person.id) == WrittenAnswer.person_id
    )
    rows = tx.execute(
        select(Person, WrittenAnswer)
        .join(WrittenAnswer, of)
        .where(
            col(WrittenAnswer.team_id) == occurrence.team_id,
            col(WrittenAnswer.occurrence_id) == occurrence.id,
        )
        .order_by(col(Person.name), col(Person.id))
    )
    return [(row[0], row[1]) for row in rows]


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The questions, in the reader's own hours of that day; nobody away then is asked."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    given = tx.get(WrittenAnswer, (liaison.team_id, occurrence.id, reader.id))
    if message.ts is None:
        if not occurrence.is_async or occurrence.state not in AHEAD:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            _, day_is_over = local_day(
                reader.timezone, start_of_day(reader.timezone, occurrence.day)
            )
            return Hold(opens) if opens < day_is_over else None
    if occurrence.state not in {*AHEAD, State.CLOSED} or _is_before(tx, occurrence):
        return views.over(occurrence)
    return views.question(occurrence, given)
