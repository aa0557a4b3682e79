"""Calendar files (RFC 5545): a weekly meeting, and what is to be done until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Todo

from bot.core.standup import WEEK, Slot

YEAR = 52
"""Weeks ahead whose holidays a file knows."""


@dataclass(frozen=True)
class Series:
    """A meeting that takes place every week, as a calendar knows it."""

    uid: str
    title: str
    slot: Slot
    first: date
    days: Sequence[date]
    """The local dates of the coming year on which it takes place."""
    link: str | None
    at: datetime
    """When this version of it was made; a later one replaces it."""


@dataclass(frozen=True)
class Task:
    """An action item of somebody."""

    uid: str
    words: str
    due: date


def weekly(series: Series) -> str:
    """An event that repeats; a holiday is left out, a day it moved to is added."""
    zone = ZoneInfo(series.slot.zone)
    regular = [series.first + week * WEEK for week in range(YEAR)]
    takes_place = set(series.days)
    begins = [_local(day, series.slot, zone) for day in regular if day not in takes_place]
    moved = [_local(day, series.slot, zone) for day in series.days if day not in regular]
    first = _local(series.first, series.slot, zone)
    event = Event.new(
        uid=series.uid,
        summary=series.title,
        start=first,
        end=first + series.slot.lasts,
        stamp=series.at,
        sequence=int(series.at.timestamp()),
        url=series.link,
        location=series.link,
    )
    event.add("rrule", {"freq": "weekly"})
    if begins:
        event.add("exdate", begins)
    if moved:
        event.add("rdate", moved)
    return _file([event], series.at.date())


def _local(day: date, slot: Slot, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, slot.at, zone)


def tasks(found: Sequence[Task], at: datetime) -> str:
    """What is to be done, each with its day."""
    return _file([_todo(task, at) for task in found], at.date())


def _todo(task: Task, at: datetime) -> Todo:
    todo = Todo.new(uid=task.uid, summary=task.words, stamp=at)
    todo.add("due", task.due)
    return todo


def _file(components: Sequence[Component], since: date) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Liaison//Stand-up//EN")
    calendar.add("version", "2.0")
    for component in components:
        calendar.add_component(component)
    calendar.add_missing_timezones(
        first_date=since - timedelta(days=366), last_date=since + timedelta(days=3 * 366)
    )
    return str(calendar.to_ical(), "utf-8")
