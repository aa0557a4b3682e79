"""Calendar files say when a meeting is, by its own clock, and leave out the holidays."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.calendar_file import BadCalendarFile, Series, Task, entries_of, tasks, weekly
from bot.core.leave import Every, Repeat
from bot.core.standup import WEEK, Slot

HOUR = timedelta(hours=1)
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


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def test_what_somebodys_calendar_says_is_read() -> None:
    whole = event("UID:1", "DTSTART;VALUE=DATE:20261125", "SUMMARY:Urlaub", "TRANSP:TRANSPARENT")
    out = event(
        "UID:2",
        "DTSTART;TZID=Europe/Berlin:20261201T090000",
        "DURATION:PT8H",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "STATUS:CANCELLED",
    )
    first, second = entries_of(calendar(whole, out))

    assert first.title == "Urlaub"
    assert (first.starts, first.ends) == (date(2026, 11, 25), date(2026, 11, 26))
    assert (first.is_free, first.is_out, first.is_off, first.repeat) == (True, False, False, None)
    assert (second.is_free, second.is_out, second.is_off) == (False, True, True)
    assert isinstance(second.starts, datetime) and isinstance(second.ends, datetime)
    assert (second.starts.utcoffset(), second.ends - second.starts) == (HOUR, 8 * HOUR)


def test_a_series_leaves_out_what_was_moved_or_called_off() -> None:
    series = event(
        "UID:1",
        "DTSTART;VALUE=DATE:20261106",
        "SUMMARY:Day off",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;UNTIL=20270131",
        "EXDATE;VALUE=DATE:20261120",
    )
    moved = event("UID:1", "RECURRENCE-ID;VALUE=DATE:20261204", "DTSTART;VALUE=DATE:20261203")
    entry, other = entries_of(calendar(series, moved))

    assert entry.repeat == Repeat(
        Every.WEEK, interval=2, until=date(2027, 1, 31), weekdays=frozenset({4})
    )
    assert entry.without == {date(2026, 11, 20), date(2026, 12, 4)}
    assert (other.starts, other.repeat) == (date(2026, 12, 3), None)


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=YEARLY;BYMONTHDAY=-1", "FREQ=OFTEN"]
)
def test_a_finer_rule_is_no_series(rule: str) -> None:
    finer = event("UID:1", "DTSTART;VALUE=DATE:20261106", f"RRULE:{rule}")
    try:
        (entry,) = entries_of(calendar(finer))
    except BadCalendarFile:
        return  # the library has refused it
    assert entry.repeat is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no calendar file"),
        (b"<html>Sign in</html>", "no calendar file"),
        (b"\xff\xfe\x00", "no calendar file"),
        (b"BEGIN:VCALENDAR\r\n" * 5000, "no calendar file"),
        (b"BEGIN:VEVENT\r\n" * 2001, "more than 2,000 entries"),
    ],
)
def test_what_is_no_calendar_or_too_much_is_refused_with_a_reason(
    content: bytes, says: str
) -> None:
    with pytest.raises(BadCalendarFile, match=says):
        entries_of(content)
