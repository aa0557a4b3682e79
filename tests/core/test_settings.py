"""Quiet times as people type them, and what they leave of a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import Calendars
from bot.core.settings import BadQuiet, leaves_time, quiet_until, read_quiet, written

BERLIN = "Europe/Berlin"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
"""One o'clock in the morning in Berlin."""


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("12:00-13:00", "12:00-13:00"),
        ("12-13, 16:30 – 17", "12:00-13:00, 16:30-17:00"),
        ("16 to 17 and 9.30-10", "09:30-10:00, 16:00-17:00"),
        ("22:00-24:00", "22:00-00:00"),
        ("  ", ""),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, means: str) -> None:
    assert written(read_quiet(typed)) == means
    assert read_quiet(means) == read_quiet(typed)


@pytest.mark.parametrize(
    "typed", ["noon", "25-26", "12:60-13", "12-12", "1-2,3-4,5-6,7-8,9-10", "12:00"]
)
def test_what_cannot_be_read_is_told_with_an_example(typed: str) -> None:
    with pytest.raises(BadQuiet, match=r"12:00-13:00|at most 4"):
        read_quiet(typed)


@pytest.mark.parametrize(
    ("hour", "until"),
    [(10.9, None), (11, 12), (11.5, 12), (12, None), (21.5, 29), (4.5, 5)],
)
def test_a_message_waits_for_the_end_of_the_time_it_falls_into(
    hour: float, until: float | None
) -> None:
    spans = read_quiet("12-13, 22:00-06:00")
    ends = quiet_until(spans, BERLIN, MONDAY + timedelta(hours=hour))

    assert ends == (None if until is None else MONDAY + timedelta(hours=until))


def test_times_that_join_on_are_waited_for_together() -> None:
    spans = read_quiet("12-13, 13:00-14:30")
    assert quiet_until(spans, BERLIN, MONDAY + timedelta(hours=11)) == MONDAY + timedelta(
        hours=13.5
    )


@pytest.mark.parametrize(
    ("quiet", "leaves"),
    [("12-13", True), ("9-16", True), ("9-16:30", False), ("0-24", False), ("8-12, 11-17", False)],
)
def test_an_hour_of_each_working_day_has_to_be_left(quiet: str, leaves: bool) -> None:
    opening = Calendars().opening(BERLIN, "Mo-Fr 09:00-17:00", (), (), MONDAY)

    if quiet == "0-24":
        with pytest.raises(BadQuiet):
            read_quiet(quiet)
    else:
        assert leaves_time(read_quiet(quiet), opening, MONDAY) is leaves


SPAN = st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda span: span[0] != span[1])


@given(st.lists(SPAN, max_size=4), st.integers(0, 366 * 1440))
def test_quiet_times_end_and_are_over_then(spans: list[tuple[int, int]], minute: int) -> None:
    chosen = read_quiet(", ".join(f"{clock(begins)}-{clock(ends)}" for begins, ends in spans))
    now = MONDAY + timedelta(minutes=minute)
    until = quiet_until(chosen, BERLIN, now)

    assert until is None or now < until <= now + timedelta(days=3)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
