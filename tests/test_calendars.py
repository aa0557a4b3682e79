from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import (
    BadCalendar,
    Calendars,
    compile_opening,
    holiday_dates,
    parse_hours,
    parse_zone,
)
from bot.core.business_time import Opening, add, elapsed, is_open
from tests.core.walk import MINUTE, Place, walk

DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Windows that begin, end or lie inside an hour that is skipped or comes twice.
AROUND_CHANGES = [
    (Place("Europe/Berlin", "Mo-Fr 09:00-12:00,13:00-17:00", ("2026-03-27",)), "2026-03-26"),
    (Place("Europe/Berlin", "24/7"), "2026-10-24"),
    (Place("Europe/Berlin", "Mo-Su 02:30-06:00"), "2026-10-24"),
    (Place("Europe/Berlin", "Mo-Su 22:00-02:30"), "2026-10-24"),
    (Place("Europe/Berlin", "Mo-Su 02:15-02:45"), "2026-03-28"),
    (Place("America/New_York", "Mo-Su 22:00-06:00", ("2026-11-01",)), "2026-10-31"),
    (Place("America/New_York", "Mo-Fr 22:00-06:00"), "2026-03-06"),
    (Place("America/Santiago", "Sa-Su 00:00-24:00"), "2026-09-05"),
    (Place("America/Santiago", "Sa-Su 23:15-23:45"), "2026-04-04"),
    (Place("Australia/Lord_Howe", "Mo-Su 01:00-05:00"), "2026-04-04"),
    (Place("Australia/Lord_Howe", "Mo-Su 01:45-02:15"), "2026-10-03"),
    (Place("Africa/Cairo", "Su-Th 00:30-08:00"), "2026-04-22"),
    (Place("Asia/Kathmandu", "Su-Fr 10:00-17:00"), "2026-06-04"),
    (Place("Asia/Kolkata", "Mo-Sa 10:00-18:30", ("2026-06-05",)), "2026-06-04"),
    (
        Place(
            "Pacific/Auckland",
            "Mo-Th 09:00-17:00; Fr-Su 10:00-13:00",
            away=(
                (utc("2026-09-26 21:30"), utc("2026-09-26 23:00")),
                (utc("2026-09-26 22:00"), utc("2026-09-26 22:30")),
            ),
        ),
        "2026-09-26",
    ),
]
SPAN = 3 * 1440


@cache
def compiled(number: int) -> tuple[Opening, list[datetime], list[bool]]:
    """A place's table as compiled, and what the walk says of each minute of three days."""
    place, since = AROUND_CHANGES[number]
    first, last = utc(since), utc(since) + SPAN * MINUTE
    opening = compile_opening(place.zone, place.hours, place.closed, place.away, first, last)
    steps = list(walk(place, first, last))
    return opening, [at for at, _ in steps], [worked for _, worked in steps]


@pytest.mark.parametrize("number", range(len(AROUND_CHANGES)))
def test_a_compiled_table_agrees_with_the_walk_in_every_minute(number: int) -> None:
    opening, at, worked = compiled(number)

    assert [is_open(opening, one) for one in at] == worked


@settings(deadline=None)
@given(
    st.sampled_from(range(len(AROUND_CHANGES))),
    st.integers(0, SPAN - 1),
    st.integers(0, SPAN - 1),
)
def test_time_elapsed_and_added_agrees_with_the_walk(number: int, one: int, other: int) -> None:
    opening, at, worked = compiled(number)
    since, until = sorted((one, other))
    minutes = sum(worked[since:until])

    assert elapsed(opening, at[since], at[until]) == minutes * MINUTE
    if minutes:
        last = max(minute for minute in range(since, until) if worked[minute])
        assert add(opening, at[since], minutes * MINUTE) == at[last] + MINUTE


def berlin(open: str, *holidays: str) -> Opening:
    return compile_opening(
        "Europe/Berlin", open, holidays, (), utc("2026-01-01"), utc("2026-12-28")
    )


def test_public_holidays_of_a_country_are_not_worked() -> None:
    assert not is_open(berlin("Mo-Fr 09:00-17:00", "DE"), utc("2026-05-01 10:00"))
    assert is_open(berlin("Mo-Fr 09:00-17:00"), utc("2026-05-01 10:00"))


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = utc("2026-01-06 10:00")

    assert is_open(berlin("Mo-Fr 09:00-17:00", "DE"), epiphany)
    assert not is_open(berlin("Mo-Fr 09:00-17:00", "DE-BY"), epiphany)


def test_codes_and_dates_stand_side_by_side() -> None:
    opening = berlin("Mo-Fr 09:00-17:00", "DE", "2026-12-24")

    assert not is_open(opening, utc("2026-12-24 10:00"))
    assert not is_open(opening, utc("2026-05-01 10:00"))


def test_a_holiday_on_a_weekend_is_observed_where_the_country_does_so() -> None:
    assert date(2026, 7, 3) in holiday_dates(["US"], range(2026, 2027))


def test_a_new_year_observed_in_the_old_year_closes_it() -> None:
    until = utc("2028-01-01")
    opening = compile_opening("UTC", "24/7", ["US"], (), utc("2027-12-01"), until)

    assert not is_open(opening, utc("2027-12-31 12:00"))


def test_absences_in_any_order_and_overlapping_are_not_worked() -> None:
    away = [
        (utc("2026-06-03 00:00"), utc("2026-06-05 00:00")),
        (utc("2026-06-01 12:00"), utc("2026-06-04 00:00")),
    ]
    opening = compile_opening("UTC", "24/7", (), away, utc("2026-06-01"), utc("2026-06-08"))

    assert elapsed(opening, utc("2026-06-01"), utc("2026-06-08")) == 3.5 * DAY


def test_an_absence_that_ends_before_it_begins_is_refused() -> None:
    away = [(utc("2026-06-03"), utc("2026-06-01"))]

    with pytest.raises(ValueError, match="before it begins"):
        compile_opening("UTC", "24/7", (), away, utc("2026-06-01"), utc("2026-06-08"))


@pytest.mark.parametrize(
    "open",
    [
        "Mo-Fr 09:00-17:00",
        "Mo-Fr 9:00-17:00",
        "Mo-Fr 09:00-12:00, 13:00-17:00",
        "24/7",
        "Mo-Fr 22:00-06:00",
        "Mo-Th 09:00-17:00; Fr 09:00-13:00",
        "Mo-Fr 09:00-17:00; 2026 Dec 24 off",
    ],
)
def test_hours_are_read_as_people_write_them(open: str) -> None:
    parse_hours(open)


@pytest.mark.parametrize(
    ("open", "said"),
    [
        ("9-17", "from character 1 on"),
        ("Mo-Fri 09:00-17:00", "from character 6 on"),
        ("Mo-Fr 09:00-49:00", "from character 13 on"),
        ("", "cannot be read; write for example"),
        ("Mo-Fr 09:00-17:00; PH off", 'depends on "PH"'),
        ("sunrise-17:00", 'depends on "sunrise"'),
        ("Mo-Fr 09:00-17:00 unknown", 'depends on "unknown"'),
        ("off", "never opens"),
        ("2020 Mo-Fr 09:00-17:00", "never opens"),
    ],
)
def test_hours_that_cannot_be_kept_are_refused_with_an_example(open: str, said: str) -> None:
    with pytest.raises(BadCalendar, match=said) as refusal:
        parse_hours(open)

    assert "write" in str(refusal.value)


@pytest.mark.parametrize(
    ("holiday", "said"),
    [
        ("XX", 'such as "DE"'),
        ("us", 'such as "US"'),
        ("DE-ZZ", "one of DE-BB, DE-BE"),
        ("DE-", 'or "DE" alone'),
        ("VA-XX", 'write "VA" alone'),
        ("2026-02-30", "year-month-day"),
        ("24.12.2026", "a date such as"),
    ],
)
def test_an_unknown_holiday_is_refused_with_what_to_write(holiday: str, said: str) -> None:
    with pytest.raises(BadCalendar, match=said):
        holiday_dates([holiday], range(2026, 2027))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berln", '"Europe/Berlin"'),
        ("Europe", "write an IANA name"),
        ("../etc/passwd", "write an IANA name"),
        ("", "write an IANA name"),
        ("\0", "write an IANA name"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, said: str) -> None:
    with pytest.raises(BadCalendar, match=said):
        parse_zone(zone)


WEEKDAYS = ("Europe/Berlin", "Mo-Fr 09:00-17:00", ("DE",), ())


def test_the_same_hours_are_compiled_once_a_year() -> None:
    calendars = Calendars()
    table = calendars.opening(*WEEKDAYS, utc("2026-01-01 00:00"))

    assert calendars.opening(*WEEKDAYS, utc("2026-12-31 23:59")) is table
    assert calendars.opening(*WEEKDAYS, utc("2027-01-01 00:00")) is not table


def test_an_absence_changes_the_table_of_that_person_only() -> None:
    calendars = Calendars()
    at = utc("2026-06-01 10:00")
    zone, open, holidays, _ = WEEKDAYS
    away = ((utc("2026-06-01 00:00"), utc("2026-06-02 00:00")),)

    assert not is_open(calendars.opening(zone, open, holidays, away, at), at)
    assert is_open(calendars.opening(*WEEKDAYS, at), at)


def test_only_so_many_tables_are_kept() -> None:
    calendars = Calendars(size=2)
    at = utc("2026-06-01 00:00")
    first = calendars.opening(*WEEKDAYS, at)
    for zone in ("Europe/Paris", "Europe/Madrid"):
        calendars.opening(zone, "24/7", (), (), at)

    assert calendars.opening(*WEEKDAYS, at) is not first


@pytest.mark.parametrize("at", ["2026-01-01 00:00", "2026-12-31 23:59"])
def test_four_hundred_days_ahead_and_a_year_behind_are_always_covered(at: str) -> None:
    opening = Calendars().opening(*WEEKDAYS, utc(at))

    assert elapsed(opening, utc(at) - 365 * DAY, utc(at) + 400 * DAY)


def test_threads_may_share_the_calendars() -> None:
    calendars = Calendars(size=2)
    zones = ["Europe/Berlin", "Asia/Kolkata", "America/New_York"] * 4
    at = utc("2026-06-01 00:00")

    def compile_zone(zone: str) -> str:
        return calendars.opening(zone, "Mo-Fr 09:00-17:00", (), (), at).zone

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(compile_zone, zones)) == zones
