from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.business_time import (
    Opening,
    OutsideTable,
    add,
    days_opening,
    elapsed,
    goes_on,
    is_open,
    local_date,
    local_day,
    next_days_opening,
    next_morning,
    next_opening,
    next_working_day,
    opening_on,
    worked_by,
)
from bot.core.sla import Allowance, due_at
from tests.core.walk import MINUTE, Place, walk, walked_opening

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


berlin = Place("Europe/Berlin", "Mo-Fr 09:00-17:00")
from_eight = Place("Europe/Berlin", "Mo-Fr 08:00-17:00")
lunch = Place("Europe/Berlin", "Mo-Fr 09:00-12:00,13:00-17:00")
short_friday = Place("Europe/Berlin", "Mo-Th 09:00-17:00; Fr 09:00-13:00")
christmas = Place("Europe/Berlin", "Mo-Fr 09:00-17:00", closed=("2026-12-25", "2026-12-26"))
away = Place(
    "Europe/Berlin", "Mo-Fr 09:00-17:00", away=((utc("2026-06-01 08:30"), utc("2026-06-03 10:00")),)
)
always = Place("Europe/Berlin", "24/7")
shifts = Place("America/New_York", "Mo-Fr 22:00-06:00")
nights = Place("America/New_York", "Mo-Su 22:00-06:00")
holy_night = Place("America/New_York", "Mo-Su 22:00-06:00", closed=("2026-12-25",))
sydney = Place("Australia/Sydney", "Mo-Fr 09:00-17:00")
sydney_always = Place("Australia/Sydney", "24/7")
lord_howe = Place("Australia/Lord_Howe", "24/7")
lord_howe_early = Place("Australia/Lord_Howe", "Mo-Su 01:00-05:00")
santiago = Place("America/Santiago", "24/7")
cairo = Place("Africa/Cairo", "Su-Th 09:00-17:00")
kathmandu = Place("Asia/Kathmandu", "Su-Fr 10:00-17:00")
kolkata = Place("Asia/Kolkata", "Mo-Sa 10:00-18:30")
shop = Place("Europe/Paris", "Fr-Su 10:00-18:00")

CASES = [
    # place           started              allowed   due                        why
    (berlin,          "2026-06-01 09:00",  "1h",     "2026-06-01 10:00"),       # Monday morning
    (berlin,          "2026-06-05 16:30",  "1h",     "2026-06-08 09:30"),       # over a weekend
    (from_eight,      "2026-06-05 16:00",  "4h",     "2026-06-08 11:00"),
    (berlin,          "2026-06-01 16:00",  "1h",     "2026-06-01 17:00"),       # stays at closing
    (berlin,          "2026-06-01 17:00",  "1h",     "2026-06-02 10:00"),       # closing is closed
    (berlin,          "2026-06-01 07:00",  "1h",     "2026-06-01 10:00"),
    (berlin,          "2026-06-06 12:00",  "1h",     "2026-06-08 10:00"),       # a Saturday
    (berlin,          "2026-06-01 09:00",  "8h",     "2026-06-01 17:00"),
    (berlin,          "2026-06-01 09:00",  "40h",    "2026-06-05 17:00"),
    (berlin,          "2026-06-01 09:00",  "41h",    "2026-06-08 10:00"),
    (lunch,           "2026-06-01 11:30",  "1h",     "2026-06-01 13:30"),
    (lunch,           "2026-06-01 11:00",  "1h",     "2026-06-01 12:00"),
    (lunch,           "2026-06-01 12:00",  "1h",     "2026-06-01 14:00"),
    (lunch,           "2026-06-01 12:30",  "1h",     "2026-06-01 14:00"),
    (lunch,           "2026-06-05 16:30",  "4h",     "2026-06-08 13:30"),
    (short_friday,    "2026-06-05 12:30",  "1h",     "2026-06-08 09:30"),
    (berlin,          "2026-03-27 16:30",  "1h",     "2026-03-30 09:30"),       # clock forward
    (berlin,          "2026-10-23 16:30",  "1h",     "2026-10-26 09:30"),       # clock back
    (always,          "2026-03-29 01:30",  "1h",     "2026-03-29 03:30"),       # skipped hour
    (always,          "2026-10-25 02:30+02:00", "1h", "2026-10-25 02:30+01:00"),  # hour twice
    (always,          "2026-03-28 12:00",  "24h",    "2026-03-29 13:00"),
    (always,          "2026-10-24 12:00",  "24h",    "2026-10-25 11:00"),
    (shifts,          "2026-06-01 23:00",  "4h",     "2026-06-02 03:00"),
    (shifts,          "2026-06-05 23:00",  "8h",     "2026-06-08 23:00"),       # over two shifts
    (nights,          "2026-03-07 22:00",  "7h",     "2026-03-08 06:00"),       # a night of 7 hours
    (nights,          "2026-10-31 22:00",  "8h",     "2026-11-01 05:00"),       # a night of 9
    (nights,          "2026-10-31 22:00",  "10h",    "2026-11-01 23:00"),
    (holy_night,      "2026-12-24 23:00",  "2h",     "2026-12-26 01:00"),       # closed by date
    (sydney,          "2026-04-03 16:30",  "1h",     "2026-04-06 09:30"),       # south, back
    (sydney,          "2026-10-02 16:30",  "1h",     "2026-10-05 09:30"),       # south, forward
    (sydney_always,   "2026-04-05 01:30",  "2h",     "2026-04-05 02:30+10:00"),
    (sydney_always,   "2026-10-04 01:30",  "1h",     "2026-10-04 03:30"),
    (lord_howe,       "2026-10-04 01:30",  "1h",     "2026-10-04 03:00"),       # half an hour
    (lord_howe,       "2026-04-05 01:00",  "1h",     "2026-04-05 01:30+10:30"),
    (lord_howe_early, "2026-10-04 01:00",  "4h",     "2026-10-05 01:30"),       # a day of 3.5 h
    (lord_howe_early, "2026-04-05 01:00",  "4h",     "2026-04-05 04:30"),       # a day of 4.5 h
    (santiago,        "2026-09-05 23:30",  "1h",     "2026-09-06 01:30"),       # midnight skipped
    (santiago,        "2026-04-04 22:30",  "1h30m",  "2026-04-04 23:00-04:00"),
    (cairo,           "2026-04-23 16:30",  "1h",     "2026-04-26 09:30"),       # Friday is off
    (kathmandu,       "2026-06-05 16:45",  "1h",     "2026-06-07 10:45"),       # Saturday off
    (kolkata,         "2026-06-06 18:00",  "1h",     "2026-06-08 10:30"),
    (shop,            "2026-06-07 17:30",  "1h",     "2026-06-12 10:30"),
    (shop,            "2026-03-28 17:00",  "2h",     "2026-03-29 11:00"),
    (christmas,       "2026-12-24 16:30",  "1h",     "2026-12-28 09:30"),
    (away,            "2026-06-01 10:00",  "1h",     "2026-06-03 12:30"),
    (berlin,          "2026-06-01 10:00",  "1d",     "2026-06-02 10:00"),
    (berlin,          "2026-06-05 16:30",  "1d",     "2026-06-08 16:30"),
    (berlin,          "2026-06-05 18:00",  "1d",     "2026-06-08 17:00"),       # not after closing
    (berlin,          "2026-06-01 07:00",  "1d",     "2026-06-02 09:00"),       # nor before opening
    (berlin,          "2026-06-06 12:00",  "1d",     "2026-06-08 12:00"),
    (berlin,          "2026-06-06 08:00",  "1d",     "2026-06-08 17:00"),       # nothing worked yet
    (berlin,          "2026-06-04 10:00",  "2d",     "2026-06-08 10:00"),
    (lunch,           "2026-06-01 12:30",  "1d",     "2026-06-02 13:00"),       # out of the gap
    (short_friday,    "2026-06-04 16:00",  "1d",     "2026-06-05 13:00"),
    (christmas,       "2026-12-24 10:00",  "1d",     "2026-12-28 10:00"),
    (away,            "2026-06-01 10:00",  "1d",     "2026-06-03 12:00"),
    (berlin,          "2026-03-27 10:00",  "1d",     "2026-03-30 10:00"),
    (berlin,          "2026-10-23 10:00",  "1d",     "2026-10-26 10:00"),
    (sydney,          "2026-10-02 10:00",  "1d",     "2026-10-05 10:00"),
    (always,          "2026-03-28 02:30",  "1d",     "2026-03-29 03:30"),       # no such time
    (always,          "2026-10-24 02:30",  "1d",     "2026-10-25 02:30+02:00"),  # the first of two
    (santiago,        "2026-09-05 00:30",  "1d",     "2026-09-06 01:30"),
    (shifts,          "2026-06-01 23:00",  "1d",     "2026-06-02 23:00"),
    (shifts,          "2026-06-05 23:00",  "1d",     "2026-06-06 06:00"),       # the shift's last
    (shifts,          "2026-06-06 12:00",  "1d",     "2026-06-09 00:00"),       # Monday's last
    (kathmandu,       "2026-06-05 16:45",  "1d",     "2026-06-07 16:45"),
    (shop,            "2026-06-07 12:00",  "1d",     "2026-06-12 12:00"),
]  # fmt: skip


def around(place: Place, start: datetime) -> Opening:
    midnight = start.replace(hour=0, minute=0)
    return walked_opening(place, midnight - 2 * DAY, midnight + 9 * DAY)


@pytest.mark.parametrize(("place", "started", "allowed", "due"), CASES)
def test_working_time_ends_when_a_person_would_say(
    place: Place, started: str, allowed: str, due: str
) -> None:
    start, allowance = place.local(started), Allowance.parse(allowed)
    opening = around(place, start)

    assert due_at(opening, start, allowance) == place.local(due)
    if allowance.worked:
        assert elapsed(opening, start, place.local(due)) == allowance.worked


WEEK = around(berlin, utc("2026-06-01 00:00"))  # 09:00 in Berlin is 07:00 in UTC


def test_the_opening_instant_is_open_and_the_closing_instant_is_closed() -> None:
    assert is_open(WEEK, utc("2026-06-01 07:00"))
    assert is_open(WEEK, utc("2026-06-01 14:59:59.999999"))
    assert not is_open(WEEK, utc("2026-06-01 15:00"))
    assert not is_open(WEEK, utc("2026-06-01 06:59:59.999999"))


def test_the_next_opening_is_now_while_open_and_else_the_start_of_work() -> None:
    assert next_opening(WEEK, utc("2026-06-01 09:13:07.5")) == utc("2026-06-01 09:13:07.5")
    assert next_opening(WEEK, utc("2026-06-01 15:00")) == utc("2026-06-02 07:00")
    assert next_opening(WEEK, utc("2026-06-05 20:00")) == utc("2026-06-08 07:00")


def hours_of_a_week(*spans: tuple[str, str]) -> Opening:
    """A week in Berlin from Monday 5 January 1970, in winter time; spans in UTC."""
    seconds = [(int(utc(start).timestamp()), int(utc(end).timestamp())) for start, end in spans]
    return Opening.of("Europe/Berlin", utc("1970-01-05"), utc("1970-01-12"), seconds)


def test_a_days_work_begins_once_whatever_breaks_it_has() -> None:
    opening = hours_of_a_week(
        ("1970-01-05 08:00", "1970-01-05 11:00"),
        ("1970-01-05 12:00", "1970-01-05 16:00"),
        ("1970-01-07 12:00", "1970-01-07 16:00"),
    )

    assert days_opening(opening, utc("1970-01-05 14:00")) == utc("1970-01-05 08:00")
    assert days_opening(opening, utc("1970-01-06 14:00")) is None
    assert next_days_opening(opening, utc("1970-01-05 07:00")) == utc("1970-01-05 08:00")
    assert next_days_opening(opening, utc("1970-01-05 08:00")) == utc("1970-01-07 12:00")
    with pytest.raises(OutsideTable):
        next_days_opening(opening, utc("1970-01-07 12:00"))


def test_a_night_shift_begins_on_the_evening_it_begins() -> None:
    nights = hours_of_a_week(
        ("1970-01-05 21:00", "1970-01-06 05:00"), ("1970-01-06 21:00", "1970-01-07 05:00")
    )

    assert days_opening(nights, utc("1970-01-06 03:00")) == utc("1970-01-06 21:00")
    assert next_days_opening(nights, utc("1970-01-05 21:00")) == utc("1970-01-06 21:00")


def test_work_without_end_begins_each_day_at_midnight() -> None:
    always = hours_of_a_week(("1970-01-05 00:00", "1970-01-12 00:00"))

    assert next_days_opening(always, utc("1970-01-06 09:00")) == utc("1970-01-06 23:00")


def test_a_local_day_has_25_hours_when_the_clock_goes_back() -> None:
    start, end = local_day("Europe/Berlin", utc("2026-10-25 12:00"))

    assert (start, end) == (utc("2026-10-24 22:00"), utc("2026-10-25 23:00"))


def test_parts_of_a_second_are_counted() -> None:
    start, tick = utc("2026-06-01 14:59:59.999999"), timedelta(microseconds=1)

    assert add(WEEK, start, tick) == utc("2026-06-01 15:00")
    assert add(WEEK, start, 2 * tick) == utc("2026-06-02 07:00") + tick
    assert elapsed(WEEK, start, utc("2026-06-02 07:00") + tick) == 2 * tick


def test_no_working_time_ends_where_it_began_even_while_closed() -> None:
    saturday = utc("2026-06-06 12:00")

    assert add(WEEK, saturday, timedelta(0)) == saturday


def test_time_elapsed_backwards_is_negative() -> None:
    assert elapsed(WEEK, utc("2026-06-01 10:00"), utc("2026-06-01 09:00")) == -HOUR


def test_an_instant_in_any_zone_is_understood_and_the_answer_is_utc() -> None:
    due = add(WEEK, datetime.fromisoformat("2026-06-01T09:00+02:00"), HOUR)

    assert due == utc("2026-06-01 08:00")
    assert due.tzinfo is UTC


def test_a_naive_time_is_refused() -> None:
    naive = utc("2026-06-01 09:00").replace(tzinfo=None)

    with pytest.raises(ValueError, match="no time zone"):
        add(WEEK, naive, HOUR)
    with pytest.raises(ValueError, match="no time zone"):
        is_open(WEEK, naive)
    with pytest.raises(ValueError, match="no time zone"):
        next_working_day(WEEK, naive, 1)


def test_time_cannot_be_taken_away_and_a_next_day_is_not_today() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add(WEEK, utc("2026-06-01 09:00"), -HOUR)
    with pytest.raises(ValueError, match="at least one day"):
        next_working_day(WEEK, utc("2026-06-01 09:00"), 0)


def test_the_table_never_guesses_beyond_its_span() -> None:
    first, last = utc("2026-05-30 00:00"), utc("2026-06-10 00:00")

    assert elapsed(WEEK, first, last) == 7 * 8 * HOUR
    with pytest.raises(OutsideTable):
        elapsed(WEEK, first - MINUTE, last)
    with pytest.raises(OutsideTable):
        elapsed(WEEK, first, last + timedelta(microseconds=1))
    with pytest.raises(OutsideTable):
        is_open(WEEK, last)
    with pytest.raises(OutsideTable):
        next_opening(WEEK, last - HOUR)
    with pytest.raises(OutsideTable):
        add(WEEK, first, 57 * HOUR)
    with pytest.raises(OutsideTable):
        next_working_day(WEEK, last - HOUR, 1)
    with pytest.raises(OutsideTable):
        add(WEEK, first - MINUTE, timedelta(0))


def test_the_last_working_time_of_the_table_can_still_be_used_up() -> None:
    assert add(WEEK, utc("2026-05-30 00:00"), 56 * HOUR) == utc("2026-06-09 15:00")


def test_intervals_that_touch_are_one_so_no_closing_lies_between_them() -> None:
    opening = Opening.of("UTC", utc("1970-01-01"), utc("1970-01-02"), [(0, 60), (60, 120)])

    assert (opening.starts, opening.ends, opening.worked) == ((0,), (120,), (0, 120))


@pytest.mark.parametrize("intervals", [[(0, 60), (30, 90)], [(60, 60)], [(-1, 60)], [(0, 86_401)]])
def test_a_table_out_of_order_or_span_is_refused(intervals: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="interval"):
        Opening.of("UTC", utc("1970-01-01"), utc("1970-01-02"), intervals)


# Around the change of each place, so that every example has a fair chance to cross it.
WALKS = [
    (lunch, "2026-03-27"),
    (always, "2026-10-24"),
    (nights, "2026-03-07"),
    (nights, "2026-10-31"),
    (sydney, "2026-04-03"),
    (lord_howe_early, "2026-04-04"),
    (lord_howe_early, "2026-10-03"),
    (kathmandu, "2026-06-04"),
    (holy_night, "2026-12-24"),
]
SPAN = 4 * 1440  # minutes
# The rules' tests take no second; a profile with more examples gives these more as well.
quickly = settings(deadline=None, max_examples=settings().max_examples // 3)
minutes = st.integers(0, SPAN - 1)
walks = st.sampled_from(range(len(WALKS)))


@cache
def walked(number: int) -> tuple[Opening, list[datetime], list[bool]]:
    """A place's table, and what the walk says of each minute."""
    place, since = WALKS[number]
    steps = list(walk(place, utc(since), utc(since) + SPAN * MINUTE))
    opening = walked_opening(place, utc(since), utc(since) + SPAN * MINUTE)
    return opening, [at for at, _ in steps], [worked for _, worked in steps]


@quickly
@given(walks, minutes, minutes)
def test_elapsed_time_is_the_number_of_worked_minutes(number: int, one: int, other: int) -> None:
    opening, at, worked = walked(number)
    since, until = sorted((one, other))

    assert elapsed(opening, at[since], at[until]) == sum(worked[since:until]) * MINUTE
    assert is_open(opening, at[since]) == worked[since]


@quickly
@given(walks, minutes, st.integers(1, 2000))
def test_added_time_ends_with_the_minute_in_which_it_is_worked(
    number: int, start: int, allowed: int
) -> None:
    opening, at, worked = walked(number)
    worked_by_then = [minute for minute in range(start, SPAN) if worked[minute]][:allowed]

    if len(worked_by_then) < allowed:
        with pytest.raises(OutsideTable):
            add(opening, at[start], allowed * MINUTE)
    else:
        due = add(opening, at[start], allowed * MINUTE)
        assert due == at[worked_by_then[-1]] + MINUTE
        assert elapsed(opening, at[start], due) == allowed * MINUTE


@quickly
@given(walks, minutes, minutes, st.timedeltas(timedelta(0), 6 * HOUR))
def test_who_starts_later_is_due_no_earlier(
    number: int, one: int, other: int, allowed: timedelta
) -> None:
    opening, at, _ = walked(number)
    earlier, later = sorted((one % (SPAN // 3), other % (SPAN // 3)))

    assert add(opening, at[earlier], allowed) <= add(opening, at[later], allowed)
    assert add(opening, at[earlier], allowed) <= add(opening, at[earlier], allowed + MINUTE)


@quickly
@given(walks, minutes)
def test_the_next_opening_is_the_first_worked_minute(number: int, start: int) -> None:
    opening, at, worked = walked(number)
    upcoming = [minute for minute in range(start, SPAN) if worked[minute]]

    if upcoming:
        assert next_opening(opening, at[start]) == at[upcoming[0]]
    else:
        with pytest.raises(OutsideTable):
            next_opening(opening, at[start])


@quickly
@given(walks, minutes)
def test_work_goes_on_at_the_first_worked_minute_after_what_was_done(
    number: int, start: int
) -> None:
    opening, at, worked = walked(number)
    upcoming = [minute for minute in range(start, SPAN) if worked[minute]]
    done = worked_by(opening, at[start])

    if upcoming:
        assert goes_on(opening, done) == at[upcoming[0]]
        assert goes_on(opening, done + 500_000) == at[upcoming[0]] + timedelta(seconds=0.5)
    else:
        with pytest.raises(OutsideTable):
            goes_on(opening, done)


MORNINGS = [
    # place    at                  next first opening    why
    (berlin,   "2026-06-01 05:00", "2026-06-01 07:00"),  # before work begins
    (berlin,   "2026-06-01 07:00", "2026-06-02 07:00"),  # the opening itself is not ahead
    (berlin,   "2026-06-05 10:00", "2026-06-08 07:00"),  # over a weekend
    (lunch,    "2026-06-01 10:30", "2026-06-02 07:00"),  # the end of a lunch break is no morning
    (away,     "2026-06-01 08:00", "2026-06-03 10:00"),  # back from leave in the middle of a day
    (berlin,   "2026-10-23 10:00", "2026-10-26 08:00"),  # the clock went back on Sunday
]  # fmt: skip


@pytest.mark.parametrize(("place", "at", "morning"), MORNINGS)
def test_the_next_morning(place: Place, at: str, morning: str) -> None:
    assert next_morning(around(place, utc(at)), utc(at)) == utc(morning)


def test_a_day_without_an_opening_opens_on_the_one_after_it() -> None:
    opening = around(berlin, utc("2026-06-05 10:00"))

    assert opening_on(opening, date(2026, 6, 5)) == utc("2026-06-05 07:00")
    assert opening_on(opening, date(2026, 6, 6)) == utc("2026-06-08 07:00")


@pytest.mark.parametrize(
    ("place", "at", "day"),
    [
        (sydney, "2026-06-01 15:00", date(2026, 6, 2)),
        (shifts, "2026-06-01 03:00", date(2026, 5, 31)),
    ],
)
def test_the_local_date_is_that_of_the_place(place: Place, at: str, day: date) -> None:
    assert local_date(around(place, utc(at)).zone, utc(at)) == day
