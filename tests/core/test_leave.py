"""Which entries of a calendar say that somebody is away: those that say so themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.leave import (
    AHEAD,
    MOST_TIMES,
    Entry,
    Every,
    Repeat,
    Status,
    of_entries,
    of_status,
)

BERLIN = "Europe/Berlin"
MONDAY_TEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 25)
DAY = timedelta(days=1)
VACATION = Entry("1", WEDNESDAY, WEDNESDAY + 3 * DAY, "Vacation")
MEETING = Entry("2", MONDAY_TEN + DAY, MONDAY_TEN + DAY + timedelta(hours=5), "Board")


def spans(*entries: Entry) -> list[tuple[datetime, datetime]]:
    return [(one.starts_at, one.ends_at) for one in of_entries(entries, BERLIN, MONDAY_TEN)]


def test_whole_days_begin_and_end_at_midnight_where_their_person_is() -> None:
    starts_at = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert spans(VACATION) == [(starts_at, starts_at + 3 * DAY)]


@pytest.mark.parametrize(
    ("entry", "is_leave"),
    [
        (VACATION, True),
        (replace(VACATION, title="Urlaub: Ostsee"), True),
        (replace(VACATION, title="PTO"), True),
        (replace(VACATION, title="Trade fair"), False),
        (replace(VACATION, title="Prepare the holidayhome offer"), False),
        (replace(VACATION, is_free=True), False),
        (replace(VACATION, is_free=True, is_out=True), True),
        (replace(VACATION, is_off=True), False),
        (MEETING, False),
        (replace(MEETING, is_out=True), True),
        (replace(MEETING, is_out=True, ends=MEETING.starts + timedelta(hours=1)), False),
        (replace(VACATION, starts=date(2026, 11, 1), ends=date(2026, 11, 20)), False),
        (replace(VACATION, starts=date(2027, 6, 1), ends=date(2027, 6, 9)), False),
        (replace(VACATION, starts=date(2020, 1, 1), ends=date(2030, 1, 1)), False),
    ],
)
def test_only_what_says_so_and_lies_near_is_leave(entry: Entry, is_leave: bool) -> None:
    assert bool(spans(entry)) is is_leave


def test_every_second_friday_off_comes_again_but_not_on_the_day_left_out() -> None:
    first = date(2026, 10, 2)
    fridays = Entry(
        "3",
        first,
        first + DAY,
        "Day off",
        repeat=Repeat(Every.WEEK, interval=2),
        without=frozenset({date(2026, 12, 11)}),
    )
    begins = [starts_at.astimezone(UTC).date() + DAY for starts_at, _ in spans(fridays)]

    assert begins == [date(2026, 11, 27), date(2026, 12, 25), date(2027, 1, 8), date(2027, 1, 22)]


def test_a_count_is_counted_from_the_first_time() -> None:
    daily = Entry(
        "4", date(2026, 11, 20), date(2026, 11, 21), "sick", repeat=Repeat(Every.DAY, count=6)
    )
    assert len(spans(daily)) == 3


def test_a_day_a_month_does_not_have_is_left_out() -> None:
    last = Entry("5", date(2026, 8, 31), date(2026, 9, 1), "day off", repeat=Repeat(Every.MONTH))
    yearly = Entry("6", date(2024, 2, 29), date(2024, 3, 1), "day off", repeat=Repeat(Every.YEAR))

    assert [at.date() for at, _ in spans(last)] == [date(2026, 12, 30)]
    assert spans(yearly) == []


@given(
    st.dates(date(1990, 1, 1), date(2027, 3, 1)),
    st.integers(0, 40),
    st.sampled_from(Every),
    st.integers(-3, 400),
    st.none() | st.integers(-5, 100_000),
    st.frozensets(st.integers(0, 6)),
)
def test_no_rule_gives_more_times_than_are_looked_at(
    first: date,
    days: int,
    every: Every,
    interval: int,
    count: int | None,
    weekdays: frozenset[int],
) -> None:
    rule = Repeat(every, interval, count, None, weekdays)
    entry = Entry("7", first, first + days * DAY, "OOO", repeat=rule)
    found = of_entries([entry], BERLIN, MONDAY_TEN)

    assert len(found) <= MOST_TIMES
    assert all(one.ends_at > MONDAY_TEN and one.starts_at < MONDAY_TEN + AHEAD for one in found)
    assert all(a.starts_at <= b.starts_at for a, b in pairwise(found))


def test_a_key_says_nothing_of_what_it_stands_for_and_changes_with_the_day() -> None:
    (key,) = {one.key for one in of_entries([VACATION], BERLIN, MONDAY_TEN)}
    later = replace(VACATION, starts=WEDNESDAY + DAY)
    (other,) = {one.key for one in of_entries([later], BERLIN, MONDAY_TEN)}

    assert key != other
    assert key.isalnum() and len(key) == 32


@pytest.mark.parametrize(
    ("status", "ends_at"),
    [
        (Status("Vacationing", ":palm_tree:", None), datetime(2026, 11, 24, 23, tzinfo=UTC)),
        (Status("", ":palm_tree:", MONDAY_TEN + 3 * DAY), MONDAY_TEN + 3 * DAY),
        (Status("Out sick", "", MONDAY_TEN + DAY), MONDAY_TEN + DAY),
        (Status("In a meeting", ":calendar:", MONDAY_TEN + DAY), None),
        (Status("Vacationing", ":palm_tree:", MONDAY_TEN), None),
        (Status("", "", None), None),
    ],
)
def test_a_status_that_says_away_holds_until_it_ends(
    status: Status, ends_at: datetime | None
) -> None:
    found = of_status(status, BERLIN, MONDAY_TEN)

    assert (found and found.ends_at) == ends_at


def test_a_calendar_of_nothing_but_endless_series_is_looked_at_in_part() -> None:
    daily = Entry("", date(2010, 1, 1), date(2010, 1, 2), "OOO", repeat=Repeat(Every.DAY))
    many = [replace(daily, uid=str(number)) for number in range(500)]

    assert 0 < len(of_entries(many, BERLIN, MONDAY_TEN)) <= MOST_TIMES
