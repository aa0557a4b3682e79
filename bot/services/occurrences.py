"""The days of the joint meetings: which is next, who attends it, who may run it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import days_opening, is_open, midnight
from bot.core.standup import AHEAD, Slot, State, Step, Works, next_day, plan
from bot.db import insert_once
from bot.errors import NotAllowed, NotListed, Refused, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Occurrence, Person
from bot.playbook import Meeting
from bot.services import usergroups

RUNS_IT = frozenset({"manager", "liaison"})
"""The roles that run a stand-up, on either side."""
LOOKS_BACK = timedelta(days=7)
"""The span an agenda looks back on when there was no meeting in it."""
FURTHEST_BACK = timedelta(days=28)
NONE_HERE = (
    "There is no stand-up yet: name its channel under [channels] standup in the playbook, and "
    "type /invite @Liaison there."
)


@dataclass(frozen=True)
class Calendar:
    """One meeting's rhythm, and which local dates are working days or holidays."""

    slot: Slot
    works: Works
    is_holiday: Works


def meeting_of(liaison: Liaison, key: str) -> Meeting:
    """Raises `Refused` for a meeting that the playbook has no more."""
    meeting = liaison.playbook.standup(key)
    if meeting is None or key not in liaison.standup_channels:
        raise Refused("The playbook has this meeting no more.")
    return meeting


def calendar_of(liaison: Liaison, meeting: Meeting, now: datetime) -> Calendar:
    hours = liaison.playbook.hours
    slot = meeting.slot(hours.timezone)
    open_days = liaison.calendars.opening(slot.zone, hours.open, hours.holidays, (), now)
    all_days = liaison.calendars.opening(slot.zone, "24/7", hours.holidays, (), now)
    zone = ZoneInfo(slot.zone)

    def works(day: date) -> bool:
        return days_opening(open_days, midnight(day, zone)) is not None

    return Calendar(slot, works, lambda day: not is_open(all_days, midnight(day, zone)))


def listed(tx: Session, liaison: Liaison, by: str) -> Person:
    """Somebody who may add topics and action items. Raises `NotListed`."""
    person = queries.person(tx, liaison.team_id, by)
    if not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def may_run(person: Person) -> bool:
    return person.is_active and queries.is_listed(person) and bool(RUNS_IT & {*person.roles})


def runner(tx: Session, liaison: Liaison, by: str) -> Person:
    """Somebody who may run the meeting. Raises `NotListed`, `NotAllowed`."""
    person = listed(tx, liaison, by)
    if not may_run(person):
        raise NotAllowed("The managers of both sides and the liaison run the stand-up.")
    return person


def attendees(tx: Session, liaison: Liaison, meeting: Meeting) -> list[Person]:
    """Whom the playbook names, themselves or by a user group, else the managers of both sides and
    the liaison; by name. Who is in a group and not listed does not attend."""
    people = tx.scalars(
        select(Person)
        .where(
            col(Person.team_id) == liaison.team_id,
            col(Person.is_active),
            col(Person.team).is_not(None),
        )
        .order_by(col(Person.name), col(Person.id))
    ).all()
    if meeting.attendees:
        grouped = usergroups.members(tx, liaison, meeting) if meeting.groups else set()
        return [each for each in people if each.email in meeting.attendees or each.id in grouped]
    return [person for person in people if may_run(person)]


def occurrence_of(tx: Session, liaison: Liaison, occurrence_id: str) -> Occurrence:
    """Raises `Unknown`."""
    found = tx.get(Occurrence, (liaison.team_id, occurrence_id))
    if found is None:
        raise Unknown("This stand-up is not here any more.")
    return found


def occurrence_to_change(tx: Session, liaison: Liaison, occurrence_id: str) -> Occurrence:
    """Locked until the transaction ends. Raises `Unknown`."""
    found = tx.get(
        Occurrence, (liaison.team_id, occurrence_id), with_for_update={"key_share": True}
    )
    if found is None:
        raise Unknown("This stand-up is not here any more.")
    return found


def ahead(tx: Session, liaison: Liaison, key: str) -> Occurrence | None:
    """The meeting that takes place now or is next; None = none is planned."""
    return tx.scalars(
        select(Occurrence)
        .where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.meeting) == key,
            col(Occurrence.state).in_(AHEAD),
        )
        .order_by(col(Occurrence.day))
        .limit(1)
    ).first()


def newest(tx: Session, liaison: Liaison, key: str, *states: State) -> Occurrence | None:
    """The latest in one of these states."""
    return tx.scalars(
        select(Occurrence)
        .where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.meeting) == key,
            col(Occurrence.state).in_(states),
        )
        .order_by(col(Occurrence.day).desc())
        .limit(1)
    ).first()


def before(tx: Session, occurrence: Occurrence) -> Occurrence | None:
    """The meeting before this one that took place."""
    return tx.scalars(
        select(Occurrence)
        .where(
            col(Occurrence.team_id) == occurrence.team_id,
            col(Occurrence.meeting) == occurrence.meeting,
            col(Occurrence.state) == State.CLOSED,
            col(Occurrence.day) < occurrence.day,
        )
        .order_by(col(Occurrence.day).desc())
        .limit(1)
    ).first()


def looks_back_to(tx: Session, occurrence: Occurrence, now: datetime) -> datetime:
    """Since when an agenda counts: the meeting before, at least a week, at most four."""
    last = before(tx, occurrence)
    since = last.begins_at if last else now - LOOKS_BACK
    return max(min(since, now - LOOKS_BACK), now - FURTHEST_BACK)


def held(tx: Session, liaison: Liaison, key: str) -> list[datetime]:
    """When the meetings that are over and took place began, sorted."""
    began = tx.scalars(
        select(col(Occurrence.held_at)).where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.meeting) == key,
            col(Occurrence.state) == State.CLOSED,
            col(Occurrence.held_at).is_not(None),
        )
    )
    return sorted(at for at in began if at)


def meeting_for(tx: Session, liaison: Liaison, channel: str) -> Meeting:
    """Whose command was typed there: the meeting of that channel, else the one that is next.

    Raises `Refused` when there is none at all.
    """
    meetings = [each for each in liaison.playbook.standups if each.key in liaison.standup_channels]
    here = [each for each in meetings if liaison.standup_channels[each.key] == channel]
    if here:
        return here[0]
    coming = {each.key: ahead(tx, liaison, each.key) for each in meetings}
    if not meetings:
        raise Refused(NONE_HERE)
    return min(meetings, key=lambda each: _begins(coming[each.key]))


def _begins(occurrence: Occurrence | None) -> float:
    return occurrence.begins_at.timestamp() if occurrence else float("inf")


def plan_next(tx: Session, liaison: Liaison, meeting: Meeting, now: datetime) -> None:
    """Plan the meeting after all there were, unless one is ahead."""
    tx.flush()
    if ahead(tx, liaison, meeting.key):
        return
    latest = newest(tx, liaison, meeting.key, *State)
    after = max(now, latest.begins_at) if latest else now
    calendar = calendar_of(liaison, meeting, now)
    day = next_day(calendar.slot, after, calendar.is_holiday, calendar.works)
    if day is None:
        return
    due = plan(calendar.slot, day, calendar.works)
    begins = due[Step.START]
    row = Occurrence(
        team_id=liaison.team_id,
        id=new_id(now),
        meeting=meeting.key,
        day=day,
        begins_at=begins,
        ends_at=begins + calendar.slot.lasts,
        state=State.PLANNED,
        next_at=due[Step.ROTA],
        next_step=Step.ROTA,
        planned_at=now,
    )
    insert_once(tx, row)


def follow_playbook(
    tx: Session, liaison: Liaison, meeting: Meeting, planned: Occurrence, now: datetime
) -> bool:
    """A meeting that is planned and not announced follows a playbook that was changed; says
    whether it moved."""
    calendar = calendar_of(liaison, meeting, now)
    slot, is_holiday, works = calendar.slot, calendar.is_holiday, calendar.works
    day = next_day(slot, planned.planned_at, is_holiday, works)
    begins = slot.begins(planned.day)
    is_same = (day, begins, begins + slot.lasts) == (
        planned.day,
        planned.begins_at,
        planned.ends_at,
    )
    day = next_day(slot, now, is_holiday, works)
    if is_same or day is None or planned.state is not State.PLANNED:
        return False
    if day != planned.day and _is_taken(tx, planned, day):
        return False
    due = plan(slot, day, works)
    planned.day, planned.planned_at = day, now
    planned.begins_at, planned.ends_at = due[Step.START], due[Step.START] + slot.lasts
    planned.next_at = due[planned.next_step or Step.ROTA]
    return True


def _is_taken(tx: Session, planned: Occurrence, day: date) -> bool:
    same_day = select(col(Occurrence.id)).where(
        col(Occurrence.team_id) == planned.team_id,
        col(Occurrence.meeting) == planned.meeting,
        col(Occurrence.day) == day,
    )
    return tx.scalars(same_day).first() is not None


def key_for(liaison: Liaison, channel: str, by: str) -> str:
    """The meeting to which somebody adds from this channel. Raises `NotListed`, `Refused`."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        return meeting_for(tx, liaison, channel).key
