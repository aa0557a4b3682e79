"""Calendar files say when a meeting is, by its own clock, and leave out the holidays."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from bot.calendar_file import Series, Task, tasks, weekly
from bot.core.standup import WEEK, Slot

FIRST = date(2026, 11, 27)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHRISTMAS = date(2026, 12, 25)
SLOT = Slot(4, time(10), "Europe/Berlin", 30)


def series(days: list[date]) -> Series:
    link = "https://meet.example.com/weekly"
    return Series("weekly@t1", "Stand-up", SLOT, FIRST, days, link, NOW)


def fridays(*left_out: date) -> list[date]:
    return [day for n in range(52) if (day := FIRST + n * WEEK) not in left_out]


def only(kind: str, text: str) -> Any:
    """The one component of a kind, as another program reads it."""
    (found,) = Calendar.from_ical(text).walk(kind)
    return found


def test_a_weekly_meeting_repeats_at_the_same_time_of_day() -> None:
    event = only("VEVENT", weekly(series(fridays())))

    begins = event["dtstart"].dt
    assert begins.replace(tzinfo=ZoneInfo("Europe/Berlin")) == SLOT.begins(FIRST)
    assert begins.tzinfo
    assert event["dtend"].dt - begins == timedelta(minutes=30)
    assert event["rrule"]["FREQ"] == ["WEEKLY"]
    assert "exdate" not in event


def test_a_holiday_is_left_out_and_the_day_it_moved_to_is_added() -> None:
    moved = date(2026, 12, 28)
    text = weekly(series([*fridays(CHRISTMAS), moved]))

    assert "EXDATE;TZID=Europe/Berlin:20261225T100000" in text
    assert "RDATE;TZID=Europe/Berlin:20261228T100000" in text
    assert "BEGIN:VTIMEZONE" in text


def test_the_same_meeting_keeps_its_name_and_a_later_version_replaces_it() -> None:
    first = only("VEVENT", weekly(series(fridays())))
    later = Series("weekly@t1", "Stand-up", SLOT, FIRST, fridays(), None, NOW + WEEK)
    second = only("VEVENT", weekly(later))

    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]


def test_what_is_to_be_done_has_its_day_and_its_words_stay_words() -> None:
    words = "Ask, for size;\nBEGIN:VEVENT"
    todo = only("VTODO", tasks([Task("i1", words, FIRST)], NOW))

    assert todo["due"].dt == FIRST
    assert str(todo["summary"]) == words
