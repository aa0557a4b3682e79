"""A meeting stands for the first touch until it is over."""

from datetime import UTC, datetime, timedelta

from bot.core.meetings import counts_from, ends_at

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_meeting_takes_an_hour_unless_somebody_says() -> None:
    assert ends_at(TEN, None) == TEN + HOUR
    assert ends_at(TEN, TEN + 2 * HOUR) == TEN + 2 * HOUR
    assert ends_at(None, None) is None


def test_an_allowance_counts_from_the_end_of_a_meeting_ahead() -> None:
    assert counts_from(TEN, TEN + HOUR) == TEN + HOUR
    assert counts_from(TEN, TEN - HOUR) == counts_from(TEN, None) == TEN
