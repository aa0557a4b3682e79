"""By when sales says what it thinks of a campaign, and who is asked."""

from datetime import UTC, date, datetime, timedelta

from bot.core.previews import closes_at, earliest_launch, first_asked

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def test_it_closes_48_hours_before_the_first_instant_of_the_launch() -> None:
    assert closes_at(BERLIN, date(2026, 12, 4)) == datetime(2026, 12, 1, 23, tzinfo=UTC)


def test_the_first_day_of_launch_is_one_whose_preview_is_still_open() -> None:
    first = earliest_launch(BERLIN, MONDAY_TEN)
    assert first == date(2026, 11, 26)
    assert earliest_launch(BERLIN, closes_at(BERLIN, first)) == first + timedelta(days=1)


def test_whoever_was_asked_longest_ago_is_asked_first() -> None:
    people = [(f"U{n}", f"Rep {n:02}", MONDAY_TEN if n < 5 else None) for n in range(12)]
    first = first_asked(people)
    assert first[:7] == [f"U{n}" for n in range(5, 12)]
    assert first[7:] == ["U0", "U1", "U2"]
