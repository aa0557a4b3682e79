"""Calendar files (RFC 5545): a weekly meeting, what is to be done until when; and, read, leave."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Todo

from bot.core.business_time import DAY
from bot.core.leave import Entry, Every, Repeat
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


MOST_ENTRIES = 2000
"""Entries of a calendar that is read; nobody needs more of their own days ahead."""


class BadCalendarFile(ValueError):
    """A calendar that is not read; the text says why."""


def entries_of(content: bytes) -> list[Entry]:
    """The entries of somebody's calendar. Raises `BadCalendarFile`."""
    if content.count(b"BEGIN:VEVENT") > MOST_ENTRIES:
        raise BadCalendarFile(f"It has more than {MOST_ENTRIES:,} entries.")
    try:
        calendar = Calendar.from_ical(content)
        events = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
        entries = [entry for event in events for entry in _entry(event)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise BadCalendarFile("It is no calendar file.") from error
    return list(_without_moved(entries, events))


def _entry(event: Event) -> Iterator[Entry]:
    """None for one without a beginning."""
    starts, ends = (event.decoded(name, None) for name in ("DTSTART", "DTEND"))
    if not isinstance(starts, date):
        return
    if not isinstance(ends, date):
        lasts = event.decoded("DURATION", None)
        whole_day = timedelta(0) if isinstance(starts, datetime) else DAY
        ends = starts + (lasts if isinstance(lasts, timedelta) else whole_day)
    if isinstance(starts, datetime) != isinstance(ends, datetime):
        return
    yield Entry(
        uid=str(event.get("UID", "")),
        starts=starts,
        ends=ends,
        title=str(event.get("SUMMARY", ""))[:200],
        is_free=str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT",
        is_out=str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF",
        is_off=str(event.get("STATUS", "")).upper() == "CANCELLED",
        repeat=_repeat(event),
        without=frozenset(_dates(event, "EXDATE")),
    )


def _repeat(event: Event) -> Repeat | None:
    """None for an entry that comes once, or by a rule finer than whole days, weeks and months."""
    rule = event.get("RRULE")
    if rule is None or isinstance(rule, list):
        return None
    given = {str(name).upper(): values for name, values in rule.items()}
    fine = given.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
    weekdays = frozenset(
        _WEEKDAYS[str(day).upper()]
        for day in given.get("BYDAY", [])
        if str(day).upper() in _WEEKDAYS
    )
    with suppress(ValueError, IndexError):
        every = Every(str(given["FREQ"][0]).upper())
        if fine or (given.get("BYDAY") and every is not Every.WEEK):
            return None
        until = given["UNTIL"][0] if "UNTIL" in given else None
        return Repeat(
            every,
            int(given["INTERVAL"][0]) if "INTERVAL" in given else 1,
            int(given["COUNT"][0]) if "COUNT" in given else None,
            until.date() if isinstance(until, datetime) else until,
            weekdays,
        )
    return None


_WEEKDAYS = {day: at for at, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}


def _dates(event: Event, name: str) -> Iterator[date]:
    given = event.get(name)
    for line in given if isinstance(given, list) else [given] if given else []:
        for each in line.dts:
            yield each.dt.date() if isinstance(each.dt, datetime) else each.dt


def _without_moved(entries: Sequence[Entry], events: Sequence[Event]) -> Iterator[Entry]:
    """A time of a series that was moved is an entry of its own, and not of the series any more."""
    moved: dict[str, set[date]] = {}
    for event in events:
        if recurs := event.decoded("RECURRENCE-ID", None):
            day = recurs.date() if isinstance(recurs, datetime) else recurs
            moved.setdefault(str(event.get("UID", "")), set()).add(day)
    for entry in entries:
        if entry.repeat and entry.uid in moved:
            yield replace(entry, without=entry.without | moved[entry.uid])
        else:
            yield entry
