"""When a stand-up takes place: an invitation to everybody who attends, and the calendar file."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.calendar_file import YEAR, Series, Task, tasks, weekly
from bot.core.business_time import local_date
from bot.core.standup import WEEK, day_in_week
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person
from bot.playbook import Meeting
from bot.services import item_lists
from bot.services.hours import back_at_work
from bot.services.occurrences import attendees, calendar_of, listed, meeting_of, occurrence_of
from bot.views import invitations as views
from bot.views import items as item_views
from bot.views.blocks import Post


def invite(tx: Session, liaison: Liaison, meeting: Meeting, now: datetime) -> None:
    """Tell everybody who attends, once for each version of when and where."""
    kind, version = MessageKind.INVITATION, _version(liaison, meeting)
    for person in attendees(tx, liaison, meeting):
        key = f"{kind}:{meeting.key}:{version}:{person.id}"
        saying = Saying(key, kind, f"meeting:{meeting.key}", person.id, about=version)
        held = back_at_work(tx, liaison, person, now)
        if say(tx, liaison, saying, hold_until=held).is_new:
            revise(tx, liaison, f"meeting:{meeting.key}")


def _version(liaison: Liaison, meeting: Meeting) -> str:
    """Another one as soon as a calendar has to know something else."""
    slot = meeting.slot(liaison.playbook.hours.timezone)
    told = f"{slot}{meeting.channel}{meeting.call_link}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    key = message.subject_id.removeprefix("meeting:")
    meeting = liaison.playbook.standup(key)
    is_current = meeting is not None and _version(liaison, meeting) == message.about
    if message.ts is None:
        if not is_current:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    if meeting is None or not is_current:
        return views.replaced()
    return views.invitation(meeting, meeting.slot(liaison.playbook.hours.timezone))


def calendar_file(liaison: Liaison, key: str, by: str) -> tuple[str, str]:
    """The weekly meeting as a file: its name and its text."""
    now = liaison.now()
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        meeting = meeting_of(liaison, key)
    calendar = calendar_of(liaison, meeting, now)
    slot = calendar.slot
    today = local_date(slot.zone, now)
    monday = today - timedelta(days=today.weekday())
    if monday + timedelta(days=slot.weekday) < today:
        monday += WEEK
    weeks = (monday + week * WEEK for week in range(YEAR))
    days = [day_in_week(slot, each, calendar.is_holiday, calendar.works) for each in weeks]
    series = Series(
        uid=f"{key}@{liaison.team_id.lower()}.liaison",
        title="Stand-up of sales and marketing",
        slot=slot,
        first=monday + timedelta(days=slot.weekday),
        days=[day for day in days if day],
        link=meeting.call_link,
        at=now,
    )
    return f"{key}.ics", weekly(series)


def tasks_file(liaison: Liaison, occurrence_id: str, by: str) -> tuple[str, str] | None:
    """The action items that a stand-up left, as a file; None when it left none."""
    now = liaison.now()
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        added = item_lists.added_in(tx, liaison, occurrence)
    found = [
        Task(facts.item.id, item_views.words_of(facts.item), facts.item.due_on)
        for facts in added
        if facts.item.due_on and facts.item.closed_at is None
    ]
    return (f"stand-up-{occurrence.day}.ics", tasks(found, now)) if found else None
