"""Whole and half days, by the working time of the one who is away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.calendars import compile_opening
from bot.core.away import least_a_week, midday, span
from bot.core.business_time import Opening, elapsed

BERLIN, KATHMANDU = "Europe/Berlin", "Asia/Kathmandu"
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The Sundays on which Berlin's clocks change."""


def opening(zone: str, hours: str) -> Opening:
    return compile_opening(zone, hours, (), (), SINCE, UNTIL)


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day} {clock}+00:00")


@pytest.mark.parametrize(
    ("zone", "hours", "day", "halfway"),
    [
        (BERLIN, "Mo-Su 09:00-17:00", date(2026, 11, 23), "12:00"),
        (BERLIN, "Mo-Fr 09:00-12:00,14:00-17:00", date(2026, 11, 23), "11:00"),
        (BERLIN, "Mo-Fr 08:00-12:00,13:00-15:00", date(2026, 11, 23), "10:00"),
        (KATHMANDU, "Mo-Fr 09:00-17:00", date(2026, 11, 23), "07:15"),
        (BERLIN, "Mo-Fr 09:00-17:00", date(2026, 11, 22), "11:00"),
        # From midnight to eight it is seven hours in spring, and nine in autumn.
        (BERLIN, "24/7", SPRING, "10:30"),
        (BERLIN, "Mo-Su 00:00-08:00", SPRING, "02:30"),
        (BERLIN, "Mo-Su 00:00-08:00", AUTUMN, "02:30"),
    ],
    ids=[
        "a day",
        "a lunch break",
        "a short afternoon",
        "+5:45",
        "a day off is cut at noon",
        "23 hours",
        "a short night",
        "a long night",
    ],
)
def test_midday_is_where_half_of_the_days_work_is_done(
    zone: str, hours: str, day: date, halfway: str
) -> None:
    assert midday(opening(zone, hours), day) == at(day, halfway)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 11, 23)])
@pytest.mark.parametrize("zone", [BERLIN, KATHMANDU])
@pytest.mark.parametrize("hours", ["24/7", "Mo-Su 22:00-06:00", "Mo-Su 01:00-03:30,09:00-17:00"])
def test_both_halves_of_a_day_hold_the_same_work(zone: str, hours: str, day: date) -> None:
    table = opening(zone, hours)
    morning = span(table, day, day, from_midday=False, until_midday=True)
    afternoon = span(table, day, day, from_midday=True, until_midday=False)

    assert morning[1] == afternoon[0]
    assert elapsed(table, *morning) == elapsed(table, *afternoon) > timedelta(0)


def test_whole_days_reach_from_midnight_to_midnight_across_a_change_of_clocks() -> None:
    table = opening(BERLIN, "Mo-Fr 09:00-17:00")

    spring = span(table, SPRING, SPRING, from_midday=False, until_midday=False)
    autumn = span(table, AUTUMN, AUTUMN, from_midday=False, until_midday=False)

    assert spring == (at(date(2026, 3, 28), "23:00"), at(SPRING, "22:00"))
    assert autumn == (at(date(2026, 10, 24), "22:00"), at(AUTUMN, "23:00"))


def test_a_span_whose_last_day_comes_first_is_turned_round() -> None:
    table = opening(BERLIN, "Mo-Fr 09:00-17:00")

    starts, ends = span(table, AUTUMN, SPRING, from_midday=False, until_midday=False)

    assert ends < starts


def test_the_shortest_week_counts() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert least_a_week(opening(BERLIN, "Mo 09:00-12:00"), monday) == timedelta(hours=3)
    assert least_a_week(opening(BERLIN, "Jan-Mar Mo-Fr 09:00-17:00"), monday) == timedelta(0)
