"""How long a lead may be put off."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.business_time import Opening
from bot.core.snooze import Choice, ends_at, needs_reason

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def weekdays() -> Opening:
    """Nine to five in UTC, Monday to Friday, for three weeks from that Monday."""
    days = [MONDAY + timedelta(days=day) for day in range(21) if day % 7 < 5]
    spans = [
        (int((day + 9 * HOUR).timestamp()), int((day + 17 * HOUR).timestamp())) for day in days
    ]
    return Opening.of("UTC", MONDAY, MONDAY + timedelta(days=21), spans)


@pytest.mark.parametrize(
    ("now", "choice", "end"),
    [
        (10 * HOUR, Choice.HOUR, 11 * HOUR),
        (10 * HOUR, Choice.HOURS, 13 * HOUR),
        (16.5 * HOUR, Choice.HOUR, 33 * HOUR),
        (10 * HOUR, Choice.MORNING, 33 * HOUR),
        (8 * HOUR, Choice.MORNING, 9 * HOUR),
        (4 * 24 * HOUR + 10 * HOUR, Choice.MORNING, 7 * 24 * HOUR + 9 * HOUR),
    ],
)
def test_it_ends_inside_the_persons_hours(now: timedelta, choice: Choice, end: timedelta) -> None:
    assert ends_at(weekdays(), MONDAY + now, choice, None) == MONDAY + end


def test_a_picked_time_outside_hours_means_the_next_opening() -> None:
    now, picked = MONDAY + 10 * HOUR, MONDAY + 20 * HOUR

    assert ends_at(weekdays(), now, Choice.PICK, picked) == MONDAY + 33 * HOUR


@pytest.mark.parametrize("picked", [None, MONDAY, MONDAY + timedelta(days=45)])
def test_a_time_that_will_not_do_says_what_to_pick(picked: datetime | None) -> None:
    with pytest.raises(ValueError, match="Pick "):
        ends_at(weekdays(), MONDAY + 10 * HOUR, Choice.PICK, picked)


def test_the_third_asks_why() -> None:
    assert [needs_reason(before) for before in range(4)] == [False, False, True, True]
